"""Submits a job, prints its costs while it learns: `python examples/follow.py [URL [API-KEY]]`."""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any

JOB = {
    "name": "followed",
    "dataset": "iris",
    "optimizer": {"kind": "gradient_descent", "learning_rate": 0.05},
    "epochs": 3000,
}
EVERY = 300
FINISHED = ("succeeded", "failed", "cancelled")


class Service:
    """The HTTP interface, as far as it is needed here."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def call(self, path: str, body: Any = None) -> Any:
        """GET `path`, or POST `body` to it; raises HTTPError on a problem."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data=data, headers=self._headers)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def rows(self, job: str) -> Iterator[Any]:
        """The rows of the history, each as soon as it is written, until the job has ended."""
        after, is_over = "", False
        while not is_over:
            # Asked before the rows: those of a job that has ended are all there.
            is_over = self.call(f"{job}?wait=0.5")["status"] in FINISHED
            has_more = True
            while has_more:
                page = self.call(f"{job}/history?limit=1000{after}")
                yield from page["data"]
                has_more = page["has_more"]
                if page["data"]:
                    after = f"&after_epoch={page['data'][-1]['epoch']}"


def main(url: str = "http://127.0.0.1:8000", key: str = "none") -> None:
    service = Service(url, key)
    job = service.call("/v1/jobs", JOB)["links"]["self"]
    for row in service.rows(job):
        if row["epoch"] % EVERY == 0:
            print(f"epoch {row['epoch']:>5}   cost {row['cost']:.4f}")
    print(service.call(job)["metrics"]["validation"])


if __name__ == "__main__":
    main(*sys.argv[1:])
