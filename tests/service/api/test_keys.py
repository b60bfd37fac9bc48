"""Keys over HTTP: made, listed, revoked; and how each of them ends."""

from datetime import timedelta

import pytest

from service import auth
from service.database.tables import ApiKey
from service.database.types import now
from service.key_checks import KeyChecks
from service.last_use import LastUse
from service.scopes import Scope

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_key_is_made_shown_once_listed_and_revoked(guarded, key_of):
    client, admin = guarded.test_client(), key_of("acme", Scope.ADMIN)
    made = client.post("/v1/keys", json={"name": "ci", "scope": "read", "days": 7}, headers=admin)
    assert made.status_code == 201
    token = made.json["key"]
    mine = {"Authorization": f"Bearer {token}"}
    assert client.get("/v1", headers=mine).status_code == 200
    shown = client.get(made.headers["Location"], headers=admin)
    assert token not in shown.text
    assert (shown.json["name"], shown.json["scope"]) == ("ci", "read")
    assert token.startswith(shown.json["prefix"])
    listed = client.get("/v1/keys", headers=admin)
    assert [key["scope"] for key in listed.json["data"]] == ["read", "admin"]
    assert token not in listed.text
    assert client.delete(made.headers["Location"], headers=admin).status_code == 204
    assert client.get("/v1", headers=mine).status_code == 401
    assert client.get(made.headers["Location"], headers=admin).json["revoked_at"] is not None
    assert client.delete(made.headers["Location"], headers=admin).status_code == 404


@ONE
def test_a_key_cannot_lock_its_own_door(guarded, key_of):
    client, admin = guarded.test_client(), key_of("acme", Scope.ADMIN)
    own = client.get("/v1/session", headers=admin).json["key"]
    assert client.delete(f"/v1/keys/{own}", headers=admin).status_code == 409
    assert client.get("/v1", headers=admin).status_code == 200


@ONE
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"scope": "root"}, "/scope"),
        ({"days": 0}, "/days"),
        ({"days": 1.5}, "/days"),
        ({"days": True}, "/days"),
        ({"name": "x" * 201}, "/name"),
        ({"tenant": "other"}, "/tenant"),
    ],
)
def test_what_no_key_can_be_is_refused(guarded, key_of, faults, body, pointer):
    client = guarded.test_client()
    answer = client.post("/v1/keys", json=body, headers=key_of("acme", Scope.ADMIN))
    assert list(faults(answer)) == [pointer]


def test_a_key_expires(guarded, sessions, token_of):
    client, token = guarded.test_client(), token_of("acme", Scope.WRITE, 1)
    header = {"Authorization": f"Bearer {token}"}
    assert client.get("/v1", headers=header).status_code == 200
    with sessions.writing() as session:
        (key,) = auth.keys_of(session, "acme")
        key.expires_at = now() - timedelta(seconds=1)
        session.commit()
    answer = client.get("/v1", headers=header)
    assert (answer.status_code, answer.json["detail"]) == (401, "This API key has expired.")


@ONE
def test_a_good_key_is_believed_for_a_while_and_no_longer(sessions, token_of):
    moments = [100.0]
    checks, token = KeyChecks(sessions, 2.0, lambda: moments[0]), token_of("acme")
    found = checks.of_key(token)
    with sessions.writing() as session:
        auth.revoke(session, "acme", str(found.key_id))
        session.commit()
    moments[0] = 101.9
    assert checks.of_key(token) == found
    moments[0] = 102.0
    with pytest.raises(auth.Unauthorized):
        checks.of_key(token)


@ONE
def test_what_is_forgotten_is_asked_for_anew(sessions, token_of):
    checks, token = KeyChecks(sessions, 60.0), token_of("acme")
    found = checks.of_key(token)
    with sessions.writing() as session:
        auth.revoke(session, "acme", str(found.key_id))
        session.commit()
    checks.forget()
    with pytest.raises(auth.Unauthorized):
        checks.of_key(token)


def test_the_last_use_is_told_once_a_minute(sessions, token_of, write):
    key = write(auth.key_of, token_of("acme"))
    moments = [0.0]
    told = LastUse(sessions, lambda: moments[0])
    told.note(key.id)
    told.note(key.id)
    told.close()
    with sessions.reading() as session:
        first = session.get_one(ApiKey, key.id).last_used_at
    assert timedelta(0) <= now() - first < timedelta(minutes=1)
    # Another process's news within the minute changes nothing; later news does
    for seconds, expected in ((59, first), (61, first + timedelta(seconds=61))):
        write(auth.tell_use, key.id, first + timedelta(seconds=seconds))
        with sessions.reading() as session:
            assert session.get_one(ApiKey, key.id).last_used_at == expected


@ONE
def test_a_request_tells_that_its_key_was_used(guarded, key_of):
    client, admin = guarded.test_client(), key_of("acme", Scope.ADMIN)
    client.get("/v1", headers=admin)
    guarded.extensions["descentd"].last_use.close()
    (key,) = client.get("/v1/keys", headers=admin).json["data"]
    assert key["last_used_at"] is not None


@ONE
def test_where_no_keys_are_asked_for_none_are_made(client):
    assert client.post("/v1/keys", json={}).status_code == 409
    assert client.get("/v1/session").json["scope"] == "admin"
