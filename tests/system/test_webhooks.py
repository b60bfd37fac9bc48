"""The receiver of docs/webhooks.md, as a real process, is told by a real service."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from chaos.servers import free_port
from service.schemas.answers import JobSummary
from service.schemas.webhook_message import WebhookMessage

from .stack import serving, settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "webhooks.md"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_receiver_of_the_page_is_told_of_a_job(tmp_path: Path) -> None:
    found = re.search(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert found
    assert len(found[1].splitlines()) <= 18
    port = free_port()
    environ = settings(tmp_path / "data") | {"DESCENTD_WEBHOOK_ALLOW": "127.0.0.1"}
    command = [sys.executable, "-c", found[1], str(port), SECRET]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as receiver:
        try:
            with serving(environ, "up", "--workers", "1") as service:
                hook = {"url": f"http://127.0.0.1:{port}/", "secret": SECRET}
                job_id = service.client.submit(epochs=2, webhooks=[hook])
                assert receiver.stdout
                lines = {receiver.stdout.readline().strip() for _ in range(2)}
                assert lines == {f"job.running {job_id}", f"job.succeeded {job_id}"}
                listed = service.client.http.get(f"/v1/jobs/{job_id}/deliveries").json()["data"]
                assert [one["type"] for one in listed] == ["job.succeeded", "job.running"]
        finally:
            receiver.kill()


def test_the_message_on_the_page_is_of_the_form_that_is_sent() -> None:
    found = re.search(r'^```json\n(\{"type".*?)^```$', PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert found
    shown = json.loads(found[1])
    assert shown.keys() == WebhookMessage.__required_keys__
    assert shown["data"].keys() - {"…"} <= JobSummary.__required_keys__
