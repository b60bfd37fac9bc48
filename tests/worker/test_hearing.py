"""A worker that is given nothing, though there is something to give, makes room for another."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from worker.hearing import PATIENCE_SECONDS, Hearing


@dataclass
class Surroundings:
    """What a worker sees around it; the test moves it."""

    messages: int = 1
    is_free: bool = True
    now: float = 500.0
    left: list[float] = field(default_factory=list)

    def waiting(self) -> int:
        if self.messages < 0:
            raise ConnectionError("the broker is away")
        return self.messages

    def hearing(self) -> Hearing:
        return Hearing(
            self.waiting, lambda: self.is_free, lambda: self.left.append(self.now), lambda: self.now
        )


@pytest.fixture
def around() -> Surroundings:
    return Surroundings()


def test_it_leaves_after_messages_have_waited_in_vain(around: Surroundings) -> None:
    hearing = around.hearing()
    hearing.look()
    around.now += PATIENCE_SECONDS - 1
    hearing.look()
    assert around.left == []
    around.now += 1
    hearing.look()
    assert around.left == [around.now]


@pytest.mark.parametrize("change", [{"messages": 0}, {"is_free": False}, {"messages": -1}])
def test_it_stays_where_one_look_shows_no_deafness(
    around: Surroundings, change: dict[str, object]
) -> None:
    hearing = around.hearing()
    hearing.look()
    around.now += PATIENCE_SECONDS
    usual = {name: getattr(around, name) for name in change}
    for name, value in change.items():
        setattr(around, name, value)
    hearing.look()
    for name, value in usual.items():
        setattr(around, name, value)
    hearing.look()
    assert around.left == []
