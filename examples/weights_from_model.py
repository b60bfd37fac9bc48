"""Makes the `weights` of a new job from a model's file: npz, safetensors or JSON.

    curl -s 'http://127.0.0.1:8000/v1/jobs/job_…/model?format=safetensors' -o model.safetensors
    python examples/weights_from_model.py model.safetensors > weights.json

What it prints goes into a job's body as `network.weights`. Both formats of arrays are simple
enough to be read here without a library; numpy and safetensors do it in a line.
"""

from __future__ import annotations

import ast
import json
import sys
import zipfile
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NUMBERS = {"F32": "f", "F64": "d", "<f4": "f", "<f8": "d"}
Named = tuple[str, list[int], array]


def weights_of(path: Path) -> list[dict[str, Any]]:
    """`[{"weights": [[…]], "biases": […]}, …]`, a layer each."""
    if path.suffix == ".json":
        layers = json.loads(path.read_text(encoding="utf-8"))["layers"]
        return [{part: layer[part] for part in ("weights", "biases")} for layer in layers]
    read = {".npz": arrays_of_npz, ".safetensors": arrays_of_safetensors}[path.suffix]
    found = {name: shaped(shape, numbers) for name, shape, numbers in read(path)}
    return [
        {part: found[f"layers.{index}.{part}"] for part in ("weights", "biases")}
        for index in range(len(found) // 2)
    ]


def arrays_of_safetensors(path: Path) -> Iterator[Named]:
    """After eight bytes with the length of a JSON header come the numbers it tells of."""
    content = path.read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    header.pop("__metadata__", None)
    for name, told in header.items():
        first, last = told["data_offsets"]
        yield name, told["shape"], numbers_of(told["dtype"], content[start + first : start + last])


def arrays_of_npz(path: Path) -> Iterator[Named]:
    """A zip file of arrays; a Python literal before the numbers tells their dtype and shape."""
    with zipfile.ZipFile(path) as file:
        for member in file.namelist():
            if member.startswith("layers."):
                content = file.read(member)
                start = 10 + int.from_bytes(content[8:10], "little")
                told = ast.literal_eval(content[10:start].decode("latin-1"))
                numbers = numbers_of(told["descr"], content[start:])
                yield member.removesuffix(".npy"), list(told["shape"]), numbers


def numbers_of(dtype: str, content: bytes) -> array:
    """Little-endian numbers."""
    numbers = array(NUMBERS[dtype], content)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def shaped(shape: list[int], numbers: array) -> list[Any]:
    """Rows of `shape[1]` numbers, or one row."""
    if len(shape) == 1:
        return numbers.tolist()
    return [numbers[at : at + shape[1]].tolist() for at in range(0, len(numbers), shape[1])]


if __name__ == "__main__":
    json.dump(weights_of(Path(sys.argv[1])), sys.stdout)
