"""What a key may do. Each scope holds the ones before it."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """How far a key opens its tenant."""

    READ = "read"
    """Look at everything; ask a model, take a step that nothing keeps."""

    WRITE = "write"
    """Also make, change and remove jobs and datasets."""

    ADMIN = "admin"
    """Also make and revoke the tenant's keys."""

    def allows(self, needed: Scope) -> bool:
        """Whether a key of this scope is enough where `needed` is asked for."""
        return _ORDER.index(self) >= _ORDER.index(needed)


_ORDER = tuple(Scope)
