"""The cost around a model: asked for by a reader, drawn by a worker, kept."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

SVG = "{http://www.w3.org/2000/svg}"
sqlite_alone = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SMALL = {"network": {"hidden": [{"units": 2, "activation": "tanh"}]}}
LINE = {
    "dataset": {"inputs": [[0], [1], [2]], "targets": [1, 3, 4.5]},
    "network": {"hidden": []},
    "scaling": "none",
    "batch_size": None,
    "epochs": 20,
    "optimizer": {"kind": "gradient_descent", "learning_rate": 0.1},
}


def test_a_surface_is_drawn_when_it_is_asked_for_and_kept(client, trained, work_off, queue):
    path = trained(**SMALL)
    before = len(queue.woken)
    first = client.get(f"{path}/surface?resolution=5")
    assert (first.status_code, first.headers["Retry-After"]) == (202, "1")
    assert first.json == {"job": path.rpartition("/")[2], "status": "pending"}
    assert len(queue.woken) == before + 1
    assert client.get(f"{path}/surface?resolution=5").status_code == 202
    assert len(queue.woken) == before + 1  # nobody is woken twice for the same
    work_off()
    answer = client.get(f"{path}/surface?resolution=5")
    assert answer.status_code == 200
    job, shown = client.get(path).json, answer.json
    assert shown["directions"] == "path"
    assert [len(row) for row in shown["cost"]] == [5] * 5
    assert [len(axis["values"]) for axis in shown["axes"]] == [5, 5]
    assert shown["path"]["epoch"] == [0, 1, 2, 3]
    assert shown["model"] == {"epoch": job["model_epoch"], "x": 0, "y": 0, "cost": job["cost"]}
    again = client.get(
        f"{path}/surface?resolution=5", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_one_weight_and_one_bias_have_their_true_surface(client, trained, work_off):
    path = trained(**LINE)
    assert client.get(f"{path}/surface").status_code == 202
    work_off()
    shown = client.get(f"{path}/surface").json
    assert shown["directions"] == "parameters"
    assert [axis["name"] for axis in shown["axes"]] == ["weight", "bias"]
    assert shown["path"]["epoch"] == list(range(21))
    weights, biases = (np.array(axis["values"]) for axis in shown["axes"])
    x, y = np.array([0, 1, 2]), np.array([1, 3, 4.5])
    for row, bias in zip(shown["cost"], biases, strict=True):
        expected = [np.mean((weight * x + bias - y) ** 2) for weight in weights]
        assert row == pytest.approx(expected, rel=1e-4)
    layer = client.get(f"{path}/model").json["layers"][0]
    trained_ones = [layer["weights"][0][0], layer["biases"][0]]
    assert [shown["model"]["x"], shown["model"]["y"]] == pytest.approx(trained_ones, rel=1e-6)


@sqlite_alone
def test_the_picture_shows_the_path_from_its_start_to_the_model(client, trained, work_off):
    path = trained(**LINE, name="a <line> & more")
    waiting = client.get(f"{path}/surface.svg")
    assert waiting.status_code == 202
    assert "not drawn yet" in ElementTree.fromstring(waiting.data).findtext(f"{SVG}title")
    work_off()
    shown = client.get(f"{path}/surface").json  # the same picture's numbers
    answer = client.get(f"{path}/surface.svg?theme=light")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    root = ElementTree.fromstring(answer.data)
    assert root.findtext(f"{SVG}title") == "Cost surface of a <line> & more"
    words = [each.text for each in root.iter(f"{SVG}text")]
    assert any(word.startswith("start: epoch 0, ") for word in words)
    assert any(word.startswith("model: epoch 20, ") for word in words)
    share = shown["axes"][0]["share"]
    assert f"weight: {share:.1%} of the path" in words
    (line,) = [each for each in root.iter(f"{SVG}path") if each.get("stroke") == "#14181d"]
    points = re.findall(r"[ML]([-\d.]+) ([-\d.]+)", line.get("d"))
    assert len(points) == 21
    # Places in the picture stand to each other as the weights do
    xs, ws = np.array([float(x) for x, _ in points]), np.array(shown["path"]["x"])
    scale = (xs[-1] - xs[0]) / (ws[-1] - ws[0])
    assert xs - xs[0] == pytest.approx((ws - ws[0]) * scale, abs=0.02)
    fills = {each.get("fill") for each in root.iter(f"{SVG}path")}
    assert len(fills) > 5  # bands of several heights


def test_random_directions_are_another_picture(client, trained, work_off):
    path = trained(**SMALL)
    for query in ("resolution=5", "resolution=5&directions=random"):
        client.get(f"{path}/surface?{query}")
    work_off()
    along, across = (
        client.get(f"{path}/surface?{query}").json
        for query in ("resolution=5", "resolution=5&directions=random")
    )
    assert (along["directions"], across["directions"]) == ("path", "random")
    assert along["model"]["cost"] == across["model"]["cost"]
    assert sum(axis["share"] for axis in across["axes"]) < sum(
        axis["share"] for axis in along["axes"]
    )


def test_a_job_without_a_model_has_no_surface(client, queue):
    path = client.post("/v1/jobs", json={"dataset": "iris"}).json["links"]["self"]
    queue.woken.clear()
    for name in ("surface", "surface.svg"):
        answer = client.get(f"{path}/{name}")
        assert (answer.status_code, queue.woken) == (409, [])
    assert client.get("/v1/jobs/job_0000000000000000000000/surface").status_code == 404


@sqlite_alone
@pytest.mark.parametrize(
    "query", ["resolution=4", "resolution=102", "directions=parameters", "theme=dark"]
)
def test_a_wrong_parameter_of_a_surface_is_a_fault(client, trained, query):
    answer = client.get(f"{trained(epochs=1)}/surface?{query}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["parameter"] == query.partition("=")[0]


@sqlite_alone
def test_where_no_path_was_kept_asking_for_it_is_a_fault(client, trained, work_off):
    wide = {"hidden": [{"units": 400, "activation": "relu"}] * 2}
    path = trained(epochs=1, network=wide)
    for query in ("resolution=5&directions=path", "resolution=5"):
        assert client.get(f"{path}/surface?{query}").status_code == 202
    work_off()
    refused = client.get(f"{path}/surface?resolution=5&directions=path")
    assert refused.status_code == 422
    assert refused.json["errors"][0]["parameter"] == "directions"
    assert client.get(f"{path}/surface?resolution=5").json["directions"] == "random"


@sqlite_alone
def test_a_network_of_many_parameters_has_a_few_points_of_its_path(client, trained, work_off):
    """73,303 of 4 bytes: six points fit, and of 25 epochs each eighth is left, and the model."""
    large = {"hidden": [{"units": 100}, {"units": 700}]}
    path = trained(epochs=25, network=large, stop={"restore_best": False})
    assert client.get(f"{path}/surface?resolution=5").status_code == 202
    work_off()
    surface = client.get(f"{path}/surface?resolution=5").json
    assert surface["directions"] == "path"
    assert surface["path"]["epoch"] == [0, 8, 16, 24, 25]
    first, second = (axis["share"] for axis in surface["axes"])
    assert first >= second
    assert 0.5 < first + second <= 1.0 + 1e-9


@sqlite_alone
def test_another_tenants_surface_is_not_there(client, trained, write):
    path = trained(epochs=1)
    from service import surfaces
    from service.errors import NotFound

    with pytest.raises(NotFound):
        write(surfaces.look, "another", surfaces.Wish(path.rpartition("/")[2]))
