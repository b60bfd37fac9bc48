"""The path of descent stays within its bounds and evenly spread."""

from itertools import pairwise

import numpy as np
import pytest
from builders import random_table, training_of

from engine.path import Path

# 4-byte weights: 256 KiB hold 65 points of 1,000 of them, and 8 of 8,192; 2 MiB hold 8 of 65,536,
# 5 of 101,770 (784 pixels, 128 units, 10 digits) and 4 of 131,072.
MOST_KEPT = {
    1: 256,
    10: 256,
    1_000: 64,
    8_192: 8,
    8_193: 8,
    65_536: 8,
    65_537: 6,
    101_770: 4,
    131_072: 4,
    131_073: 0,
    10_000_000: 0,
}


@pytest.mark.parametrize(("size", "most"), MOST_KEPT.items())
def test_it_is_bounded_and_even(size, most):
    path, point = Path(size, "float32"), np.zeros(size, np.float32)
    lengths = []
    for epoch in range(1_000 if size < 8_192 else 40):
        path.hear(epoch, point)
        lengths.append(len(path.epochs))
    assert max(lengths) == most
    assert most == 0 or lengths[-1] >= most // 2
    strides = {after - before for before, after in pairwise(path.epochs)}
    assert len(strides) <= 1
    assert path.epochs[:1] in ((0,), ())


def test_a_run_that_kept_none_so_far_keeps_none_when_it_goes_on():
    path = Path(3, "float64")
    path.restore({"stride": 1, "epochs": []}, np.empty((0, 3)))
    path.hear(7, np.zeros(3))
    assert path.epochs == ()


@pytest.mark.parametrize("size", [3, 30_000])
def test_it_goes_on_as_if_it_had_never_stopped(size):
    whole, first, second = (Path(size, "float32") for _ in range(3))
    points = np.arange(300, dtype=np.float32)[:, np.newaxis] * np.ones(size, np.float32)
    for epoch in range(300):
        whole.hear(epoch, points[epoch])
        (first if epoch < 171 else second).hear(epoch, points[epoch])
        if epoch == 170:
            second.restore(first.state(), first.points)
    assert second.state() == whole.state()
    assert second.points.tobytes() == whole.points.tobytes()


def test_its_points_are_the_weights_of_their_epochs():
    training = training_of({"epochs": 5, "batch_size": 4}, random_table())
    passed = [
        (record.epoch, training.state().arrays["parameters"]) for record in training.records()
    ]
    assert training.path.epochs == tuple(epoch for epoch, _ in passed)
    assert training.path.points.tolist() == [point.tolist() for _, point in passed]
