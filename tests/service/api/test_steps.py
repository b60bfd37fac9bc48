"""One step laid open: its numbers by hand, what may be left out, and every fault at once."""

import json
from itertools import pairwise

import pytest

# Nothing of a step reaches the database.
pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.usefixtures("nothing_stored"),
]

LINE = {
    "network": {"hidden": [], "weights": [{"weights": [[0]], "biases": [0]}]},
    "inputs": [[0], [1], [2], [3]],
    "targets": [1, 3, 5, 7],
    "cost": "mse",
    "learning_rate": 0.1,
}
# Two layers of two units, and three rows.
LAYERS = [
    {"weights": [[0.1, 0.2], [0.3, -0.1]], "biases": [0.05, -0.05]},
    {"weights": [[0.5, 0.3], [-0.6, 0.2]], "biases": [0.1, 0.0]},
]
ROWS = [[1.0, 2.0], [0.5, -1.5], [2.0, 0.1]]


@pytest.fixture
def step(client):
    """Takes a step that must be possible; words are the body's."""

    def take(**body):
        answer = client.post("/v1/steps", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json

    return take


def test_a_step_by_hand(step):
    # With w = b = 0 every z is 0: the errors are −1, −3, −5, −7.
    # J = (1 + 9 + 25 + 49)/4, ∂J/∂z = 2e/4, ∂J/∂w = Σ x·∂J/∂z, ∂J/∂b = Σ ∂J/∂z.
    found = step(**LINE)
    assert found["gradient_check"] < 1e-8
    assert found == {
        "forward": [{"weighted_inputs": [[0.0]] * 4, "activations": [[0.0]] * 4}],
        "cost": 21.0,
        "backprop": [
            {
                "deltas": [[-0.5], [-1.5], [-2.5], [-3.5]],
                "weights_gradient": [[-17.0]],
                "biases_gradient": [-8.0],
            }
        ],
        "descent": [{"weights": [[pytest.approx(1.7)]], "biases": [pytest.approx(0.8)]}],
        # The errors are now −0.2, −0.5, −0.8, −1.1.
        "cost_after": pytest.approx(2.14 / 4),
        "gradient_check": found["gradient_check"],
    }


def test_steps_can_be_taken_one_after_another(step):
    body = json.loads(json.dumps(LINE))
    costs = []
    for _ in range(300):
        found = step(**body)
        costs.append(found["cost"])
        body["network"]["weights"] = found["descent"]
    assert costs == sorted(costs, reverse=True)
    ((weight,),), (bias,) = found["descent"][0]["weights"], found["descent"][0]["biases"]
    assert (weight, bias) == (pytest.approx(2, abs=1e-4), pytest.approx(1, abs=1e-4))


@pytest.mark.parametrize(
    ("output", "cost", "meant"),
    [
        ("auto", "mae", ("linear", "mae")),
        ("auto", "binary_cross_entropy", ("sigmoid", "binary_cross_entropy")),
        ("auto", "cross_entropy", ("softmax", "cross_entropy")),
        ("auto", "auto", ("linear", "mse")),
        ("tanh", "auto", ("tanh", "mse")),
        ("softmax", "auto", ("softmax", "cross_entropy")),
    ],
)
def test_output_and_cost_are_the_natural_ones_of_each_other(step, output, cost, meant):
    body = {"inputs": ROWS, "targets": [[1, 0], [0, 1], [1, 0]]}
    named = step(**body, network={"weights": LAYERS, "output": meant[0]}, cost=meant[1])
    assert step(**body, network={"weights": LAYERS, "output": output}, cost=cost) == named
    assert named["gradient_check"] < 1e-7


def test_what_is_left_out_has_the_defaults_that_are_told(step):
    body = {"inputs": ROWS, "targets": [[1, 0], [0, 1], [1, 0]]}
    whole = {"hidden": [{"units": 2, "activation": "tanh", "dropout": 0}], "output": "linear"}
    named = step(**body, network={**whole, "weights": LAYERS}, cost="mse", learning_rate=0.1)
    assert step(**body, network={"weights": LAYERS}) == named


@pytest.mark.parametrize("cost", ["cross_entropy", "mse"])
def test_the_targets_of_a_softmax_may_be_the_indices_of_classes(step, cost):
    network = {"output": "softmax", "weights": LAYERS}
    body = {"network": network, "inputs": ROWS, "cost": cost}
    named = step(**body, targets=[[1, 0], [0, 1], [0, 1]])
    assert step(**body, targets=[0, 1, 1.0]) == named


def test_what_is_not_finite_is_null(step):
    found = step(**LINE | {"inputs": [[1e308]], "targets": [-1e308], "learning_rate": 1e6})
    assert found["cost"] is None
    assert found["descent"][0]["weights"] == [[None]]


def layers(*widths):
    return [
        {"weights": [[0.01] * fan_out] * fan_in, "biases": [0] * fan_out}
        for fan_in, fan_out in pairwise(widths)
    ]


def test_a_step_of_the_largest_size(step):
    # (331 + 1)·3 + (3 + 1)·1 = 1,000
    network = {"weights": layers(331, 3, 1)}
    found = step(network=network, inputs=[[1] * 331] * 100, targets=[1] * 100)
    assert len(found["forward"][0]["activations"]) == 100
    assert found["gradient_check"] < 1e-6


@pytest.mark.parametrize("body", [[], "step", 5])
def test_a_body_that_is_no_object_is_a_fault_of_the_whole(client, faults, body):
    assert faults(client.post("/v1/steps", json=body)) == {"": "must be an object"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"network": None}, {"/network": "object"}),
        ({"network": {}}, {"/network/weights": "required"}),
        ({"network": {"weights": None}}, {"/network/weights": "array of layers"}),
        ({"network": {"weights": {"job": "job_x"}}}, {"/network/weights": "array of layers"}),
        ({"network": {"weights": []}}, {"/network/weights": "needs 1 layers, these are 0"}),
        (
            {"network": {"weights": [{"weights": [["x"]], "biases": []}]}},
            {"/network/weights/0/weights/0/0": "number", "/network/weights/0/biases": "one number"},
        ),
        (
            {"network": {"weights": layers(2, 3)}},
            {
                "/network/weights/0/weights": "1 rows of 1 numbers",
                "/network/weights/0/biases": "must be 1 numbers",
            },
        ),
        (
            {"network": {"hidden": [{"units": 2}], "weights": layers(1, 1)}},
            {"/network/weights": "needs 2 layers, these are 1"},
        ),
        (
            {"network": {"hidden": [{"units": 1, "dropout": 0.5}], "weights": layers(1, 1, 1)}},
            {"/network/hidden/0/dropout": "must be 0"},
        ),
        (
            {"network": {"weights": layers(1, 334, 1)}},
            {"/network": "has 1003 weights and biases; 1000 are the most"},
        ),
        ({"cost": "cross_entropy", "network": {"output": "tanh"}}, {"/cost": "does not fit"}),
        ({"learning_rate": 0}, {"/learning_rate": "greater than 0"}),
        ({"learning_rate": "auto"}, {"/learning_rate": "finite number"}),
        ({"inputs": [[1]] * 101}, {"/inputs": "at most 100 rows, not 101"}),
        ({"inputs": []}, {"/inputs": "at least one row"}),
        ({"inputs": [1, 2]}, {"/inputs/0": "array of numbers", "/inputs/1": "array of numbers"}),
        ({"inputs": [[1], [2, 3]]}, {"/inputs/1": "as the first row does"}),
        ({"inputs": None, "targets": None}, {"/inputs": "array", "/targets": "array"}),
        ({"targets": [1, 2, 3]}, {"/targets": "one entry for each of the 4 rows of inputs, not 3"}),
        ({"targets": [1, "a", True, None]}, {f"/targets/{row}": "number" for row in (1, 2, 3)}),
        ({"targets": [[1], [2], [3], []]}, {"/targets/3": "at least one"}),
        (
            {"cost": "binary_cross_entropy", "targets": [0, 1, 1.5, -1]},
            {"/targets/2": "from 0 to 1", "/targets/3": "from 0 to 1"},
        ),
        (
            {"cost": "cross_entropy", "targets": [0, 1, 0.5, -1]},
            {f"/targets/{row}": "must be the index of a class, 0 to 0" for row in (1, 2, 3)},
        ),
        (
            {"cost": "cross_entropy", "targets": [[0.5, 0.5], [0.5, 0.4], [2, -1], [1, 0]]},
            {"/targets/1": "add up to 1", "/targets/2": "from 0 to 1"},
        ),
        ({"metadata": {str(key): 1 for key in range(5001)}}, {"/metadata": "at most 5000"}),
        (
            {"network": {"hidden": [{"units": 0}]}, "cost": "loss", "colour": 1, "inputs": [["x"]]},
            {
                "/network/hidden/0/units": "at least 1",
                "/network/weights": "required",
                "/cost": "one of",
                "/colour": "not a known field",
                "/inputs/0/0": "number",
            },
        ),
    ],
)
def test_every_fault_is_told_at_its_place(client, faults, change, told):
    found = faults(client.post("/v1/steps", json=LINE | change))
    assert {pointer: words in found.get(pointer, "") for pointer, words in told.items()} == (
        dict.fromkeys(told, True)
    )


def test_an_empty_body_is_told_what_it_lacks(client, faults):
    found = faults(client.post("/v1/steps", json={}))
    assert found == dict.fromkeys(("/network", "/inputs", "/targets"), "is required")


def test_a_flood_of_faults_is_cut_off(client, faults):
    for change in (
        {"inputs": [["x"] * 50_000]},
        {"inputs": [[]] * 50_000},
        {"targets": ["x"] * 99},
    ):
        assert len(faults(client.post("/v1/steps", json=LINE | change))) <= 102
