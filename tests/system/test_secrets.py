"""A real service is driven with keys, cookies and mistakes; its log holds none of the secrets."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx

from .stack import serving, settings

LAST = {"Connection": "close"}


def test_no_secret_is_in_the_logs_or_in_any_answer_but_the_one_that_makes_it(
    tmp_path: Path,
) -> None:
    environ = settings(tmp_path / "data", auth="keys", log_level="debug")
    with serving(environ, "up", "--workers", "1") as service:
        admin = created(environ, "--scope", "admin")
        secrets, answers = drive(service.client.http, admin)
    logged = service.log.read_text()
    assert "/v1/keys" in logged, "requests are logged"
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in secrets:
        assert secret not in logged
        assert not [answer for answer in answers if secret in answer]
        assert secret.encode() not in kept


def created(environ: Mapping[str, str], *options: str) -> str:
    command = [sys.executable, "-P", "-m", "cli", "keys", "create", *options]
    done = subprocess.run(command, env=dict(environ), capture_output=True, text=True, check=True)
    assert re.fullmatch(r"dsk_[\w-]{43}\n", done.stdout)
    assert done.stdout.strip() not in done.stderr
    return done.stdout.strip()


def drive(client: httpx.Client, admin: str) -> tuple[list[str], list[str]]:
    """Use keys rightly and wrongly; the secrets there were, and the answers that hold none."""
    header = {"Authorization": f"Bearer {admin}"}
    made = client.post("/v1/keys", json={"name": "ci"}, headers=header).raise_for_status().json()
    unknown = "dsk_" + "x" * 43
    signed_in = client.post("/v1/session", json={"key": made["key"]}).raise_for_status()
    cookie = signed_in.cookies["descentd_session"]
    body = {"dataset": "xor", "epochs": 1}
    wait = {**header, "Prefer": "wait=30"}
    answers = [
        client.post("/v1/jobs", json=body, headers=wait).raise_for_status(),
        client.get("/v1/keys", headers=header).raise_for_status(),
        client.get("/v1/session").raise_for_status(),
        client.post("/v1/jobs", json=body),
        client.get("/v1", headers={"Authorization": f"Bearer {unknown}"}),
        client.get("/v1", headers={"Authorization": f"Basic {made['key']}"}),
        client.post("/v1/session", json={"key": unknown}),
        client.post("/v1/session", json={"key": made["key"], "more": 1}),
        # Refused before its body is read, after which the server may close: not to be gone on with
        client.post("/v1/session", content=f'{{"key": "{made["key"]}"', headers=LAST),
        client.delete(f"/v1/keys/{made['id']}", headers=header).raise_for_status(),
        client.get("/v1", headers={"Authorization": f"Bearer {made['key']}"}),
    ]
    assert [answer.status_code for answer in answers[3:]] == [
        403, 401, 401, 401, 422, 415, 204, 401,
    ]  # fmt: skip
    texts = [answer.text for answer in answers]
    return [admin, made["key"], unknown, cookie], texts
