"""NPZ files, whole, broken and meant to harm."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from service.tables.media_types import NPZ

Reading = Callable[..., Any]


def npz_of(compressed: bool = False, **arrays: Any) -> bytes:
    buffer = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(buffer, **arrays)
    return buffer.getvalue()


def npy_of(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def zip_of(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_npy", ".npy"), content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("array", "kind", "values"),
    [
        (np.array([1, -2, 3], np.int16), "number", [1, -2, 3]),
        (np.array([1.5, np.nan, 3], ">f4"), "number", [1.5, None, 3]),
        (np.array([1.5, np.nan, 3], np.longdouble), "number", [1.5, None, 3]),
        (np.arange(9, dtype=np.uint8)[::4], "number", [0, 4, 8]),
        (np.array([True, False, True]), "boolean", [1, 0, 1]),
        (np.array(["1970-01-02", "NaT", "1970-01-01"], "datetime64[D]"), "date", [86400, None, 0]),
        (np.array([1500, -1, 0], "datetime64[ms]"), "date", [1.5, -0.001, 0]),
        (np.array(["b", "NA", "é"]), "text", ["b", None, "é"]),
        (np.array(["b", "", "é".encode()], "S"), "text", ["b", None, "é"]),
    ],
    ids=lambda value: str(value.dtype) if isinstance(value, np.ndarray) else "",
)
@pytest.mark.parametrize("compressed", [False, True])
def test_a_column_is_of_the_kind_of_its_type(
    read: Reading, array: Any, kind: str, values: list[Any], compressed: bool
) -> None:
    found = read(npz_of(compressed, a=array), NPZ)
    assert found.kinds() == {"a": kind}
    assert found.values("a") == values
    assert found.told.targets == ("a",)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(
    ("targets", "names", "columns"),
    [
        (np.array(["a", "b"]), ("y",), [["a", "b"]]),
        (np.array([[1, 2], [3, 4]]), ("y1", "y2"), [[1, 3], [2, 4]]),
    ],
)
def test_inputs_and_targets_are_columns_by_their_place(
    read: Reading, order: Any, targets: Any, names: tuple[str, ...], columns: list[Any]
) -> None:
    inputs = np.array([[1, 2, 3], [4, 5, 6]], order=order)
    found = read(npz_of(inputs=inputs, targets=targets), NPZ)
    assert [field.name for field in found.table.fields] == ["x1", "x2", "x3", *names]
    assert found.values("x2") == [2, 5]
    assert [found.values(name) for name in names] == columns
    assert found.told.targets == names


BOMB = zip_of(a_npy=npy_of(np.zeros(50_000_000, np.uint8)))
ONE = npy_of(np.ones(1))
LYING = zip_of(a_npy=ONE.replace(b"(1,)", b"(9,)"))
OBJECTS = np.array([{"a": 1}, None], dtype=object)


def encrypted(content: bytes) -> bytes:
    """The archive, whose first member says that it is encrypted."""
    directory = content.rindex(b"PK\x01\x02")
    return content[: directory + 8] + b"\x01" + content[directory + 9 :]


@pytest.mark.parametrize(
    ("content", "limits", "begins"),
    [
        (b"", {}, "is empty"),
        (b"a,b\n1,2\n", {}, "was sent as application/x-npz, and looks like something else"),
        (npy_of(np.ones(2)), {}, "was sent as application/x-npz, and looks like an NPY file"),
        (zip_of(), {}, "holds no arrays"),
        (npz_of(a=np.ones(2))[:-30], {}, "is not a whole NPZ file: "),
        (npz_of(a=np.ones(2)).replace(np.ones(2).tobytes(), np.zeros(2).tobytes()), {},
         "is not a whole NPZ file: Bad CRC-32"),
        (npz_of(a=OBJECTS), {}, "array 'a': holds objects of Python, which are never read"),
        (zip_of(a_npy=pickle.dumps(OBJECTS)), {}, "array 'a': its header is not that of an array"),
        (zip_of(a_npy=b""), {}, "array 'a': its header is not that of an array"),
        (zip_of(a=b"x"), {}, "member 'a': is not a plain array as numpy.savez writes it"),
        (encrypted(npz_of(a=np.ones(2))), {}, "member 'a.npy': is not a plain array"),
        (npz_of(a=np.ones(2, complex)), {}, "array 'a': is of a type not understood (complex128)"),
        (npz_of(a=np.ones(2, [("b", float)])), {}, "array 'a': is of a type not understood ("),
        (npz_of(a=np.ones((2, 2, 2))), {}, "array 'a': has 3 dimensions"),
        (npz_of(a=np.ones(())), {}, "array 'a': has 0 dimensions"),
        (npz_of(a=np.ones((2, 2))), {}, "array 'a': must have 1 dimension, not 2"),
        (npz_of(a=np.ones(2), b=np.ones(3)), {},
         "its arrays must have as many rows as one another: 'a' 2, 'b' 3"),
        (npz_of(inputs=np.ones((2, 2)), targets=np.ones(3)), {},
         "its arrays must have as many rows as one another: 'inputs' 2, 'targets' 3"),
        (npz_of(a=np.ones(0)), {}, "holds no rows"),
        (npz_of(inputs=np.ones((2, 0)), targets=np.ones((2, 0))), {}, "has no columns"),
        (npz_of(a=np.array([1, np.inf])), {}, "row 2, column 'a': is not a finite number"),
        (npz_of(a=np.array([b"\xff"])), {}, "column 'a', row 1 or after it: is not UTF-8"),
        (npz_of(a=np.array(["\ud800"])), {}, "column 'a', row 1 or after it: is not UTF-8"),
        (npz_of(**{"a": np.ones(1), " a": np.ones(1)}), {}, "column 2: has the name 'a'"),
        (LYING, {}, "array 'a': says that it has 72 bytes, and has 8"),
        (BOMB, {"unpacked_bytes": 10_000_000},
         "unpacks to 50,000,128 bytes, 10,000,000 are the most allowed"),
        (BOMB, {"cells": 1_000_000}, "has 50,000,000 cells, 1,000,000 are the most allowed"),
        (npz_of(a=np.ones(2)), {"rows": 1}, "has more than the 1 rows allowed"),
        (npz_of(a=np.ones(2), b=np.ones(2)), {"columns": 1}, "holds 2 arrays, 1 are the most"),
    ],
)  # fmt: skip
def test_each_fault_is_named(
    faults_of: Reading, content: bytes, limits: dict[str, int], begins: str
) -> None:
    (fault,) = faults_of(content, NPZ, **limits)
    assert fault.startswith(begins)


def test_two_members_of_one_name_are_refused(faults_of: Reading) -> None:
    content = zip_of(a_npy=ONE, b_npy=ONE).replace(b"b.npy", b"a.npy")
    assert faults_of(content, NPZ) == ["holds two arrays of the same name"]
