"""The files of the pages for browsers: read and packed once, named by a digest of them all."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "web"
MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
# Of the page at /docs, which has routes of its own
ELSEWHERE = ("docs.html", "docs.js", "vendor/swagger-ui/")
# What a page writes for the folder of its files, and for the header that all pages share
FOLDER_MARK, HEADER_MARK = b'="web/_/', b"<!-- header -->"
HEADER = "header.html"


@dataclass(frozen=True, slots=True)
class WebFile:
    """A file as it is sent, and the same in gzip."""

    content: bytes
    packed: bytes
    media_type: str
    digest: str


@dataclass(frozen=True, slots=True)
class WebFiles:
    """All files by their paths; `digest` is of all of them together."""

    files: dict[str, WebFile]
    digest: str

    @classmethod
    def read(cls, folder: Path) -> WebFiles:
        """The files below `folder`, pages made whole."""
        contents = dict(_contents(folder))
        header = contents.pop(HEADER)
        digest = _digest(*(part for each in sorted(contents.items()) for part in _parts(each)))
        return cls(
            {path: _file(path, raw, header, digest) for path, raw in contents.items()}, digest
        )


@cache
def web_files() -> WebFiles:
    """The files that come with this version: they do not change while it runs."""
    return WebFiles.read(FOLDER)


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix in MEDIA_TYPES and not name.startswith(ELSEWHERE):
            yield name, path.read_bytes()


def _parts(file: tuple[str, bytes]) -> tuple[bytes, bytes]:
    name, content = file
    return name.encode(), content


def _file(name: str, raw: bytes, header: bytes, digest: str) -> WebFile:
    content = raw
    if name.endswith(".html"):
        whole = raw.replace(HEADER_MARK, header)
        content = whole.replace(FOLDER_MARK, f'="web/{digest}/'.encode())
    packed = gzip.compress(content, 9, mtime=0)
    return WebFile(content, packed, MEDIA_TYPES[Path(name).suffix], _digest(content))


def _digest(*parts: bytes) -> str:
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(len(part).to_bytes(8, "big") + part)
    return hashed.hexdigest()[:32]
