"""The `descentd` command: what it asks of its settings, and what it says where they are bad."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from cli.main import main
from service import auth
from service.config import Config
from service.database.sessions import Sessions

COMMANDS = ["up", "serve", "worker", "scheduler", "migrate"]


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def call(*words: str, **environ: str) -> Result:
    return CliRunner().invoke(main, words, env=environ)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_bad_setting_is_named_at_once(command: str, tmp_path: Path) -> None:
    result = call(
        command,
        DESCENTD_DATA_DIR=str(tmp_path),
        DESCENTD_PORT="many",
        DESCENTD_AUTH="maybe",
        DESCENTD_COLOUR="red",
    )
    assert result.exit_code == 2
    for name in ("DESCENTD_PORT", "DESCENTD_AUTH", "DESCENTD_COLOUR"):
        assert name in result.output


@pytest.mark.parametrize("command", COMMANDS)
def test_a_data_directory_that_cannot_be_made_is_told(command: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = call(command, "--data-dir", str(tmp_path / "file" / "data"))
    assert result.exit_code == 1
    assert "data directory" in result.output


@pytest.mark.parametrize("command", ["up", "serve"])
def test_a_port_that_is_taken_is_told(command: str, tmp_path: Path, taken_port: int) -> None:
    result = call(command, "--data-dir", str(tmp_path), "--port", str(taken_port))
    assert result.exit_code == 1
    assert f"127.0.0.1:{taken_port}" in result.output


def test_keys_off_is_refused_on_an_address_others_reach(tmp_path: Path) -> None:
    result = call("up", "--data-dir", str(tmp_path), "--host", "0.0.0.0")
    assert result.exit_code == 2
    assert "DESCENTD_AUTH" in result.output


def test_migrating_makes_the_data_directory_for_its_owner_alone(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    assert call("migrate", "--data-dir", str(data_dir)).exit_code == 0
    assert data_dir.stat().st_mode & 0o777 == 0o700


def test_a_key_is_printed_once_and_opens_its_tenants_door(tmp_path: Path) -> None:
    call("migrate", "--data-dir", str(tmp_path))
    result = call("keys", "create", "--data-dir", str(tmp_path), "--tenant", "team-a")
    assert result.exit_code == 0
    config = Config.from_environment({"DESCENTD_DATA_DIR": str(tmp_path)})
    with closing(Sessions.of(config)) as sessions, sessions.reading() as session:
        assert auth.caller_of(session, result.output.strip()).tenant_id == "team-a"


def test_a_tenant_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    call("migrate", "--data-dir", str(tmp_path))
    result = call("keys", "create", "--data-dir", str(tmp_path), "--tenant", "No Team")
    assert result.exit_code == 2
    assert "No Team" in result.output


@pytest.mark.parametrize("words", [("migrate",), ("keys", "create")])
def test_a_database_out_of_reach_is_told_in_one_line(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    away = "postgresql://postgres@127.0.0.1:1/nowhere"
    result = call(*words, "--data-dir", str(tmp_path), DESCENTD_DATABASE_URL=away)
    assert result.exit_code == 1
    assert "the database answers" in result.output


@pytest.mark.parametrize("words", [(), ("--back-to", "0001")])
def test_where_newer_code_was_before_it_is_told_in_one_line(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    call("migrate", "--data-dir", str(tmp_path))
    config = Config.from_environment({"DESCENTD_DATA_DIR": str(tmp_path)})
    with closing(Sessions.of(config)) as sessions, sessions.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        session.commit()
    result = call("migrate", "--data-dir", str(tmp_path), *words)
    assert result.exit_code == 1
    assert re.fullmatch(r"Error: .*: the database is at 9999, .*\n", result.output)


@pytest.mark.parametrize("revision", ["colour", "0012"])
def test_where_there_is_no_way_back_it_is_told_in_one_line(revision: str, tmp_path: Path) -> None:
    call("migrate", "--data-dir", str(tmp_path))
    assert call("migrate", "--data-dir", str(tmp_path), "--back-to", "0011").exit_code == 0
    result = call("migrate", "--data-dir", str(tmp_path), "--back-to", revision)
    assert result.exit_code == 1
    said = result.output.splitlines()[-1]
    assert said.startswith(f"Error: There is no way back to '{revision}': ")


def test_a_key_needs_a_migrated_database(tmp_path: Path) -> None:
    result = call("keys", "create", "--data-dir", str(tmp_path))
    assert result.exit_code == 1
    assert "no such table" in result.output


def test_keys_are_listed_without_their_secret_and_revoked(tmp_path: Path) -> None:
    at = ("--data-dir", str(tmp_path), "--tenant", "team-a")
    call("migrate", "--data-dir", str(tmp_path))
    options = ("--name", "nightly", "--scope", "read", "--days", "30")
    token = call("keys", "create", *at, *options).output.strip()
    listed = call("keys", "list", *at).output
    (key_id,) = re.findall(r"key_\w+", listed)
    assert token[:12] in listed
    assert token not in listed
    assert re.search(r"read .* nightly$", listed, re.MULTILINE)
    assert call("keys", "revoke", *at, key_id).exit_code == 0
    again = call("keys", "revoke", *at, key_id)
    assert (again.exit_code, key_id in again.output) == (1, True)
    elsewhere = call("keys", "list", "--data-dir", str(tmp_path), "--tenant", "team-b")
    assert "key_" not in elsewhere.output
    config = Config.from_environment({"DESCENTD_DATA_DIR": str(tmp_path)})
    with closing(Sessions.of(config)) as sessions, sessions.reading() as session:
        (key,) = auth.keys_of(session, "team-a")
        assert key.revoked_at is not None
        assert key.expires_at is not None
        assert (key.expires_at - key.created_at).days == 30
