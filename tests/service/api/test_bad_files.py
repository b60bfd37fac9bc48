"""Files that are wrong, sent over HTTP: each is a problem that says where, and leaves nothing."""

import errno
import gzip
import io
import zipfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet
from sqlalchemy import func, select

from service.database.tables import Dataset, Job, Upload
from service.spool import Spool

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

CSV, NPZ = "text/csv", "application/x-npz"
PARQUET, JSON, NDJSON = (
    "application/vnd.apache.parquet",
    "application/json",
    "application/x-ndjson",
)
MANY = 100_000


def npz_of(**arrays):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def lying_npz():
    """Says that it has nine numbers, and unpacks to fifty million bytes."""
    array = io.BytesIO()
    np.save(array, np.ones(9))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", array.getvalue()[:128] + bytes(50_000_000))
    return buffer.getvalue()


def parquet_of(**columns):
    buffer = io.BytesIO()
    parquet.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def false_footer():
    whole = parquet_of(a=[1.0, 2.0], b=["x", "y"])
    return whole[:-200] + bytes(range(192)) + whole[-8:]


def in_text(value):
    return b"a,b\n1,2\n3," + value + b"\n"


BAD = {
    "empty": (CSV, b"", "is empty"),
    "nothing but a byte order mark": (CSV, b"\xef\xbb\xbf", "is empty"),
    "header only": (CSV, b"a,b\n", "holds no rows"),
    "two columns of a name": (CSV, b"a,b,a\n1,2,3\n", "column 3: has the name 'a', as column 1"),
    "infinity": (CSV, in_text(b"inf"), "line 3, column 'b': 'inf' is not a finite number"),
    "beyond all numbers": (CSV, in_text(b"-1e999"), "line 3, column 'b': '-1e999' is not"),
    "a wrong delimiter": (CSV, b"a b\n1 2\n3 4\n", "values must be parted by a comma, a semicolon"),
    "broken UTF-8": (CSV, in_text(b"caf\xe9"), "line 3, byte 6: 0xe9 is not UTF-8"),
    "a NUL byte": (CSV, in_text(b"\0"), "line 3: holds a NUL byte"),
    "UTF-16": (CSV, "a,b\n1,2\n".encode("utf-16"), "looks like text in UTF-16"),
    "a quote that nothing closes": (CSV, in_text(b'"4'), "line 3: a quote opens a value"),
    "too many columns": (
        CSV,
        b",".join(b"c%d" % at for at in range(MANY)) + b"\n" + b"1," * (MANY - 1) + b"1\n",
        "has 100,000 columns, 10,000 are the most allowed",
    ),
    "a line of 200 MB": (
        CSV,
        gzip.compress(b"a,b\n1," + b"2" * 200_000_000 + b"\n", 1, mtime=0),
        "line 2: the line or quoted value that begins here is longer than",
    ),
    "a bomb of gzip": (
        CSV,
        gzip.compress(b"a,b\n" + b"1,2\n" * 5_000_000, 1, mtime=0),
        "has more than the 1,000,000 rows allowed",
    ),
    "gzip that is cut off": (CSV, gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], "it is cut off"),
    "too many rows": (CSV, b"a\n" + b"1\n" * 1_000_001, "more than the 1,000,000 rows allowed"),
    "a bomb as NPZ": (
        NPZ,
        npz_of(a=np.zeros(50_000_000, np.uint8)),
        "has more than the 1,000,000 rows allowed",
    ),
    "a bomb that lies as NPZ": (NPZ, lying_npz(), "says that it has 72 bytes, and has 50,000,000"),
    "objects of Python": (
        NPZ,
        npz_of(a=np.array([{"a": 1}, None], dtype=object)),
        "array 'a': holds objects of Python, which are never read",
    ),
    "infinity as NPZ": (NPZ, npz_of(a=np.array([1, np.inf])), "row 2, column 'a': is not a finite"),
    "a false footer": (PARQUET, false_footer(), "its footer cannot be read"),
    "nested types": (PARQUET, parquet_of(a=[[1.0]]), "column 'a': is nested (list<element: double"),
    "nested JSON": (NDJSON, b'{"a": {"b": 1}}\n', "line 1"),
    "half a line of NDJSON": (NDJSON, b'{"a": 1}\n{"a":\n', "line 2"),
    "not JSON": (JSON, b'{"inputs": [[1]', "JSON"),
    "NaN, which JSON has not": (JSON, b'[{"a": 1}, {"a": NaN}]', "JSON"),
    "JSON that is no CSV": (CSV, b'{"a": 1}', "was sent as text/csv, and looks like JSON"),
    "NPZ that is no CSV": (CSV, npz_of(a=np.ones(2)), "and looks like a ZIP archive"),
    "CSV that is no Parquet": (PARQUET, b"a,b\n1,2\n", f"was sent as {PARQUET}, and looks like"),
    "CSV that is no NPZ": (NPZ, b"a,b\n1,2\n", f"was sent as {NPZ}, and looks like"),
    "Parquet that is no JSON": (JSON, parquet_of(a=[1]), f"was sent as {JSON}, and looks like"),
}


@pytest.fixture
def nothing_is_kept(sessions, kept):
    """Sees to it that afterwards there is no row, no blob and nothing in the spool."""
    yield
    assert kept() == set()
    with sessions.reading() as session:
        for table in (Dataset, Job, Upload):
            assert session.scalar(select(func.count()).select_from(table)) == 0


@pytest.mark.usefixtures("nothing_is_kept")
@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_told_of_and_not_kept(client, faults, what):
    media_type, content, words = BAD[what]
    headers = {"Content-Type": media_type, "Idempotency-Key": "k"}
    size = {"CONTENT_LENGTH": str(len(content))}  # which the client leaves out of an empty body
    sent = client.post("/v1/datasets", data=content, headers=headers, environ_overrides=size)
    told = faults(sent)
    assert words in told[""]


@pytest.mark.usefixtures("nothing_is_kept")
def test_the_first_five_ragged_rows_are_named(upload):
    answer = upload(b"a,b\n1,2\n" + b"1\n2,3,4\n" * 4)
    assert [fault["detail"] for fault in answer.json["errors"]] == [
        "line 3: has 1 value, where 2 columns are",
        "line 4: has 3 values, where 2 columns are",
        "line 5: has 1 value, where 2 columns are",
        "line 6: has 3 values, where 2 columns are",
        "line 7: has 1 value, where 2 columns are",
        "has 3 more rows of the wrong length",
    ]


class FullStore:
    """Has room for so many files, then none."""

    def __init__(self, inner, room):
        self._inner, self._room = inner, room

    def put_file(self, name, source):
        if not self._room:
            raise OSError(errno.ENOSPC, "No space left on device")
        self._room -= 1
        self._inner.put_file(name, source)

    def delete(self, name):
        self._inner.delete(name)


@pytest.mark.usefixtures("nothing_is_kept")
@pytest.mark.parametrize("room", [0, 1])
def test_a_store_without_room_is_told_as_one(app, upload, blobs, room):
    full = FullStore(blobs, room)
    app.extensions["descentd"] = replace(app.extensions["descentd"], blobs=full)
    assert_no_room(upload())


class FullFolder(type(Path())):
    """A folder on a disk that is full."""

    def open(self, mode="r", **options):
        return Path("/dev/full").open("wb") if "x" in mode else super().open(mode, **options)


class FullSpool(Spool):
    @contextmanager
    def folder(self):
        with super().folder() as folder:
            yield FullFolder(folder)


@pytest.mark.usefixtures("nothing_is_kept")
def test_a_disk_without_room_for_what_is_on_its_way_is_told_as_one(app, upload, config):
    full = FullSpool(config.data_dir / "spool")
    app.extensions["descentd"] = replace(app.extensions["descentd"], spool=full)
    assert_no_room(upload())


def assert_no_room(answer):
    assert (answer.status_code, answer.mimetype) == (507, "application/problem+json")
    assert answer.headers["Retry-After"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_whatever_ends_its_lines_and_marks_its_beginning_a_file_is_read(client, upload, mark, end):
    answer = upload(mark + end.join([b"length,island", b"1.5,Dream", b"2,Bi\xc3\xb6", b""]))
    assert answer.status_code == 201, answer.text
    rows = client.get(answer.json["links"]["rows"]).json
    assert (rows["columns"], rows["data"]) == (["length", "island"], [[1.5, "Dream"], [2, "Biö"]])


def lines(*rows):
    return b"\n".join([b"x,y", *rows, b""])


UNLEARNABLE = {
    "a target that is constant": (
        lines(*[b"%d,7.5" % at for at in range(60)]),
        {},
        "/dataset",
        "is the same in all rows of 'y'",
    ),
    "a target of one class": (
        lines(*[b"%d,a" % at for at in range(60)]),
        {"target": "y"},
        "/target",
        "at least 2 classes, these have 1",
    ),
    "a class with one row": (
        lines(*[b"%d,%s" % (at, b"ab"[at % 2 :][:1]) for at in range(60)], b"9,lonely"),
        {"target": "y"},
        "/target",
        "has a single row of the classes lonely",
    ),
    "a column of text as a number": (
        lines(*[b"%d,%s" % (at, b"7" if at else b"seven") for at in range(60)]),
        {"task": "regression"},
        "/task",
        "needs targets that are numbers",
    ),
    "more categories than allowed": (
        lines(*[b"t%d,%d" % (at, at * at) for at in range(1_001)]),
        {"features": ["x"]},
        "/features/0",
        "has 1001 categories, 1000 are the most",
    ),
}


@pytest.mark.parametrize("what", UNLEARNABLE)
def test_what_cannot_be_learnt_is_told_and_no_job_is_kept(client, upload, faults, queue, what):
    content, body, pointer, words = UNLEARNABLE[what]
    dataset = upload(content).json["id"]
    told = faults(client.post("/v1/jobs", json={"dataset": dataset} | body))
    assert words in told[pointer]
    assert client.get("/v1/jobs").json["data"] == []
    assert queue.woken == []
