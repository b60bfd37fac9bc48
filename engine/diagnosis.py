"""What the history of a run says of its learning rate, in one word, with the numbers behind it.

`cost_curve` measures the curve; here the rules are asked about the measures, one after another,
and the first that has something to say decides.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.cost_curve import Measures, measure
from engine.records import EpochRecord

# Fewer rows than this are a beginning, not a curve.
LEAST_ROWS = 5

# A rate that fits may raise the cost now and then, but does not double it.
PEAK = 2.0
# Nor does it end above where it began.
ABOVE_START = 0.1
# Mini batches and the last steps of RMSProp shake the cost by less than this share of its level.
RISES = 0.05
# Once this share of the cost has gone, the steps do lead down, whatever noise is left.
NEARLY_ALL_HAS_GONE = 0.8
# An adaptive rate that fits is taken back about once in fourteen epochs: 1.05¹⁴ ≈ 2.
REJECTED = 0.5
NOTHING_GAINED = 0.05

# Where ‖g‖ varies by less than a factor e^0.3 about its middle, the weights have hardly moved: on
# the way to a minimum it shrinks, and steps too large throw it up and down.
STEADY_GRADIENT = 0.3
# Dropout alone shakes the cost at weights that stay, to several times what it is without; the
# slope there stays steep. Steps too large leave a slope that is slight beside the cost.
STEEP_FOR_NOISE = 0.5
PEAK_OF_NOISE = 6.0

# At this pace a tenth of the way takes ten epochs. A rate that fits is several times faster until
# the cost is near its floor, and by then most of it has gone.
PACE = 0.01
MOST_HAS_GONE = 0.6
# A slope this slight may be all noise, as at a minimum where training began …
STEEP = 0.1
# … unless the cost goes on falling: on a straight line the last third brings a third.
GOES_ON = 0.1
# Between two noisy costs lie a few times what an epoch adds on average: a fall must be larger.
NOISES = 5.0

# A validation cost varies by itself: a rise must be large beside its lowest and beside its start.
VALIDATION_GAP = 0.1
VALIDATION_GAP_TO_START = 0.05

# What the last third may add to the fall of a curve that looks level.
LEVEL = 0.02
# Stop reasons that say that no step was left to take, whatever the curve looks like.
AT_REST = ("gradient_norm", "learning_rate")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A verdict on one history.

    `verdict` is too_large, too_small, converged, overfitting or healthy. `evidence` are the
    numbers it was drawn from, all finite; what could not be measured is not among them.
    """

    verdict: str
    evidence: dict[str, Any]
    sentence: str
    advice: str


def diagnose(history: Sequence[EpochRecord], stop_reason: str | None = None) -> Diagnosis:
    """The verdict on `history`, rows in order of their epochs, thinned or not, of a run that
    ended by `stop_reason` or, where that is None, is still going on.
    """
    rows = [row for row in history if _has_cost(row)]
    if stop_reason == "diverged" or (history and not _has_cost(history[-1])):
        return _diverged(len(rows))
    if not rows:
        return Diagnosis("healthy", {"rows": 0}, "There is no cost to judge by yet.", _WAIT)
    measures = measure(rows)
    verdict, sentence, advice = next(
        (verdict, sentence, advice)
        for verdict, rule, advice in _RULES
        if (sentence := rule(measures, stop_reason)) is not None
    )
    return Diagnosis(verdict, measures.evidence(), sentence, advice)


def _has_cost(row: EpochRecord) -> bool:
    return row.cost is not None and math.isfinite(row.cost)


def _diverged(rows: int) -> Diagnosis:
    """No rule of the curve: its last number is none."""
    if rows:
        sentence = "The training diverged: its numbers grew until they stopped being finite."
        return Diagnosis("too_large", {"rows": rows}, sentence, _ADVICE["too_large"])
    sentence = "There was no finite cost even before the first step: the numbers are too large."
    return Diagnosis("too_large", {"rows": rows}, sentence, "Scale the inputs and the targets.")


# The rules: each gives its sentence, or None where it does not hold.


def _too_large(m: Measures, _stop_reason: str | None) -> str | None:
    if _is_noise_of_dropout(m):
        return None
    if m.peak >= PEAK:
        return f"The cost rose to {_times(m.peak)} what it was at the start."
    if m.rows < LEAST_ROWS:
        return None
    if -m.fall >= ABOVE_START:
        return f"The cost ended {_percent(-m.fall)} above its start."
    if m.rises >= RISES and m.fall < NEARLY_ALL_HAS_GONE:
        return (
            "The cost jumps up and down instead of settling: an epoch of the second half raised "
            f"it by {_percent(m.rises)} of its level on average."
        )
    if m.rejected >= REJECTED and m.fall < NOTHING_GAINED:
        return f"{_percent(m.rejected)} of the epochs raised the cost and were taken back."
    return None


def _is_noise_of_dropout(m: Measures) -> bool:
    if m.gradient_spread is None or m.gradient_to_cost is None:
        return False
    steady = m.gradient_spread <= STEADY_GRADIENT and m.gradient_to_cost >= STEEP_FOR_NOISE
    return steady and m.peak < PEAK_OF_NOISE


def _too_early(m: Measures, _stop_reason: str | None) -> str | None:
    if m.rows >= LEAST_ROWS:
        return None
    return f"With {m.rows} rows of history it is too early to tell; nothing looks wrong so far."


def _overfitting(m: Measures, _stop_reason: str | None) -> str | None:
    if m.validation_gap is None or m.validation_gap_to_start is None:
        return None
    rose = m.validation_gap >= VALIDATION_GAP
    rose = rose and m.validation_gap_to_start >= VALIDATION_GAP_TO_START
    if not rose or m.fall_since_lowest is None or m.fall_since_lowest <= 0.0:
        return None
    return (
        f"The validation cost ended {_percent(m.validation_gap)} above its lowest, and since then "
        "the training cost went on falling."
    )


def _too_small(m: Measures, stop_reason: str | None) -> str | None:
    slow = m.fall < MOST_HAS_GONE and m.fall_per_epoch < PACE
    if stop_reason in AT_REST or not (slow and _is_far_from_rest(m)):
        return None
    return (
        f"In {m.epochs} epochs the cost fell by only {_percent(max(m.fall, 0.0))} of its start, "
        "and it has not levelled out: there is a long way to go."
    )


def _is_far_from_rest(m: Measures) -> bool:
    if m.gradient_spread is None or m.gradient_to_cost is None:
        return _goes_on(m)
    steep = m.gradient_to_cost >= STEEP or _goes_on(m)
    return steep and m.gradient_spread <= STEADY_GRADIENT


def _goes_on(m: Measures) -> bool:
    return m.late_fall >= GOES_ON and _has_fallen(m)


def _has_fallen(m: Measures) -> bool:
    return m.fall > NOISES * m.rises


def _converged(m: Measures, stop_reason: str | None) -> str | None:
    falling = m.late_fall >= LEVEL and _has_fallen(m)
    if falling and stop_reason not in AT_REST:
        return None
    if m.fall < NOTHING_GAINED:
        return "The cost is level where it started, at a minimum or on a plateau."
    return (
        f"The cost fell by {_percent(m.fall)} of its start and then levelled out: the last third "
        f"brought {_percent(max(m.late_fall, 0.0))} of the fall."
    )


def _healthy(m: Measures, _stop_reason: str | None) -> str:
    return (
        f"The cost fell by {_percent(m.fall)} of its start and is still falling: the last third "
        f"brought {_percent(m.late_fall)} of the fall."
    )


_WAIT = "Wait for a few more epochs."

_ADVICE: Mapping[str, str] = {
    "too_large": "Divide the learning rate by 10, or let it be adapted or found by itself.",
    "too_small": "Multiply the learning rate by 10, or let it be adapted or found by itself.",
    "overfitting": (
        "Stop by patience on the validation cost, take a smaller network, l2 or dropout, or bring "
        "more rows."
    ),
    "converged": (
        "More epochs will hardly help. For a lower cost try a larger network, another start, or "
        "better features."
    ),
    "healthy": "Train for more epochs.",
}

# In the order they are asked; the last one always speaks.
_RULES: tuple[tuple[str, Callable[[Measures, str | None], str | None], str], ...] = (
    ("too_large", _too_large, _ADVICE["too_large"]),
    ("healthy", _too_early, _WAIT),
    ("overfitting", _overfitting, _ADVICE["overfitting"]),
    ("too_small", _too_small, _ADVICE["too_small"]),
    ("converged", _converged, _ADVICE["converged"]),
    ("healthy", _healthy, _ADVICE["healthy"]),
)


def _percent(share: float) -> str:
    return f"{100.0 * share:.3g} %"


def _times(factor: float) -> str:
    return f"{factor:.3g} times" if factor < 1e6 else "more than a million times"
