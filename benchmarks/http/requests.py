"""Polls and submissions, against a bare Flask route that does one thing in the database."""

from __future__ import annotations

import json

import psycopg

from benchmarks.http.rates import CONNECTIONS, SECONDS, rate
from benchmarks.http.running import Stand
from benchmarks.jobs import at_rest, submit
from benchmarks.spread import Spread
from benchmarks.tables import Section, verdict

ROUNDS = 3
POLL, UNCHANGED, SUBMIT = "poll of a job", "the same, unchanged (304)", "submission of xor"
BARS = {POLL: 0.6, UNCHANGED: 1.0, SUBMIT: 0.5}
XOR = {
    "dataset": {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [0, 1, 1, 0]},
    "epochs": 1,
}


def measure(stand: Stand) -> Section:
    with stand.client() as http:
        job_id = submit(http, dataset="iris", epochs=20)
        at_rest(http, job_id)
        answer = http.get(f"/v1/jobs/{job_id}")
    with psycopg.connect(stand.database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO bare (body) VALUES (%s)", (answer.text,))
    key = {"Authorization": f"Bearer {stand.key}"}
    tagged = {**key, "If-None-Match": answer.headers["ETag"]}
    sent = {**key, "Content-Type": "application/json"}
    job, body = f"{stand.url}/v1/jobs/{job_id}", json.dumps(XOR).encode()
    ratios: dict[str, list[float]] = {name: [] for name in BARS}
    for _ in range(ROUNDS):
        select = rate(f"{stand.bare_url}/rows/1", "GET", {}, b"", 200)
        poll = rate(job, "GET", key, b"", 200)
        ratios[POLL].append(poll / select)
        ratios[UNCHANGED].append(rate(job, "GET", tagged, b"", 304) / poll)
        insert = rate(f"{stand.bare_url}/rows", "POST", sent, body, 202)
        ratios[SUBMIT].append(rate(f"{stand.url}/v1/jobs", "POST", sent, body, 202) / insert)
    return Section(
        "Requests beside a bare route",
        "Requests per second, keys on, Postgres, against a bare Flask route on the same server "
        "that does one SELECT by primary key and answers the same bytes (the submission: one "
        f"committed INSERT; the 304: the poll). {CONNECTIONS} connections, {SECONDS:g} s each, "
        f"{ROUNDS} rounds by turns. Median (least – greatest).",
        ["request", "ratio", "bar", "met"],
        [
            [name, spread.text(), f"≥ {bar}", verdict(spread.median >= bar)]
            for name, bar in BARS.items()
            for spread in [Spread.of(ratios[name])]
        ],
    )
