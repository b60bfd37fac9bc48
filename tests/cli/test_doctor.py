"""`descentd doctor`: what it finds on a service that is well, and on each way it can be ill."""

from __future__ import annotations

import json
import socket
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.main import main
from service import presence
from service.config import Config
from service.database.sessions import Sessions
from service.doctor import room, skew
from service.presence import Presence


def findings(code: int, **environ: str) -> dict[str, dict[str, Any]]:
    """What it finds of each part; it must end with the code."""
    result = CliRunner().invoke(main, ["doctor", "--json"], env=environ)
    assert result.exit_code == code, result.output
    told = json.loads(result.stdout)
    assert told["well"] is (code == 0)
    return {finding["part"]: finding for finding in told["findings"]}


def states(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {part: finding["state"] for part, finding in found.items()}


@pytest.fixture
def environ(config: Config) -> dict[str, str]:
    return environ_of(config)


def environ_of(config: Config) -> dict[str, str]:
    return {
        "DESCENTD_DATABASE_URL": config.database_url,
        "DESCENTD_DATA_DIR": str(config.data_dir),
    }


def test_where_all_is_well_nothing_is_advised_and_nothing_is_left(
    environ: dict[str, str], sessions: Sessions, config: Config
) -> None:
    Presence(sessions, presence.WORKER).report()
    found = findings(0, **environ)
    parts = ["settings", "database", "migrations", "clock", "broker", "store", "disk", "workers"]
    assert states(found) == dict.fromkeys(parts, "ok")
    assert {finding["advice"] for finding in found.values()} == {""}
    assert [path for path in (config.data_dir / "blobs").rglob("*") if path.is_file()] == []


def test_no_worker_is_worth_a_look_and_breaks_nothing(
    environ: dict[str, str], sessions: Sessions
) -> None:
    found = findings(0, **environ)
    assert found["workers"]["state"] == "warning"
    assert "descentd worker" in found["workers"]["advice"]


def test_a_database_that_was_never_migrated_is_a_fault(bare_config: Config) -> None:
    found = findings(1, **environ_of(bare_config))
    assert (found["database"]["state"], found["migrations"]["state"]) == ("ok", "fault")
    assert "descentd migrate" in found["migrations"]["advice"]
    assert "workers" not in found


def test_what_is_away_is_a_fault_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    found = findings(
        1,
        DESCENTD_DATA_DIR=str(tmp_path),
        DESCENTD_DATABASE_URL=f"postgresql://descentd:swordfish@127.0.0.1:{port}/x",
        DESCENTD_BROKER_URL=f"redis://:swordfish@127.0.0.1:{port}/0",
    )
    assert states(found) == {
        "settings": "ok",
        "database": "fault",
        "broker": "fault",
        "store": "ok",
        "disk": "ok",
    }
    assert "swordfish" not in json.dumps(found)


def test_a_tracking_server_that_is_away_is_worth_a_look_and_breaks_nothing(
    environ: dict[str, str], sessions: Sessions
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    found = findings(0, **environ, DESCENTD_MLFLOW_URL=f"http://127.0.0.1:{port}")
    assert found["mlflow"]["state"] == "warning"
    assert "DESCENTD_MLFLOW_URL" in found["mlflow"]["advice"]


def test_a_tracking_server_that_answers_is_well(
    environ: dict[str, str], sessions: Sessions, service_url: str
) -> None:
    found = findings(0, **environ, DESCENTD_MLFLOW_URL=service_url)
    assert (found["mlflow"]["state"], found["mlflow"]["detail"]) == ("ok", "it answers 200")


def test_a_store_that_refuses_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "blobs").touch()
    found = findings(1, DESCENTD_DATA_DIR=str(tmp_path))
    assert found["store"]["state"] == "fault"


def test_every_bad_setting_is_found(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        main, ["doctor"], env={"DESCENTD_DATA_DIR": str(tmp_path), "DESCENTD_COLOUR": "red"}
    )
    assert result.exit_code == 1
    assert "FAULT settings" in result.output
    assert "DESCENTD_COLOUR" in result.output


@pytest.mark.parametrize(
    ("asked", "answered", "state", "seconds"),
    [
        (0.2, -0.3, "ok", "0.0 s"),
        (-4.0, -4.5, "ok", "4.0 s"),
        (-6.0, -6.5, "warning", "6.0 s"),
        (90.5, 90.0, "warning", "90.0 s"),
    ],
)
def test_clocks_are_compared_whatever_the_answer_took(
    asked: float, answered: float, state: str, seconds: str
) -> None:
    found, detail = skew(asked, answered)
    assert (found, detail.endswith(seconds)) == (state, True)


@pytest.mark.parametrize(
    ("free_bytes", "state"), [(2**31, "ok"), (2**29, "warning"), (2**20, "fault")]
)
def test_room_is_judged(free_bytes: int, state: str) -> None:
    assert room(free_bytes)[0] == state


def test_the_age_of_a_workers_last_report_is_told(
    environ: dict[str, str], config: Config, sessions: Sessions
) -> None:
    with closing(Sessions.of(config)) as others:
        Presence(others, presence.API).report()
    assert "none has ever reported" in findings(0, **environ)["workers"]["detail"]
