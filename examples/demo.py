"""What `make demo` runs: iris, learnt through HTTP, a database, a broker and a worker process."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from curl import Request, show_and_make
from running import service

from descentd_client.curve import curve

JOB = {"name": "iris", "dataset": "iris", "epochs": 100}
FLOWERS = [[5.1, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.6, 2.1]]


def main() -> None:
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal without Unicode
    os.environ["no_proxy"] = "127.0.0.1"
    began = time.monotonic()
    print("Starting the API, a worker and the scheduler, with a throw-away data directory.")
    with service("--workers", "1") as running:
        print(f"$ {running.command}\n  ready on {running.url} after {since(began):.1f} s")
        finished = train(running.url)
        show_history(f"{running.url}/v1/jobs/{finished['id']}")
        predict(f"{running.url}/v1/jobs/{finished['id']}")
    print(f"\nEverything is stopped and removed, {since(began):.1f} s after the start.")


def train(url: str) -> Any:
    print(
        "\nAsk for a job: 150 flowers, 4 measures each, 3 species. What is left out is filled in."
    )
    job = show_and_make(Request(f"{url}/v1/jobs", JOB))
    print(f"  {job['id']} is {job['status']}: {job['parameters']} weights and biases to find")
    print("\nWait until a worker has trained it.")
    job = show_and_make(Request(f"{url}/v1/jobs/{job['id']}?wait=60"))
    if job["status"] != "succeeded":
        raise SystemExit(f"the job ended as {job['status']}: {job['error']}")
    return job


def show_history(job_url: str) -> None:
    print("\nRead what the cost did while gradient descent went downhill.")
    history = show_and_make(Request(f"{job_url}/history?layout=columns"))["columns"]
    costs, accuracies = history["cost"], history["validation_accuracy"]
    print(curve(costs))
    print(f"  cost {costs[0]:.3f} → {costs[-1]:.3f}, and of the flowers it never saw")
    print(f"  {accuracies[0]:.0%} → {accuracies[-1]:.0%} are named rightly")


def predict(job_url: str) -> None:
    print("\nAsk the model for the species of three other flowers.")
    answer = show_and_make(Request(f"{job_url}/predictions", {"inputs": FLOWERS}))
    for flower, species, chances in zip(
        FLOWERS, answer["predictions"], answer["probabilities"], strict=True
    ):
        print(f"  {flower} → {species} ({max(chances):.1%})")


def since(began: float) -> float:
    return time.monotonic() - began


if __name__ == "__main__":
    main()
