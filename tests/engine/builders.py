"""Short ways to a run, for tests."""

import numpy as np

from engine.filling import fill
from engine.preparing import prepare
from engine.spec import from_dict
from engine.table import MemoryTable, number_columns
from engine.training import Training


class Numbers(MemoryTable):
    """A table of numbers that shows them as matrices too: `inputs`, `answers` (rows, columns)."""

    def __init__(self, inputs, answers):
        self.inputs, self.answers = inputs, answers
        xs = number_columns(names("x", inputs), inputs)
        ys = number_columns(names("y", answers), answers)
        super().__init__([*xs, *ys], [column.name for column in ys])


def names(letter, matrix):
    return [f"{letter}{n + 1}" for n in range(matrix.shape[1])]


def inputs_of(matrix):
    """The rows of a matrix as a model is asked about them."""
    matrix = np.asarray(matrix, float)
    return MemoryTable(number_columns(names("x", matrix), matrix))


def with_target(column, inputs=None):
    """A table of one target, and of inputs that count the rows where none are given."""
    matrix = np.arange(float(column.rows))[:, None] if inputs is None else np.asarray(inputs, float)
    return MemoryTable([*number_columns(names("x", matrix), matrix), column], [column.name])


def table_of(inputs, targets):
    """A table of numbers; a target of one column may be given flat."""
    inputs = np.asarray(inputs, float)
    return Numbers(inputs, np.asarray(targets, float).reshape(len(inputs), -1))


def random_table(seed=0, rows=24, features=3, outputs=1):
    generator = np.random.default_rng(seed)
    inputs = generator.normal(size=(rows, features))
    mixed = np.tanh(inputs @ generator.normal(size=(features, outputs)))
    return table_of(inputs, mixed + 0.1 * generator.normal(size=(rows, outputs)))


def body(**changes):
    """A small job body in float64, with validation rows."""
    return {
        "network": {"hidden": [{"units": 4, "activation": "tanh"}]},
        "optimizer": {"kind": "adam", "learning_rate": 0.01},
        "epochs": 6,
        "batch_size": 8,
        "dtype": "float64",
        "validation": {"fraction": 0.25},
        "scaling": "none",
        **changes,
    }


def training_of(wanted, table, **handed):
    """A `Training` of a job body on a table, filled and prepared."""
    spec = fill(from_dict(wanted), table)
    return Training(spec, prepare(spec, table).data, **handed)


def run(wanted, table, **handed):
    """(records, outcome) of a whole run."""
    training = training_of(wanted, table, **handed)
    return list(training.records()), training.outcome


def timeless(records):
    """The records without the one number that a clock decides."""
    return [record._replace(seconds=0.0) for record in records]
