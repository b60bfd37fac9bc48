"""The process that reads one file: a request on standard input, an answer on standard output."""

from __future__ import annotations

import os
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from typing import Any

import orjson

from engine.errors import DataError
from service.tables.answering import answer
from service.tables.limits import IngestLimits
from service.tables.storing import store

# Address space that is set aside rather than used: stacks of threads, arenas of the allocator.
SPARE_BYTES = 256 * 1024 * 1024
SIZES = Path("/proc/self/statm")


def main() -> None:
    request = orjson.loads(sys.stdin.buffer.readline())
    Thread(target=_end_with_the_caller, daemon=True).start()
    limits = IngestLimits.from_dict(request["limits"])
    _bound(limits.memory_bytes)
    sys.stdout.buffer.write(orjson.dumps(_answer(request, limits)))
    sys.stdout.buffer.flush()
    os._exit(0)  # nothing is left to do; taking down pools of threads would only take time


def _answer(request: dict[str, Any], limits: IngestLimits) -> dict[str, Any]:
    source, target = Path(request["source"]), Path(request["target"])
    media_type, model = request["media_type"], request.get("model")
    try:
        if model is not None:
            return {"rows": answer(Path(model), source, media_type, target, limits)}
        return asdict(store(source, media_type, target, limits))
    except DataError as error:
        return {"faults": [{"pointer": f.pointer, "detail": f.detail} for f in error.faults]}
    except MemoryError:
        return {"out_of_memory": True}
    except OSError as error:
        if error.errno is None:
            raise
        return {"errno": error.errno, "text": error.strerror or ""}


def _end_with_the_caller() -> None:
    while sys.stdin.buffer.read(1):
        pass
    os._exit(1)


def _bound(most_bytes: int) -> None:
    """From now on what this process asks for beyond `most_bytes` raises MemoryError."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if SIZES.exists():
        taken = int(SIZES.read_text().split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = taken + SPARE_BYTES + most_bytes
        if hard == resource.RLIM_INFINITY or most < hard:
            resource.setrlimit(resource.RLIMIT_AS, (most, hard))


if __name__ == "__main__":
    main()
