"""A job's model as a file: in which formats, what is in each, and how it is sent."""

import gzip
import hashlib
import io
import json

import numpy as np
import onnx
import onnxruntime
import pytest
from flask.testing import FlaskClient
from safetensors import safe_open
from safetensors.numpy import load

from service.builtin_datasets import builtin_sha256

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FORMATS = ("json", "npz", "safetensors", "onnx")
XOR = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [0, 1, 1, 0]}


@pytest.fixture
def fetch(client, trained):
    """Trains a job and gives one of its files after another."""

    def run(**body):
        path = trained(**body)
        return lambda format_: client.get(f"{path}/model?format={format_}")

    return run


def npz_of(answer):
    with np.load(io.BytesIO(answer.data), allow_pickle=False) as file:
        return {name: file[name] for name in file}


def metadata_of_safetensors(answer, tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(answer.data)
    with safe_open(path, framework="numpy") as file:
        return json.loads(file.metadata()["metadata"])


def metadata_of_onnx(answer):
    return {entry.key: entry.value for entry in onnx.load_from_string(answer.data).metadata_props}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_format_holds_the_same_weights_to_the_bit(fetch, dtype):
    file = fetch(dtype=dtype, network={"hidden": [{"units": 3}, {"units": 2}]})
    body = file("json").json
    npz, tensors = npz_of(file("npz")), load(file("safetensors").data)
    assert set(tensors) == set(npz) - {"metadata"}
    raw = b""
    for index, layer in enumerate(body["layers"]):
        for part in ("weights", "biases"):
            name = f"layers.{index}.{part}"
            assert npz[name].dtype == tensors[name].dtype == dtype
            np.testing.assert_array_equal(npz[name], tensors[name])
            np.testing.assert_array_equal(npz[name], np.array(layer[part], dtype))
            raw += npz[name].tobytes()
    assert [npz[f"layers.{index}.weights"].shape for index in range(3)] == [(4, 3), (3, 2), (2, 3)]
    assert hashlib.sha256(raw).hexdigest() == body["weights_sha256"]


def test_every_format_tells_where_the_model_comes_from(client, fetch, tmp_path):
    file = fetch(name="blüten", seed=7)
    body = file("json").json
    job = client.get("/v1/jobs").json["data"][0]
    assert body["format"] == "descentd-model"
    assert body["format_version"] == 1
    assert (body["job"], body["name"]) == (job["id"], "blüten")
    assert body["weights_sha256"] == job["weights_sha256"]
    assert body["dataset"] == "iris"
    assert body["dataset_sha256"] == builtin_sha256("iris")
    assert body["spec"]["seed"] == 7
    del body["layers"]
    assert json.loads(str(npz_of(file("npz"))["metadata"])) == body
    assert metadata_of_safetensors(file("safetensors"), tmp_path) == body
    told = metadata_of_onnx(file("onnx"))
    texts = {key for key, value in body.items() if isinstance(value, str)}
    assert {key: told[key] if key in texts else json.loads(told[key]) for key in told} == body


def test_the_digest_is_of_the_rows_as_they_are_kept(client, fetch):
    body = fetch(dataset=XOR)("json").json
    kept = client.get("/v1/datasets").json["data"][0]
    assert (body["dataset"], body["dataset_sha256"]) == (kept["id"], kept["sha256"])


def test_starting_weights_of_the_body_are_not_repeated(fetch):
    weights = [{"weights": [[0.5], [0.25]], "biases": [0.125]}]
    body = fetch(dataset=XOR, network={"hidden": [], "weights": weights})("json").json
    assert "weights" not in body["spec"]["network"]


@pytest.mark.parametrize("format_", FORMATS)
def test_the_same_model_is_the_same_bytes(fetch, format_):
    file = fetch(dataset=XOR)
    first, second = file(format_), file(format_)
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]


def test_a_tag_is_of_one_format_and_of_what_is_in_the_file(client, trained):
    path = trained(dataset="xor")

    def tags():
        return {client.get(f"{path}/model?format={name}").headers["ETag"] for name in FORMATS}

    before = tags()
    assert len(before) == len(FORMATS)
    client.patch(path, json={"name": "another"})
    assert before.isdisjoint(tags())


@pytest.mark.parametrize("format_", FORMATS)
def test_a_file_that_is_there_already_is_not_sent_again(client, trained, format_):
    url = f"{trained(dataset='xor')}/model?format={format_}"
    tag = client.get(url).headers["ETag"]
    again = client.get(url, headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_head_tells_length_and_name_without_the_file(app, client, trained, format_):
    url = f"{trained(dataset='xor', name='x')}/model?format={format_}"
    app.test_client_class = FlaskClient  # HEAD is described as GET
    whole, head = client.get(url), app.test_client().head(url, buffered=True)
    assert (head.status_code, head.data) == (200, b"")
    for name in ("Content-Length", "Content-Type", "Content-Disposition", "ETag"):
        assert head.headers[name] == whole.headers[name]
    assert int(head.headers["Content-Length"]) == len(whole.data)
    assert head.headers["Content-Disposition"] == f'attachment; filename="x.{format_}"'


@pytest.mark.parametrize(
    ("query", "accept", "media_type"),
    [
        ("", None, "application/json"),
        ("", "*/*", "application/json"),
        ("", "application/x-npz", "application/x-npz"),
        ("", "application/json;q=0.5, application/x-onnx", "application/x-onnx"),
        ("?format=safetensors", "application/json", "application/x-safetensors"),
    ],
)
def test_the_query_chooses_before_the_accept_header(client, trained, query, accept, media_type):
    headers = {"Accept": accept} if accept else {}
    answer = client.get(f"{trained(dataset='xor')}/model{query}", headers=headers)
    assert (answer.mimetype, "Accept" in answer.vary) == (media_type, True)


def test_a_format_there_is_none_of_is_refused(client, trained):
    path = trained(dataset="xor")
    assert client.get(f"{path}/model", headers={"Accept": "image/png"}).status_code == 406
    refused = client.get(f"{path}/model?format=pickle")
    assert refused.status_code == 422
    assert refused.json["errors"] == [
        {"parameter": "format", "detail": "must be one of json, npz, safetensors, onnx"}
    ]


@pytest.mark.parametrize("format_", FORMATS)
def test_a_large_model_comes_in_pieces(client, trained, format_):
    hidden = [{"units": 700}, {"units": 500}]
    url = f"{trained(dataset='xor', epochs=1, network={'hidden': hidden})}/model?format={format_}"
    with client.get(url, buffered=False) as answer:
        pieces = list(answer.iter_encoded())
        assert max(map(len, pieces)) <= 64 * 1024
        assert sum(map(len, pieces)) == answer.content_length > 4 * 700 * 500


def test_a_large_model_is_sent_smaller_to_whoever_takes_gzip(client, trained):
    url = f"{trained(dataset='xor', epochs=1, network={'hidden': [{'units': 700}]})}/model"
    plain, packed = (client.get(url, headers={"Accept-Encoding": how}) for how in ("", "gzip"))
    assert "Content-Length" not in packed.headers
    assert len(packed.data) < len(plain.data)
    assert gzip.decompress(packed.data) == plain.data


def test_a_model_without_all_its_weights_in_float32_has_no_onnx_file(client, fetch):
    weights = [{"weights": [[1e300], [0]], "biases": [0]}]
    network = {"hidden": [], "weights": weights}
    rates = {"kind": "gradient_descent", "learning_rate": 1e-9}
    data = {"inputs": [[0, 1], [0, 2]], "targets": [0.5, 1.5]}
    file = fetch(
        dataset=data, network=network, optimizer=rates, scaling="none", dtype="float64", epochs=1
    )
    assert file("npz").status_code == 200
    refused = file("onnx")
    assert refused.status_code == 409
    assert "float32" in refused.json["detail"]


def test_the_runtime_answers_raw_rows_as_the_service_does(client, trained):
    path = trained(epochs=20)
    rows = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]]
    told = client.post(f"{path}/predictions", json={"inputs": rows}).json
    file = client.get(f"{path}/model?format=onnx").data
    onnx.checker.check_model(file, full_check=True)
    session = onnxruntime.InferenceSession(file)
    names = [each.name for each in session.get_inputs()]
    assert names == ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    feeds = {name: np.array(rows)[:, [at]] for at, name in enumerate(names)}
    predictions, probabilities = session.run(["predictions", "probabilities"], feeds)
    assert predictions.tolist() == told["predictions"]
    np.testing.assert_allclose(probabilities, told["probabilities"], rtol=0, atol=1e-5)
