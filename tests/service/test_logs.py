"""A line for each event, for people or for programs, and no secret in any."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.contextvars import bound_contextvars

from service import logs

KEY = "dsk_" + "aZ09-_" * 7 + "a"
SECRETS = [
    KEY,
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "postgresql://descentd:swordfish@db:5432/x",
    "Authorization: Bearer swordfish",
    "authorization: basic c3dvcmRmaXNo",
]


@pytest.fixture
def written() -> Iterator[Callable[..., list[str]]]:
    """Sets the log up in a format, runs what logs, and gives the lines."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []

    def run(style: str, act: Callable[[logging.Logger], object], least: str = "info") -> list[str]:
        stream = io.StringIO()
        logs.set_up(least, style, stream)
        act(logging.getLogger("worker.test"))
        return stream.getvalue().splitlines()

    yield run
    root.handlers, root.level = handlers, level


def test_a_line_of_json_is_one_object_with_the_context_and_the_extra_fields(written) -> None:
    def act(log: logging.Logger) -> None:
        with bound_contextvars(job_id="job_1", attempt=2, trace_id="ab" * 16):
            log.info("job %s is begun", "job_1", extra={"milliseconds": 1.5})
        log.warning("after it")

    first, second = map(json.loads, written(logs.JSON, act))
    assert datetime.fromisoformat(first.pop("timestamp")).tzinfo is not None
    assert first == {
        "level": "info",
        "logger": "worker.test",
        "message": "job job_1 is begun",
        "job_id": "job_1",
        "attempt": 2,
        "trace_id": "ab" * 16,
        "milliseconds": 1.5,
    }
    assert "job_id" not in second


def test_an_exception_is_within_the_line_of_its_event(written) -> None:
    def act(log: logging.Logger) -> None:
        try:
            raise ValueError("two\nlines")
        except ValueError:
            log.exception("it broke")

    (line,) = written(logs.JSON, act)
    assert "ValueError: two\nlines" in json.loads(line)["exception"]
    head, *below = written(logs.TEXT, act)
    assert head.endswith("ERROR worker.test: it broke")
    assert all(line.startswith("  ") for line in below)
    assert below[-2:] == ["  ValueError: two", "  lines"]


def test_a_line_of_text_ends_with_its_fields(written) -> None:
    (line,) = written(
        logs.TEXT, lambda log: log.info("answered", extra={"path": "/a b", "status": 200})
    )
    assert line.endswith("INFO worker.test: answered path='/a b' status=200")


def test_less_than_the_level_is_not_written(written) -> None:
    assert written(logs.TEXT, lambda log: log.info("quiet"), "warning") == []


@pytest.mark.parametrize("style", logs.STYLES)
@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_is_written_wherever_it_stands(written, style: str, secret: str) -> None:
    def act(log: logging.Logger) -> None:
        log.warning("refused: %s", secret, extra={"headers": {"a": [secret]}})
        try:
            raise RuntimeError(secret)
        except RuntimeError:
            log.exception("failed")

    text = "\n".join(written(style, act))
    assert logs.HIDDEN in text
    for word in ("swordfish", "c3dvcmRmaXNo", KEY, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"):
        assert word not in text


@given(st.text())
def test_whatever_is_logged_is_one_line(text: str) -> None:
    record = logging.LogRecord("n", logging.INFO, "", 0, "%s", (text,), None)
    record.path = text
    assert json.loads(logs.formatter(logs.JSON).format(record))["path"] == logs.hidden(text)
    assert not set("\r\n") & set(logs.formatter(logs.TEXT).format(record))
