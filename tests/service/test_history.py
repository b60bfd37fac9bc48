import pytest

from service import claims, history
from service.auth import ensure_tenant
from service.errors import NotFound


@pytest.fixture
def job_id(sessions, submitted, claimed, records):
    """A job with epochs 0 to 4."""
    submitted_id = submitted().id
    claim = claimed()
    with sessions.writing() as session:
        claims.record(session, claim, records(range(5)))
        session.commit()
    return submitted_id


@pytest.fixture
def page(sessions, tenant):
    def read(job_id, after_epoch=None, limit=100):
        with sessions.reading() as session:
            return history.page(session, tenant, job_id, after_epoch, limit)

    return read


def epochs(found):
    return [row.epoch for row in found.rows]


def test_a_row_holds_the_columns_in_order(page, job_id):
    first = page(job_id).rows[0]
    assert first._fields == history.COLUMNS
    assert tuple(first) == (0, 1.0, 0.5, 0.75, 0.5, 0.25, 0.1, True, 0.001)


@pytest.mark.parametrize(
    ("after_epoch", "limit", "expected", "following"),
    [
        (None, 2, [0, 1], 1),
        (1, 2, [2, 3], 3),
        (3, 2, [4], None),
        (None, 5, [0, 1, 2, 3, 4], None),
        (None, 4, [0, 1, 2, 3], 3),
        (4, 5, [], None),
        (-1, 1, [0], 0),
    ],
)
def test_pages_follow_each_other(page, job_id, after_epoch, limit, expected, following):
    found = page(job_id, after_epoch, limit)
    assert (epochs(found), found.next) == (expected, following)
    assert found.has_more is (following is not None)


def test_a_job_that_has_not_begun_has_an_empty_history(page, submitted):
    assert epochs(page(submitted().id)) == []


def test_a_history_that_is_not_the_tenants_is_not_found(sessions, page, job_id):
    with pytest.raises(NotFound):
        page("job_00000000000000000000000000")
    with sessions.writing() as session:
        ensure_tenant(session, "other")
        session.commit()
    with sessions.reading() as session, pytest.raises(NotFound):
        history.page(session, "other", job_id, None, 5)
