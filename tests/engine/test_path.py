"""The path of descent stays within its bounds and evenly spread."""

from itertools import pairwise

import numpy as np
import pytest
from builders import random_table, training_of

from engine.path import MOST_BYTES, MOST_POINTS, Path


@pytest.mark.parametrize("size", [1, 10, 1_000, 10_000, 16_384, 16_385, 10_000_000])
def test_it_is_bounded_and_even(size):
    path, point = Path(size, "float32"), np.zeros(size, np.float32)
    for epoch in range(3_000 if size < 10_000 else 40):
        path.hear(epoch, point)
    assert len(path.epochs) <= MOST_POINTS
    assert path.points.nbytes <= MOST_BYTES
    strides = {after - before for before, after in pairwise(path.epochs)}
    assert len(strides) <= 1
    assert bool(path.epochs) == (size <= 16_384)
    assert path.epochs[:1] in ((0,), ())


def test_its_points_are_the_weights_of_their_epochs():
    training = training_of({"epochs": 5, "batch_size": 4}, random_table())
    passed = [
        (record.epoch, training.state().arrays["parameters"]) for record in training.records()
    ]
    assert training.path.epochs == tuple(epoch for epoch, _ in passed)
    assert training.path.points.tolist() == [point.tolist() for _, point in passed]
