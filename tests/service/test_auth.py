import pytest
from sqlalchemy import select

from service import auth
from service.database.tables import ApiKey
from service.errors import NotFound, Unauthorized


@pytest.fixture
def two_tenants(write):
    write(auth.ensure_tenant, "one")
    write(auth.ensure_tenant, "two")


def test_a_key_opens_its_own_tenant(write, two_tenants):
    tokens = {tenant: write(auth.create_key, tenant, "laptop")[1] for tenant in ("one", "two")}
    assert {tenant: write(auth.caller_of, token).tenant_id for tenant, token in tokens.items()} == {
        "one": "one",
        "two": "two",
    }


def test_a_token_is_random_and_marked(write, two_tenants):
    tokens = {write(auth.create_key, "one")[1] for _ in range(20)}
    assert len(tokens) == 20
    assert all(token.startswith("dsk_") and len(token) == 47 for token in tokens)


def test_no_column_holds_the_token(write, sessions, two_tenants):
    _, token = write(auth.create_key, "one", "laptop")
    with sessions.reading() as session:
        (row,) = session.execute(select(*ApiKey.__table__.columns)).all()
    assert not any(token[12:] in str(value) for value in row)


def test_a_wrong_token_opens_nothing(write, two_tenants):
    _, token = write(auth.create_key, "one")
    # The same prefix, and so the same row, but another secret
    other_end = token[:-1] + ("A" if token[-1] != "A" else "B")
    for wrong in (
        other_end,
        token[:-1],
        token + "A",
        token.upper(),
        "",
        "dsk_",
        "dsk_" + "\x00" * 43,
    ):
        with pytest.raises(Unauthorized):
            write(auth.caller_of, wrong)


def test_of_two_keys_with_one_prefix_each_opens_its_own(write, sessions, two_tenants):
    key, token = write(auth.create_key, "one")
    twin, _ = write(auth.create_key, "two")
    with sessions.writing() as session:
        session.get_one(ApiKey, twin.id).prefix = key.prefix
        session.commit()
    assert write(auth.caller_of, token).tenant_id == "one"


def test_a_revoked_key_opens_nothing_and_is_still_listed(write, two_tenants):
    key, token = write(auth.create_key, "one", "old")
    kept, kept_token = write(auth.create_key, "one", "new")
    write(auth.revoke, "one", key.id)
    with pytest.raises(Unauthorized):
        write(auth.caller_of, token)
    assert write(auth.caller_of, kept_token).tenant_id == "one"
    listed = [(row.id, row.revoked_at is None) for row in write(auth.keys_of, "one")]
    assert listed == [(key.id, False), (kept.id, True)]
    with pytest.raises(NotFound):
        write(auth.revoke, "one", key.id)


def test_a_tenant_sees_and_revokes_only_its_own_keys(write, two_tenants):
    key, token = write(auth.create_key, "one")
    assert write(auth.keys_of, "two") == []
    with pytest.raises(NotFound):
        write(auth.revoke, "two", key.id)
    assert write(auth.caller_of, token).tenant_id == "one"


def test_making_a_tenant_twice_is_making_it_once(write, two_tenants):
    _, token = write(auth.create_key, "one")
    write(auth.ensure_tenant, "one")
    assert write(auth.caller_of, token).tenant_id == "one"


@pytest.mark.parametrize("name", ["", "A", "-a", "a b", "a" * 65, "ä", "a\n"])
def test_a_name_that_cannot_be_a_tenants_is_refused(write, name):
    with pytest.raises(ValueError, match="a tenant's name"):
        write(auth.ensure_tenant, name)
