"""Under one key one upload is under way; what a dead process left does not hold it for long."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from service import uploads
from service.auth import ensure_tenant
from service.database.tables import Upload
from service.database.types import now
from service.errors import Conflict


@pytest.fixture
def silent(write):
    """Makes every upload look as if nobody had shown that it is alive for so long."""

    def make(seconds):
        seen_at = now() - timedelta(seconds=seconds)
        write(lambda session: session.execute(update(Upload).values(seen_at=seen_at)))

    return make


def test_a_key_is_held_by_one_until_it_is_given_back(write, tenant):
    claim = write(uploads.begin, tenant, "k")
    with pytest.raises(Conflict, match="under way"):
        write(uploads.begin, tenant, "k")
    write(uploads.begin, tenant, "another")
    write(uploads.end, claim)
    write(uploads.begin, tenant, "k")


def test_tenants_do_not_share_keys(write, tenant):
    write(ensure_tenant, "other")
    first = write(uploads.begin, tenant, "k")
    second = write(uploads.begin, "other", "k")
    assert first.token != second.token
    assert write(uploads.beat, first)
    assert write(uploads.beat, second)


def test_the_key_of_a_dead_process_is_taken_over_and_what_it_does_later_is_refused(
    write, tenant, silent
):
    first = write(uploads.begin, tenant, "k")
    silent(uploads.LEFT_AFTER.seconds + 1)
    second = write(uploads.begin, tenant, "k")
    assert not write(uploads.beat, first)
    with pytest.raises(Conflict, match="taken over"):
        write(uploads.end, first)
    write(uploads.give_up, first)
    assert write(uploads.beat, second)
    write(uploads.end, second)


def test_an_upload_that_shows_that_it_is_alive_keeps_its_key(write, tenant, silent):
    claim = write(uploads.begin, tenant, "k")
    silent(uploads.LEFT_AFTER.seconds + 1)
    assert write(uploads.beat, claim)
    with pytest.raises(Conflict):
        write(uploads.begin, tenant, "k")


def test_of_many_that_begin_at_once_one_is_let_in(write, tenant, at_once):
    begun = at_once([lambda: write(uploads.begin, tenant, "k")] * 4)
    assert sorted(type(result).__name__ for result in begun) == ["Claim", *["Conflict"] * 3]


def test_what_was_left_long_ago_is_forgotten(write, read, tenant, silent):
    write(uploads.begin, tenant, "k")
    write(uploads.forget_left)
    assert read(lambda session: session.query(Upload).count()) == 1
    silent(uploads.FORGOTTEN_AFTER.total_seconds() + 1)
    write(uploads.forget_left)
    assert read(lambda session: session.query(Upload).count()) == 0
