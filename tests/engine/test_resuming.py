"""A run that is taken up again at any epoch's end gives the same bits as one never stopped."""

import pytest
from builders import body, random_table, timeless, training_of

from engine.constraints import OPTIMIZERS, SCHEDULES
from engine.state import TrainingState


def schedule(kind):
    return {"kind": kind, "initial": 0.05, **SCHEDULES[kind]}


RESUMED = [
    *({"optimizer": {"kind": kind, "learning_rate": 0.02}} for kind in OPTIMIZERS),
    *(
        {"optimizer": {"kind": "momentum", "learning_rate": schedule(kind)}, "batch_size": size}
        for kind in SCHEDULES
        for size in (None, 8)
    ),
    {"network": {"hidden": [{"units": 6, "activation": "gelu", "dropout": 0.4}]}},
    {"optimizer": {"kind": "momentum", "learning_rate": "auto"}},
    {"stop": {"patience": 3}, "optimizer": {"kind": "adam", "learning_rate": 0.5}},
    {"shuffle": False, "clip_norm": 0.1, "l1": 0.01, "l2": 0.02, "training_cost": "exact"},
]


@pytest.mark.parametrize("changes", RESUMED, ids=lambda changes: str(changes)[:70])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_resuming_at_any_epoch_gives_the_same_bits(changes, dtype):
    table, wanted = random_table(), body(dtype=dtype, **{"epochs": 9, **changes})
    training = training_of(wanted, table)
    records, states = [], []
    for record in training.records():
        records.append(record)
        states.append(training.state().to_bytes())
    for epoch, saved in enumerate(states):
        resumed = training_of(wanted, table, state=TrainingState.from_bytes(saved))
        rest = list(resumed.records())
        assert timeless(rest) == timeless(records[epoch + 1 :])
        assert resumed.outcome.parameters.tobytes() == training.outcome.parameters.tobytes()
        assert resumed.outcome.stop_reason == training.outcome.stop_reason
        assert resumed.outcome.model_epoch == training.outcome.model_epoch
