"""What a run will take, told before it is run, is not less than what it takes."""

import gc
import tracemalloc

import numpy as np
import pytest

from engine.estimates import memory_bytes
from engine.filling import fill
from engine.preparing import Source, prepare, widths
from engine.spec import from_dict
from engine.table import MemoryTable, number_column, number_columns
from engine.training import Training

# What tables, records and the interpreter take whatever the shape.
SMALL_CHANGE = 256 * 1024


def table(rows, features, classes=0, targets=1):
    generator = np.random.default_rng(0)
    matrix = generator.normal(size=(rows, features))
    columns = number_columns([f"x{at}" for at in range(features)], matrix)
    if classes:
        answers = [number_column("y0", generator.permutation(rows) % classes)]
    else:
        answers = [number_column(f"y{at}", generator.normal(size=rows)) for at in range(targets)]
    return MemoryTable([*columns, *answers], [column.name for column in answers])


@pytest.mark.parametrize(
    ("shape", "body"),
    [
        ({"rows": 200_000, "features": 2, "classes": 2}, {}),
        ({"rows": 200_000, "features": 1, "classes": 2}, {"validation": None}),
        ({"rows": 100_000, "features": 2, "classes": 5}, {"dtype": "float64"}),
        ({"rows": 20_000, "features": 3, "classes": 100}, {"task": "multiclass"}),
        ({"rows": 200_000, "features": 2}, {}),
        ({"rows": 50_000, "features": 20, "targets": 3}, {"batch_size": None}),
        ({"rows": 100_000, "features": 2, "classes": 2}, {"batch_size": None, "dtype": "float64"}),
        ({"rows": 20_000, "features": 30}, {"validation": None, "scaling": "none"}),
        ({"rows": 500, "features": 100}, {"network": {"hidden": [{"units": 1_000}]}}),
        ({"rows": 90, "features": 60}, {"network": {"hidden": [{"units": 1_000}]}, "epochs": 9}),
    ],
)
def test_a_run_takes_no_more_memory_than_was_estimated(shape, body):
    data = table(**shape)
    spec = fill(from_dict({"epochs": 1, "batch_size": 4_096} | body), data)
    estimate = memory_bytes(spec, data.rows, *widths(spec, Source.of(spec, data)))
    gc.collect()
    tracemalloc.start()
    try:
        training = Training(spec, prepare(spec, data).data)
        list(training.records())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert training.outcome.metrics["training"]
    assert peak <= estimate + SMALL_CHANGE
    # Nor is it a bound that says nothing; a full batch is told as if there were two of its size.
    assert estimate < 10 * peak
