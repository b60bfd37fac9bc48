"""What the cost picture draws is what the history says."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.plots.cost import CostCurve, Mark, cost_svg
from service.plots.palette import COLOURS
from service.plots.png import png_of

SVG = "{http://www.w3.org/2000/svg}"


def curve(**changes: Any) -> CostCurve:
    usual: dict[str, Any] = {
        "title": "a job",
        "epochs": [0, 1, 2, 3, 4],
        "cost": [1.0, 0.75, 0.5, 0.25, 0.25],
        "validation_cost": [1.5, 1.25, 1.0, 1.25, 1.5],
        "learning_rate": [None, 0.1, 0.1, 0.1, 0.1],
        "best": Mark(2, "best: epoch 2, 1", 1.0),
        "end": Mark(4, "stopped: out of patience: epoch 4 of 100"),
        "words": ["The cost fell.", "Train for more epochs."],
    }
    return CostCurve(**(usual | changes))


def root_of(shown: CostCurve, theme: Any = "light", width: int = 720, height: int = 440) -> Any:
    return ElementTree.fromstring(cost_svg(shown, theme, width, height))


def lines_of(root: Any, part: str, theme: int = 0) -> list[list[tuple[float, float]]]:
    """The points of each path painted as that part."""
    return [
        [(float(x), float(y)) for x, y in re.findall(r"[ML]([-\d.]+) ([-\d.]+)", path.get("d"))]
        for path in root.iter(f"{SVG}path")
        if path.get("stroke") == COLOURS[part][theme]
    ]


def words_of(root: Any) -> list[str]:
    return [element.text for element in root.iter(f"{SVG}text")]


def test_each_curve_goes_through_its_numbers() -> None:
    root = root_of(curve())
    (training,), (validation,) = (lines_of(root, part) for part in ("training", "validation"))
    xs = [x for x, _ in training]
    assert xs == [x for x, _ in validation]
    steps = [after - before for before, after in pairwise(xs)]
    assert steps == pytest.approx([steps[0]] * 4, abs=0.02)
    # a quarter of cost is the same number of pixels, on both curves
    quarter = training[1][1] - training[0][1]
    assert quarter > 10
    assert training[2][1] - training[1][1] == pytest.approx(quarter, abs=0.02)
    assert validation[1][1] - validation[0][1] == pytest.approx(quarter, abs=0.02)
    assert validation[2][1] == pytest.approx(training[0][1], abs=0.01)
    assert training[3][1] == training[4][1]


def test_the_best_epoch_and_the_last_are_marked_where_they_are() -> None:
    root = root_of(curve())
    (validation,) = lines_of(root, "validation")
    circles = [(float(each.get("cx")), float(each.get("cy"))) for each in root.iter(f"{SVG}circle")]
    assert validation[2] in circles
    dashes = [each for each in root.iter(f"{SVG}line") if each.get("stroke-dasharray")]
    assert {float(each.get("x1")) for each in dashes} >= {validation[4][0]}


def test_it_says_in_words_what_it_shows() -> None:
    root = root_of(curve())
    assert root.findtext(f"{SVG}title") == "Cost of a job"
    described = root.findtext(f"{SVG}desc")
    assert "Training cost from 1 at epoch 0 to 0.25 at epoch 4." in described
    assert "best: epoch 2, 1." in described
    assert "The cost fell." in described
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "title desc"
    assert {"training cost 0.25", "validation cost 1.5", "best: epoch 2, 1"} <= set(words_of(root))
    assert {"The cost fell.", "Train for more epochs."} <= set(words_of(root))


def test_a_curve_is_broken_where_it_is_not_finite() -> None:
    root = root_of(curve(cost=[1.0, 0.5, None, 0.25, 0.5]))
    assert [len(each) for each in lines_of(root, "training")] == [2, 2]


def test_a_theme_is_chosen_or_left_to_the_reader() -> None:
    light, dark, either = (root_of(curve(), theme) for theme in ("light", "dark", None))
    assert len(lines_of(light, "training", 0)) == len(lines_of(dark, "training", 1)) == 1
    assert [each.find(f"{SVG}style") is None for each in (light, dark, either)] == [1, 1, 0]
    assert "prefers-color-scheme: dark" in either.findtext(f"{SVG}style")
    assert any(each.get("class") == "s-training" for each in either.iter(f"{SVG}path"))


NUMBERS = st.none() | st.floats(0, 1.7e308)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), max_size=6),
    st.integers(240, 2000),
    st.integers(160, 1600),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
)
def test_all_of_it_lies_within_the_picture_whatever_is_drawn(
    rows: list[Any], width: int, height: int, name: str
) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
    shown = curve(
        title=name,
        epochs=list(range(len(rows))),
        cost=columns[0],
        validation_cost=columns[1],
        learning_rate=columns[2],
        best=None,
        end=None,
        words=[name],
    )
    root = root_of(shown, None, width, height)
    values = [value for each in root.iter() for value in each.attrib.values()]
    assert not {"nan", "inf", "-inf"} & set(values)
    for part in ("training", "validation", "rate"):
        for x, y in (point for each in lines_of(root, part) for point in each):
            assert 0 <= x <= width
            assert 0 <= y <= height
    for each in root.iter(f"{SVG}text"):
        assert 0 <= float(each.get("y")) <= height


def test_a_png_of_it_holds_its_words() -> None:
    """Letters are there: the same picture without its words has other pixels."""
    whole = png_of(cost_svg(curve(), "dark", 720, 440))
    assert whole.startswith(b"\x89PNG\r\n\x1a\n")
    assert (int.from_bytes(whole[16:20]), int.from_bytes(whole[20:24])) == (720, 440)
    without = re.sub(r"<text.*?</text>", "", cost_svg(curve(), "dark", 720, 440))
    assert len(png_of(without)) < 0.7 * len(whole)
