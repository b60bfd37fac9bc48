"""What is wrong with a file, gathered until it is enough to be of use."""

from __future__ import annotations

from engine.errors import DataError, Fault

# "Every fault at once" must not answer a large file with a larger list.
MOST_FAULTS = 100
MOST_RAGGED = 5


def counted(number: int, what: str) -> str:
    """`1 row`, `2 rows`, `1,000 rows`."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


class Faults:
    """The faults of one file, in the order they were met.

    A text file has no pointers into it: there the detail begins with the line, and names the
    column.
    """

    def __init__(self) -> None:
        self._found: list[Fault] = []
        self._ragged = 0

    @property
    def any(self) -> bool:
        """Whether there is a fault so far."""
        return bool(self._found)

    def add(self, detail: str, pointer: str = "") -> None:
        """Note a fault; once there are enough of them, raises DataError."""
        self._found.append(Fault(pointer, detail))
        if len(self._found) >= MOST_FAULTS:
            self.raise_any()

    def add_ragged(self, detail: str, pointer: str = "") -> None:
        """Note a row of the wrong length; the first few are named, the others counted."""
        self._ragged += 1
        if self._ragged <= MOST_RAGGED:
            self.add(detail, pointer)

    def stop(self, detail: str, pointer: str = "") -> DataError:
        """The error of a fault after which nothing more can be read, to be raised."""
        self._found.append(Fault(pointer, detail))
        return DataError(self._all())

    def raise_any(self) -> None:
        """Raises DataError if there are faults."""
        if self._found:
            raise DataError(self._all())

    def _all(self) -> list[Fault]:
        more = self._ragged - MOST_RAGGED
        if more <= 0:
            return self._found
        detail = f"{counted(more, 'more row')} of the wrong length"
        return [*self._found, Fault("", f"has {detail}")]
