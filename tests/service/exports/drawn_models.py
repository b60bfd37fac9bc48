"""Models to try things on: random preprocessing, layers and raw rows, as hypothesis draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from engine.activations import ACTIVATIONS
from engine.constraints import TASK_OUTPUTS
from service.exports.contents import Contents, LayerContents

THIS_YEAR_SECONDS = 1_770_000_000
HOUR_SECONDS = 3600
COLUMN_NAMES = st.sampled_from(["x", "predictions", "", "layers.0.weights", "größe", "scale"])
TEXTS = ("Biscoe", "Dream", "Torgersen", "", "ß")
CLASSES = (["a", "b", "ç"], [0, 1, 5], ["no", "yes"], [False, True], [3, 4])


@dataclass(frozen=True)
class Model:
    """What a file holds, and the raw values of some rows, column by column, None where missing."""

    contents: Contents
    columns: list[list[Any]]

    @property
    def preprocessing(self) -> Any:
        return self.contents.metadata["preprocessing"]

    @property
    def rows(self) -> list[dict[str, Any]]:
        names = [feature["name"] for feature in self.preprocessing["features"]]
        return [dict(zip(names, row, strict=True)) for row in zip(*self.columns, strict=True)]


@st.composite
def number_features(draw, name, rows):
    """A number, boolean or date, and its raw values."""
    kind = draw(st.sampled_from(["number", "boolean", "date"]))
    if kind == "boolean":
        raw, spreads = st.sampled_from([0.0, 1.0]), st.floats(0.3, 1)
    elif kind == "date":
        raw = st.integers(0, HOUR_SECONDS).map(lambda at: float(THIS_YEAR_SECONDS + at))
        spreads = st.floats(HOUR_SECONDS / 4, HOUR_SECONDS)
    else:
        raw, spreads = st.floats(-5, 5, allow_subnormal=False), st.floats(1, 4)
    # A date that is not scaled would leave nothing but itself in the network's numbers.
    is_scaled = kind == "date" or draw(st.booleans())
    center, scale = (draw(raw), draw(spreads)) if is_scaled else (0.0, 1.0)
    fill = draw(st.none() | raw)
    values = raw if fill is None else raw | st.none()
    feature = {"name": name, "kind": kind, "fill": fill, "center": center, "scale": scale}
    return feature, draw(st.lists(values, min_size=rows, max_size=rows))


@st.composite
def text_features(draw, name, rows):
    """A text, and its raw values, some of them unseen."""
    categories = sorted(draw(st.sets(st.sampled_from(TEXTS), min_size=1, max_size=4)))
    fill = draw(st.none() | st.sampled_from(categories))
    missing = fill is None and draw(st.booleans())
    # Elsewhere the empty text is none: it stands for a missing value.
    values = st.sampled_from([text for text in TEXTS if text or "" in categories])
    feature = {"name": name, "kind": "text", "categories": categories, "fill": fill}
    found = draw(st.lists(values | st.none(), min_size=rows, max_size=rows))
    return {**feature, "missing": missing}, found


@st.composite
def ends(draw):
    """A task with its output, targets and classes."""
    task = draw(st.sampled_from(sorted(TASK_OUTPUTS)))
    output = draw(st.sampled_from(TASK_OUTPUTS[task]))
    if task == "regression":
        centers = draw(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=3))
        scale = draw(st.floats(1e-3, 1e5))
        named = [{"name": f"y{at}", "center": y, "scale": scale} for at, y in enumerate(centers)]
        return task, output, named, None
    fitting = [names for names in CLASSES if len(names) == 2 or task == "multiclass"]
    return task, output, [{"name": "species"}], draw(st.sampled_from(fitting))


@st.composite
def models(draw, activation):
    """A model whose first hidden layer has this activation."""
    rows = draw(st.integers(1, 5))
    names = draw(st.lists(COLUMN_NAMES, unique=True, min_size=1, max_size=5))
    drawn = [draw(number_features(name, rows) | text_features(name, rows)) for name in names]
    features = [feature for feature, _ in drawn]
    task, output, targets, classes = draw(ends())
    hidden = [activation, *draw(st.lists(st.sampled_from(sorted(ACTIVATIONS)), max_size=1))]
    outputs = 1 if task == "binary" else len(classes or targets)
    units = [sum(map(width, features)), *(draw(st.integers(1, 4)) for _ in hidden), outputs]
    metadata = {
        "job": "job_1",
        "name": None,
        "spec": {"task": task},
        "preprocessing": {"features": features, "targets": targets, "classes": classes},
        "dtype": draw(st.sampled_from(["float32", "float64"])),
    }
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    layers = random_layers(generator, [*hidden, output], units, metadata["dtype"])
    return Model(Contents(metadata, layers), [values for _, values in drawn])


def width(feature) -> int:
    """How many inputs of the network a feature makes."""
    return len(feature["categories"]) + feature["missing"] if feature["kind"] == "text" else 1


def random_layers(generator, activations, units, dtype) -> tuple[LayerContents, ...]:
    """Weights of about the size that keeps a layer's outputs as large as its inputs."""
    return tuple(
        LayerContents(
            activation,
            (generator.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in)).astype(dtype),
            generator.standard_normal(fan_out).astype(dtype),
        )
        for activation, fan_in, fan_out in zip(activations, units, units[1:], strict=False)
    )
