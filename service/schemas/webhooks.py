"""The webhooks of a job's body, and how they are shown."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic.functional_validators import PlainValidator

from service import signing
from service.destinations import MAX_URL
from service.schemas.fields import Strict, Text, refused
from service.webhooks import EVENTS, WebhookEvent

MAX_WEBHOOKS = 5
MAX_SECRETS = 3
NAMES = tuple(event.value for event in WebhookEvent)

SECRET_SCHEMA = {
    "type": "string",
    "pattern": f"^{signing.SECRET_MARK}[A-Za-z0-9+/]+={{0,2}}$",
    "writeOnly": True,
}


def _secrets(value: Any) -> list[str]:
    given = value if isinstance(value, list) else [value]
    if not 0 < len(given) <= MAX_SECRETS or not all(isinstance(one, str) for one in given):
        raise refused(f"must be a text, or an array of at most {MAX_SECRETS} texts")
    try:
        for one in given:
            signing.key_of(one)
    except ValueError as error:
        raise refused(str(error)) from None
    return given


def _event(value: Any) -> str:
    if isinstance(value, str) and value in EVENTS:
        return value
    raise refused(f"must be one of {', '.join(NAMES)}")


def _without_repeats(value: Any) -> Any:
    texts = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
    if len(texts) != len(set(texts)):
        raise refused("must name each event once")
    return value


Event = Annotated[
    str, PlainValidator(_event), WithJsonSchema({"type": "string", "enum": list(NAMES)})
]
Events = Annotated[
    list[Event],
    Field(min_length=1, json_schema_extra={"uniqueItems": True}),
    BeforeValidator(_without_repeats),
]
Url = Annotated[
    Text,
    Field(max_length=MAX_URL, description="https://…; more only where the operator allows it."),
]


class WebhookShown(Strict):
    """Where a job's events go. Its secret is never shown."""

    url: Url
    events: Events = Field(
        default_factory=lambda: list(NAMES), description="If not given, all of them."
    )


class WebhookBody(WebhookShown):
    """Where a job's events are sent, signed and retried as Standard Webhooks says."""

    secret: Annotated[
        Any,
        PlainValidator(_secrets),
        WithJsonSchema(
            {
                "anyOf": [
                    SECRET_SCHEMA,
                    {
                        "type": "array",
                        "items": SECRET_SCHEMA,
                        "minItems": 1,
                        "maxItems": MAX_SECRETS,
                    },
                ]
            }
        ),
        Field(
            description="What signs: whsec_ and the base64 of 24 to 64 random bytes. Several "
            "while one replaces another: each signs. They are kept, and never shown again."
        ),
    ]
