"""The training loop: epoch after epoch of descent, each reported, until a rule says stop.

`Training.records()` yields one `EpochRecord` after another. Between batches it asks `keep_going`.
At the end of any epoch `state()` holds all that a new `Training` needs to go on from there and
to give the same numbers, bit for bit, as if it had never stopped.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.adaptive import Exact, TakingBack
from engine.descent import rule_of
from engine.evaluation import Evaluator
from engine.keeping import Keeper
from engine.learning_rate import Adaptive, Rate, rate_of
from engine.metrics import Scores
from engine.network import given_parameters, random_parameters, views
from engine.passes import FullBatch, MiniBatches, Passed, Passes
from engine.path import Path
from engine.problem import InterruptedTrainingError, Measure, Problem
from engine.randomness import state_of, stream
from engine.range_test import LearningRateSearch, range_test
from engine.records import EpochRecord, Outcome, TrainingData
from engine.spec import JobWeights, LearningRate, TrainingSpec
from engine.state import TrainingState
from engine.stopping import StopRules

Array = NDArray[Any]


def always() -> bool:
    """Go on, whatever happens."""
    return True


class Training:
    """One run of a filled specification on prepared data.

    `clock` gives seconds, `keep_going` is asked between batches; `starting` are the parameters to
    start from, (parameters,), where the specification leaves them to another job's model.
    """

    def __init__(
        self,
        spec: TrainingSpec,
        data: TrainingData,
        *,
        clock: Callable[[], float] = time.perf_counter,
        keep_going: Callable[[], bool] = always,
        starting: Array | None = None,
        state: TrainingState | None = None,
    ) -> None:
        self._spec, self._data, self._clock = spec, data, clock
        training = data.training
        self._problem = Problem(spec, training.features, training.outputs, keep_going)
        self._parameters = self._starting(starting)
        self._views = views(self._problem.layers, self._parameters)
        self._descent = rule_of(
            spec.optimizer, self._problem.size, spec.dtype, self._problem.weights_mask()
        )
        self._generators = {name: stream(spec.seed, name) for name in ("shuffle", "dropout")}
        self._steps = math.ceil(
            training.rows / min(spec.batch_size or training.rows, training.rows)
        )
        self.search: LearningRateSearch | None = None
        self._rate = self._rate_of(spec.optimizer.learning_rate)
        self._evaluator = Evaluator(self._problem, training)
        self._validator = Evaluator(self._problem, data.validation) if data.validation else None
        self._passes = self._choose_passes()
        self._stop = StopRules(spec.stop)
        self._keeper = Keeper(
            self._parameters,
            restore_best=spec.stop.restore_best and self._validator is not None,
        )
        self._path = Path(self._problem.size, spec.dtype)
        self._elapsed = 0.0
        self._last: EpochRecord | None = None
        self._reason: str | None = None
        self._outcome: Outcome | None = None
        if state is not None:
            self._restore(state)

    def records(self) -> Iterator[EpochRecord]:
        """Epoch 0, which is J at the starting weights, then each epoch as it ends.

        Ends early, without an outcome, when `keep_going` says no.
        """
        try:
            if self._last is None:
                yield self._first()
            while self._reason is None:
                yield self._next()
            self._outcome = self._final()
        except InterruptedTrainingError:
            return

    @property
    def outcome(self) -> Outcome | None:
        """How the run ended; None while it has not, or if it was interrupted."""
        return self._outcome

    @property
    def path(self) -> Path:
        """Some of the weights the run passed through."""
        return self._path

    def state(self) -> TrainingState:
        """All that is needed to go on from the last record that was yielded."""
        assert self._last is not None, "nothing has been trained yet"
        kept, arrays = self._keeper.state()
        values = {
            "last": self._last._asdict(),
            "elapsed_seconds": self._elapsed,
            "steps": self._descent.count,
            "generators": {name: state_of(g) for name, g in self._generators.items()},
            "learning_rate": self._rate.state(),
            "stop": self._stop.state(),
            "reason": self._reason,
            "search": self.search.to_dict() if self.search else None,
            "kept": kept,
            "path": self._path.state(),
        }
        arrays = {**arrays, "path": self._path.points}
        slots = {f"slot.{name}": slot.copy() for name, slot in self._descent.slots.items()}
        return TrainingState(values, {"parameters": self._parameters.copy(), **arrays, **slots})

    def _restore(self, state: TrainingState) -> None:
        values, arrays = state.values, state.arrays
        np.copyto(self._parameters, arrays["parameters"])
        for name, slot in self._descent.slots.items():
            np.copyto(slot, arrays[f"slot.{name}"])
        self._descent.count = values["steps"]
        for name, generator in self._generators.items():
            generator.bit_generator.state = values["generators"][name]
        if values["search"] is not None:
            self.search = LearningRateSearch.from_dict(values["search"])
            self._rate = self._rate_of(self.search.learning_rate)
        self._rate.restore(values["learning_rate"])
        self._stop.restore(values["stop"])
        self._keeper.restore(values["kept"], arrays)
        self._path.restore(values["path"], arrays["path"])
        self._last = EpochRecord(**values["last"])
        self._elapsed, self._reason = values["elapsed_seconds"], values["reason"]
        if self._reason is None:
            with np.errstate(all="ignore"):
                assert self._last.cost is not None
                self._passes.resume(Measure(self._last.cost, self._last.accuracy))

    def _starting(self, starting: Array | None) -> Array:
        spec, layers = self._spec, self._problem.layers
        if starting is not None:
            return starting.astype(spec.dtype)
        weights = spec.network.weights
        if weights is None:
            return random_parameters(
                layers, spec.network.init, stream(spec.seed, "init"), spec.dtype
            )
        assert not isinstance(weights, JobWeights), "a job's weights are handed in as `starting`"
        return given_parameters(layers, weights, spec.dtype)

    def _rate_of(self, learning_rate: LearningRate) -> Rate:
        # Until the range test has found one, any number stands for "auto".
        known = 1.0 if learning_rate == "auto" else learning_rate
        return rate_of(known, self._spec.epochs, self._steps)

    def _choose_passes(self) -> Passes:
        size = self._spec.batch_size
        whole = size is None or size >= self._data.training.rows
        adaptive = isinstance(self._rate, Adaptive)
        passes: Passes
        if whole and not any(layer.dropout for layer in self._problem.layers):
            passes = FullBatch(self._evaluator, self._parameters, self._descent)
        else:
            passes = MiniBatches(self._evaluator, self._parameters, self._descent, self._generators)
            if adaptive or self._spec.training_cost == "exact":
                passes = Exact(passes, self._evaluator, self._views)
        return TakingBack(passes, self._parameters, self._descent) if adaptive else passes

    # What is not finite is found and reported by name: numpy need not warn of it as well.
    @np.errstate(all="ignore")
    def _first(self) -> EpochRecord:
        started = self._clock()
        if self._spec.optimizer.learning_rate == "auto":
            self.search = range_test(self._problem, self._data.training, self._parameters)
            self._rate = self._rate_of(self.search.learning_rate)
        measure = self._passes.start()
        record = self._record(0, measure, self._validate(), started)
        self._stop.start(record)
        if not self._hear(record):
            self._reason = "diverged"
        return record

    @np.errstate(all="ignore")
    def _next(self) -> EpochRecord:
        assert self._last is not None
        started, epoch = self._clock(), self._last.epoch + 1
        passed = self._passes.epoch(epoch, self._rate)
        record = self._record(epoch, passed.measure, self._validate(), started, passed)
        watched = record.cost if record.validation_cost is None else record.validation_cost
        self._rate.observe(math.nan if watched is None else watched)
        finite = self._hear(record)
        self._reason = self._reason_after(record, passed) if finite else "diverged"
        return record

    def _hear(self, record: EpochRecord) -> bool:
        """Keep what this epoch's weights are good for; False if something is not finite."""
        finite = self._keeper.hear(record, self._parameters)
        if finite:
            self._path.hear(record.epoch, self._parameters)
        return finite

    def _record(
        self,
        epoch: int,
        measure: Measure,
        validation: Measure | None,
        started: float,
        passed: Passed | None = None,
    ) -> EpochRecord:
        seconds = self._clock() - started
        self._elapsed += seconds
        self._last = EpochRecord(
            epoch=epoch,
            cost=measure.cost,
            validation_cost=validation.cost if validation else None,
            accuracy=measure.accuracy,
            validation_accuracy=validation.accuracy if validation else None,
            gradient_norm=passed.gradient_norm if passed else None,
            learning_rate=passed.learning_rate if passed else None,
            accepted=passed.accepted if passed else True,
            seconds=seconds,
        )
        return self._last

    def _validate(self) -> Measure | None:
        if self._validator is None:
            return None
        return self._validator.measure(self._views, penalties=False)

    def _reason_after(self, record: EpochRecord, passed: Passed) -> str | None:
        if passed.all_zero:
            return "gradient_norm"
        reason = self._stop.reason(record, self._elapsed)
        if reason is not None:
            return reason
        if isinstance(self._rate, Adaptive) and self._rate.exhausted:
            return "learning_rate"
        return "epochs" if record.epoch >= self._spec.epochs else None

    @np.errstate(all="ignore")
    def _final(self) -> Outcome:
        assert self._reason is not None
        epoch, parameters = self._keeper.model(diverged=self._reason == "diverged")
        np.copyto(self._parameters, parameters)
        validation = self._validate()
        return Outcome(
            stop_reason=self._reason,
            model_epoch=epoch,
            parameters=self._parameters,
            cost=self._evaluator.measure(self._views, penalties=True).cost,
            validation_cost=validation.cost if validation else None,
            metrics=self._metrics(),
            best=self._keeper.best,
        )

    def _metrics(self) -> dict[str, Any]:
        data, validator = self._data, self._validator

        def scores(evaluator: Evaluator) -> Scores:
            return evaluator.scores(self._views, data.names, data.target_scale)

        return {
            "training": scores(self._evaluator),
            "validation": scores(validator) if validator else None,
        }
