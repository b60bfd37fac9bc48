"""A bare Flask application on the service's own server: one SELECT by key, or one INSERT."""

from __future__ import annotations

import multiprocessing
import sys

from flask import Flask, Response, request
from granian.constants import Interfaces
from granian.server import Server
from sqlalchemy import create_engine, text

from benchmarks.http.running import THREADS

SELECT = text("SELECT id, body FROM bare WHERE id = :id")
INSERT = text("INSERT INTO bare (body) VALUES (:body)")


def make_app(database_url: str) -> Flask:
    app = Flask("bare")
    engine = create_engine(database_url)

    @app.get("/rows/<int:number>")
    def select_row(number: int) -> Response:
        with engine.connect() as connection:
            row = connection.execute(SELECT, {"id": number}).one()
        return Response(row.body, mimetype="application/json")

    @app.post("/rows")
    def insert_row() -> Response:
        with engine.begin() as connection:
            connection.execute(INSERT, {"body": request.get_data(as_text=True)})
        return Response(b"{}", 202, mimetype="application/json")

    return app


def main() -> None:
    port, database_url = sys.argv[1:]
    multiprocessing.set_start_method("fork")
    server = Server(
        "bare",
        port=int(port),
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        backpressure=4096,
        log_enabled=False,
    )
    server.serve(target_loader=lambda: make_app(database_url), wrap_loader=False)


if __name__ == "__main__":
    main()
