"""Short ways to a run, for tests."""

import numpy as np

from engine.filling import fill
from engine.preprocessing import Table, prepare
from engine.spec import from_dict
from engine.training import Training


def table_of(inputs, targets):
    """A table of numbers; a target of one column may be given flat."""
    inputs = np.asarray(inputs, float)
    targets = np.asarray(targets, float).reshape(len(inputs), -1)
    return Table(
        tuple(f"x{n + 1}" for n in range(inputs.shape[1])),
        inputs,
        tuple(f"y{n + 1}" for n in range(targets.shape[1])),
        targets,
    )


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
