"""Files of models, run in ONNX Runtime."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnxruntime


def answers(
    content: bytes, features: Sequence[Mapping[str, Any]], columns: Sequence[Sequence[Any]]
) -> dict[str, Any]:
    """What the runtime says of some rows, by output; a date of `columns` is in seconds, a missing
    value None.
    """
    session = onnxruntime.InferenceSession(content)
    taken = zip(session.get_inputs(), columns, features, strict=True)
    feeds = {each.name: _fed(values, feature) for each, values, feature in taken}
    names = [told.name for told in session.get_outputs()]
    return dict(zip(names, session.run(names, feeds), strict=True))


def _fed(values: Sequence[Any], feature: Mapping[str, Any]) -> Any:
    """A column as the graph takes it, (rows, 1)."""
    if feature["kind"] == "text":
        missing = "?" if "" in feature["categories"] else ""
        return np.array([[missing if value is None else value] for value in values], object)
    return np.array([[np.nan if value is None else value] for value in values], np.float64)
