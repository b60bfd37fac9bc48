"""Code and schema that do not fit are noticed, and nothing is done meanwhile."""

import pytest
from sqlalchemy import text

from service.database.fit import BELIEVED_SECONDS, SchemaWatch
from service.database.revisions import Revisions, schema_state
from service.errors import Unfit


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def move(sessions):
    """Makes the database say that it is at a revision."""

    def to(revision):
        with sessions.writing() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
            session.commit()

    return to


@pytest.mark.parametrize(
    ("applied", "oldest_code", "fits"),
    [
        ("0005", "0004", True),
        ("0004", "0003", True),
        ("0003", "0003", False),  # older than what this code works on, whatever it says
        ("0003", None, False),
        (None, None, False),
        ("0006", "0005", True),
        ("0009", "0003", True),
        ("0006", "0006", False),
        ("0009", "0006", False),
        ("0006", None, False),
    ],
)
def test_a_range_of_revisions_fits_and_newer_ones_that_say_so(applied, oldest_code, fits):
    state = Revisions(("0005", "0004", "0003"), "0004").compare(applied, oldest_code)
    assert state.fits is fits
    assert state.needed == "0005"
    assert state.fault.endswith(
        f"is at {applied or 'no revision'}, this version needs 0004 to 0005"
    )


def test_the_newest_schema_fits_and_others_do_not(sessions, move):
    with sessions.reading() as session:
        needed = schema_state(session).needed
        assert schema_state(session).fits
    for revision, fits in (("0002", False), ("9999", False), (needed, True)):
        move(revision)
        with sessions.reading() as session:
            assert schema_state(session).fits is fits


def test_what_fits_is_believed_for_a_moment_and_what_does_not_is_looked_at_again(
    sessions, move, caplog
):
    clock = Clock()
    watch = SchemaWatch(sessions, clock)
    watch.require()
    with sessions.reading() as session:
        needed = schema_state(session).needed
    move("9999")
    watch.require()
    clock.now += BELIEVED_SECONDS
    for _ in range(3):
        with pytest.raises(Unfit, match=rf"is at 9999, this version needs .*{needed}\."):
            watch.require()
    assert caplog.text.count("no work is done") == 1
    move(needed)
    watch.require()
