"""Waits, on a look that the test answers itself."""

import threading

import pytest

from service.jobs import Mark
from service.notifier import Notifier, Seen
from service.states import JobStatus

LONG = 30.0


class Jobs:
    """What a look would find; tells when it was asked, and for which jobs."""

    def __init__(self, **statuses):
        self.statuses = statuses
        self.asked = []
        self.was_asked = threading.Condition()
        self.fails = False

    def look(self, job_ids):
        with self.was_asked:
            self.asked.append(set(job_ids))
            self.was_asked.notify_all()
        if self.fails:
            raise ConnectionError("the database is away")
        return {
            job_id: Mark(status, 0) for job_id, status in self.statuses.items() if job_id in job_ids
        }

    def wait_until_asked(self, job_ids, times=1):
        """What the last time but one was answered has had its effect by then."""
        with self.was_asked:
            assert self.was_asked.wait_for(lambda: self.asked.count(job_ids) >= times, LONG)


def is_at_rest(mark):
    return mark is None or mark.status is JobStatus.SUCCEEDED


@pytest.fixture
def make_notifier():
    made = []

    def make(look):
        made.append(Notifier(look, interval_seconds=0.001))
        return made[-1]

    yield make
    for notifier in made:
        notifier.close()


@pytest.fixture
def in_thread():
    """Starts a call in a thread of its own; what it gives back waits for the call's end."""

    def start(call, *arguments):
        thread = threading.Thread(target=call, args=arguments, daemon=True)
        thread.start()

        def ended():
            thread.join(LONG / 2)
            return not thread.is_alive()

        return ended

    return start


def test_a_wait_is_over_when_its_job_is(make_notifier, in_thread):
    jobs = Jobs(a=JobStatus.RUNNING)
    ended = in_thread(make_notifier(jobs.look).wait, "a", is_at_rest, LONG)
    jobs.wait_until_asked({"a"}, times=3)
    jobs.statuses["a"] = JobStatus.SUCCEEDED
    assert ended()


def test_a_wait_is_over_when_its_job_is_gone(make_notifier, in_thread):
    jobs = Jobs(a=JobStatus.RUNNING)
    ended = in_thread(make_notifier(jobs.look).wait, "a", is_at_rest, LONG)
    jobs.wait_until_asked({"a"}, times=3)
    del jobs.statuses["a"]
    assert ended()


def test_a_wait_is_over_with_its_time(make_notifier):
    jobs = Jobs(a=JobStatus.RUNNING)
    assert make_notifier(jobs.look).wait("a", is_at_rest, 0.01) is None


def test_a_wait_tells_what_ended_it(make_notifier):
    jobs = Jobs(a=JobStatus.SUCCEEDED)
    notifier = make_notifier(jobs.look)
    assert notifier.wait("a", is_at_rest, LONG) == Seen(Mark(JobStatus.SUCCEEDED, 0))
    assert notifier.wait("b", is_at_rest, LONG) == Seen(None)


def test_one_look_serves_all_who_wait(make_notifier, in_thread):
    jobs = Jobs(a=JobStatus.RUNNING, b=JobStatus.RUNNING)
    notifier = make_notifier(jobs.look)
    ends = [in_thread(notifier.wait, job_id, is_at_rest, LONG) for job_id in ("a", "b")]
    jobs.wait_until_asked({"a", "b"})
    jobs.statuses = {"a": JobStatus.SUCCEEDED, "b": JobStatus.SUCCEEDED}
    assert all(ended() for ended in ends)


def test_nobody_asks_while_nobody_waits(make_notifier):
    jobs = Jobs(a=JobStatus.SUCCEEDED)
    notifier = make_notifier(jobs.look)
    assert jobs.asked == []
    notifier.wait("a", is_at_rest, LONG)
    notifier.wait("b", is_at_rest, LONG)
    assert jobs.asked == [{"a"}, {"b"}]


def test_waits_outlive_a_look_that_fails(make_notifier, in_thread):
    jobs = Jobs(a=JobStatus.SUCCEEDED)
    jobs.fails = True
    ended = in_thread(make_notifier(jobs.look).wait, "a", is_at_rest, LONG)
    jobs.wait_until_asked({"a"})
    jobs.fails = False
    assert ended()


def test_closing_lets_every_wait_go_and_holds_none_any_more(make_notifier, in_thread):
    jobs = Jobs(a=JobStatus.RUNNING)
    notifier = make_notifier(jobs.look)
    ended = in_thread(notifier.wait, "a", is_at_rest, LONG)
    jobs.wait_until_asked({"a"})
    notifier.close()
    assert ended()
    assert notifier.closed
    assert notifier.wait("a", is_at_rest, LONG) is None
