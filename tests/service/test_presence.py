"""Processes report; what they counted is kept when they are gone, and counted once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from service import counting, presence
from service.database.service_tables import ServiceProcess
from service.database.types import now
from service.presence import Presence


@pytest.fixture
def count(sessions):
    """Notes attempts in a transaction, and commits or not."""

    def run(by=1, commit=True):
        with sessions.writing() as session:
            counting.note(session, counting.ATTEMPTS, by=by)
            session.commit() if commit else session.rollback()

    return run


@pytest.fixture
def age(write):
    """Makes every process one that has not reported for so long."""

    def run(seconds):
        seen_at = now() - timedelta(seconds=seconds)
        write(lambda session: session.execute(update(ServiceProcess).values(seen_at=seen_at)))

    return run


def attempts(read):
    return read(presence.totals).get("attempts", 0)


def test_what_is_rolled_back_is_not_counted(sessions, count):
    count(commit=False)
    assert sessions.counts.all() == {}
    count(2)
    count(3)
    assert sessions.counts.all() == {"attempts": 5}


def test_a_session_that_goes_on_after_a_rollback_counts_what_it_commits(sessions):
    with sessions.writing() as session:
        session.execute(text("SELECT 1"))
        counting.note(session, counting.ATTEMPTS, by=7)
        session.rollback()
        counting.note(session, counting.ATTEMPTS)
        session.commit()
        session.commit()
    assert sessions.counts.all() == {"attempts": 1}


def test_a_report_made_again_counts_once(sessions, count, read):
    here = Presence(sessions, presence.WORKER)
    count(2)
    here.report()
    here.report()
    count()
    here.report()
    assert attempts(read) == 3
    assert read(presence.seen_lately) == {"worker": 1}


def test_what_processes_counted_outlives_them_in_one_row(sessions, count, read, write, age):
    count(4)
    Presence(sessions, presence.WORKER).report()
    Presence(sessions, presence.SCHEDULER).report()
    age(3599)
    write(presence.add_up_the_gone)
    assert len(read(lambda session: session.scalars(select(ServiceProcess)).all())) == 2
    age(3601)
    for _ in range(2):
        write(presence.add_up_the_gone)
    (row,) = read(lambda session: session.scalars(select(ServiceProcess)).all())
    assert (row.kind, row.counts) == ("gone", {"attempts": 8})
    assert attempts(read) == 8
    assert read(presence.seen_lately) == {}


def test_a_process_that_was_only_frozen_is_not_counted_twice(sessions, count, read, write, age):
    here = Presence(sessions, presence.WORKER)
    count(4)
    here.report()
    age(4000)
    write(presence.add_up_the_gone)
    count(1)
    here.report()
    assert attempts(read) == 5
    count(1)
    here.report()
    assert attempts(read) == 6
    age(4000)
    write(presence.add_up_the_gone)
    here.report()
    assert attempts(read) == 6


def test_it_reports_from_its_thread_and_once_more_when_it_is_closed(sessions, count, read):
    here = Presence(sessions, presence.API)
    here.start()
    count(3)
    here.close()
    assert attempts(read) == 3


def test_a_database_that_is_away_ends_no_process(sessions, config, caplog):
    away = type(sessions).of(replace(config, database_url="sqlite:////nowhere/at/all.db"))
    here = Presence(away, presence.API)
    here.start()
    here.close()
    assert caplog.text == ""
