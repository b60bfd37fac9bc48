"""Uploads as a real server hands them on: slow, cut off, large."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import closing
from itertools import chain, repeat
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlsplit

import pytest

from chaos.processes import descendants

from .stack import Service, serving, settings

MIB = 1024 * 1024
# `make verify` sends more
MEBIBYTES = int(os.environ.get("UPLOAD_MEBIBYTES", "64"))
CSV = {"Content-Type": "text/csv"}
START = b"x,y\n1,2\n"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    environ = settings(tmp_path_factory.mktemp("uploads") / "data", max_rows=10**7)
    with serving(environ, "up", "--workers", "1") as service:
        yield service


def left_over(service: Service) -> set[str]:
    """Bytes that are kept, or on their way."""
    data = Path(service.environ["DESCENTD_DATA_DIR"])
    found = [*(data / "blobs").rglob("*"), *(data / "spool").glob("*/*")]
    return {str(path.relative_to(data)) for path in found if path.is_file()}


def connected(service: Service, *headers: str) -> socket.socket:
    """A connection on which the head of an upload was sent."""
    address = urlsplit(service.client.url)
    peer = socket.create_connection((address.hostname, address.port), timeout=30)
    head = ["POST /v1/datasets HTTP/1.1", f"Host: {address.netloc}", *headers]
    if not any(header.startswith("Content-Type") for header in headers):
        head.append("Content-Type: text/csv")
    peer.sendall("\r\n".join((*head, "", "")).encode())
    return peer


def until(service: Service, is_arriving: bool) -> None:
    """Wait until something is on its way, or nothing any more."""
    deadline = monotonic() + 30
    while any(path.startswith("spool/") for path in left_over(service)) is not is_arriving:
        assert monotonic() < deadline
        sleep(0.01)


DIGEST = (
    f"Content-Digest: sha-256=:{base64.b64encode(hashlib.sha256(START * 2).digest()).decode()}:"
)
PART = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + START
CHUNKED = "Transfer-Encoding: chunked"


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(content), content)


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        (["Content-Length: 1000"], START),
        ([CHUNKED, DIGEST], chunk(START)),
        ([CHUNKED, DIGEST], chunk(START)[:-4]),
        ([CHUNKED, "Content-Type: multipart/form-data; boundary=b"], chunk(PART)),
    ],
)
def test_an_upload_that_is_cut_off_leaves_nothing_and_can_be_sent_again(
    api: Service, headers: list[str], sent: bytes
) -> None:
    key = {"Idempotency-Key": hashlib.sha256(sent).hexdigest()}
    before, listed = left_over(api), datasets(api)
    with connected(api, *headers, f"Idempotency-Key: {key['Idempotency-Key']}") as peer:
        peer.sendall(sent)
        until(api, is_arriving=True)
        again = api.client.http.post("/v1/datasets", content=START, headers=CSV | key)
        assert again.status_code == 409
    until(api, is_arriving=False)
    assert left_over(api) == before
    assert datasets(api) == listed
    again = api.client.http.post("/v1/datasets", content=START, headers=CSV | key)
    assert again.status_code == 201, again.text


def datasets(service: Service) -> int:
    return len(service.client.http.get("/v1/datasets").json()["data"])


def test_a_slow_upload_is_taken_while_others_are_answered(api: Service) -> None:
    with connected(api, f"Content-Length: {len(START)}", "Connection: close") as peer:
        for byte in START:
            peer.sendall(bytes([byte]))
            assert api.client.http.get("/healthz").status_code == 200
        with closing(peer.makefile("rb")) as answer:
            assert answer.readline().split()[1] == b"201"


def test_a_large_upload_takes_no_memory_of_its_size(api: Service) -> None:
    size = MEBIBYTES * MIB
    names = ",".join(f"x{column:02}" for column in range(32)).encode() + b"\n"
    line = b"0.5," * 31 + b"1.5\n"  # as long as the names are
    lines = line * (MIB // len(line))
    pieces = chain([names + lines[len(names) :]], repeat(lines, MEBIBYTES - 1))
    headers = CSV | {"Content-Length": str(size)}
    server = api.part("serve")
    before = peak_bytes(server)
    answer = api.client.http.post("/v1/datasets", content=pieces, headers=headers, timeout=300)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["size_bytes"], answer.json()["rows"]) == (size, size // len(line) - 1)
    assert peak_bytes(server) - before < 32 * MIB


def peak_bytes(pid: int) -> int:
    """The most memory that the server's processes had at once, those that read files aside."""
    peaks = []
    for each in [pid, *descendants(pid)]:
        words = Path(f"/proc/{each}/cmdline").read_bytes()
        if b"service.tables.process" in words:
            continue
        status = Path(f"/proc/{each}/status").read_text()
        peaks.append(next(line for line in status.splitlines() if line.startswith("VmHWM")))
    return sum(int(line.split()[1]) * 1024 for line in peaks)
