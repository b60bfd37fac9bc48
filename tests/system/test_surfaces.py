"""A surface through the whole service: asked for over HTTP, drawn by a worker process."""

from __future__ import annotations

import re
from time import monotonic, sleep
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from .stack import Client

SVG = "{http://www.w3.org/2000/svg}"
PATIENCE_SECONDS = 30.0


def drawn(client: Client, path: str) -> httpx.Response:
    """The answer once a worker has given it. There is nothing to wait on but the answer itself."""
    deadline = monotonic() + PATIENCE_SECONDS
    while True:
        answer = client.http.get(path)
        if answer.status_code == 200:
            return answer
        assert answer.status_code == 202, answer.text
        assert int(answer.headers["Retry-After"]) >= 1
        assert monotonic() < deadline, "no worker has drawn it"
        sleep(0.02)


def lines(picture: Any) -> list[Any]:
    return [each for each in picture.iter(f"{SVG}path") if each.get("fill") == "none"]


def corners(line: Any) -> int:
    return len(re.findall("[ML]", line.get("d")))


def test_a_worker_draws_the_surface_that_was_asked_for(client: Client) -> None:
    job_id = client.submit(epochs=40, seed=3)
    job = client.at_rest(job_id)
    path = f"/v1/jobs/{job_id}/surface"
    assert client.http.get(path).json() == {"job": job_id, "status": "pending"}

    surface = drawn(client, path).json()
    assert surface["directions"] == "path"
    assert surface["path"]["epoch"] == list(range(41))
    assert surface["model"]["cost"] == job["cost"]
    size = surface["resolution"]
    assert [len(row) for row in surface["cost"]] == [size] * size
    # Epoch 0 is measured before any step; the other rows tell the cost as the batches met it
    path_costs = surface["path"]["cost"]
    assert path_costs[0] == pytest.approx(client.history(job_id)[0]["cost"], rel=1e-12)
    assert path_costs[surface["model"]["epoch"]] == job["cost"]

    picture = ElementTree.fromstring(drawn(client, f"{path}.svg").content)
    contours, *path_lines = lines(picture)
    assert contours.get("d").count("M") >= 5
    assert [corners(line) for line in path_lines] == [41, 41]  # a light seam, and the line on it
    shares = [axis["share"] for axis in surface["axes"]]
    written = [text.text or "" for text in picture.iter(f"{SVG}text")]
    for share in shares:
        assert any(f"{100 * share:.1f}%" in words for words in written), (share, written)
