import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.sharing import Shared


def test_what_many_ask_for_at_once_is_made_once():
    made, all_ask = [], threading.Barrier(8)

    def make(key):
        made.append(key)
        return key * 2

    shared = Shared(make, 4)

    def ask():
        all_ask.wait(30)
        return shared.get(21)

    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(ask) for _ in range(8)]
        assert {answer.result() for answer in answers} == {42}
    assert made == [21]


def test_the_latest_asked_for_are_kept():
    made = []
    shared = Shared(made.append, 2)
    for key in (1, 2, 1, 3, 1, 2):
        shared.get(key)
    assert made == [1, 2, 3, 2]


def test_an_error_is_told_and_not_kept():
    answers = iter([ConnectionError("away"), "well"])

    def make(_key):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    shared = Shared(make, 2)
    with pytest.raises(ConnectionError):
        shared.get(1)
    assert shared.get(1) == "well"
