"""What training holds in memory at most, against what it has to hold."""

from __future__ import annotations

import gc
import tracemalloc
from itertools import pairwise

from benchmarks.speed import by_engine
from benchmarks.speed.shapes import SHAPES, Rows, Shape
from benchmarks.tables import Section, verdict

EPOCHS = 2
BYTES = 4  # of a float32
PARAMETER_VECTORS = 8


def measure() -> list[Section]:
    return [
        Section(
            "Memory while training",
            f"The most that is allocated at once during {EPOCHS} epochs, by Python and numpy, "
            "from before the rows are made ready until the last record, less what a network of "
            "as many layers takes that has one unit in each and one row to learn: that is the "
            "program, which is the same for any size. The bar: the data, "
            f"{PARAMETER_VECTORS} × the parameters, and inputs and activations of two batches.",
            ["shape", "program, KiB", "training, KiB", "bar, KiB", "of the bar", "met"],
            [_row(shape) for shape in SHAPES],
        )
    ]


def _row(shape: Shape) -> list[str]:
    program = _peak(_smallest(shape))
    training, bar = _peak(shape) - program, bar_bytes(shape)
    sizes = [f"{size / 1024:,.0f}" for size in (program, training, bar)]
    return [shape.text(), *sizes, f"{training / bar:.0%}", verdict(training <= bar)]


def _smallest(shape: Shape) -> Shape:
    hidden = (1,) * len(shape.hidden)
    batch = 1 if shape.batch_size else None
    return Shape("smallest", 1, 1, hidden, min(shape.outputs, 2), batch, further=0)


def bar_bytes(shape: Shape) -> int:
    """Data, parameters in their several vectors, and two batches of activations, in bytes."""
    data = shape.rows * (shape.features + shape.outputs)
    parameters = sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(shape.widths))
    activations = shape.batch_rows * sum(shape.widths)
    return BYTES * (data + PARAMETER_VECTORS * parameters + 2 * activations)


def _peak(shape: Shape) -> int:
    rows = shape.draw()
    by_engine.train(shape, rows, 1)  # what is imported and kept at first use is no run's own
    return _traced(shape, rows)


def _traced(shape: Shape, rows: Rows) -> int:
    gc.collect()
    tracemalloc.start()
    try:
        by_engine.train(shape, rows, EPOCHS)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
