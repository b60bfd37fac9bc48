"""Signatures are those of Standard Webhooks, by the reference library."""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st

from service.signing import key_of, signatures

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_example_of_the_specification_is_signed_as_it_says():
    signed = signatures(
        [SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(min_size=24, max_size=64), st.text(max_size=50), st.integers(0, 2**33))
def test_every_signature_is_that_of_the_reference_library(key, text, timestamp):
    secret = "whsec_" + base64.b64encode(key).decode()
    moment = datetime.fromtimestamp(timestamp, UTC)
    theirs = standardwebhooks.Webhook(secret).sign("dlv_1", moment, text)
    body = text.encode()
    assert signatures([secret], "dlv_1", timestamp, body) == theirs
    assert signatures([SECRET, secret], "dlv_1", timestamp, body).split(" ")[1] == theirs


@pytest.mark.parametrize("size", [24, 32, 64])
def test_a_secret_stands_for_its_bytes(size):
    key = secrets.token_bytes(size)
    assert key_of("whsec_" + base64.b64encode(key).decode()) == key


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsec_short",
        SECRET.removeprefix("whsec_"),
        "WHSEC_" + SECRET.removeprefix("whsec_"),
        SECRET + "\n",
        SECRET[:-1],
        SECRET.replace("M", "-"),
        "whsec_" + base64.b64encode(bytes(23)).decode(),
        "whsec_" + base64.b64encode(bytes(65)).decode(),
        "whsec_é" + SECRET.removeprefix("whsec_"),
    ],
)
def test_what_is_no_secret_is_refused_without_being_repeated(secret):
    with pytest.raises(ValueError, match="24 to 64 random bytes") as caught:
        key_of(secret)
    assert len(secret) < 7 or secret not in str(caught.value)
