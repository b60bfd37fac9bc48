"""Every picture is well-formed XML, whatever is written in it, and every text keeps its place."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from service.plots.svg import document, outline, shortened, tag, text, width_of, wrapped

SVG = "{http://www.w3.org/2000/svg}"
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(ANY_TEXT)
def test_words_come_back_as_they_were_but_for_what_xml_cannot_hold(words: str) -> None:
    drawn = document(10, 10, words, words, "", text(words, 1, 2, fill="red"))
    root = ElementTree.fromstring(drawn)
    allowed = "".join(
        letter
        if letter in "\t\n\r"
        or " " <= letter <= "\ud7ff"
        or "\ue000" <= letter <= "\ufffd"
        or letter >= "\U00010000"
        else "\ufffd"
        for letter in words
    )
    # XML itself turns each end of a line into one newline
    expected = allowed.replace("\r\n", "\n").replace("\r", "\n")
    found = [root.findtext(f"{SVG}{name}") for name in ("title", "desc", "text")]
    assert [each or "" for each in found] == [expected] * 3


@given(ANY_TEXT)
def test_no_attribute_can_be_left_by_what_it_holds(words: str) -> None:
    element = ElementTree.fromstring(tag("g", id=words, stroke_width=2))
    assert set(element.attrib) == {"id", "stroke-width"}
    assert list(element) == []


@given(st.text("ab ", max_size=80), st.integers(20, 200), st.integers(1, 4))
def test_wrapped_words_stay_within_their_width_and_their_lines(
    words: str, width: int, most: int
) -> None:
    lines = wrapped(words, 10, width, most)
    assert len(lines) <= most
    assert all(width_of(line, 10) <= width for line in lines)
    if not any(line.endswith("…") for line in lines):
        assert " ".join(lines).split() == words.split()


def test_what_is_too_wide_ends_in_an_ellipsis() -> None:
    assert shortened("a" * 100, 10, 54) == "a" * 9 + "…"
    assert shortened("short", 10, 54) == "short"


def test_a_path_goes_through_its_points_to_a_hundredth_of_a_pixel() -> None:
    assert outline([(0, 1), (2.5, 1 / 3)]) == "M0 1L2.5 0.33"
    assert outline([(-0.001, 1), (2, 3)], is_closed=True) == "M0 1L2 3Z"
