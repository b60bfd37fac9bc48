"""The shop of examples/integrations learns from its orders, on a service that tells it when."""

from __future__ import annotations

import base64
import os
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import httpx
import pytest
from standardwebhooks import Webhook

from chaos.servers import free_port
from examples.integrations.shop import create_app, forecast, hooks, orders
from examples.integrations.shop.store import Store
from examples.running import service

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "integrations"
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
PATIENCE_SECONDS = 120.0
ORDER = {"tea": "mate", "boxes": "2", "region": "islands"}


class Shop:
    """A shop in a process of its own, which is told of everything by its log."""

    def __init__(self, folder: Path, service_url: str) -> None:
        self.port = free_port()
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False)
        self._environ = {
            **os.environ,
            "DESCENTD_URL": service_url,
            "SHOP_DATABASE": str(folder / "shop.db"),
            "SHOP_URL": f"http://127.0.0.1:{self.port}",
            "SHOP_WEBHOOK_SECRET": SECRET,
            "PYTHONPATH": str(FOLDER),
        }
        self._lines: queue.Queue[str] = queue.Queue()
        self._process = subprocess.Popen(
            self._words("run", "--port", str(self.port)),
            env=self._environ,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stderr
        self._reader = threading.Thread(target=self._read, args=(self._process.stderr,))
        self._reader.start()

    def command(self, *words: str) -> str:
        return subprocess.run(
            self._words(*words),
            env=self._environ,
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE_SECONDS,
        ).stdout

    def line(self, pattern: str) -> re.Match[str]:
        """The next line of its log that matches; raises queue.Empty where none comes."""
        while True:
            found = re.search(pattern, self._lines.get(timeout=PATIENCE_SECONDS))
            if found:
                return found

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        self.http.close()

    def days_of_an_order(self) -> float | None:
        page = self.http.post("/orders", data=ORDER, follow_redirects=True).text
        found = re.search(r'<data value="([^"]+)">', page)
        return float(found[1]) if found else None

    @staticmethod
    def _words(*words: str) -> list[str]:
        return [sys.executable, "-m", "flask", "--app", "shop", *words]

    def _read(self, log: IO[str]) -> None:
        with log:
            for line in log:
                self._lines.put(line)


@pytest.fixture
def new_shop(tmp_path: Path) -> Iterator[Any]:
    shops: list[Shop] = []

    def new(service_url: str) -> Shop:
        shops.append(Shop(tmp_path, service_url))
        shops[-1].line("Running on")
        return shops[-1]

    yield new
    for shop in shops:
        shop.close()


def test_a_shop_retrains_is_told_and_predicts_without_the_service(new_shop: Any) -> None:
    with service("--workers", "1", settings={"DESCENTD_WEBHOOK_ALLOW": "127.0.0.1"}) as running:
        shop = new_shop(running.url)
        assert shop.command("seed") == shop.command("seed") == "800 orders\n"
        assert shop.days_of_an_order() is None
        job_id = shop.command("retrain").split()[0]
        assert shop.line(r"(job_\w+): a new model, 0\.\d\d days off")[1] == job_id
        assert shop.command("retrain").split() == [job_id, "is", "queued"], "its first answer"
        with httpx.Client(base_url=f"{running.url}/v1/jobs/{job_id}", trust_env=False) as client:
            (sent,) = client.get("/deliveries").json()["data"]
            client.post(f"/deliveries/{sent['id']}/redeliver").raise_for_status()
            assert shop.line(r"(\w+) came again")[1] == sent["id"]
            today = date.today()  # noqa: DTZ011 - as the shop has it
            row = orders.Parcel("mate", 2, "islands", False, today).row()
            answer = client.post("/predictions", json={"inputs": [row]}).json()
    assert shop.days_of_an_order() == pytest.approx(answer["predictions"][0], abs=1e-4)


def test_what_arrived_is_learnt_from_and_what_did_not_is_not(tmp_path: Path) -> None:
    app = create_app({"SHOP_DATABASE": str(tmp_path / "shop.db")})
    client = app.test_client()
    assert client.post("/orders", data=ORDER).location == "/orders/1"
    assert client.post("/orders", data={**ORDER, "express": "on"}).location == "/orders/2"
    runner = app.test_cli_runner()
    assert runner.invoke(args=["arrived", "2", "4"]).exit_code == 0
    assert "no order 3" in runner.invoke(args=["arrived", "3", "4"]).output
    with Store(tmp_path / "shop.db").reading() as database:
        names, row = orders.as_csv(database).decode().splitlines()
    assert names == "region,kilograms,express,weekday,days"
    assert re.fullmatch(r"islands,1\.0,true,[A-Z][a-z]{2},4", row)


def test_what_is_not_sold_cannot_be_bought(tmp_path: Path) -> None:
    client = create_app({"SHOP_DATABASE": str(tmp_path / "shop.db")}).test_client()
    for wrong in ({"tea": "coffee"}, {"boxes": "0"}, {"boxes": "many"}, {"region": "<b>"}):
        assert client.post("/orders", data={**ORDER, **wrong}).status_code == 400
    assert client.get("/orders/99").status_code == 404


@pytest.mark.parametrize(
    ("minutes", "secret", "changed", "fault"),
    [
        (0, SECRET, b"", None),
        (4, SECRET, b"", None),
        (6, SECRET, b"", "signed too long ago"),
        (-6, SECRET, b"", "signed too long ago"),
        (0, SECRET, b" ", "signed with another secret"),
        (0, "whsec_" + base64.b64encode(bytes(32)).decode(), b"", "signed with another secret"),
    ],
)
def test_signatures_are_those_of_the_standard(
    minutes: int, secret: str, changed: bytes, fault: str | None
) -> None:
    at = datetime.now(UTC) - timedelta(minutes=minutes)
    body = '{"type": "job.succeeded", "data": {"name": "Tea, é"}}'
    headers = {
        "webhook-id": "dlv_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": "v1,bm9uZQ== " + Webhook(secret).sign("dlv_1", at, body),
    }
    assert hooks.bad_signature(SECRET, headers, body.encode() + changed) == fault


@pytest.mark.parametrize("secret", ["", SECRET])
def test_what_is_not_signed_is_not_taken(tmp_path: Path, secret: str) -> None:
    settings = {"SHOP_DATABASE": str(tmp_path / "shop.db"), "SHOP_WEBHOOK_SECRET": secret}
    client = create_app(settings).test_client()
    assert client.post("/hooks/descentd", json={"type": "job.succeeded"}).status_code == 400


def test_a_model_predicts_by_its_own_preprocessing() -> None:
    """One hidden unit: tanh(0.5 · (2 - 1) / 2 + 1 · [islands] - 0.25) = tanh(1), times 3, plus 2,
    in units of 4 about 5.
    """
    model = {
        "layers": [
            {"activation": "tanh", "weights": [[0.0], [1.0], [0.5]], "biases": [-0.25]},
            {"activation": "linear", "weights": [[3.0]], "biases": [2.0]},
        ],
        "preprocessing": {
            "features": [
                {"name": "region", "kind": "text", "categories": ["city", "islands"]},
                {"name": "kilograms", "kind": "number", "center": 1.0, "scale": 2.0},
            ],
            "targets": [{"name": "days", "center": 5.0, "scale": 4.0}],
        },
    }
    parcel = orders.Parcel("mate", 4, "islands", False, datetime(2026, 1, 5, tzinfo=UTC).date())
    assert forecast.days(model, parcel) == pytest.approx((3 * 0.7615941559557649 + 2) * 4 + 5)
