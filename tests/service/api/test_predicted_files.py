"""Whole files of rows to predict on: CSV and NDJSON in and out."""

import csv
import gzip
import io

import orjson
import pytest

CSV, NDJSON = "text/csv", "application/x-ndjson"
DATA = (
    b"length,island,seen,alive\r\n"
    b"1.5,Biscoe,2026-11-24,true\r\n"
    b"2.5,Dream,2026-11-25,false\r\n"
    b"1.6,NA,2026-11-26,true\r\n"
    b"2.4,Dream,2026-11-27,false\r\n"
)
ROWS = [
    [1.5, "Biscoe", "2026-11-24"],
    [2.5, "Dream", "2026-11-25"],
    [1.6, None, "2026-11-26"],
    [2.4, "Dream", "2026-11-27"],
]
LINES = b"".join(orjson.dumps(row) + b"\n" for row in ROWS)


@pytest.fixture
def path(trained, upload):
    missing = {"length": "error", "seen": "error"}
    return trained(dataset=upload(DATA).json["id"], epochs=30, missing=missing)


@pytest.fixture
def predicted(client, path):
    def run(content, media_type=CSV, **headers):
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        headers = {"Content-Type": media_type, **told}
        return client.post(f"{path}/predictions", data=content, headers=headers)

    return run


@pytest.fixture
def by_json(client, path):
    told = client.post(f"{path}/predictions", json={"inputs": ROWS}).json
    return list(zip(told["predictions"], told["probabilities"], strict=True))


def test_csv_is_answered_by_csv(predicted, by_json):
    answer = predicted(DATA)
    assert answer.mimetype == CSV
    first, *lines = csv.reader(io.StringIO(answer.text))
    assert first == ["prediction", "probability_false", "probability_true"]
    found = [(line[0] == "true", list(map(float, line[1:]))) for line in lines]
    assert [each[0] for each in found] == [each[0] for each in by_json]
    for (_, chances), (_, expected) in zip(found, by_json, strict=True):
        assert chances == pytest.approx(expected, rel=1e-6)


def test_ndjson_is_answered_by_ndjson(predicted, by_json):
    answer = predicted(LINES, NDJSON)
    assert answer.mimetype == NDJSON
    found = [orjson.loads(line) for line in answer.data.splitlines()]
    assert [each["prediction"] for each in found] == [each[0] for each in by_json]
    for each, (_, expected) in zip(found, by_json, strict=True):
        assert list(each["probabilities"]) == ["false", "true"]
        assert list(each["probabilities"].values()) == pytest.approx(expected, rel=1e-6)


def numbers(answer):
    """What is said of each row, without the names: labels, and rounded probabilities."""
    _, *lines = csv.reader(io.StringIO(answer.text))
    return [(label, *(round(float(chance), 5) for chance in chances)) for label, *chances in lines]


def test_columns_are_found_by_name_whatever_else_is_there(predicted):
    turned = b"seen;other;island;length\n2026-11-24;x;Biscoe;1.5\n2026-11-25;7;Dream;2.5\n"
    assert numbers(predicted(turned)) == numbers(predicted(DATA))[:2]
    extra = {"seen": "2026-11-24", "other": {}, "island": "Biscoe", "length": 1.5}
    (line,) = map(orjson.loads, predicted(orjson.dumps(extra), NDJSON).data.splitlines())
    first = orjson.loads(predicted(LINES, NDJSON).data.splitlines()[0])
    assert line["probabilities"] == pytest.approx(first["probabilities"], rel=1e-5)


def test_a_file_without_names_is_read_in_the_models_order(predicted):
    alone = b"1.5,Biscoe,2026-11-24\n2.5,Dream,2026-11-25\n"
    assert numbers(predicted(alone)) == numbers(predicted(DATA))[:2]


def test_packed_rows_are_unpacked(predicted):
    packed = gzip.compress(DATA)
    assert predicted(packed, Content_Encoding="gzip").data == predicted(DATA).data


def test_a_regression_of_several_targets_names_each(client, trained):
    data = {"inputs": [[0], [1], [2]], "targets": [[0.5, 1], [1.5, 2], [2.5, 3]]}
    path = trained(dataset=data, network={"hidden": []})
    told = client.post(f"{path}/predictions", json={"inputs": [[1.5]]}).json["predictions"][0]
    answer = client.post(f"{path}/predictions", data=b"x1\n1.5\n", content_type=CSV)
    header, line = csv.reader(io.StringIO(answer.text))
    assert header == ["prediction_y1", "prediction_y2"]
    assert list(map(float, line)) == pytest.approx(told)
    answer = client.post(f"{path}/predictions", data=b"[1.5]\n[1e308]", content_type=NDJSON)
    first, second = map(orjson.loads, answer.data.splitlines())
    assert first["prediction"] == pytest.approx({"y1": told[0], "y2": told[1]})
    assert second == {"prediction": {"y1": None, "y2": None}}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_fault_of_a_csv_file_is_told_with_its_line(predicted, faults, kept):
    before = kept()
    wrong = (
        b"length,island,seen\n1.5,Biscoe,2026-11-24\nlong,Dream,2026-11-25\n1,Dream\n"
        b"1.5,Dream,yesterday\n1e999,Dream,2026-11-25\nwide,Dream,2026-11-25\n"
    )
    answer = predicted(wrong)
    assert faults(answer).keys() == {""}
    assert sorted(error["detail"] for error in answer.json["errors"]) == [
        "line 3, column 'length': 'long' is not a number",
        "line 4: has 2 values, where 3 columns are",
        "line 5, column 'seen': 'yesterday' is not a date such as 2026-11-24 or "
        "2026-11-24T14:30:00Z",
        "line 7, column 'length': 'wide' is not a number",
    ]
    assert kept() == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("media_type", "content", "detail"),
    [
        (CSV, b"length,seen\n1,2026-11-24\n", "lacks columns that the model needs: island"),
        (CSV, b"\n \n", "is empty"),
        (CSV, b"length,island,seen\n", "holds no rows"),
        (
            CSV,
            b"length,island,seen\n1,Dream,2026-11-24\nNA,Dream,2026-11-24\n",
            "line 3, column 'length': 'NA' stands for a missing value, and the model has nothing "
            "to put in its place",
        ),
        (
            CSV,
            b"length,island,seen\n1e999,Dream,2026-11-24\n",
            "line 2, column 'length': '1e999' is not a finite number",
        ),
        (NDJSON, b'[1, "Dream", "2026-11-24"]\n\n[1, "Dream"', "line 3: is not JSON"),
        (NDJSON, b'[1, "Dream"]', "line 1: must hold 3 values"),
        (NDJSON, b"5", "line 1: must be an array of values, or an object of columns"),
        (NDJSON, b'{"length": 1, "island": "Dream"}', "line 1, column 'seen': is required"),
        (NDJSON, b'["1", "Dream", "2026-11-24"]', "line 1, column 'length': must be a finite"),
    ],
)
def test_a_file_at_fault_is_refused(predicted, faults, media_type, content, detail):
    assert faults(predicted(content, media_type))[""].startswith(detail)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_missing_value_may_be_written_as_in_files(client, path):
    rows = [[1.6, text, "2026-11-26"] for text in ("NA", "", "?", None)]
    told = client.post(f"{path}/predictions", json={"inputs": rows}).json["probabilities"]
    assert told == [told[0]] * 4


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_more_rows_than_are_taken_are_refused(make_app, path, faults):
    client = make_app(max_rows=3).test_client()
    answer = client.post(f"{path}/predictions", data=LINES, content_type=NDJSON)
    assert faults(answer) == {"": "has more than the 3 rows allowed"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_other_media_types_are_not_taken(predicted):
    answer = predicted(b"PAR1", "application/vnd.apache.parquet")
    assert answer.status_code == 415
