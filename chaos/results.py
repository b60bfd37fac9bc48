"""Verdicts of rounds, kept in a file: what was done is not done again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from chaos.rounds import Verdict
from chaos.stack import ROOT
from chaos.table import Fault

CODE = ("engine", "service", "worker", "cli", "migrations", "chaos")
SOURCES = {".py", ".c"}
FILE = ROOT / ".chaos" / "rounds.jsonl"


class Results:
    """The verdicts on one state of the code; those on any other are passed over."""

    def __init__(self, file: Path = FILE, code: str | None = None) -> None:
        self._file = file
        self._code = code or digest_of_code()
        self.verdicts = self._read()

    def done(self, fault: Fault, stack: str) -> int:
        """How many rounds of a fault were done on a stack."""
        return sum((each.fault, each.stack) == (fault.name, stack) for each in self.verdicts)

    def add(self, verdict: Verdict) -> None:
        """Keep a verdict, on disk before the next round begins."""
        self.verdicts.append(verdict)
        self._file.parent.mkdir(exist_ok=True)
        line = json.dumps({"code": self._code, **asdict(verdict)}) + "\n"
        # In one piece, since the other stack's rounds are kept in the same file.
        with self._file.open("ab", buffering=0) as file:
            file.write(line.encode())

    def _read(self) -> list[Verdict]:
        if not self._file.exists():
            return []
        lines = self._file.read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines if line]
        return [Verdict(**row) for row in rows if row.pop("code") == self._code]


def digest_of_code() -> str:
    """What tells one state of the code from another."""
    digest = hashlib.sha256()
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.*")):
            if path.suffix not in SOURCES:
                continue
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]
