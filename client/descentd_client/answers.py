"""From an answer to what it says: its JSON, or the error it stands for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from descentd_client.errors import Fault, UnexpectedAnswerError, error_class
from descentd_client.wire import Answer

SHOWN_CHARACTERS = 200


def checked(answer: Answer) -> Answer:
    """The answer, if it is a success; raises ProblemError or UnexpectedAnswerError."""
    if 200 <= answer.status < 300:
        return answer
    if answer.status < 400:
        place = answer.headers.get("location", "nowhere")
        raise UnexpectedAnswerError(f"{answer.status}: the service leads on to {place}")
    raise _problem(answer)


def decoded(answer: Answer) -> Any:
    """The JSON object of a successful answer; raises as `checked` does."""
    checked(answer)
    try:
        said = json.loads(answer.content)
    except ValueError as error:
        raise UnexpectedAnswerError(f"the answer is no JSON: {_shown(answer)}") from error
    if not isinstance(said, dict):
        raise UnexpectedAnswerError(f"the answer is no JSON object: {_shown(answer)}")
    return said


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """When the service wants to be asked again: seconds from now, whichever way it says so."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _problem(answer: Answer) -> Exception:
    said = _object(answer.content)
    known = said if said.get("status") == answer.status else {}
    return error_class(answer.status)(
        answer.status,
        _text(known.get("title")) or _phrase(answer.status),
        _text(known.get("detail")) or ("" if known else _shown(answer)),
        faults=tuple(_faults(known.get("errors"))),
        type=_text(known.get("type")) or "about:blank",
        instance=_text(known.get("instance")) or None,
        retry_after_seconds=retry_after_seconds(answer.headers),
        request_id=answer.headers.get("x-request-id"),
    )


def _object(content: bytes) -> dict[str, Any]:
    try:
        said = json.loads(content)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _faults(errors: Any) -> list[Fault]:
    found = errors if isinstance(errors, list) else []
    return [
        Fault(_text(each.get("detail")), each.get("pointer"), each.get("parameter"))
        for each in found
        if isinstance(each, dict)
    ]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Problem"


def _shown(answer: Answer) -> str:
    return answer.content[:SHOWN_CHARACTERS].decode(errors="replace").strip()
