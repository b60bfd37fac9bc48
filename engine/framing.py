"""Named arrays and JSON in one string of bytes: a length, a JSON header, then the raw numbers.

    8 bytes   length of the header, little-endian
    header    JSON: {"values": …, "arrays": [[name, dtype, shape], …]}
    arrays    little-endian, in C order, one after the other

Nothing in it can run: reading is `json` and `np.frombuffer`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError

DTYPES = ("<f4", "<f8", "<i8")


class FramingError(EngineError):
    """Bytes that no `pack` has written."""


def pack(values: Any, arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The bytes that `unpack` reads back; `values` is anything JSON can hold."""
    little = {
        name: np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        for name, array in arrays.items()
    }
    table = [[name, array.dtype.str, list(array.shape)] for name, array in little.items()]
    header = json.dumps({"values": values, "arrays": table}, allow_nan=False).encode()
    parts = [len(header).to_bytes(8, "little"), header]
    return b"".join([*parts, *(array.tobytes() for array in little.values())])


def unpack(data: bytes) -> tuple[Any, dict[str, NDArray[Any]]]:
    """The values and the arrays (writable copies) of `pack`; raises FramingError."""
    try:
        end = 8 + int.from_bytes(data[:8], "little")
        header = json.loads(data[8:end])
        arrays = {}
        for name, dtype, shape in header["arrays"]:
            if dtype not in DTYPES:
                raise FramingError(f"unknown dtype {dtype!r}")
            count = int(np.prod(shape, dtype=np.int64))
            flat = np.frombuffer(data, dtype, count, end)
            arrays[name] = flat.reshape(shape).astype(flat.dtype.newbyteorder("="))
            end += flat.nbytes
    except (ValueError, KeyError, TypeError) as error:
        raise FramingError(f"not a packed record: {error}") from error
    return header["values"], arrays
