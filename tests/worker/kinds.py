"""What the fixtures of `conftest.py` give, for tests to name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from service.database.tables import Job
from worker.runner import Runner

Submit = Callable[..., str]
MakeRunner = Callable[..., Runner]
Look = Callable[[str], Job]
Clock = Callable[[], float]
Ending = Callable[[str], tuple[Any, ...]]
Rows = Callable[[str], list[Mapping[str, Any]]]
