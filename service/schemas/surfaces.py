"""J over a plane through a job's model, as it is answered."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import orjson
from numpy.typing import NDArray
from pydantic import Field
from typing_extensions import TypedDict

from engine.landscape import Landscape
from engine.plane import PARAMETERS

Array = NDArray[Any]


class SurfaceAxis(TypedDict):
    """One direction of the plane."""

    name: Annotated[str, Field(description="weight, bias, or first and second direction.")]
    share: Annotated[
        float | None,
        Field(description="How much of the path's squared length lies along it; null if none."),
    ]
    values: Annotated[
        list[float],
        Field(description="Places along it. Of weight and bias the values, else from the model."),
    ]


class SurfacePath(TypedDict):
    """Points of the path of descent: their places in the plane, and the true J of each."""

    epoch: list[int]
    x: list[float]
    y: list[float]
    cost: list[float | None]


class SurfacePoint(TypedDict):
    """The model's place, and its cost."""

    epoch: int
    x: float
    y: float
    cost: float | None


class Surface(TypedDict):
    """J on the training rows, with penalties, over a plane through the model's weights."""

    job: str
    directions: Annotated[
        Literal["path", "random", "parameters"],
        Field(description="What spans the plane; `parameters` for one weight and one bias."),
    ]
    resolution: Annotated[int, Field(description="How many places each axis has.")]
    axes: Annotated[list[SurfaceAxis], Field(min_length=2, max_length=2)]
    cost: Annotated[
        list[list[float | None]],
        Field(description="A row for each place of the second axis; null where not finite."),
    ]
    path: SurfacePath
    model: SurfacePoint


class SurfacePending(TypedDict):
    """The surface is asked for, and not drawn yet."""

    job: str
    status: Literal["pending"]


def surface_bytes(job_id: str, model_epoch: int, found: Landscape) -> bytes:
    """The answer as JSON, in which null stands for what is not finite."""
    plane = found.plane
    is_true = plane.directions == PARAMETERS
    names = ("weight", "bias") if is_true else ("first direction", "second direction")
    sides = (found.across, found.down)
    shares = plane.shares or (None, None)
    column, row = (
        int(np.argmin(np.abs(side - at))) for side, at in zip(sides, plane.origin, strict=True)
    )
    shown: Surface = {
        "job": job_id,
        "directions": plane.directions,  # type: ignore[typeddict-item]
        "resolution": len(found.across),
        "axes": [
            {"name": name, "share": share, "values": side.tolist()}
            for name, share, side in zip(names, shares, sides, strict=True)
        ],
        "cost": found.costs.tolist(),
        "path": {
            "epoch": list(found.epochs),
            "x": found.places[:, 0].tolist(),
            "y": found.places[:, 1].tolist(),
            "cost": found.path_costs.tolist(),
        },
        "model": {
            "epoch": model_epoch,
            "x": float(plane.origin[0]),
            "y": float(plane.origin[1]),
            "cost": float(found.costs[row, column]),
        },
    }
    return orjson.dumps(shown)
