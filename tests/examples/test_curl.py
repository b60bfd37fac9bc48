"""A request is the curl command that is shown, also where there is no curl."""

from __future__ import annotations

import json
import shlex
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from examples.curl import Request, show_and_make


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked; below /problem as a problem."""

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, body: object) -> None:
        is_problem = self.path == "/problem"
        answer = {"method": self.command, "type": self.headers["Content-Type"], "body": body}
        self.send_response(422 if is_problem else 200)
        self.end_headers()
        self.wfile.write(json.dumps({"title": "No"} if is_problem else answer).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(params=["curl if there is one", "no curl"])
def tools(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    if request.param == "no curl":
        monkeypatch.setenv("PATH", "")


@pytest.mark.usefixtures("tools")
def test_a_body_is_posted_as_json(url: str) -> None:
    body = {"name": "it's", "inputs": [[1.5]]}
    answer = show_and_make(Request(f"{url}/v1/jobs", body))
    assert answer == {"method": "POST", "type": "application/json", "body": body}


@pytest.mark.usefixtures("tools")
def test_without_a_body_it_is_a_get(url: str) -> None:
    assert show_and_make(Request(f"{url}/v1/jobs?wait=1"))["method"] == "GET"


@pytest.mark.usefixtures("tools")
def test_a_problem_ends_the_program_with_what_was_answered(url: str) -> None:
    with pytest.raises(SystemExit, match="No"):
        show_and_make(Request(f"{url}/problem"))


def test_what_is_shown_can_be_typed_into_a_shell(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    request = Request(f"{url}/v1/jobs?wait=1&x=2", {"name": "it's"})
    show_and_make(request)
    shown = capsys.readouterr().out
    assert shown.startswith("$ curl ")
    assert shlex.split(shown.removeprefix("$ ")) == request.command()
