"""POST /v1/datasets: a file that is sent becomes a dataset, or leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flask import Blueprint, Response, request

from engine.errors import Fault
from service import keeping, limits, uploads
from service.api import idempotency
from service.api.operations import Answer, Operation, documented
from service.api.receiving import Received, receive
from service.api.requests import query
from service.api.responses import json_response
from service.api.services import services
from service.errors import Invalid, ServiceError
from service.heartbeat import Heartbeat
from service.idempotency import Key, find, keep, reserve
from service.keeping import Content
from service.schemas.dataset_answers import Dataset
from service.schemas.queries import UploadQuery
from service.schemas.views import dataset_whole
from service.security import tenant_id
from service.tables.ingest import ingest
from service.tables.media_types import MEDIA_TYPES

blueprint = Blueprint("uploads", __name__, url_prefix="/v1/datasets")


@blueprint.post("")
@documented(
    Operation(
        summary="Upload a dataset",
        description="The file as the body, or as the one part `file` of a multipart body. Text may "
        "be packed by gzip. What comes under the same key while this is under way is a conflict.",
        tag="datasets",
        files=MEDIA_TYPES,
        query=UploadQuery,
        headers=("Idempotency-Key", "Content-Digest"),
        answers={201: Answer("The dataset.", Dataset, headers=("Location", "Idempotent-Replayed"))},
        problems=(400, 409, 411, 413, 415, 422, 503, 507),
    )
)
def upload_dataset() -> Response:
    asked, held = query(UploadQuery), services()
    name = idempotency.given()
    with held.upload_places.take(), _claimed(name) as claim, held.spool.folder() as folder:
        _require_room(request.content_length or 0)
        received = receive(folder / "sent", held.config.max_upload_bytes)
        received = replace(received, name=asked.name or received.name)
        identity = received.identity(asked.target)
        key = None if name is None else idempotency.key(tenant_id(), name, identity)
        upload = _Upload(received, asked.target, key, claim)
        return upload.replayed() or upload.of_known() or upload.of_new(folder)


def _require_room(more: int) -> None:
    held = services()
    with held.sessions.reading() as session:
        limits.require_room_in_store(session, held.config, tenant_id(), more)


@contextmanager
def _claimed(key: str | None) -> Iterator[uploads.Claim | None]:
    """The only upload under the key, if there is one."""
    if key is None:
        yield None
        return
    sessions = services().sessions
    with sessions.writing() as session:
        claim = uploads.begin(session, tenant_id(), key)
        session.commit()

    def beat() -> bool:
        with sessions.writing() as session:
            holds = uploads.beat(session, claim)
            session.commit()
            return holds

    try:
        with Heartbeat(beat, uploads.BEAT_SECONDS):
            yield claim
    finally:
        with sessions.writing() as session:
            uploads.give_up(session, claim)
            session.commit()


class _Upload:
    """A file that has arrived, on its way to be a dataset."""

    def __init__(
        self, received: Received, target: str | None, key: Key | None, claim: uploads.Claim | None
    ) -> None:
        self._received, self._target = received, target
        self._key, self._claim = key, claim

    def replayed(self) -> Response | None:
        """The answer that was given under the key already, if any."""
        if self._key is None:
            return None
        with services().sessions.reading() as session:
            known = find(session, self._key)
        return None if known is None else idempotency.replayed(known)

    def of_known(self) -> Response | None:
        """The answer, where the tenant keeps the same bytes: nothing need be read or stored."""
        return self._created(None)

    def of_new(self, folder: Path) -> Response:
        """The answer, once the file is read and stored."""
        fresh = self._brought_in(folder / "stored")
        try:
            response = self._created(fresh)
        except ServiceError:
            self._throw_away(fresh)
            raise
        assert response is not None, "there is a content"
        return response

    def _brought_in(self, stored: Path) -> Content:
        held, received = services(), self._received
        with held.reading_files:
            told = ingest(received.path, received.media_type, stored, limits.of_ingest(held.config))
        self._require_target([column["name"] for column in told.columns])
        _require_room(received.size_bytes + stored.stat().st_size)
        return Content(
            media_type=received.media_type,
            encoding=received.encoding,
            sha256=received.sha256,
            size_bytes=received.size_bytes,
            rows=told.rows,
            columns=[
                {**column, "is_target": column["name"] in told.targets} for column in told.columns
            ],
            **keeping.put(held.blobs, received.path, stored),
        )

    def _require_target(self, names: list[str]) -> None:
        if self._target is not None and self._target not in names:
            raise Invalid([Fault("?target", "is no column of the file")])

    def _created(self, fresh: Content | None) -> Response | None:
        """Add the dataset, of bytes that are kept already or of fresh ones; None without either."""
        received = self._received
        with services().sessions.writing() as session:
            if self._key is not None and (first := reserve(session, self._key)) is not None:
                return idempotency.replayed(first)
            known = keeping.known(session, tenant_id(), received.sha256, received.media_type)
            content = known or fresh
            if content is None:
                return None
            self._require_target([column["name"] for column in content.columns])
            targets = None if self._target is None else [self._target]
            dataset = keeping.add(
                session, tenant_id(), content, name=received.name, targets=targets
            )
            shown = dataset_whole(dataset, request.script_root)
            response = json_response(shown, 201, {"Location": shown["links"]["self"]})
            if self._key is not None and self._claim is not None:
                keep(session, self._key, idempotency.answer_of(response))
                uploads.end(session, self._claim)
            session.commit()
        if fresh is not None and content is not fresh:
            self._throw_away(fresh)
        return response

    def _throw_away(self, content: Content) -> None:
        for name in content.blobs:
            services().blobs.delete(name)
