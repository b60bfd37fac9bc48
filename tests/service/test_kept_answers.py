import tracemalloc

from service.api.responses import json_bytes
from service.kept_answers import KeptAnswers


def test_what_was_asked_for_longest_ago_goes_first():
    kept = KeptAnswers(10)
    kept.keep("a", b"1234")
    kept.keep("b", b"5678")
    assert kept.get("a") == b"1234"
    kept.keep("c", b"90ab")
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (b"1234", None, b"90ab")
    assert kept.size == 8


def test_what_is_larger_than_all_the_room_is_not_kept():
    kept = KeptAnswers(3)
    kept.keep("a", b"123")
    kept.keep("b", b"4567")
    assert (kept.get("a"), kept.get("b"), kept.size) == (b"123", None, 3)


def test_an_answer_kept_twice_takes_its_room_once():
    kept = KeptAnswers(10)
    kept.keep("a", b"1234")
    kept.keep("a", b"1234")
    assert kept.size == 4


def test_kept_answers_take_hardly_more_memory_than_their_bytes():
    kept = KeptAnswers(10_000_000)
    tracemalloc.start()
    try:
        for number in range(200):
            kept.keep(f"{number}", json_bytes({"number": number, "text": "x" * 2_000}))
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept.size < taken < 1.5 * kept.size
