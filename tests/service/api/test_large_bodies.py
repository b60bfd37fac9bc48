"""Bodies that are too large, too deep, too crowded: refused in time, and nothing stored."""

import io

import pytest

JSON = {"Content-Type": "application/json"}
IRIS = {"dataset": "iris"}

# What never reaches the database does not depend on its kind.
pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.usefixtures("nothing_stored"),
]


def chunked(body):
    """A request whose length nobody tells, as a server hands it on."""
    return {
        "wsgi.input": io.BufferedReader(io.BytesIO(body)),
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
        "CONTENT_LENGTH": "",
    }


def test_a_body_over_the_limit_is_too_large_however_it_is_framed(make_app):
    client = make_app(max_body_bytes=2 * 1024 * 1024).test_client()
    for size in (2 * 1024 * 1024 + 1, 5 * 1024 * 1024):
        body = b" " * size
        for sent in ({"data": body}, {"environ_overrides": chunked(body)}):
            answer = client.post("/v1/jobs", headers=JSON, **sent)
            assert answer.status_code == 413
            assert "2097152 bytes" in answer.json["detail"]


def test_a_body_up_to_the_limit_is_read_however_it_is_framed(make_app, faults):
    client = make_app(max_body_bytes=2 * 1024 * 1024).test_client()
    body = b'{"dataset": "nope"}'.ljust(2 * 1024 * 1024)
    for sent in ({"data": body}, {"environ_overrides": chunked(body)}):
        assert "/dataset" in faults(client.post("/v1/jobs", headers=JSON, **sent))


def test_every_fault_of_starting_weights_is_told(client, faults):
    layers = [
        {"weights": [[0, "x"], [True, 0.5], 5], "biases": []},
        {"weights": [], "bias": [1]},
        "none",
    ]
    found = faults(client.post("/v1/jobs", json=IRIS | {"network": {"weights": layers}}))
    assert found.keys() == {
        f"/network/weights/{place}"
        for place in (
            "0/weights/0/1",
            "0/weights/1/0",
            "0/weights/2",
            "0/biases",
            "1/weights",
            "1/bias",
            "1/biases",
            "2",
        )
    }


def test_starting_weights_of_another_shape_are_told_by_layer(client, faults):
    layers = [
        {"weights": [[0, 0]] * 4, "biases": [0]},
        {"weights": [[0, 0, 0]], "biases": [0, 0, 0]},
    ]
    body = IRIS | {"network": {"hidden": [{"units": 2}], "weights": layers}}
    found = faults(client.post("/v1/jobs", json=body))
    assert found == {
        "/network/weights/0/biases": "must be 2 numbers",
        "/network/weights/1/weights": "must be 2 rows of 3 numbers",
    }


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({str(number): 1 for number in range(200_000)}, ""),
        (IRIS | {"metadata": {str(key): [] for key in range(200_000)}}, "/metadata"),
        (IRIS | {"optimizer": {"learning_rate": {"kind": [1] * 200_000}}}, "/optimizer"),
        ({"dataset": {"inputs": [[1]], "targets": [1], "more": [{}] * 200_000}}, "/dataset"),
        (
            IRIS | {"network": {"weights": [{"weights": [["x"] * 200_000] * 5}]}},
            "/network/weights/0/biases",
        ),
    ],
)
def test_a_crowded_body_is_told_what_it_is(client, body, pointer, faults):
    found = faults(client.post("/v1/jobs", json=body))
    assert pointer in found


def test_brackets_in_a_text_are_not_depth(client, faults):
    answer = client.post("/v1/jobs", json={"dataset": "[" * 50 + '\\"{' * 50})
    assert faults(answer).keys() == {"/dataset"}


def test_a_table_over_the_limits_is_refused(make_app):
    client = make_app(max_rows=2, max_columns=2).test_client()
    body = {"dataset": {"inputs": [[1, 2], [3, 4], [5, 6]], "targets": [1, 2, 3]}}
    answer = client.post("/v1/jobs", json=body)
    told = [error["detail"] for error in answer.json["errors"]]
    assert told == ["has 3 rows; 2 are the most", "has 3 columns; 2 are the most"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"network": {"hidden": [{"units": 1000}]}}, "/network"),
        ({"network": {"hidden": []}, "batch_size": None}, "/dataset"),
    ],
)
def test_a_training_that_needs_too_much_memory_is_refused(make_app, faults, change, place):
    def judged(**settings):
        client = make_app(**settings).test_client()
        return client.post("/v1/jobs?validate_only=true", json=IRIS | change)

    estimate = judged().json["estimates"]["memory_bytes"]
    assert judged(max_memory_bytes=estimate).status_code == 200
    most = estimate - 1
    told = f"needs about {estimate} bytes of memory to train; {most} are the most"
    assert faults(judged(max_memory_bytes=most)) == {place: told}


def test_a_flood_of_faults_is_cut_off(client, faults):
    body = {"dataset": {"inputs": [["x"]] * 5000, "targets": [1] * 5000}}
    assert len(faults(client.post("/v1/jobs", json=body))) == 100
    hidden = [{"units": 0}] * 5000
    answer = client.post("/v1/jobs", json=IRIS | {"network": {"hidden": hidden}})
    assert len(faults(answer)) <= 100
