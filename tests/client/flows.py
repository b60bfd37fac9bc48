"""Runs flows without a network: what they want is gathered, what comes of it is scripted."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from descentd_client.asking import Core
from descentd_client.retries import Retries
from descentd_client.wire import (
    Answer,
    Broken,
    Emit,
    Finished,
    Open,
    Outcome,
    Pause,
    Request,
    Send,
    advance,
)

# Without chance: each wait is as long as it may be.
CORE = Core(Retries(random=lambda: 0.0))
LOST = Broken("the connection broke", was_sent=True)
REFUSED = Broken("nobody listens", was_sent=False)


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, named, b"" if body is None else json.dumps(body).encode())


def problem(status: int, **headers: str) -> Answer:
    return answer(status, {"title": "No", "status": status, "detail": "not so"}, **headers)


@dataclass
class Run:
    """What a flow did: its requests, how long it paused, what it handed out, its result."""

    requests: list[Request] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    items: list[Any] = field(default_factory=list)
    result: Any = None
    error: Exception | None = None


def run(flow: Any, *script: Answer | Broken) -> Run:
    """Run a flow; the script answers its requests, one after another."""
    done, left, outcome = Run(), iter(script), Outcome()
    while True:
        try:
            wanted = advance(flow, outcome)
        except Exception as error:
            done.error = error
            return _all_used(done, left)
        outcome = Outcome()
        if isinstance(wanted, Finished):
            done.result = wanted.result
            return _all_used(done, left)
        if isinstance(wanted, Send | Open):
            done.requests.append(wanted.request)
            came = next(left)
            outcome = Outcome(broken=came) if isinstance(came, Broken) else Outcome(came)
        elif isinstance(wanted, Pause):
            done.pauses.append(wanted.seconds)
        elif isinstance(wanted, Emit):
            done.items.append(wanted.item)


def _all_used(done: Run, left: Iterable[Any]) -> Run:
    assert list(left) == [], "the flow asked less often than was scripted"
    return done
