"""Behind proxies, below a path, and asked by pages of other sites."""

import re
from urllib.parse import urljoin

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SITE = "https://ml.example"


@pytest.fixture
def below(make_app):
    # A plain client: its requests are below no path that the description knows
    return FlaskClient(make_app(url_prefix="/ml/descentd"))


@pytest.mark.parametrize("path", ["/ml/descentd", ""])
def test_below_a_path_every_link_leads_through_the_proxy(below, path):
    # With the path still before it, and with a proxy that takes it away
    answer = below.open(f"{path}/v1/jobs", method="POST", json={"dataset": "xor"})
    assert answer.status_code == 202
    job = answer.json["links"]["self"]
    assert job.startswith("/ml/descentd/v1/jobs/job_")
    assert answer.headers["Location"] == job
    assert all(link.startswith("/ml/descentd/") for link in answer.json["links"].values())
    assert below.open(job).status_code == 200
    below.open("/v1/jobs", method="POST", json={"dataset": "xor"})
    page = below.open(f"{path}/v1/jobs?limit=1").headers["Link"]
    assert page.startswith("</ml/descentd/v1/jobs?")


def test_a_name_that_only_begins_like_the_path_is_not_below_it(below):
    assert below.open("/ml/descentdx/v1").status_code == 404
    assert below.open("/ml/descentd/ml/descentd/v1").status_code == 404


@pytest.mark.parametrize("page", ["", "/", "/docs"])
def test_pages_below_a_path_find_their_files(below, page):
    shown = below.open(f"/ml/descentd{page}", follow_redirects=True, buffered=True)
    files = re.findall(r'<(?:link|script)[^>]* (?:src|href)="([^":]+)"', shown.text)
    assert len(files) >= 3
    for file in files:
        where = urljoin(shown.request.url, file)
        assert where.startswith("http://localhost/ml/descentd/"), file
        assert below.open(where, follow_redirects=True, buffered=True).status_code == 200, file


def test_forwarded_headers_are_believed_of_trusted_proxies_alone(make_app):
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    secure = "Strict-Transport-Security"
    assert secure not in make_app().test_client().get("/v1", headers=forwarded).headers
    behind = make_app(trusted_proxies=1).test_client()
    assert secure in behind.get("/v1", headers=forwarded).headers


def test_with_keys_off_no_forwarded_host_opens_the_service(make_app):
    behind = make_app(trusted_proxies=1).test_client()
    rebound = {"Host": "evil.example", "X-Forwarded-Host": "localhost"}
    assert behind.get("/v1", headers=rebound).status_code == 403


def test_with_keys_a_forwarded_host_is_the_pages_own(make_app, token_of):
    client = make_app(auth="keys", trusted_proxies=1).test_client()
    behind = {"X-Forwarded-Host": "ml.example", "X-Forwarded-Proto": "https"}
    told = {**behind, "Origin": SITE}
    answer = client.post("/v1/session", json={"key": token_of("acme")}, headers=told)
    assert answer.status_code == 200
    assert "Secure" in answer.headers["Set-Cookie"]


@pytest.fixture
def shared(make_app):
    return make_app(auth="keys", cors_origins=(SITE,)).test_client()


PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


def test_a_named_sites_page_may_ask_with_a_key_and_read_the_answer(shared, key_of):
    asked = shared.options("/v1/jobs", headers={"Origin": SITE, **PREFLIGHT})
    assert (asked.status_code, asked.text) == (204, "")
    assert asked.headers["Access-Control-Allow-Origin"] == SITE
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    answer = shared.get("/v1/jobs", headers={"Origin": SITE, **key_of("acme")})
    assert answer.headers["Access-Control-Allow-Origin"] == SITE
    assert "RateLimit" in answer.headers["Access-Control-Expose-Headers"]
    assert "Origin" in answer.headers["Vary"]
    refused = shared.get("/v1/jobs", headers={"Origin": SITE})
    assert refused.status_code == 401
    assert refused.headers["Access-Control-Allow-Origin"] == SITE


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "https://ml.example.evil", "http://ml.example", f"{SITE}:8", "null"],
)
def test_no_other_sites_page_is_let_in(shared, key_of, origin):
    asked = shared.options("/v1/jobs", headers={"Origin": origin, **PREFLIGHT})
    assert asked.status_code == 401
    answer = shared.get("/v1/jobs", headers={"Origin": origin, **key_of("acme")})
    for told in (asked, answer):
        assert not [name for name, _ in told.headers if name.startswith("Access-Control")]
    assert "Origin" in answer.headers["Vary"]


def test_no_page_is_let_in_with_cookies(shared, token_of):
    shared.post("/v1/session", json={"key": token_of("acme")})
    for answer in (
        shared.options("/v1/jobs", headers={"Origin": SITE, **PREFLIGHT}),
        shared.get("/v1/jobs", headers={"Origin": SITE}),
    ):
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_with_keys_off_a_named_site_may_drive_the_service(make_app):
    client = make_app(cors_origins=("http://localhost:3000",)).test_client()
    named, other = {"Origin": "http://localhost:3000"}, {"Origin": "http://localhost:4000"}
    assert client.post("/v1/jobs", json={"dataset": "xor"}, headers=named).status_code == 202
    assert client.post("/v1/jobs", json={"dataset": "xor"}, headers=other).status_code == 403
