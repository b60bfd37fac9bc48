"""Shows each request as the curl command it is, and makes it; in Python where curl is missing."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

JSON_TYPE = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Request:
    """GET `url`, or POST `body` to it as JSON."""

    url: str
    body: Any = None

    def command(self) -> list[str]:
        words = ["curl", "--silent", self.url]
        if self.body is not None:
            for name, value in JSON_TYPE.items():
                words += ["--header", f"{name}: {value}"]
            words += ["--data", json.dumps(self.body)]
        return words


def show_and_make(request: Request) -> Any:
    """Print the command, make the request, return the decoded answer; SystemExit on a problem."""
    print(f"$ {shlex.join(request.command())}")
    answer = json.loads(_by_curl(request) if shutil.which("curl") else _by_python(request))
    if isinstance(answer, dict) and "title" in answer:
        raise SystemExit(f"the service answered: {json.dumps(answer, indent=2)}")
    return answer


def _by_curl(request: Request) -> bytes:
    return subprocess.run(request.command(), check=True, stdout=subprocess.PIPE).stdout


def _by_python(request: Request) -> bytes:
    data = None if request.body is None else json.dumps(request.body).encode()
    headers = JSON_TYPE if data else {}
    try:
        call = urllib.request.Request(request.url, data=data, headers=headers)
        with urllib.request.urlopen(call) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as problem:
        return problem.read()
