"""Draws a job's history as SVG: `python examples/picture.py http://127.0.0.1:8000 job_… > a.svg`.

The picture in the README is made by it, from a job of a service that was just started:
`python examples/picture.py > docs/images/iris-cost.svg`.
"""

from __future__ import annotations

import json
import math
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from running import service

JOB = {"name": "iris", "dataset": "iris", "epochs": 100}
CURVES = {"cost": ("#2563eb", "training rows"), "validation_cost": ("#ea580c", "validation rows")}

WIDTH, HEIGHT = 720, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 704, 48, 312


@dataclass(frozen=True)
class Frame:
    """Where an epoch and a cost lie in the picture; costs on a logarithmic scale."""

    last_epoch: int
    ticks: list[float]

    def across(self, epoch: float) -> float:
        return LEFT + (RIGHT - LEFT) * epoch / max(1, self.last_epoch)

    def down(self, cost: float) -> float:
        least, most = math.log(self.ticks[0]), math.log(self.ticks[-1])
        return TOP + (BOTTOM - TOP) * (most - math.log(cost)) / (most - least)


def main(arguments: Sequence[str]) -> None:
    if arguments:
        url, job_id = arguments
        print(picture(history(url, job_id)))
    else:
        with service("--workers", "1") as running:
            print(picture(history(running.url, trained(running.url))))


def trained(url: str) -> str:
    job = call(f"{url}/v1/jobs", JOB)
    return str(call(f"{url}/v1/jobs/{job['id']}?wait=60")["id"])


def history(url: str, job_id: str) -> Any:
    return call(f"{url}/v1/jobs/{job_id}/history?layout=columns&limit=100000")["columns"]


def call(url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def picture(columns: dict[str, list[Any]]) -> str:
    """The SVG of a history: its costs by epoch, where they are finite and above zero."""
    costs = [cost for name in CURVES for cost in columns[name] if cost]
    frame = Frame(columns["epoch"][-1], ticks(min(costs), max(costs)))
    return "\n".join([*head(), *grid(frame), *curves(frame, columns), "</svg>"])


def ticks(least: float, most: float) -> list[float]:
    """The numbers 1, 2, 5, 10, 20 … that hold `least` and `most` between them."""
    exponents = range(math.floor(math.log10(least)) - 1, math.ceil(math.log10(most)) + 2)
    marks = [step * 10.0**exponent for exponent in exponents for step in (1, 2, 5)]
    first = max(mark for mark in marks if mark <= least)
    last = min(mark for mark in marks if mark > most)
    return [mark for mark in marks if first <= mark <= last]


def head() -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="system-ui, sans-serif" font-size="13" fill="#475569">'
    )
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#ffffff"/>'
    yield f'<text x="{LEFT}" y="28" font-size="15" fill="#0f172a">Cost J by epoch</text>'
    yield f'<text x="{(LEFT + RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">epoch</text>'


def grid(frame: Frame) -> Iterator[str]:
    for tick in frame.ticks:
        y = frame.down(tick)
        yield f'<path d="M{LEFT} {y:.1f}H{RIGHT}" stroke="#e2e8f0"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>'
    for epoch in range(0, frame.last_epoch + 1, max(1, frame.last_epoch // 5)):
        x = frame.across(epoch)
        yield f'<text x="{x:.1f}" y="{BOTTOM + 20}" text-anchor="middle">{epoch}</text>'


def curves(frame: Frame, columns: dict[str, list[Any]]) -> Iterator[str]:
    for place, (name, (colour, meaning)) in enumerate(CURVES.items()):
        points = " ".join(
            f"{frame.across(epoch):.1f},{frame.down(cost):.1f}"
            for epoch, cost in zip(columns["epoch"], columns[name], strict=True)
            if cost
        )
        stroke = f'stroke="{colour}" stroke-width="2" stroke-linejoin="round"'
        yield f'<polyline points="{points}" fill="none" {stroke}/>'
        x = RIGHT - 300 + 150 * place
        yield f'<path d="M{x} 24h20" {stroke}/><text x="{x + 28}" y="28">{meaning}</text>'


if __name__ == "__main__":
    main(sys.argv[1:])
