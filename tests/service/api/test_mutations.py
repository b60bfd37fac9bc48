"""Bodies bent out of shape in every way: each is taken or refused, none breaks the service."""

import copy
import json
import math

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

JSON = {"Content-Type": "application/json"}
WHOLE = {
    "name": "iris",
    "metadata": {"team": "a"},
    "dataset": {"inputs": [[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]], "targets": ["a", "b", "a"]},
    "target": "y",
    "task": "auto",
    "network": {
        "hidden": [{"units": 3, "activation": "tanh", "dropout": 0.0}],
        "output": "auto",
        "init": "auto",
        "weights": None,
    },
    "cost": "auto",
    "training_cost": "auto",
    "optimizer": {"kind": "adam", "learning_rate": {"kind": "step", "initial": 0.1, "every": 3}},
    "epochs": 3,
    "batch_size": 2,
    "shuffle": True,
    "seed": 0,
    "dtype": "float32",
    "l1": 0.0,
    "l2": 0.0,
    "clip_norm": None,
    "scaling": "standard",
    "validation": {"fraction": 0.5},
    "stop": {"gradient_norm": None, "patience": 3, "min_delta": 0.0, "restore_best": True},
    "priority": 5,
    "webhooks": [
        {
            "url": "https://example.com/hook",
            "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            "events": ["job.succeeded", "job.failed"],
        }
    ],
}
STEP = {
    "network": {
        "hidden": [{"units": 2, "activation": "gelu", "dropout": 0.0}],
        "output": "softmax",
        "init": "auto",
        "weights": [
            {"weights": [[0.1, 0.2], [0.3, -0.1]], "biases": [0.05, -0.05]},
            {"weights": [[0.5, 0.3], [-0.6, 0.2]], "biases": [0.1, 0.0]},
        ],
    },
    "inputs": [[1.0, 2.0], [0.5, -1.5], [2.0, 0.1]],
    "targets": [0, 1, 1],
    "cost": "cross_entropy",
    "learning_rate": 0.1,
}
NAMES = st.sampled_from(
    ["mse", "softmax", "linear", "sigmoid", "regression", "binary", "iris", "xor", "ds_1", "auto"]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.sampled_from([-1, 0, 1, 2, 0.5, 1e-320, 1e308, -1e308, 2**31, 2**63, 1e16])
    | st.floats()
    | st.text(max_size=6)
    | NAMES
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
CONTRACT_STATUSES = {202, 400, 422}


def places(value, path=()):
    yield path
    members = value.items() if isinstance(value, dict) else ()
    for key, member in enumerate(value) if isinstance(value, list) else members:
        yield from places(member, (*path, key))


@st.composite
def mutated_bodies(draw, whole=WHOLE):
    body = copy.deepcopy(whole)
    for _ in range(draw(st.integers(1, 3))):
        *holders, key = draw(st.sampled_from([path for path in places(body) if path]))
        holder = body
        for name in holders:
            holder = holder[name]
        kind = draw(st.sampled_from(["replace", "replace", "remove", "add"]))
        if kind == "replace":
            holder[key] = draw(VALUES)
        elif kind == "remove":
            del holder[key]
        elif isinstance(holder, dict):
            holder[draw(st.text(max_size=6))] = draw(VALUES)
        else:
            holder.append(draw(VALUES))
    return body


def is_json(value):
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(map(is_json, value.values()))
    return all(map(is_json, value)) if isinstance(value, list) else True


def stored(client):
    return [
        [thing["id"] for thing in client.get(f"/v1/{kind}?limit=500").json["data"]]
        for kind in ("jobs", "datasets")
    ]


CAREFUL = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@CAREFUL
@given(body=mutated_bodies())
def test_a_mutated_body_is_taken_or_refused_and_a_refused_one_leaves_nothing(client, body):
    before = stored(client)
    text = json.dumps(body)  # with NaN and Infinity, as Python writes them
    answer = client.post("/v1/jobs", data=text, headers=JSON)
    assert answer.status_code in CONTRACT_STATUSES, answer.text
    if not is_json(body):
        assert answer.status_code == 400
    if answer.status_code == 202:
        client.post(answer.json["links"]["cancel"])
        client.delete(answer.json["links"]["self"])
    else:
        assert stored(client) == before
    if answer.status_code == 422:
        assert answer.json["errors"]


@CAREFUL
@given(body=mutated_bodies())
def test_judging_a_body_says_the_same_as_submitting_it(client, body):
    text = json.dumps(body)
    judged = client.post("/v1/jobs?validate_only=true", data=text, headers=JSON)
    answer = client.post("/v1/jobs", data=text, headers=JSON)
    assert (judged.status_code == 200) == (answer.status_code == 202)
    if answer.status_code != 202:
        assert judged.data == answer.data


@CAREFUL
@given(body=mutated_bodies(STEP))
def test_a_mutated_step_is_taken_or_refused(client, body):
    answer = client.post("/v1/steps", data=json.dumps(body), headers=JSON)
    assert answer.status_code in (200, 400, 422), answer.text
    if not is_json(body):
        assert answer.status_code == 400
    if answer.status_code == 422:
        assert answer.json["errors"]


@CAREFUL
@given(body=st.binary(max_size=60))
def test_bytes_are_answered_whatever_they_are(client, body):
    answer = client.post("/v1/jobs", data=body, headers=JSON)
    assert answer.status_code in (400, 422)


@CAREFUL
@given(name=st.text(max_size=8), value=st.text(max_size=8))
def test_any_query_is_answered(client, name, value):
    for known in (name, f"metadata.{name}", "status", "after", "limit", "created_after", "name"):
        answer = client.get("/v1/jobs", query_string={known: value})
        assert answer.status_code in (200, 422)
