import pytest

from service import actions, claims, history
from service.auth import ensure_tenant
from service.errors import NotFound


@pytest.fixture
def job_id(submitted, claimed, write, records):
    """A job with epochs 0 to 4."""
    submitted_id = submitted().id
    write(claims.record, claimed(), records(range(5)))
    return submitted_id


@pytest.fixture
def span(read, tenant):
    def find(job_id, after_epoch=None, limit=None):
        return read(history.span, tenant, job_id, after_epoch, limit)

    return find


@pytest.fixture
def epochs(span, sessions):
    """The epochs of a job's history, page after page."""

    def look(*wanted):
        pages = history.pages(sessions, span(*wanted))
        return [[row.epoch for row in page] for page in pages]

    return look


def test_a_row_holds_the_columns_in_order(read, job_id):
    first, *_ = read(history.rows, job_id, 0, 4)
    assert first._fields == history.COLUMNS
    assert tuple(first) == (0, 1.0, 0.5, 0.75, 0.5, 0.25, 0.1, True, 0.001)


@pytest.mark.parametrize(
    ("after_epoch", "limit", "expected", "following"),
    [
        (None, 2, [0, 1], 1),
        (1, 2, [2, 3], 3),
        (3, 2, [4], None),
        (None, 5, [0, 1, 2, 3, 4], None),
        (None, None, [0, 1, 2, 3, 4], None),
        (2, None, [3, 4], None),
        (None, 4, [0, 1, 2, 3], 3),
        (4, 5, [], None),
        (9, None, [], None),
    ],
)
def test_spans_follow_each_other(span, epochs, job_id, after_epoch, limit, expected, following):
    found = span(job_id, after_epoch, limit)
    assert (found.count, found.next) == (len(expected), following)
    assert found.has_more is (following is not None)
    assert epochs(job_id, after_epoch, limit) == ([expected] if expected else [])


def test_a_job_that_has_not_begun_has_an_empty_history(span, epochs, submitted):
    job_id = submitted().id
    assert (span(job_id).count, epochs(job_id)) == (0, [])


def test_a_long_span_is_read_in_pages(monkeypatch, epochs, job_id):
    monkeypatch.setattr(history, "PAGE_ROWS", 2)
    assert epochs(job_id) == [[0, 1], [2, 3], [4]]
    assert epochs(job_id, 0, 3) == [[1, 2], [3]]


def test_columns_hold_the_same_numbers_as_rows_in_the_same_order(
    monkeypatch, sessions, span, job_id
):
    monkeypatch.setattr(history, "PAGE_ROWS", 2)
    rows = [tuple(row) for page in history.pages(sessions, span(job_id)) for row in page]
    columns = [list(page) for page in history.column_pages(sessions, span(job_id))]
    assert [len(page[0]) for page in columns] == [2, 2, 1]
    assert [row for page in columns for row in zip(*page, strict=True)] == rows
    assert [row[0] for row in rows] == [0, 1, 2, 3, 4]


def test_columns_of_a_job_that_is_deleted_break_off_too(
    monkeypatch, sessions, span, job_id, write, tenant
):
    monkeypatch.setattr(history, "PAGE_ROWS", 2)
    pages = history.column_pages(sessions, span(job_id))
    next(pages)
    write(actions.cancel, tenant, job_id)
    write(actions.delete, tenant, job_id)
    with pytest.raises(NotFound):
        next(pages)


def test_between_two_pages_rows_may_come_and_no_session_is_held(
    monkeypatch, sessions, span, submitted, claimed, write, records
):
    monkeypatch.setattr(history, "PAGE_ROWS", 2)
    job_id = submitted().id
    claim = claimed()
    write(claims.record, claim, records(range(4)))
    pages = history.pages(sessions, span(job_id))
    assert len(next(pages)) == 2
    write(claims.record, claim, records(range(4, 8)))
    assert [row.epoch for row in next(pages)] == [2, 3]
    assert next(pages, None) is None


def test_a_job_that_is_deleted_amid_reading_breaks_the_reading_off(
    monkeypatch, sessions, span, job_id, write, tenant
):
    monkeypatch.setattr(history, "PAGE_ROWS", 2)
    pages = history.pages(sessions, span(job_id))
    next(pages)
    write(actions.cancel, tenant, job_id)
    write(actions.delete, tenant, job_id)
    with pytest.raises(NotFound):
        next(pages)


def test_a_history_that_is_not_the_tenants_is_not_found(sessions, span, read, write, job_id):
    with pytest.raises(NotFound):
        span("job_00000000000000000000000000")
    write(ensure_tenant, "other")
    with pytest.raises(NotFound):
        read(history.span, "other", job_id)
