import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Index, Integer, MetaData, inspect, select, text

from service import actions, auth, checkpoints, claims, datasets, sign_ins
from service.config import Config
from service.database import service_tables
from service.database.engines import make_engine
from service.database.migrate import downgrade, upgrade
from service.database.revisions import schema_state
from service.database.sessions import Sessions
from service.database.tables import Base, Tenant
from service.scopes import Scope
from service.stored_bytes import StoredBytes
from service.trained_models import Trained
from service.webhooks import Webhook

OF_THE_SERVICE = {
    service_tables.ServiceProcess.__tablename__,
    service_tables.SchemaFit.__tablename__,
}


@pytest.fixture
def config(bare_config):
    """A configuration on a database that no migration has touched."""
    return bare_config


@pytest.fixture
def bare(config):
    """Sessions on a database that no migration has touched."""
    opened = Sessions.of(config)
    yield opened
    opened.close()


@pytest.fixture
def sessions(config, bare):
    """Sessions on a database that was migrated just now."""
    upgrade(config)
    return bare


def differences(sessions, declared):
    with sessions.reading() as session:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(session.connection(), opts=options)
        return compare_metadata(context, declared)


def test_the_upgraded_schema_equals_the_declared_one(sessions):
    assert differences(sessions, Base.metadata) == []


def test_the_comparison_sees_columns_types_and_indexes(sessions):
    declared = MetaData(naming_convention=Base.metadata.naming_convention)
    for table in Base.metadata.tables.values():
        table.to_metadata(declared)
    jobs = declared.tables["jobs"]
    jobs.append_column(Column("extra", Integer))
    jobs.columns["error_message"].type = Integer()
    Index("ix_jobs_name", jobs.columns["name"])
    found = differences(sessions, declared)
    kinds = {change[0] if isinstance(change, tuple) else change[0][0] for change in found}
    assert kinds == {"add_column", "modify_type", "add_index"}


def test_every_declared_table_has_a_tenant_that_is_never_null(sessions):
    with sessions.reading() as session:
        inspector = inspect(session.connection())
        tables = set(inspector.get_table_names()) - {"alembic_version"}
        assert tables == set(Base.metadata.tables)
        for table in tables - OF_THE_SERVICE:
            columns = {column["name"]: column for column in inspector.get_columns(table)}
            assert columns["tenant_id"]["nullable"] is False


def test_the_default_tenant_is_there_from_the_first_migration(sessions):
    with sessions.reading() as session:
        assert session.scalars(select(Tenant.tenant_id)).all() == ["default"]


def test_the_schema_state_tells_a_bare_database_from_an_upgraded_one(config, bare):
    with bare.reading() as session:
        before = schema_state(session)
    upgrade(config)
    with bare.reading() as session:
        after = schema_state(session)
    assert (before.applied, before.fits) == (None, False)
    assert after.fits
    assert after.applied == before.needed


def test_upgrading_again_keeps_what_is_stored(config, sessions, submitted, tenant):
    job_id = submitted().id
    upgrade(config)
    with sessions.reading() as session:
        assert session.execute(text("SELECT id FROM jobs")).scalars().all() == [job_id]


def rows_of(sessions, *tables):
    with sessions.reading() as session:
        found = {
            table: [dict(row._mapping) for row in session.execute(text(f"SELECT * FROM {table}"))]
            for table in tables
        }
    assert all(found.values())
    return found


KEPT = ("tenants", "jobs", "epochs", "job_events", "models")


def as_of(rows, older):
    """The same rows with the columns alone that the older ones have."""
    return {
        table: [
            {name: row[name] for name in before}
            for row, before in zip(rows[table], found, strict=True)
        ]
        for table, found in older.items()
    }


@pytest.mark.parametrize(
    "revision", ["0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008"]
)
def test_what_is_stored_outlives_the_way_back_to_older_tables_and_up_again(
    revision, config, sessions, submitted, claimed, write, records, outcome, model
):
    submitted(webhooks=[Webhook("https://example.com/", ("whsec_x",), ("job.running",))])
    claim = claimed()
    write(claims.record, claim, records(range(3)))
    write(claims.finish, claim, outcome, model)
    whole = rows_of(sessions, *KEPT)
    downgrade(config, revision)
    before = rows_of(sessions, *KEPT)
    assert before == as_of(whole, before)
    upgrade(config)
    after = rows_of(sessions, *KEPT)
    assert as_of(after, before) == before
    assert differences(sessions, Base.metadata) == []


def test_what_older_tables_do_not_know_comes_down_to_what_they_do(
    config, sessions, blobs, submitted, claimed, write, records, outcome
):
    done = submitted().id
    claim = claimed()
    blobs.put("models/large", b"large weights")
    left_over = StoredBytes(b"", "checkpoints/large")
    write(claims.record, claim, records(range(3)))
    write(checkpoints.save, claim, 2, left_over)
    write(claims.finish, claim, outcome, Trained("ab" * 32, StoredBytes(b"", "models/large")))
    urgent, paused = submitted(priority=9).id, submitted().id
    write(actions.pause, "default", paused)
    downgrade(config, "0002")
    older = rows_of(sessions, "jobs", "models")
    assert [(row["job_id"], row["content"]) for row in older["models"]] == [
        (done, b"large weights")
    ]
    statuses = {row["id"]: row["status"] for row in older["jobs"]}
    assert statuses == {done: "succeeded", urgent: "queued", paused: "queued"}
    upgrade(config)
    assert [claimed().job_id for _ in range(2)] == [urgent, paused]


def test_a_jobs_digest_is_found_again_where_its_data_are_still_there(
    config, sessions, blobs, tenant, submitted, write
):
    dataset = write(datasets.add_inline, blobs, tenant, [[0.0], [1.0]], [0.0, 1.0])
    kept, built_in = submitted(dataset=dataset.id).id, submitted().id
    downgrade(config, "0004")
    upgrade(config)
    digests = {row["id"]: row["dataset_sha256"] for row in rows_of(sessions, "jobs")["jobs"]}
    assert digests == {kept: dataset.sha256, built_in: None}


def test_going_back_gives_no_key_more_than_it_had(config, sessions, write, tenant):
    write(auth.create_key, tenant, "read", Scope.READ)
    write(auth.create_key, tenant, "brief", Scope.WRITE, 1)
    _, token = write(auth.create_key, tenant, "usual")
    write(sign_ins.sign_in, token, timedelta(hours=1))
    downgrade(config, "0009")
    assert [row["name"] for row in rows_of(sessions, "api_keys")["api_keys"]] == ["usual"]
    upgrade(config)
    caller = write(auth.caller_of, token)
    assert (caller.tenant_id, caller.scope) == (tenant, Scope.WRITE)


def assert_upgrade_at_once(configs):
    start = Barrier(len(configs))

    def run(config):
        start.wait(30)
        upgrade(config)

    with ThreadPoolExecutor(len(configs)) as pool:
        list(pool.map(run, configs))
    sessions = Sessions.of(configs[0])
    with sessions.reading() as session:
        assert schema_state(session).fits
    sessions.close()


def test_many_processes_of_a_machine_may_upgrade_at_once(config):
    assert_upgrade_at_once([config] * 12)


def test_many_machines_may_upgrade_at_once(postgres_url, tmp_path):
    data_dirs = [tmp_path / str(machine) for machine in range(12)]
    settings = [
        {"DESCENTD_DATABASE_URL": postgres_url, "DESCENTD_DATA_DIR": str(data_dir)}
        for data_dir in data_dirs
    ]
    assert_upgrade_at_once([Config.from_environment(environ) for environ in settings])


def test_an_upgrade_that_fails_leaves_nothing_behind(config):
    engine = make_engine(config)
    with engine.begin() as connection:
        # Stands in the way of the last table of the first migration
        connection.execute(text("CREATE TABLE job_events (id INTEGER)"))
    with pytest.raises(Exception, match="job_events"):
        upgrade(config)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["job_events"]
    engine.dispose()


def test_the_data_directory_is_closed_to_others(tmp_path):
    config = Config.from_environment({"DESCENTD_DATA_DIR": str(tmp_path / "a" / "data")})
    upgrade(config)
    assert stat.S_IMODE(config.data_dir.stat().st_mode) == 0o700
