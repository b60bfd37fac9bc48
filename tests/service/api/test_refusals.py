"""Bodies that are refused: how each fault is told, and that nothing of them is stored."""

import pytest

JSON = {"Content-Type": "application/json"}
IRIS = {"dataset": "iris"}

# What never reaches the database does not depend on its kind.
pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.usefixtures("nothing_stored"),
]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"dataset": NaN}',
        b'{"dataset": "iris", "l2": Infinity}',
        b'{"dataset": "iris", "l2": 1e999}',
        b'{"dataset": "iris"} {}',
        b"{'dataset': 'iris'}",
        b'\xef\xbb\xbf{"dataset": "iris"}',
        b'{"dataset": "\xff"}',
        b'{"dataset": "\\ud800"}',
        b"[" * 40 + b"]" * 40,
        b"[" * 100_000,
        b'{"metadata":' * 500 + b"1" + b"}" * 500,
        b'{"a":[' * 17 + b"]}" * 17,
    ],
)
def test_what_is_not_json_is_a_bad_request(client, body):
    answer = client.post("/v1/jobs", data=body, headers=JSON)
    assert answer.status_code == 400
    assert answer.json["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/csv"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_another_media_type_is_told_apart(client, headers):
    answer = client.post("/v1/jobs", data=b'{"dataset": "iris"}', headers=headers)
    assert answer.status_code == 415


@pytest.mark.parametrize("body", ["null", "[]", '"iris"', "5", "true"])
def test_json_that_is_no_object_is_a_fault_of_the_whole(client, body, faults):
    assert faults(client.post("/v1/jobs", data=body, headers=JSON)) == {"": "must be an object"}


def test_every_fault_is_told_at_once(client, faults):
    body = {
        "epochs": 0,
        "batch_size": 1.5,
        "shuffle": "yes",
        "colour": "red",
        "network": {"hidden": [{"units": 4}, {"units": "many"}, {}], "output": "cubic"},
        "optimizer": {"kind": "adam", "learning_rate": -1, "a/b": 1},
        "stop": 5,
        "metadata": {"deep": {}},
        "priority": 10,
        "name": ["x"],
        "dataset": {"inputs": [[1]], "target": [1]},
    }
    assert faults(client.post("/v1/jobs", json=body)).keys() == {
        "/epochs",
        "/batch_size",
        "/shuffle",
        "/colour",
        "/network/hidden/1/units",
        "/network/hidden/2/units",
        "/network/output",
        "/optimizer/learning_rate",
        "/optimizer/a~1b",
        "/stop",
        "/metadata/deep",
        "/priority",
        "/name",
        "/dataset/targets",
        "/dataset/target",
    }


def test_faults_of_the_form_of_pairs_and_of_the_data_come_together(client, faults):
    body = {
        "epochs": 0,
        "optimizer": {"kind": "adam", "momentum": 0.5},
        "dataset": {"inputs": [[1, 2], [3]], "targets": [1, "a"]},
    }
    assert faults(client.post("/v1/jobs", json=body)).keys() == {
        "/epochs",
        "/optimizer/momentum",
        "/dataset/inputs/1",
        "/dataset/targets/1",
    }


def test_nothing_is_said_of_what_rests_on_a_fault(client, faults):
    # Whether momentum is an option depends on the kind, and the cost's fit on the output.
    body = IRIS | {
        "optimizer": {"kind": "best", "momentum": 0.5},
        "network": {"output": "cubic"},
        "cost": "binary_cross_entropy",
    }
    found = faults(client.post("/v1/jobs", json=body)).keys()
    assert {"/optimizer/kind", "/network/output"} <= found
    assert "/optimizer/momentum" not in found


@pytest.mark.parametrize(
    ("change", "pointer", "words"),
    [
        ({"epochs": 0}, "/epochs", "at least 1 and at most"),
        ({"epochs": True}, "/epochs", "integer"),
        ({"epochs": "5"}, "/epochs", "integer"),
        ({"epochs": None}, "/epochs", "integer"),
        ({"epochs": 1_000_001}, "/epochs", "at most 1000000"),
        ({"seed": -1}, "/seed", "at least 0"),
        ({"seed": 2**63}, "/seed", "at most 9223372036854775807"),
        ({"l2": -0.5}, "/l2", "at least 0"),
        ({"dtype": "float16"}, "/dtype", "one of float32, float64"),
        ({"cost": "loss"}, "/cost", "one of auto, mse"),
        ({"network": {"hidden": {}}}, "/network/hidden", "an array"),
        ({"network": {"hidden": [{"units": 1}] * 65}}, "/network/hidden", "at most 64"),
        ({"network": {"hidden": [{"units": 10**6}] * 2}}, "/network/hidden", "10000000 are the"),
        ({"network": {"weights": []}}, "/network/weights", "needs 2 layers"),
        ({"optimizer": None}, "/optimizer", "an object"),
        ({"optimizer": {"kind": "sgd"}}, "/optimizer/kind", "one of gradient_descent"),
        ({"optimizer": {"learning_rate": "fast"}}, "/optimizer/learning_rate", "schedule"),
        (
            {"optimizer": {"learning_rate": {"kind": "step"}}},
            "/optimizer/learning_rate/initial",
            "is",
        ),
        ({"validation": {"fraction": 1}}, "/validation/fraction", "less than 1"),
        ({"target": 5}, "/target", "index from 0 to 4"),
        ({"target": -1}, "/target", "name or the index"),
        ({"target": ["species", 5]}, "/target/1", "index from 0 to 4"),
        ({"target": []}, "/target", "name or the index"),
        ({"target": "colour"}, "/target", "no column 'colour'"),
        ({"target": ["petal_width", 3]}, "/target", "twice"),
        ({"target": ["petal_width", "species"]}, "/target/1", "numbers"),
        ({"features": []}, "/features", "at least one"),
        ({"features": ["petal_width", "colour"]}, "/features/1", "no column 'colour'"),
        ({"features": ["petal_width", "species"]}, "/features/1", "the target"),
        ({"features": ["petal_width"] * 2}, "/features/1", "twice"),
        ({"missing": "drop"}, "/missing", "most_frequent"),
        ({"missing": {"petal_width": "drop"}}, "/missing", "constant"),
        ({"missing": {"colour": "mean"}}, "/missing/colour", "one of the features"),
        ({"missing": {"species": "error"}}, "/missing/species", "one of the features"),
        ({"missing": {"constant": "none"}}, "/missing/constant", "a number"),
        (
            {"missing": {"petal_width": {"constant": True}}},
            "/missing/petal_width",
            "must be a number",
        ),
        ({"missing": {"constant": 1e301}}, "/missing/constant", "1e+300"),
        ({"class_weights": "even"}, "/class_weights", "balanced"),
        ({"class_weights": {"setosa": 0}}, "/class_weights/setosa", "greater than 0"),
        ({"class_weights": {"rose/red": 1}}, "/class_weights/rose~1red", "setosa"),
        ({"task": "regression", "class_weights": "balanced"}, "/class_weights", "regression"),
        ({"target": 0, "class_weights": "balanced"}, "/class_weights", "regression"),
        ({"weight_column": "colour"}, "/weight_column", "no column"),
        ({"weight_column": "species"}, "/weight_column", "numbers"),
        ({"weight_column": 3}, "/weight_column", "text"),
        ({"weight_column": "sepal_width", "target": 1}, "/weight_column", "the target"),
        ({"validation": {"column": "colour"}}, "/validation/column", "no column"),
        ({"validation": {"column": "species"}}, "/validation/column", "booleans"),
        ({"validation": {"column": "petal_width"}}, "/validation/column", "true or false"),
        ({"validation": {"dataset": "nope"}}, "/validation/dataset", "no dataset"),
        ({"validation": {"dataset": "xor"}}, "/validation/dataset", "lacks columns"),
        ({"validation": {}}, "/validation", "one of fraction, column, dataset"),
        ({"validation": {"fraction": 0.5, "column": "x"}}, "/validation", "one of"),
        ({"metadata": {"": 1}}, "/metadata/", "at least 1"),
        ({"metadata": {"k": "v" * 501}}, "/metadata/k", "500"),
        ({"metadata": {"k": 2**60}}, "/metadata/k", "a number"),
        ({"metadata": {str(key): 1 for key in range(51)}}, "/metadata", "at most 50"),
        ({"name": "n" * 201}, "/name", "at most 200"),
        ({"dataset": "nope"}, "/dataset", "no dataset"),
        ({"dataset": "ds_00000000000000000000000000"}, "/dataset", "no dataset"),
        ({"dataset": 5}, "/dataset", "name or id"),
        ({"dataset": {"inputs": [], "targets": []}}, "/dataset/inputs", "at least one row"),
        ({"task": "regression"}, "/task", "numbers"),
        ({"task": "binary"}, "/task", "2 classes"),
        ({"network": {"output": "linear"}}, "/network/output", "numbers"),
        ({"name": "a\0b"}, "/name", "U+0000"),
    ],
)
def test_a_fault_is_told_at_its_place_with_what_is_allowed(client, change, pointer, words, faults):
    found = faults(client.post("/v1/jobs", json=IRIS | change))
    assert pointer in found
    assert words in found[pointer]


@pytest.mark.parametrize("query", ["validate_only=yes", "validate_only=true&x=1", "wait=5"])
def test_a_wrong_parameter_is_told_by_its_name(client, query):
    answer = client.post(f"/v1/jobs?{query}", json=IRIS)
    assert answer.status_code == 422
    assert all("parameter" in error for error in answer.json["errors"])
