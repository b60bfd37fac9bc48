"""Keys and signing in: what is sent, and what is answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema
from typing_extensions import TypedDict

from service.database.tables import ApiKey
from service.schemas.fields import Strict, Text, refused
from service.schemas.jobs import MAX_NAME
from service.scopes import Scope

MOST_DAYS = 3650
MOST_KEY_CHARACTERS = 200


def _whole_days(value: Any) -> int:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and 1 <= value <= MOST_DAYS and value == int(value):
        return int(value)
    raise refused(f"must be an integer at least 1 and at most {MOST_DAYS}, or null")


Days = Annotated[
    int,
    PlainValidator(_whole_days),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST_DAYS}),
]


class KeyBody(Strict):
    """A new key of this tenant."""

    name: Annotated[Text, Field(max_length=MAX_NAME)] = Field(
        default="", description="What it is for, to tell it from others."
    )
    scope: Literal["read", "write", "admin"] = Field(
        default="write", description="What it may do; each scope holds the ones before it."
    )
    days: Days | None = Field(default=None, description="How long it is good; null for ever.")


class SignInBody(Strict):
    """A key, to be exchanged for a cookie."""

    key: Annotated[Text, Field(max_length=MOST_KEY_CHARACTERS)]


class KeyShown(TypedDict):
    """A key of this tenant. The key itself is never shown again."""

    id: str
    name: str
    prefix: Annotated[str, Field(description="How the key begins, to recognise it by.")]
    scope: Scope
    created_at: datetime
    expires_at: datetime | None
    last_used_at: Annotated[
        datetime | None, Field(description="Told at most once a minute, and a little later.")
    ]
    revoked_at: datetime | None


class KeyMade(KeyShown):
    """The new key, this once with what is to be sent."""

    key: str


class KeyList(TypedDict):
    """All keys of the tenant, the newest first, revoked ones too."""

    data: list[KeyShown]


class SessionShown(TypedDict):
    """Whose request this is."""

    tenant: str
    scope: Scope
    key: Annotated[str | None, Field(description="The key's id; null where no keys are asked for.")]
    expires_at: Annotated[
        datetime | None, Field(description="When the cookie, if one was just made, or key ends.")
    ]
    csrf_token: Annotated[
        str | None,
        Field(description="Of a browser signed in: what it sends as X-CSRF-Token with a change."),
    ]


def key_shown(key: ApiKey) -> KeyShown:
    return {
        "id": key.id,
        "name": key.name,
        "prefix": key.prefix,
        "scope": key.scope,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
    }
