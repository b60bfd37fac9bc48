"""Blobs as objects of an S3-compatible store. An object is there whole or not at all."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError

from service.blobs.address import S3Address, s3_address
from service.blobs.cache import Cache
from service.blobs.interface import ASIDE, NAME, StoreError, checked

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PIECE_BYTES = 1024 * 1024
PART_BYTES = 16 * 1024 * 1024
TRANSFER = TransferConfig(
    multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, max_concurrency=4
)
MISSING = ("404", "NoSuchKey", "NotFound", "NoSuchUpload")


class S3Blobs:
    """Below the prefix of `url`. `path` gives copies from `cache`, which never grow old.

    Credentials come from where the AWS tools look for them: the environment, a file, or the
    machine's role.
    """

    def __init__(self, url: str, cache: Cache) -> None:
        address = s3_address(url)
        self._bucket, self._prefix = address.bucket, f"{address.prefix}/"
        self._cache = cache
        self._client: Any = _client(address)

    def put(self, name: str, content: bytes) -> None:
        if not isinstance(content, bytes):
            raise TypeError("only bytes are kept")
        with _answered(name):
            self._client.put_object(**self._object(name), Body=content)

    def put_file(self, name: str, source: Path) -> None:
        place = self._object(name)
        with _answered(name):
            self._client.upload_file(str(source), **place, Config=TRANSFER)

    def open(self, name: str) -> BinaryIO:
        with _answered(name):
            answer = self._client.get_object(**self._object(name))
        return io.BufferedReader(_Answer(name, answer["Body"]), PIECE_BYTES)

    def path(self, name: str) -> AbstractContextManager[Path]:
        return self._cache.copy(checked(name), lambda file: self._fetch(name, file))

    def size(self, name: str) -> int:
        with _answered(name):
            return int(self._client.head_object(**self._object(name))["ContentLength"])

    def delete(self, name: str) -> None:
        checked(name)
        if name.startswith(f"{ASIDE}/"):
            self._abort(name)
            return
        with _answered(name):
            self._client.delete_object(**self._object(name))
        self._cache.forget(name)

    def names(self) -> Iterator[str]:
        with _answered(self._prefix):
            for found in self._listed("list_objects_v2", "Contents"):
                name = str(found["Key"]).removeprefix(self._prefix)
                if NAME.fullmatch(name):
                    yield name
            for found in self._listed("list_multipart_uploads", "Uploads"):
                yield _aside(found)

    def _object(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + checked(name)}

    def _fetch(self, name: str, file: BinaryIO) -> None:
        with _answered(name):
            self._client.download_fileobj(**self._object(name), Fileobj=file, Config=TRANSFER)

    def _listed(self, operation: str, kind: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator(operation)
        for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
            yield from page.get(kind, ())

    def _abort(self, name: str) -> None:
        """Throw away the parts of an upload whose process died."""
        with _answered(name):
            for found in self._listed("list_multipart_uploads", "Uploads"):
                if _aside(found) == name:
                    place = {"Bucket": self._bucket, "Key": found["Key"]}
                    self._client.abort_multipart_upload(**place, UploadId=found["UploadId"])


class _Answer(io.RawIOBase):
    """What the store sends, while it sends it."""

    def __init__(self, name: str, body: Any) -> None:
        self._name = name
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        room = memoryview(buffer).cast("B")
        with _answered(self._name):
            piece = self._body.read(len(room))
        room[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._body.close()
        super().close()


def _client(address: S3Address) -> Any:
    # A session of its own: boto3's shared one is not for several threads
    return boto3.session.Session().client(
        "s3",
        endpoint_url=address.endpoint,
        region_name=address.region,
        config=ClientConfig(
            connect_timeout=5,
            read_timeout=30,
            retries={"mode": "standard", "max_attempts": 3},
            # Stores beside Amazon's often know neither hosts named by bucket nor newer checksums
            s3={"addressing_style": "path" if address.endpoint else "auto"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


def _aside(upload: dict[str, Any]) -> str:
    """The name of an upload that is not done: its id may hold what no name may."""
    return f"{ASIDE}/{hashlib.sha256(str(upload['UploadId']).encode()).hexdigest()}"


@contextmanager
def _answered(name: str) -> Iterator[None]:
    """What the client raises, as the errors that `Blobs` promises."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in MISSING:
            raise FileNotFoundError(f"there is no blob {name!r}") from error
        raise StoreError(f"the store of blobs refuses {name!r}: {error}") from error
    except (BotoCoreError, Boto3Error) as error:
        raise StoreError(f"the store of blobs does not serve {name!r}: {error}") from error
