"""A worker that is told to stop waits for an epoch's end that is near, and for no other."""

from __future__ import annotations

from worker.parting import NEAR_SECONDS, Parting


class Scene:
    """A clock and a wish to stop that only the test moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.is_told = False
        self.parting = Parting(lambda: self.is_told, lambda: self.now)

    def epoch_of(self, seconds: float) -> None:
        self.now += seconds
        self.parting.epoch_ended()


def test_nobody_leaves_untold() -> None:
    scene = Scene()
    scene.epoch_of(1.0)
    scene.now += 1000
    assert not scene.parting.due()
    assert not scene.parting.asked()


def test_the_end_of_a_short_epoch_is_waited_for_but_not_for_ever() -> None:
    scene = Scene()
    scene.epoch_of(1.0)
    scene.is_told = True
    assert scene.parting.asked()
    assert not scene.parting.due()
    scene.now += NEAR_SECONDS - 0.1
    assert not scene.parting.due()
    scene.now += 0.1
    assert scene.parting.due()


def test_a_long_epoch_is_waited_for_where_it_is_almost_over() -> None:
    scene = Scene()
    scene.epoch_of(60.0)
    scene.now += 60.0 - NEAR_SECONDS
    scene.is_told = True
    assert not scene.parting.due()


def test_a_long_epoch_is_abandoned_at_once() -> None:
    scene = Scene()
    scene.epoch_of(60.0)
    scene.now += 59.0 - NEAR_SECONDS
    scene.is_told = True
    assert scene.parting.due()


def test_nothing_is_known_of_the_first_epoch() -> None:
    scene = Scene()
    scene.is_told = True
    assert scene.parting.due()
