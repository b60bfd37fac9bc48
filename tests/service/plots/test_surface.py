"""What the picture of a surface draws is what the surface says."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.plots.levels import BANDS, levels_of
from service.plots.palette import height_colour
from service.plots.surface import Side, SurfaceShown, note_svg, surface_svg

SVG = "{http://www.w3.org/2000/svg}"
PLACES = np.linspace(-2.0, 2.0, 9)


def shown(costs: Any = None, **changes: Any) -> SurfaceShown:
    bowl = 1.0 + PLACES[np.newaxis, :] ** 2 + PLACES[:, np.newaxis] ** 2
    usual: dict[str, Any] = {
        "title": "a bowl",
        "across": Side("first direction: 90.0% of the path", PLACES),
        "down": Side("second direction: 5.0% of the path", PLACES),
        "costs": bowl if costs is None else costs,
        "places": np.array([[-1.5, 1.0], [-0.5, 0.5], [0.0, 0.0]]),
        "path_costs": np.array([4.25, 1.5, 1.0]),
        "start": "start: epoch 0, 4.25",
        "model": "model: epoch 2, 1",
        "model_place": (0.0, 0.0),
        "words": "The cost over a plane.",
    }
    return SurfaceShown(**(usual | changes))


def root_of(
    picture: SurfaceShown, theme: Any = "light", width: int = 720, height: int = 560
) -> Any:
    return ElementTree.fromstring(surface_svg(picture, theme, width, height))


def points_of(d: str) -> np.ndarray[Any, Any]:
    return np.array([(float(x), float(y)) for x, y in re.findall(r"[ML]([-\d.]+) ([-\d.]+)", d)])


def test_bands_of_a_bowl_are_rings_around_its_bottom() -> None:
    """x² + y² = r² on the grid's own scale: each edge between bands lies at one distance."""
    root = root_of(shown())
    circles = list(root.iter(f"{SVG}circle"))
    bottom = np.array([float(circles[-1].get("cx")), float(circles[-1].get("cy"))])
    levels = levels_of(shown().costs, shown().path_costs)
    assert levels is not None
    (first,) = [each for each in root.iter(f"{SVG}path") if each.get("fill") == height_colour(0.0)]
    edge = points_of(first.get("d"))
    assert edge[:, 0].min() < bottom[0] < edge[:, 0].max()
    frame = [
        points_of(each.get("d")) for each in root.iter(f"{SVG}path") if each.get("fill") != "none"
    ]
    low, high = (np.vstack(frame).min(axis=0), np.vstack(frame).max(axis=0))
    unit = (high - low) / 4.0
    distances = np.hypot(*((edge - bottom) / unit).T)
    # The cost at the first edge is 1 + r², between two places of a coarse grid
    expected = np.sqrt(levels.cost_at(1 / BANDS) - 1.0)
    assert distances == pytest.approx(np.full(len(edge), expected), abs=0.13)


def test_the_path_ends_at_the_model() -> None:
    root = root_of(shown())
    (line,) = [each for each in root.iter(f"{SVG}path") if each.get("stroke") == "#14181d"]
    path = points_of(line.get("d"))
    *_, start, model = root.iter(f"{SVG}circle")
    assert [float(start.get("cx")), float(start.get("cy"))] == path[0].tolist()
    assert [float(model.get("cx")), float(model.get("cy"))] == path[-1].tolist()
    assert path[0, 0] < path[-1, 0]
    assert path[0, 1] < path[-1, 1]  # above: y grows downwards in a picture


def test_it_says_in_words_what_it_shows() -> None:
    root = root_of(shown())
    assert root.findtext(f"{SVG}title") == "Cost surface of a bowl"
    described = root.findtext(f"{SVG}desc")
    assert described == "start: epoch 0, 4.25. model: epoch 2, 1. The cost over a plane."
    words = [each.text for each in root.iter(f"{SVG}text")]
    assert {"first direction: 90.0% of the path", "second direction: 5.0% of the path"} <= {*words}


def test_levels_are_even_or_by_the_logarithm_and_cut_off_what_is_far_above() -> None:
    even = levels_of(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([4.0, 1.0]))
    assert even is not None
    assert [even.cost_at(share) for share in (0, 0.5, 1)] == pytest.approx([1, 2.5, 4])
    steep = levels_of(np.array([[0.01, 1.0], [1e9, np.inf]]), np.array([1.0, 0.01]))
    assert steep is not None
    assert [steep.cost_at(share) for share in (0, 0.5, 1)] == pytest.approx([0.01, 0.1, 1.0])
    heights = steep.heights(np.array([[0.1, np.inf]]))
    assert heights[0, 0] == pytest.approx(0.5)
    assert heights.mask.tolist() == [[False, True]]
    assert levels_of(np.array([[np.nan, np.inf]]), np.array([1.0])) is None


COSTS = st.lists(
    st.floats(0, 1.7e308) | st.just(float("nan")) | st.just(float("inf")), min_size=9, max_size=9
)


@settings(max_examples=40, deadline=None)
@given(COSTS, st.integers(240, 2000), st.integers(160, 1600))
def test_any_surface_is_drawn_within_its_picture(
    costs: list[float], width: int, height: int
) -> None:
    side = Side("a direction", np.array([-1.0, 0.0, 1.0]))
    grid = np.array(costs).reshape(3, 3)
    ends = np.array([[-1.0, 1.0], [0.0, 0.0]])
    picture = shown(grid, across=side, down=side, places=ends, path_costs=grid[0, :2])
    root = root_of(picture, None, width, height)
    values = [value for each in root.iter() for value in each.attrib.values()]
    assert not {"nan", "inf", "-inf"} & set(values)
    for each in root.iter(f"{SVG}path"):
        for x, y in points_of(each.get("d")):
            assert 0 <= x <= width
            assert 0 <= y <= height


def test_a_note_is_a_picture_of_its_words() -> None:
    root = ElementTree.fromstring(note_svg("Not <yet>.", None, 240, 160))
    assert [each.text for each in root.iter(f"{SVG}text")] == ["Not <yet>."]
    assert root.findtext(f"{SVG}title") == "Not <yet>."
