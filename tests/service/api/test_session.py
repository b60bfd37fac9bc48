"""A browser signed in by a cookie, and what no other site's page can do with it."""

from datetime import timedelta

import pytest

from service import auth, sign_ins
from service.database.tables import SignIn
from service.scopes import Scope

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def browser(guarded, token_of):
    """A client signed in with a key, and the header that its pages send."""
    client = guarded.test_client()
    answer = client.post("/v1/session", json={"key": token_of("acme")})
    assert answer.status_code == 200
    return client, {"X-CSRF-Token": answer.json["csrf_token"]}


def test_a_cookie_opens_what_its_key_does(browser):
    client, csrf = browser
    assert client.get("/v1/jobs").status_code == 200
    assert client.post("/v1/jobs", json={"dataset": "xor"}, headers=csrf).status_code == 202
    shown = client.get("/v1/session").json
    assert (shown["tenant"], shown["scope"]) == ("acme", "write")
    assert shown["csrf_token"] == csrf["X-CSRF-Token"]
    assert client.get("/v1/keys").status_code == 403


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_script_reads_the_cookie_and_no_other_site_sends_it(guarded, token_of, scheme):
    client = guarded.test_client()
    url = f"{scheme}://localhost"
    answer = client.post("/v1/session", json={"key": token_of("acme")}, base_url=url)
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert ("Secure" in cookie.split("; ")) is (scheme == "https")
    assert client.get("/v1", base_url=url).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "0" * 64},
        {"X-CSRF-Token": "ä"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_change_that_another_site_may_have_sent_is_refused(browser, queue, headers):
    client, csrf = browser
    # A page of another origin fails although it knew the token; a bare form lacks the token
    known = csrf if {"Origin", "Sec-Fetch-Site"} & headers.keys() else {}
    answer = client.post("/v1/jobs", json={"dataset": "xor"}, headers={**known, **headers})
    assert answer.status_code == 403
    assert queue.woken == []
    assert client.delete("/v1/session", headers={**known, **headers}).status_code == 403
    assert client.get("/v1").status_code == 200


def test_another_browsers_token_does_not_fit(browser, guarded, token_of):
    client, _ = browser
    other = guarded.test_client().post("/v1/session", json={"key": token_of("acme")}).json
    csrf = {"X-CSRF-Token": other["csrf_token"]}
    assert client.post("/v1/jobs", json={"dataset": "xor"}, headers=csrf).status_code == 403


def test_signing_out_ends_the_cookie_everywhere(browser):
    client, csrf = browser
    cookie = client.get_cookie("descentd_session").value
    answer = client.delete("/v1/session", headers=csrf)
    assert answer.status_code == 204
    assert client.get_cookie("descentd_session") is None
    client.set_cookie("descentd_session", cookie)
    assert client.get("/v1").status_code == 401


def test_a_cookie_ends_with_its_key(browser, sessions):
    client, _ = browser
    with sessions.writing() as session:
        (key,) = auth.keys_of(session, "acme")
        auth.revoke(session, "acme", key.id)
        session.commit()
    assert client.get("/v1").status_code == 401


def test_a_cookie_expires_no_later_than_its_key(sessions, token_of, write):
    token = token_of("acme", Scope.READ, 1)
    _, _, expires_at = write(sign_ins.sign_in, token, timedelta(days=30))
    assert expires_at == write(auth.key_of, token).expires_at
    _, ended, _ = write(sign_ins.sign_in, token, timedelta(0))
    with pytest.raises(auth.Unauthorized):
        write(sign_ins.caller_of, ended)
    write(sign_ins.sign_in, token, timedelta(hours=1))
    with sessions.reading() as session:
        assert session.query(SignIn).count() == 2  # the one that had ended is cleared away


def test_the_database_cannot_be_used_to_sign_in(sessions, token_of, write):
    _, cookie, _ = write(sign_ins.sign_in, token_of("acme"), timedelta(hours=1))
    with sessions.reading() as session:
        (kept,) = session.query(SignIn).all()
    assert cookie not in str(vars(kept))
    with pytest.raises(auth.Unauthorized):
        write(sign_ins.caller_of, kept.sha256)


def test_a_wrong_key_signs_nobody_in(guarded, faults):
    client = guarded.test_client()
    wrong = client.post("/v1/session", json={"key": "dsk_" + "x" * 43})
    assert wrong.status_code == 401
    assert "Set-Cookie" not in wrong.headers
    assert list(faults(client.post("/v1/session", json={}))) == ["/key"]
    foreign = {"Origin": "https://evil.example"}
    assert client.post("/v1/session", json={"key": "x"}, headers=foreign).status_code == 403


def test_a_header_goes_before_a_cookie(browser, key_of):
    client, _ = browser
    assert client.get("/v1/session", headers=key_of("other")).json["tenant"] == "other"
    assert client.get("/v1", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_where_no_keys_are_asked_for_there_is_nothing_to_sign_in_to(client):
    assert client.post("/v1/session", json={"key": "x"}).status_code == 409
    assert client.get("/v1/session").json["tenant"] == "default"
    assert client.delete("/v1/session").status_code == 204
