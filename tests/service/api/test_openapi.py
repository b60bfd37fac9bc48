"""The description: valid, whole, and of the same mind as the service."""

import re

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from engine.constraints import CHOICES, CONSTRAINTS
from engine.spec import TrainingSpec, to_dict

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def document(client):
    answer = client.get("/openapi.json")
    assert answer.status_code == 200
    return answer.json


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_the_description_is_valid(document):
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_every_schema_in_it_is_valid(document):
    for name, schema in document["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert schema.get("description") or schema["type"] in ("object", "string"), name


def test_every_route_is_described_and_nothing_else(app, document):
    routes = {
        (method, re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert {(method, path) for method, path, _ in operations(document)} == routes


def test_every_operation_says_what_it_is_for(document):
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    for _, path, operation in operations(document):
        assert operation["summary"], path
        assert operation["tags"], path
        named = {parameter["name"] for parameter in operation["parameters"]}
        assert set(re.findall(r"{(\w+)}", path)) <= named


def test_the_example_of_a_job_is_one(client, document):
    content = document["paths"]["/v1/jobs"]["post"]["requestBody"]["content"]
    example = content["application/json"]["example"]
    assert client.post("/v1/jobs", json=example).status_code == 202


def test_the_example_of_a_step_is_one(client, document):
    content = document["paths"]["/v1/steps"]["post"]["requestBody"]["content"]
    example = content["application/json"]["example"]
    assert client.post("/v1/steps", json=example).status_code == 200


def test_what_is_not_built_is_absent(document):
    paths = " ".join(document["paths"])
    for word in ("sweeps",):
        assert word not in paths


def resolve(document, schema):
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def member(document, pointer):
    """The schema at `pointer` in a job's body, and its alternatives that are objects opened."""
    schemas = [document["components"]["schemas"]["JobBody"]]
    for name in pointer.split("/")[1:]:
        opened = [
            resolve(document, option)
            for schema in schemas
            for option in (schema, *schema.get("anyOf", ()))
        ]
        keys = ("items", "additionalProperties") if name == "*" else ("properties",)
        schemas = [schema[key] for schema in opened for key in keys if schema.get(key)]
        if name != "*":
            schemas = [schema[name] for schema in schemas if name in schema]
        schemas = [resolve(document, schema) for schema in schemas]
    assert schemas, pointer
    return [*schemas, *(option for schema in schemas for option in schema.get("anyOf", ()))]


@pytest.mark.parametrize("pointer", sorted(CHOICES))
def test_every_choice_of_the_engine_is_offered(document, pointer):
    assert list(CHOICES[pointer]) in [schema.get("enum") for schema in member(document, pointer)]


@pytest.mark.parametrize("pointer", sorted(CONSTRAINTS))
def test_every_range_of_the_engine_is_told(document, pointer):
    told = CONSTRAINTS[pointer].json_schema()
    assert any(told.items() <= schema.items() for schema in member(document, pointer))


def test_the_defaults_told_are_those_of_the_engine(document):
    defaults = to_dict(TrainingSpec())
    for name in ("epochs", "batch_size", "seed", "dtype", "scaling", "cost", "task"):
        (schema,) = [each for each in member(document, f"/{name}") if "default" in each]
        assert schema["default"] == defaults[name]
    (hidden,) = [each for each in member(document, "/network/hidden") if "default" in each]
    assert hidden["default"] == defaults["network"]["hidden"]


def test_what_makes_a_thing_names_what_can_be_done_with_it(client, document):
    submitting = document["paths"]["/v1/jobs"]["post"]
    links = submitting["responses"]["202"]["links"]
    assert {"show_job", "cancel_job", "read_history"} <= set(links)
    assert "links" not in document["paths"]["/v1/jobs"]["get"]["responses"]["200"]
    by_id = {each["operationId"]: (method, path) for method, path, each in operations(document)}
    job = client.post("/v1/jobs", json={"dataset": "iris", "epochs": 1}).json
    for name in ("show_job", "read_history", "cancel_job"):
        assert links[name]["parameters"] == {"job_id": "$response.body#/id"}
        method, path = by_id[links[name]["operationId"]]
        assert client.open(path.format(job_id=job["id"]), method=method).status_code == 200


def test_a_key_is_asked_for_where_the_service_asks_for_one(make_app, document):
    guarded = make_app(auth="keys").test_client().get("/openapi.json").json
    assert all("security" not in operation for _, _, operation in operations(document))
    asking = {path for _, path, operation in operations(guarded) if "security" in operation}
    assert asking == {"/metrics"} | {path for path in guarded["paths"] if path.startswith("/v1")}
    predict = guarded["paths"]["/v1/jobs/{job_id}/predictions"]["post"]
    assert predict["security"] == [{"key": ["read"]}, {"session": ["read"]}]
    assert "security" not in guarded["paths"]["/v1/session"]["post"]


def test_the_description_is_sent_once(client):
    tag = client.get("/openapi.json").headers["ETag"]
    assert client.get("/openapi.json", headers={"If-None-Match": tag}).status_code == 304


def test_the_page_needs_no_other_host(client):
    page = client.get("/docs")
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "http" not in policy
    assert "http" not in page.text
    for file in re.findall(r'(?:src|href)="(docs/[^"]+)"', page.text):
        assert client.get(f"/{file}").status_code == 200
    for stranger in ("docs.html", "LICENSE", "..%2Fapp.py", "%00"):
        assert client.get(f"/docs/{stranger}").status_code == 404
