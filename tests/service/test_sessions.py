import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError

from service.database.engines import finite, to_json
from service.database.sessions import Sessions
from service.database.tables import Job, Tenant
from service.states import JobStatus


def test_a_session_that_reads_cannot_write_and_its_connection_still_can(sessions):
    with sessions.reading() as session, pytest.raises(DBAPIError):
        session.execute(insert(Tenant).values(tenant_id="a"))
    with sessions.writing() as session:
        session.execute(insert(Tenant).values(tenant_id="a"))
        session.commit()
    with sessions.reading() as session:
        assert session.get(Tenant, "a") is not None


def test_a_reader_sees_one_snapshot_and_holds_up_no_writer(sessions, submitted):
    submitted()
    with sessions.reading() as reader:
        before = reader.scalars(select(Job.id)).all()
        submitted()
        assert reader.scalars(select(Job.id)).all() == before
    with sessions.reading() as reader:
        assert len(reader.scalars(select(Job.id)).all()) == 2


def test_writers_at_once_lose_no_update(sessions, submitted, at_once):
    job_id = submitted().id

    def raise_priority():
        with sessions.writing() as session:
            session.execute(update(Job).where(Job.id == job_id).values(priority=Job.priority + 1))
            session.commit()

    assert at_once([raise_priority] * 20) == [None] * 20
    with sessions.reading() as session:
        assert session.get_one(Job, job_id).priority == 25


def test_a_sqlite_writer_reads_nothing_that_another_can_still_change(config, sessions, at_once):
    if not config.database_url.startswith("sqlite"):
        pytest.skip("on Postgres the guards of each UPDATE do this")
    with sessions.writing() as session:
        session.execute(insert(Tenant).values(tenant_id="count 0"))
        session.commit()

    def count_up():
        with sessions.writing() as session:
            seen = session.scalars(select(Tenant.tenant_id)).all()
            session.add(Tenant(tenant_id=f"count {len(seen)}"))
            session.commit()

    assert at_once([count_up] * 20) == [None] * 20


def test_sqlite_is_set_up_to_survive_a_power_cut(config, sessions):
    if not config.database_url.startswith("sqlite"):
        pytest.skip("PRAGMAs are SQLite's")
    with sessions.writing() as session:
        values = {
            name: session.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert values == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
    }


def test_postgres_ends_a_statement_that_takes_too_long(postgres_url, tmp_path):
    from service.config import Config

    config = Config.from_environment(
        {"DESCENTD_DATABASE_URL": postgres_url, "DESCENTD_DATA_DIR": str(tmp_path)}
    )
    sessions = Sessions.of(config)
    with sessions.reading() as session:
        assert session.execute(text("SHOW statement_timeout")).scalar_one() == "30s"
    sessions.close()


def test_times_come_back_aware_and_in_utc(sessions):
    told = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=timezone(timedelta(hours=5)))
    with sessions.writing() as session:
        session.execute(insert(Tenant).values(tenant_id="t", created_at=told))
        session.commit()
    with sessions.reading() as session:
        read = session.get_one(Tenant, "t").created_at
    assert read == told
    assert read.isoformat() == "2026-03-01T07:30:15.123456+00:00"


def test_a_time_without_a_zone_is_refused(sessions):
    naive = datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None)
    with sessions.writing() as session, pytest.raises(StatementError, match="without a zone"):
        session.execute(insert(Tenant).values(tenant_id="t", created_at=naive))


@pytest.mark.parametrize("value", [math.nan, math.inf, [-math.inf], {"a": math.nan}])
def test_json_that_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json(value)


def test_finite_leaves_nothing_that_json_cannot_hold():
    kept = finite({"a": [math.nan, -0.0, 1.5], "b": (math.inf, "x"), "c": {"d": -math.inf}})
    assert kept == {"a": [None, 0.0, 1.5], "b": [None, "x"], "c": {"d": None}}
    assert math.copysign(1, kept["a"][1]) == 1


def test_a_connection_that_postgres_ended_is_replaced_unseen(config, sessions):
    if config.database_url.startswith("sqlite"):
        pytest.skip("SQLite has no connections to lose")
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
    with sessions.writing() as one, sessions.writing() as other:
        one.execute(text("SELECT 1"))
        other.execute(text(f"{end} current_database() AND pid <> pg_backend_pid()"))
        with pytest.raises(OperationalError):
            one.execute(text("SELECT 1"))
    for session in (sessions.writing(), sessions.reading()):
        with session:
            assert session.scalar(text("SELECT 1")) == 1


def test_nothing_waits_for_ever_on_postgres(config, sessions):
    if config.database_url.startswith("sqlite"):
        pytest.skip("SQLite waits for a lock by its busy timeout alone")
    limits = {"statement_timeout": "30s", "idle_in_transaction_session_timeout": "10s"}
    with sessions.writing() as session:
        told = {name: session.scalar(text(f"SHOW {name}")) for name in limits}
    assert told == limits


def test_a_single_question_is_answered_on_its_own_and_sees_what_was_committed(sessions, submitted):
    question = select(Job.status, Job.priority).where(Job.id == bindparam("job_id"))
    job_id = submitted().id
    assert sessions.one(question, {"job_id": job_id}) == (JobStatus.QUEUED, 5)
    assert sessions.one(question, {"job_id": "job_unknown"}) is None
    with sessions.writing() as session:
        session.execute(update(Job).where(Job.id == job_id).values(priority=9))
        assert sessions.one(question, {"job_id": job_id}) == (JobStatus.QUEUED, 5)
        session.commit()
    assert sessions.one(question, {"job_id": job_id}) == (JobStatus.QUEUED, 9)


def test_sessions_that_follow_a_single_question_see_one_snapshot_still(sessions, submitted):
    submitted()
    sessions.one(select(Job.id).limit(1), {})
    with sessions.reading() as reader:
        before = reader.scalars(select(Job.id)).all()
        submitted()
        assert reader.scalars(select(Job.id)).all() == before
