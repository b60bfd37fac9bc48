"""Every route has its rule: who gets in, and that nobody gets at what is another tenant's."""

import pytest

from service.scopes import Scope

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

OPEN = "open"
READ, WRITE, ADMIN = Scope
# A new route must be given its rule here: whether it is open, or what its key must allow.
RULES = {
    "GET /": OPEN,
    "GET /one-step": OPEN,
    "GET /web/<digest>/<path:file>": OPEN,
    "GET /docs": OPEN,
    "GET /docs/<file>": OPEN,
    "GET /healthz": OPEN,
    "GET /readyz": OPEN,
    "GET /openapi.json": OPEN,
    "POST /v1/session": OPEN,
    "GET /metrics": READ,
    "GET /v1": READ,
    "GET /v1/session": READ,
    "DELETE /v1/session": READ,
    "GET /v1/jobs": READ,
    "POST /v1/jobs": WRITE,
    "GET /v1/jobs/<job_id>": READ,
    "PATCH /v1/jobs/<job_id>": WRITE,
    "DELETE /v1/jobs/<job_id>": WRITE,
    "POST /v1/jobs/<job_id>/cancel": WRITE,
    "POST /v1/jobs/<job_id>/pause": WRITE,
    "POST /v1/jobs/<job_id>/resume": WRITE,
    "POST /v1/jobs/<job_id>/retry": WRITE,
    "GET /v1/jobs/<job_id>/history": READ,
    "GET /v1/jobs/<job_id>/events": READ,
    "GET /v1/jobs/<job_id>/cost.svg": READ,
    "GET /v1/jobs/<job_id>/cost.png": READ,
    "GET /v1/jobs/<job_id>/surface": READ,
    "GET /v1/jobs/<job_id>/surface.svg": READ,
    "GET /v1/jobs/<job_id>/model": READ,
    "POST /v1/jobs/<job_id>/evaluations": READ,
    "POST /v1/jobs/<job_id>/predictions": READ,
    "GET /v1/jobs/<job_id>/deliveries": READ,
    "POST /v1/jobs/<job_id>/deliveries/<delivery_id>/redeliver": WRITE,
    "GET /v1/datasets": READ,
    "POST /v1/datasets": WRITE,
    "GET /v1/datasets/<dataset_id>": READ,
    "PATCH /v1/datasets/<dataset_id>": WRITE,
    "DELETE /v1/datasets/<dataset_id>": WRITE,
    "GET /v1/datasets/<dataset_id>/rows": READ,
    "GET /v1/datasets/<dataset_id>/content": READ,
    "POST /v1/steps": READ,
    "GET /v1/keys": ADMIN,
    "POST /v1/keys": ADMIN,
    "GET /v1/keys/<key_id>": ADMIN,
    "DELETE /v1/keys/<key_id>": ADMIN,
}
BODIES = {
    "PATCH /v1/jobs/<job_id>": {"name": "mine"},
    "PATCH /v1/datasets/<dataset_id>": {"name": "mine"},
    "POST /v1/jobs/<job_id>/evaluations": {"dataset": "iris"},
    "POST /v1/jobs/<job_id>/predictions": {"inputs": [[1]]},
}
OF_NOTHING = {
    "<job_id>": "job_x",
    "<delivery_id>": "dlv_x",
    "<dataset_id>": "ds_x",
    "<key_id>": "key_x",
    "<digest>": "0",
    "<path:file>": "x",
    "<file>": "x",
}


def send(client, route, things, headers=None):
    method, path = route.split(" ")
    for parameter, thing in things.items():
        path = path.replace(parameter, thing)
    assert "<" not in path, f"{route}: which thing?"
    return client.open(path, method=method, json=BODIES.get(route), headers=headers)


def guarded_routes():
    return {route: rule for route, rule in RULES.items() if rule != OPEN}


def test_every_route_has_a_rule_and_every_rule_its_route(guarded):
    routes = {
        f"{method} {rule.rule}"
        for rule in guarded.url_map.iter_rules()
        for method in rule.methods - {"OPTIONS", "HEAD"}
    }
    assert routes == set(RULES)


def test_a_job_links_to_all_there_is_of_it(guarded, key_of):
    client, header = guarded.test_client(), key_of("acme", WRITE)
    job = client.post("/v1/jobs", json={"dataset": "iris"}, headers=header).json
    below = {route.partition("/<job_id>/")[2] for route in RULES if "/<job_id>/" in route}
    # Of pictures one form is linked, of deliveries each names its own
    there = {path for path in below if "<" not in path} - {"cost.png", "surface.svg"}
    self = job["links"].pop("self")
    assert job["links"] == {path: f"{self}/{path}" for path in there}


def test_without_a_key_only_what_holds_no_secrets_answers(guarded):
    client = guarded.test_client()
    for route, rule in RULES.items():
        answer = send(client, route, OF_NOTHING)
        assert (answer.status_code == 401) is (rule != OPEN), route
        if rule != OPEN:
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert client.get("/nowhere").status_code == 401


@pytest.mark.parametrize("scope", list(Scope))
def test_a_key_opens_what_its_scope_allows_and_nothing_else(guarded, key_of, scope):
    client, header = guarded.test_client(), key_of("acme", scope)
    for route, needed in guarded_routes().items():
        answer = send(client, route, OF_NOTHING, header)
        assert answer.status_code != 401, route
        is_enough = list(Scope).index(scope) >= list(Scope).index(needed)
        assert (answer.status_code == 403) is not is_enough, (route, answer.text)


def test_what_is_anothers_is_not_there(guarded, key_of, work_off):
    client, acme, other = guarded.test_client(), key_of("acme", ADMIN), key_of("other", ADMIN)
    body = {"dataset": {"inputs": [[0], [1]], "targets": [0.5, 1.5]}, "epochs": 1}
    hook = {"url": "https://example.com/", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    job = client.post("/v1/jobs", json={**body, "webhooks": [hook]}, headers=acme).json
    work_off()
    deliveries = client.get(job["links"]["deliveries"], headers=acme).json["data"]
    things = {
        "<job_id>": job["id"],
        "<delivery_id>": deliveries[0]["id"],
        "<dataset_id>": job["dataset"],
        "<key_id>": client.get("/v1/keys", headers=acme).json["data"][0]["id"],
    }
    of_things = [route for route in guarded_routes() if "<" in route]
    assert len(of_things) > 15
    for route in of_things:
        assert send(client, route, things, other).status_code == 404, route
    for route in of_things:
        if route.startswith("GET ") and "surface" not in route:
            assert send(client, route, things, acme).status_code == 200, route
