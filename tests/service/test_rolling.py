"""Two versions of the code on one schema: what newer code adds does older code no harm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from alembic.script import Script, ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.engine import Inspector

from service import claims, readiness
from service.config import Config
from service.database.fit import SchemaWatch
from service.database.migrate import downgrade, upgrade
from service.database.revisions import MIGRATIONS, OLDEST_REVISION, Revisions, schema_state
from service.database.sessions import Sessions
from service.errors import Unfit
from service.states import JobStatus

NEWEST_FIRST: list[Script] = list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())
HEAD = NEWEST_FIRST[0].revision
NEWER = "9999"


@dataclass(frozen=True)
class Shape:
    """What a table is to code that writes into it: its columns, and what refuses a row."""

    columns: dict[str, Any]
    rules: frozenset[str]

    @classmethod
    def of(cls, inspector: Inspector, table: str) -> Shape:
        columns = {column["name"]: column for column in inspector.get_columns(table)}
        rules: list[Any] = [index for index in inspector.get_indexes(table) if index["unique"]]
        rules += inspector.get_foreign_keys(table)
        rules += inspector.get_unique_constraints(table)
        rules += inspector.get_check_constraints(table)
        return cls(columns, frozenset(str(rule) for rule in rules))


Schema = dict[str, Shape]


def harm(old: Schema, new: Schema) -> Iterator[str]:
    """What would be in the way of code that knows the old schema alone."""
    for table, before in old.items():
        if table not in new:
            yield f"{table} is gone"
            continue
        after = new[table]
        for name, column in before.columns.items():
            same = after.columns.get(name)
            if same is None or str(same["type"]) != str(column["type"]):
                yield f"{table}.{name} is gone or of another type"
            elif column["nullable"] and not same["nullable"]:
                yield f"{table}.{name} has to be given now"
        for name in after.columns.keys() - before.columns.keys():
            if not after.columns[name]["nullable"] and after.columns[name]["default"] is None:
                yield f"{table}.{name} is new and has to be given"
        if after.rules - before.rules:
            yield f"{table} refuses more"


def oldest_code(script: Script) -> str:
    return str(getattr(script.module, "oldest_code", script.revision))


@pytest.fixture
def config(bare_config: Config) -> Config:
    """A configuration on a database of its own, migrated just now."""
    upgrade(bare_config)
    return bare_config


@pytest.fixture
def schema(sessions: Sessions) -> Callable[[], Schema]:
    """Looks at the schema as it is now."""

    def look() -> Schema:
        with sessions.reading() as session:
            inspector = inspect(session.connection())
            return {name: Shape.of(inspector, name) for name in inspector.get_table_names()}

    return look


@pytest.fixture
def newer(sessions: Sessions) -> Callable[[str], None]:
    """Makes the database say that newer code was here, and which code still fits."""

    def say(oldest: str) -> None:
        with sessions.writing() as session:
            session.execute(text(f"UPDATE alembic_version SET version_num = '{NEWER}'"))
            row = {"revision": NEWER, "oldest_code": oldest}
            session.execute(text("DELETE FROM schema_fit"))
            session.execute(text("INSERT INTO schema_fit VALUES (:revision, :oldest_code)"), row)
            session.commit()

    return say


def test_migrations_that_fit_older_code_only_add(
    config: Config, schema: Callable[[], Schema]
) -> None:
    seen = {HEAD: schema()}
    for script in NEWEST_FIRST[1:]:
        downgrade(config, script.revision)
        seen[script.revision] = schema()
    tried = [script for script in NEWEST_FIRST if oldest_code(script) != script.revision]
    assert tried
    for script in tried:
        assert list(harm(seen[oldest_code(script)], seen[script.revision])) == []


def test_what_would_be_in_older_codes_way_is_seen(
    sessions: Sessions, schema: Callable[[], Schema]
) -> None:
    before = schema()
    with sessions.writing() as session:
        for change in (
            "ALTER TABLE tenants ADD COLUMN note TEXT",
            "ALTER TABLE tenants ADD COLUMN level INTEGER DEFAULT 3 NOT NULL",
        ):
            session.execute(text(change))
        session.commit()
    assert list(harm(before, schema())) == []
    with sessions.writing() as session:
        for change in (
            "CREATE UNIQUE INDEX one_of_a_name ON jobs (name)",
            "ALTER TABLE jobs DROP COLUMN error_message",
            "DROP TABLE surfaces",
        ):
            session.execute(text(change))
        session.commit()
    assert set(harm(before, schema())) == {
        "jobs refuses more",
        "jobs.error_message is gone or of another type",
        "surfaces is gone",
    }


def test_code_that_fits_a_schema_fits_those_before_it_too() -> None:
    """What one migration ends, none after it brings back."""
    place = {script.revision: number for number, script in enumerate(NEWEST_FIRST)}
    places = [place[oldest_code(script)] for script in NEWEST_FIRST]
    assert places == sorted(places)
    assert all(place[oldest_code(script)] >= place[script.revision] for script in NEWEST_FIRST)


def test_a_database_says_which_code_fits_it(config: Config, sessions: Sessions) -> None:
    def said() -> Any:
        with sessions.reading() as session:
            return session.execute(text("SELECT revision, oldest_code FROM schema_fit")).all()

    assert said() == [(HEAD, oldest_code(NEWEST_FIRST[0]))]
    downgrade(config, "0012")
    assert said() == [("0012", "0011")]
    downgrade(config, "0011")
    upgrade(config)
    assert said() == [(HEAD, oldest_code(NEWEST_FIRST[0]))]


def test_code_goes_on_where_newer_code_was_if_the_database_says_it_fits(
    config: Config, sessions: Sessions, newer: Callable[[str], None]
) -> None:
    watch = SchemaWatch(sessions)
    newer(HEAD)
    watch.look()
    assert readiness.parts(sessions, lambda: True)["migrations"] == "ok"
    upgrade(config)
    with sessions.reading() as session:
        assert schema_state(session).applied == NEWER
    newer(NEWER)
    with pytest.raises(Unfit, match=f"is at {NEWER}"):
        watch.look()
    with pytest.raises(Unfit, match=f"Nothing is migrated: the database is at {NEWER}"):
        upgrade(config)


def test_what_an_older_database_says_does_not_make_newer_code_fit(sessions: Sessions) -> None:
    with sessions.reading() as session:
        connection = session.connection()
        known = Revisions.own().known
        assert Revisions((NEWER, *known), HEAD).state_of(connection).fits
        assert not Revisions((NEWER, *known), NEWER).state_of(connection).fits


def test_the_oldest_schema_that_this_code_fits_bears_a_whole_job(
    config: Config,
    sessions: Sessions,
    submitted: Callable[..., Any],
    claimed: Callable[..., Any],
    write: Callable[..., Any],
    records: Callable[..., Any],
    outcome: Any,
    model: Any,
    job_now: Callable[[str], Any],
) -> None:
    downgrade(config, OLDEST_REVISION)
    SchemaWatch(sessions).look()
    job_id = submitted().id
    claim = claimed()
    write(claims.record, claim, records(range(3)))
    write(claims.finish, claim, outcome, model)
    assert job_now(job_id).status is JobStatus.SUCCEEDED
