"""One message to one receiver: signed, to the checked address, within bounded time."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import standardwebhooks

from service.destinations import Allowed
from service.sendings import Sending
from service.version import VERSION
from worker.posting import Poster

from .receiver import Receiver, receiving

OLD, NEW = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
HERE = Allowed.parse("127.0.0.1,hooks.example.com")
BODY = '{"type":"job.succeeded","data":{"name":"naïve ½"}}'.encode()


def sending(url: str, secrets: tuple[str, ...] = (OLD,)) -> Sending:
    return Sending("dlv_1", "default", "job_1", 0, 1, 9, url, "host", secrets, BODY)


def here(_host: str, _port: int) -> list[Any]:
    return [ip_address("127.0.0.1")]


def poster(**options: Any) -> Poster:
    return Poster(HERE, **({"resolve": here} | options))


@contextmanager
def raw_server(answer: Any) -> Iterator[str]:
    """A server that reads its first request, and then does what `answer` does."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                request = b""
                while not request.endswith(BODY):
                    request += connection.recv(65536)
                answer(connection)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        thread.join(30)


def test_the_reference_library_believes_what_comes_and_nothing_else() -> None:
    with receiving() as receiver:
        answer = poster().post(sending(receiver.url + "?a=b"))
    assert (answer.status, answer.is_received, answer.error) == (204, True, None)
    got = receiver.next()
    assert (got.path, got.body) == ("/hook?a=b", BODY)
    assert standardwebhooks.Webhook(OLD).verify(got.body, got.headers) == json.loads(BODY)
    for body, secret in ((BODY + b" ", OLD), (BODY, NEW)):
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            standardwebhooks.Webhook(secret).verify(body, got.headers)
    assert got.headers["webhook-id"] == "dlv_1"
    assert got.headers["Content-Type"] == "application/json"
    assert got.headers["User-Agent"] == f"descentd/{VERSION}"
    assert got.headers["Host"] == f"127.0.0.1:{receiver.port}"


def test_while_secrets_rotate_both_of_them_believe() -> None:
    with receiving() as receiver:
        poster().post(sending(receiver.url, (OLD, NEW)))
    got = receiver.next()
    for secret in (OLD, NEW):
        assert standardwebhooks.Webhook(secret).verify(got.body, got.headers)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(status: int) -> None:
    with receiving() as other:
        location = other.url
        with receiving(lambda handler: handler.send(status, Location=location)) as receiver:
            answer = poster().post(sending(receiver.url))
    assert (answer.status, answer.is_received) == (status, False)
    assert other.got.empty()


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy, receiving() as receiver:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert poster().post(sending(receiver.url)).is_received
    assert proxy.got.empty()


def test_of_an_answer_the_beginning_is_kept_as_text() -> None:
    body = b"\0\xff" + "ü".encode() * 100_000
    with receiving(
        lambda handler: handler.send(503, body, Retry_After="120", Content_Encoding="gzip")
    ) as receiver:
        answer = poster().post(sending(receiver.url))
    assert answer.body == "\ufffd\ufffd" + "ü" * 498
    assert (answer.status, answer.retry_after_seconds) == (503, 120)


@pytest.mark.parametrize("value", ["soon", "-1", "9999999", "1e3", ""])
def test_a_retry_after_that_is_no_number_of_seconds_is_passed_over(value: str) -> None:
    with receiving(lambda handler: handler.send(500, Retry_After=value)) as receiver:
        assert poster().post(sending(receiver.url)).retry_after_seconds == 0


def test_a_receiver_that_is_not_there_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        url = f"http://127.0.0.1:{held.getsockname()[1]}/"
    answer = poster().post(sending(url))
    assert answer.status is None
    assert "No connection" in (answer.error or "")
    assert not answer.is_final


def drip(piece: bytes, first: bytes = b"") -> Any:
    def answer(connection: socket.socket) -> None:
        connection.sendall(first)
        try:
            while True:
                connection.sendall(piece)
                time.sleep(0.05)
        except OSError:
            return

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        lambda connection: connection.recv(1),
        drip(b"x", b"HTTP/1.1 200 "),
        drip(b"A: b\r\n", b"HTTP/1.1 200 OK\r\n"),
        drip(b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["silent", "status that drips", "headers that drip", "endless continues"],
)
def test_no_receiver_can_stretch_an_attempt(answer: Any) -> None:
    with raw_server(answer) as url:
        started = time.monotonic()
        found = poster(attempt_seconds=0.5).post(sending(url))
        assert time.monotonic() - started < 5
    assert (found.status, found.error) == (None, "The receiver did not answer in time.")


def test_a_body_that_drips_ends_with_the_time_and_the_status_counts() -> None:
    first = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    with raw_server(drip(b"x", first)) as url:
        found = poster(attempt_seconds=0.5).post(sending(url))
    assert found.is_received
    assert 0 < len(found.body) < 100


@pytest.mark.parametrize("content", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nA"])
def test_an_answer_that_is_none_is_an_error(content: bytes) -> None:
    with raw_server(lambda connection: connection.sendall(content)) as url:
        found = poster().post(sending(url))
    assert found.status is None
    assert "connection broke" in (found.error or "")


def test_a_name_is_looked_up_once_and_connected_to_where_it_was_checked() -> None:
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[Any]:
        asked.append(host)
        return [ip_address("127.0.0.1" if len(asked) == 1 else "127.0.0.2")]

    with receiving() as receiver:
        url = f"http://hooks.example.com:{receiver.port}/"
        assert poster(resolve=rebinding).post(sending(url)).is_received
    assert asked == ["hooks.example.com"]
    assert receiver.next().headers["Host"] == f"hooks.example.com:{receiver.port}"


def test_the_next_address_is_tried_where_the_first_does_not_answer() -> None:
    both = [ip_address("::1"), ip_address("127.0.0.1")]
    with receiving() as receiver:
        url = f"http://hooks.example.com:{receiver.port}/"
        assert poster(resolve=lambda *_: both).post(sending(url)).is_received


def test_what_is_not_allowed_is_not_connected_to_and_not_tried_again() -> None:
    with receiving() as receiver:
        for url in (receiver.url, f"https://hooks.example.com:{receiver.port}/"):
            answer = poster_of_nothing().post(sending(url))
            assert answer.is_final
            assert "must not lead to" in (answer.error or "") or "https" in (answer.error or "")
    assert receiver.got.empty()


def poster_of_nothing() -> Poster:
    return Poster(Allowed(), resolve=here)


def test_a_name_that_leads_nowhere_is_tried_again() -> None:
    def failing(_host: str, _port: int) -> list[Any]:
        raise socket.gaierror("no such name")

    answer = poster(resolve=failing).post(sending("https://hooks.example.com/"))
    assert "could not be resolved" in (answer.error or "")
    assert not answer.is_final


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of hooks.example.com, and its key, which nobody else vouches for."""
    folder = tmp_path_factory.mktemp("tls")
    words = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    names = ["-subj", "/CN=hooks", "-addext", "subjectAltName=DNS:hooks.example.com"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    try:
        subprocess.run([*words.split(), *names, *files], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is needed to make a certificate")
    return folder


@pytest.fixture
def secure(certificate: Path) -> Iterator[tuple[Receiver, list[str | None]]]:
    """A receiver with that certificate, and the names it was asked for."""
    asked: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    with receiving(tls=context) as receiver:
        yield receiver, asked


def test_tls_asks_for_the_name_and_checks_it(
    certificate: Path, secure: tuple[Receiver, list[str | None]]
) -> None:
    receiver, asked = secure
    trusting = ssl.create_default_context(cafile=certificate / "cert.pem")
    url = f"https://hooks.example.com:{receiver.port}/"
    assert poster(tls=trusting).post(sending(url)).is_received
    assert asked == ["hooks.example.com"]
    assert receiver.next().headers["Host"] == f"hooks.example.com:{receiver.port}"
    other_name = f"https://127.0.0.1:{receiver.port}/"
    for chosen, where in ((poster(tls=trusting), other_name), (poster(), url)):
        answer = chosen.post(sending(where))
        assert "certificate verify failed" in (answer.error or "")
    assert receiver.got.empty()
