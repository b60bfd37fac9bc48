"""The application on each kind of database; its client holds every answer to the contract."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import zstandard
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from service import auth
from service.app import create_app
from service.blobs import FileBlobs
from service.config import Config
from service.database.sessions import Sessions
from service.scopes import Scope
from worker.runner import Runner

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

PROBLEM = "application/problem+json"


class Wakes:
    """A queue that only remembers who was to be woken."""

    def __init__(self) -> None:
        self.woken: list[str] = []
        self.answers = True

    def wake(self, job_id: str) -> None:
        self.woken.append(job_id)

    def reachable(self) -> bool:
        return self.answers


class DescribedClient(FlaskClient):
    """Fails on an answer that /openapi.json does not describe."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        response = super().open(*args, **({"buffered": True} | kwargs))
        if response.request.method != "OPTIONS":  # which descriptions leave out
            check_described(self.application, response)
        return response


def check_described(app: Flask, response: Any) -> None:
    request = response.request
    # Which refuses the NaN and Infinity that Flask would take
    body = orjson.loads(decoded(response)) if response.is_json and response.data else None
    if response.mimetype == PROBLEM:
        schema: Any = {"$ref": "#/components/schemas/Problem"}
        assert body["status"] == response.status_code >= 400
    else:
        schema = described_schema(app, request, response)
    if schema is not None and response.is_json:
        whole = {**schema, "components": document(app)["components"]}
        Draft202012Validator(whole).validate(body)


def decoded(response: Any) -> bytes:
    """The bytes of an answer, whatever coding they were sent in."""
    coding = response.headers.get("Content-Encoding")
    if coding == "gzip":
        return gzip.decompress(response.data)
    if coding == "zstd":
        return zstandard.ZstdDecompressor().decompressobj().decompress(response.data)
    return bytes(response.data)


def described_schema(app: Flask, request: Any, response: Any) -> Any:
    adapter = app.url_map.bind("localhost")
    rule, _ = adapter.match(request.path, method=request.method, return_rule=True)
    path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
    operation = document(app)["paths"][path][request.method.lower()]
    described = operation["responses"][str(response.status_code)]
    if response.status_code in (204, 302, 304):
        assert "content" not in described
        return None
    return described["content"][response.mimetype]["schema"]


def document(app: Flask) -> Any:
    return parsed(app.extensions["descentd"].description())


@lru_cache(maxsize=4)
def parsed(description: bytes) -> Any:
    return orjson.loads(description)


@pytest.fixture
def queue() -> Wakes:
    return Wakes()


@pytest.fixture
def make_app(config: Config, sessions: Sessions, queue: Wakes) -> Iterator[Callable[..., Flask]]:
    """Makes applications on one migrated database; words replace settings, or its sessions."""
    made: list[Flask] = []

    def make(own_sessions: Sessions | None = None, **settings: Any) -> Flask:
        chosen = own_sessions or sessions
        app = create_app(replace(config, **settings), sessions=chosen, queue=queue)
        app.test_client_class = DescribedClient
        made.append(app)
        return app

    yield make
    for app in made:
        app.extensions["descentd"].notifier.close()
        app.extensions["descentd"].last_use.close()


@pytest.fixture
def closing_answers() -> Callable[[Flask], WSGIApplication]:
    """Wraps an application for a client that would leave answers open: each is read and closed."""

    def wrap(app: Flask) -> WSGIApplication:
        def answer(environ: Any, start_response: Any) -> Iterable[bytes]:
            with closing(app(environ, start_response)) as pieces:
                return [b"".join(pieces)]

        return answer

    return wrap


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def guarded(make_app: Callable[..., Flask]) -> Flask:
    """An application that asks for keys, and asks the database for each of them each time."""
    return make_app(auth="keys", key_cache_seconds=0.0)


@pytest.fixture
def token_of(sessions: Sessions) -> Callable[..., str]:
    """Makes a tenant, unless it is there, and a key of it."""

    def make(tenant_id: str, scope: Scope = Scope.WRITE, days: int | None = None) -> str:
        with sessions.writing() as session:
            auth.ensure_tenant(session, tenant_id)
            _, token = auth.create_key(session, tenant_id, "", scope, days)
            session.commit()
        return token

    return make


@pytest.fixture
def key_of(token_of: Callable[..., str]) -> Callable[..., dict[str, str]]:
    """The same, as the header that shows the key."""
    return lambda *given: {"Authorization": f"Bearer {token_of(*given)}"}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def work_off(sessions: Sessions, config: Config) -> Callable[[], None]:
    """Trains every queued job to its end, in this thread."""
    blobs = FileBlobs(config.data_dir / "blobs")
    runner = Runner(sessions, blobs, "worker-1", environment={"threads": 1}, stopping=lambda: False)
    return runner.run_until_idle


@pytest.fixture
def trained(client: FlaskClient, work_off: Callable[[], None]) -> Callable[..., str]:
    """Submits a job, trains it, and gives its path; words are its body's."""

    def run(**body: Any) -> str:
        answer = client.post("/v1/jobs", json={"dataset": "iris", "epochs": 3} | body)
        assert answer.status_code == 202, answer.text
        work_off()
        return str(answer.json["links"]["self"])

    return run


@pytest.fixture
def faults() -> Callable[[Any], dict[str, str]]:
    """The faults of a refused body: what is wrong, by the place where it is."""

    def told(answer: Any) -> dict[str, str]:
        assert answer.status_code == 422, answer.text
        assert answer.mimetype == PROBLEM
        return {error["pointer"]: error["detail"] for error in answer.json["errors"]}

    return told


@pytest.fixture
def nothing_stored(client: FlaskClient, queue: Wakes) -> Iterator[None]:
    """Sees to it that the test left neither job nor dataset, and woke nobody."""
    yield
    assert client.get("/v1/jobs").json["data"] == []
    assert client.get("/v1/datasets").json["data"] == []
    assert queue.woken == []


@pytest.fixture
def upload(client: FlaskClient) -> Callable[..., Any]:
    """Sends a file, of three penguins if none is given, as CSV; words are headers."""
    penguins = b"length,island,alive\r\n1.5,Biscoe,true\r\n,Dream,false\r\n2,NA,true\r\n"

    def run(content: bytes = penguins, query: str = "", **headers: str) -> Any:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        told = {"Content-Type": "text/csv", **given}
        return client.post(f"/v1/datasets{query}", data=content, headers=told)

    return run


@pytest.fixture
def kept(config: Config) -> Callable[[], set[str]]:
    """The names of all blobs, and of what is in the spool."""

    def names() -> set[str]:
        blobs = config.data_dir / "blobs"
        found = {str(path.relative_to(blobs)) for path in blobs.rglob("*") if path.is_file()}
        spool = config.data_dir / "spool"
        return found | {path.name for path in spool.glob("*") if path.name != ".lock"}

    return names
