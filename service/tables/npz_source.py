"""NPZ: arrays of numpy in a ZIP archive. Nothing in one is ever unpickled."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.lib import format as npy

from engine.table import Array, Kind
from service.tables.chunks import (
    Chunk,
    Kinds,
    checked_names,
    position_names,
    refuse_infinite,
    rows_of_a_chunk,
    target_names,
)
from service.tables.faults import Faults
from service.tables.kinds import Values, seconds, without_marks
from service.tables.limits import IngestLimits
from service.tables.media_types import NPZ
from service.tables.sources import beginning, what_begins

ZIP = b"PK"
SUFFIX = ".npy"
INPUTS, TARGETS = "inputs", "targets"
ENCRYPTED = 0x1
KINDS: Mapping[str, Kind] = {
    "i": Kind.NUMBER,
    "u": Kind.NUMBER,
    "f": Kind.NUMBER,
    "b": Kind.BOOLEAN,
    "M": Kind.DATE,
    "U": Kind.TEXT,
    "S": Kind.TEXT,
}
MICROSECONDS = 1_000_000
HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


class NpzSource:
    """One array (rows,) for each column; or `inputs` (rows, features) and `targets` (rows,) or
    (rows, targets).
    """

    def __init__(self, path: Path, limits: IngestLimits, faults: Faults) -> None:
        self._limits = limits
        self._faults = faults
        head = beginning(path)
        if not head.startswith(ZIP):
            what = what_begins(head) or "something else"
            raise faults.stop(
                "is empty" if not head else f"was sent as {NPZ}, and looks like {what}"
            )
        arrays = _arrays(path, limits, faults)
        given, self._columns, targets = _layout(arrays, faults)
        self.names = checked_names(given, limits, faults)
        self.targets = self.names[len(self.names) - targets :]
        self._kinds = [KINDS[column.dtype.kind] for column in self._columns]

    def chunks(self, kinds: Kinds) -> Iterator[Chunk]:
        kinds[:] = self._kinds
        rows, size = len(self._columns[0]), rows_of_a_chunk(len(self.names))
        for start in range(0, rows, size):
            yield [self._values(place, start, size) for place in range(len(self.names))]

    def _values(self, place: int, start: int, size: int) -> Values:
        part, kind = self._columns[place][start : start + size], self._kinds[place]
        if kind is Kind.TEXT:
            return without_marks(self._texts(part, place, start), self._limits.missing)
        if kind is Kind.DATE:
            ticks = part.astype("datetime64[us]")
            return seconds(pa.array(ticks.astype(np.int64), mask=np.isnat(ticks)), MICROSECONDS)
        with np.errstate(over="ignore"):  # a longdouble beyond float64 is infinite, as is told next
            values = pa.array(part.astype(np.float64))
        refuse_infinite(values, self.names[place], start + 1, self._faults)
        return values

    def _texts(self, part: Array, place: int, start: int) -> Values:
        try:
            if part.dtype.kind == "S":
                part = np.char.decode(part, "utf-8")
            return pa.array(part.tolist(), pa.string())
        except UnicodeError:
            where = f"column {self.names[place]!r}, row {start + 1:,} or after it"
            raise self._faults.stop(f"{where}: is not UTF-8") from None


def _arrays(path: Path, limits: IngestLimits, faults: Faults) -> dict[str, Array]:
    """All arrays by name, once their sizes are known to be allowed."""
    with _readable(faults), zipfile.ZipFile(path) as archive:
        members = {member.filename.removesuffix(SUFFIX): member for member in archive.infolist()}
        if not members:
            raise faults.stop("holds no arrays")
        if len(members) < len(archive.infolist()):
            raise faults.stop("holds two arrays of the same name")
        if len(members) > limits.columns:
            raise faults.stop(
                f"holds {len(members):,} arrays, {limits.columns:,} are the most allowed"
            )
        _refuse_too_large(archive.infolist(), limits, faults)
        cells = sum(_checked_cells(archive, member, faults) for member in members.values())
        faults.raise_any()
        if cells > limits.cells:
            raise faults.stop(f"has {cells:,} cells, {limits.cells:,} are the most allowed")
        return {name: _read(archive, member) for name, member in members.items()}


def _refuse_too_large(
    members: Sequence[zipfile.ZipInfo], limits: IngestLimits, faults: Faults
) -> None:
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.unpacked_bytes:
        raise faults.stop(
            f"unpacks to {unpacked:,} bytes, {limits.unpacked_bytes:,} are the most allowed"
        )


def _checked_cells(archive: zipfile.ZipFile, member: zipfile.ZipInfo, faults: Faults) -> int:
    """How many values an array holds by its header; 0 if a fault of it was noted."""
    name = member.filename
    if not name.endswith(SUFFIX) or member.flag_bits & ENCRYPTED:
        faults.add(f"member {name!r}: is not a plain array as numpy.savez writes it")
        return 0
    with archive.open(member) as file:
        try:
            shape, _, dtype = HEADERS[npy.read_magic(file)](file)
        except (ValueError, KeyError, EOFError):
            faults.add(f"array {name.removesuffix(SUFFIX)!r}: its header is not that of an array")
            return 0
        held = member.file_size - file.tell()
    detail = _fault_of(shape, dtype, held)
    if detail is not None:
        faults.add(f"array {name.removesuffix(SUFFIX)!r}: {detail}")
        return 0
    return prod(shape)


def _fault_of(shape: tuple[int, ...], dtype: np.dtype[Any], held: int) -> str | None:
    if dtype.hasobject:
        return "holds objects of Python, which are never read"
    if dtype.kind not in KINDS:
        return (
            f"is of a type not understood ({dtype}); it must hold numbers, booleans, dates or texts"
        )
    if len(shape) not in (1, 2):
        return f"has {len(shape)} dimensions, and must have 1, or 2 as inputs and targets may"
    if prod(shape) * dtype.itemsize != held:
        return f"says that it has {prod(shape) * dtype.itemsize:,} bytes, and has {held:,}"
    return None


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Array:
    with archive.open(member) as file:
        return np.asarray(npy.read_array(file, allow_pickle=False))


def _layout(
    arrays: Mapping[str, Array], faults: Faults
) -> tuple[Sequence[str], Sequence[Array], int]:
    """The names and values (rows,) of all columns, and how many, the last ones, are targets."""
    if arrays.keys() == {INPUTS, TARGETS}:
        features, targets = (list(_matrix(arrays[name]).T) for name in (INPUTS, TARGETS))
        names = position_names(len(features)) + target_names(len(targets))
        columns, count = [*features, *targets], len(targets)
    else:
        names, columns, count = tuple(arrays), list(arrays.values()), 1
        for name, column in arrays.items():
            if column.ndim != 1:
                faults.add(f"array {name!r}: must have 1 dimension, not {column.ndim}")
        faults.raise_any()
    if len({len(column) for column in columns}) > 1:
        lengths = ", ".join(f"{name!r} {len(array):,}" for name, array in islice(arrays.items(), 5))
        raise faults.stop(f"its arrays must have as many rows as one another: {lengths}")
    return names, columns, count


def _matrix(array: Array) -> Array:
    return array if array.ndim == 2 else array[:, np.newaxis]


@contextmanager
def _readable(faults: Faults) -> Iterator[None]:
    """Tells of an archive that cannot be read."""
    try:
        yield
    # NotImplementedError is zipfile's, for a way of packing or locking that it does not know
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise faults.stop(f"is not a whole NPZ file: {error}") from None
