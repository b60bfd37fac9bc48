"""The curve in the terminal: where its dots are, and what its labels say."""

from __future__ import annotations

from descentd_client.curve import curve

FULL_COLUMN = "⡇"


def drawn(text: str) -> list[str]:
    """The lines right of the axis."""
    return [line.partition("┤")[2] for line in text.splitlines() if "┤" in line]


def test_a_falling_cost_goes_from_the_upper_left_to_the_lower_right() -> None:
    lines = drawn(curve([8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0], width=4, height=2))
    assert lines[0][0] != "⠀"
    assert lines[0][-1] == "⠀"
    assert lines[1][0] == "⠀"
    assert lines[1][-1] != "⠀"


def test_a_flat_cost_is_one_line() -> None:
    assert drawn(curve([2.0, 2.0, 2.0], width=3, height=2)) == ["⠉⠉⠉", "⠀⠀⠀"]


def test_a_leap_is_joined_by_a_line() -> None:
    assert FULL_COLUMN in drawn(curve([9.0, 9.0, 1.0, 1.0], width=2, height=3))[1]


def test_labels_name_the_highest_and_the_lowest_cost_and_the_last_epoch() -> None:
    text = curve([1.5, 0.75, 0.5], width=20)
    assert text.splitlines()[0].startswith("     1.5 ┤")
    assert "     0.5 ┤" in text
    assert text.endswith("epoch 2")
    assert "logarithmic" not in text


def test_a_cost_that_falls_far_is_shown_on_a_logarithmic_scale() -> None:
    assert "on a logarithmic scale" in curve([1.0, 0.1, 0.01])


def test_a_history_of_one_row_can_be_drawn() -> None:
    assert curve([0.7], width=10).endswith("epoch 0")
