"""Scores of a model's outputs against the truth: how good it is, in words that people know.

Every score goes over the rows in blocks, so that none needs much memory however many rows there
are. Rows count alike here, weighted or not. A score that is not defined is None: the precision of
a class that was never named, the recall of one that never occurs, an F1 of neither, the area under
a curve of rows all alike, R² of a target that is constant. A mean is over those that are defined.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Name = str | bool | int
Scores = dict[str, Any]

# Goes over all rows anew each time it is called: a stretch of them, and their ŷ (outputs, rows).
Blocks = Callable[[], Iterable[tuple[slice, Array]]]

# So many ŷ are held at once for the areas under the curves, the only scores that need all rows.
RANKED_NUMBERS = 4 * 1024 * 1024
# A probability of 0 would cost infinitely much: it counts as this.
LEAST_PROBABILITY = float(np.finfo(np.float64).eps)
# A matrix of more classes would be long to send and too large to read.
MOST_CONFUSED = 100

CLASS_SCORES = ("precision", "recall", "f1")


def class_scores(
    blocks: Blocks, labels: Array, names: Sequence[Name], *, held: int = RANKED_NUMBERS
) -> Scores:
    """Scores of probabilities: of one output p of the second class, or one output a class.

    `labels` (rows,) are true classes, as places in `names` (of two, as booleans too). At most
    about `held` ŷ are kept at once, or those of one class.
    """
    matrix, surprise = _confused(blocks, labels, len(names))
    areas = _areas(blocks, labels, len(names), held)
    each: list[Scores] = [
        {"label": name, "rows": int(matrix[place].sum()), **scores, "roc_auc": area}
        for place, (name, scores, area) in enumerate(
            zip(names, _of_each(matrix), areas, strict=True)
        )
    ]
    return {
        "accuracy": int(np.trace(matrix)) / len(labels),
        "log_loss": surprise / len(labels),
        "roc_auc": mean(areas),
        "macro": {name: mean(scores[name] for scores in each) for name in CLASS_SCORES},
        "classes": each,
        "confusion_matrix": matrix.tolist() if len(names) <= MOST_CONFUSED else None,
    }


def regression_scores(blocks: Blocks, targets: Array, unit: Array, names: Sequence[Name]) -> Scores:
    """MAE, RMSE and R² of each target, `targets` (outputs, rows), and their means.

    `unit`, (outputs,), is what an error of 1 is in the scores' own units.
    R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)².
    """
    rows = targets.shape[1]
    sizes, squares, spread = _summed_errors(blocks, targets)
    constant = targets.min(axis=1) == targets.max(axis=1)
    each: list[Scores] = [
        {
            "target": name,
            "mae": float(sizes[place] / rows * unit[place]),
            "rmse": math.sqrt(squares[place] / rows) * float(unit[place]),
            "r2": None if constant[place] else float(1.0 - squares[place] / spread[place]),
        }
        for place, name in enumerate(names)
    ]
    means = {name: mean(scores[name] for scores in each) for name in ("mae", "rmse", "r2")}
    return {**means, "targets": each}


def mean(scores: Iterable[float | None]) -> float | None:
    """The mean of the scores that are defined; None where none is."""
    defined = [score for score in scores if score is not None]
    return sum(defined) / len(defined) if defined else None


def roc_auc(scores: Array, positive: Array) -> float | None:
    """How often a positive row's score is above a negative one's, equal ones counting half.

    That is the area under the ROC curve (Hanley & McNeil 1982), exact with ties. `scores` (rows,)
    numbers, `positive` (rows,) booleans. None if one kind is missing or a score is not a number.
    """
    positives = int(np.count_nonzero(positive))
    pairs = positives * (len(positive) - positives)
    if pairs == 0 or np.isnan(scores).any():
        return None
    order = np.argsort(scores)
    ranked = scores[order]
    # Equal scores are one group; where each ends, and how many rows of each kind it holds.
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    above = np.diff(np.cumsum(positive[order])[ends], prepend=0)
    others = np.diff(ends, prepend=-1) - above
    lower = np.cumsum(others) - others
    # In whole numbers, of half pairs: nothing is rounded but the last quotient.
    return int(np.dot(above, 2 * lower + others)) / (2 * pairs)


def probabilities(outputs: Array) -> Array:
    """(classes, rows) float64 of ŷ (outputs, rows), where a single output is the second class's."""
    wide = outputs.astype(np.float64)
    return np.vstack([1.0 - wide, wide]) if len(wide) == 1 else wide


def named(outputs: Array) -> Array:
    """The class that each column of ŷ (outputs, rows) names, (rows,)."""
    single = len(outputs) == 1
    return np.asarray(outputs[0] >= 0.5 if single else outputs.argmax(axis=0), np.intp)


def _confused(blocks: Blocks, labels: Array, classes: int) -> tuple[Array, float]:
    """The confusion matrix, rows of it true classes and columns named ones, and Σ −log p."""
    matrix, surprise = np.zeros((classes, classes), np.int64), 0.0
    for stretch, outputs in blocks():
        true = labels[stretch].astype(np.intp)
        np.add.at(matrix, (true, named(outputs)), 1)
        of_true = probabilities(outputs)[true, np.arange(len(true))]
        clipped = np.clip(of_true, LEAST_PROBABILITY, 1.0 - LEAST_PROBABILITY)
        surprise -= float(np.sum(np.log(clipped)))
    return matrix, surprise


def _of_each(matrix: Array) -> Iterator[dict[str, float | None]]:
    """Precision, recall and F1 of each class."""
    right, true, said = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
    for hits, rows, calls in zip(right.tolist(), true.tolist(), said.tolist(), strict=True):
        yield {
            "precision": hits / calls if calls else None,
            "recall": hits / rows if rows else None,
            "f1": 2 * hits / (rows + calls) if rows + calls else None,
        }


def _areas(blocks: Blocks, labels: Array, classes: int, held: int) -> list[float | None]:
    """The area under each class's curve, that class against all others."""
    if classes == 2:
        # Who of two is taken for positive makes no difference.
        (area,) = _areas_from(blocks, labels, range(1, 2))
        return [area, area]
    together = max(1, held // len(labels))
    groups = (range(at, min(at + together, classes)) for at in range(0, classes, together))
    return [area for group in groups for area in _areas_from(blocks, labels, group)]


def _areas_from(blocks: Blocks, labels: Array, group: range) -> Iterator[float | None]:
    """The areas of the classes of a group, for which all rows are gone over once."""
    held: Array | None = None
    for stretch, outputs in blocks():
        if held is None:
            held = np.empty((len(group), len(labels)), outputs.dtype)
        single = len(outputs) == 1
        held[:, stretch] = outputs if single else outputs[group.start : group.stop]
    assert held is not None, "there are rows"
    for scores, place in zip(held, group, strict=True):
        yield roc_auc(scores, labels == place)


def _summed_errors(blocks: Blocks, targets: Array) -> tuple[Array, Array, Array]:
    """Of each output, (outputs,): Σ|y − ŷ|, Σ(y − ŷ)² and Σ(y − ȳ)²."""
    sizes, squares, spread = (np.zeros(len(targets)) for _ in range(3))
    middle = targets.mean(axis=1, dtype=np.float64)[:, None]
    for stretch, outputs in blocks():
        part = targets[:, stretch].astype(np.float64)
        error = outputs - part
        sizes += np.sum(np.abs(error), axis=1)
        squares += np.sum(error * error, axis=1)
        part -= middle
        spread += np.sum(part * part, axis=1)
    return sizes, squares, spread
