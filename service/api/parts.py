"""The one file of a multipart body, in pieces as they arrive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from flask import request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.sansio.multipart import (
    NEED_DATA,
    Data,
    Epilogue,
    Event,
    Field,
    File,
    MultipartDecoder,
)

from engine.errors import Fault
from service.errors import Invalid

FIELD = "file"
# Of what is no part of a file: the headers of a part, and what stands before the first
MOST_BUFFERED_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileHead:
    """What a part says of its file. The name is a text, never a path."""

    name: str
    headers: Headers


def file_of(pieces: Iterable[bytes]) -> Iterator[FileHead | bytes]:
    """The head of the part named `file`, and then its bytes.

    Raises BadRequest for what is not multipart, Invalid where other parts came or none.
    """
    seen = False
    for event in _events(pieces):
        if isinstance(event, File | Field):
            if event.name != FIELD or not isinstance(event, File) or seen:
                raise Invalid([Fault("", f"must be one part, a file named `{FIELD}`")])
            seen = True
            yield FileHead(event.filename, event.headers)
        elif isinstance(event, Data):
            yield event.data
    if not seen:
        raise Invalid([Fault("", f"must hold a part, a file named `{FIELD}`")])


def _events(pieces: Iterable[bytes]) -> Iterator[Event]:
    boundary = request.mimetype_params.get("boundary", "")
    if not boundary:
        raise BadRequest("The body is multipart, and its media type names no boundary.")
    decoder = MultipartDecoder(boundary.encode(), MOST_BUFFERED_BYTES)
    try:
        for piece in chain(pieces, [None]):
            decoder.receive_data(piece)
            while (event := decoder.next_event()) is not NEED_DATA:
                if isinstance(event, Epilogue):
                    return
                yield event
    except (ValueError, RequestEntityTooLarge):
        raise BadRequest("The body is not multipart as its media type says.") from None
