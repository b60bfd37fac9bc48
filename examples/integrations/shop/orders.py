"""What is sold, to where, and how long it took."""

from __future__ import annotations

import csv
import io
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

TEAS = {"green": 0.1, "black": 0.25, "mate": 0.5, "samovar": 4.0}
"""The kilograms of a box of each."""

REGIONS = {"city": 1.0, "mainland": 2.0, "mountains": 3.5, "islands": 6.0}
"""The days a parcel takes there on the average; for the made-up orders alone."""

COLUMNS = ("region", "kilograms", "express", "weekday")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FIRST_DAY = date(2025, 1, 6)
SEEDED = 800


@dataclass(frozen=True)
class Parcel:
    """What decides how long an order takes; raises ValueError for what is not sold or reached."""

    tea: str
    boxes: int
    region: str
    is_express: bool
    sent_on: date

    def __post_init__(self) -> None:
        if self.tea not in TEAS or self.region not in REGIONS or not 1 <= self.boxes <= 20:
            raise ValueError("the shop sells 1 to 20 boxes of its teas, to its regions")

    @property
    def kilograms(self) -> float:
        return round(self.boxes * TEAS[self.tea], 2)

    def row(self) -> dict[str, str | float | bool]:
        """Its values in the `COLUMNS` that a model learns from."""
        weekday = WEEKDAYS[self.sent_on.weekday()]
        values = (self.region, self.kilograms, self.is_express, weekday)
        return dict(zip(COLUMNS, values, strict=True))


def add(database: sqlite3.Connection, parcel: Parcel, days: int | None = None) -> int:
    """Note an order, and how long it took if that is known; its number."""
    values = (parcel.tea, parcel.boxes, parcel.region, parcel.is_express, str(parcel.sent_on), days)
    done = database.execute("INSERT INTO orders VALUES (NULL, ?, ?, ?, ?, ?, ?)", values)
    assert done.lastrowid is not None
    return done.lastrowid


def get(database: sqlite3.Connection, number: int) -> Parcel | None:
    row = database.execute("SELECT * FROM orders WHERE number = ?", (number,)).fetchone()
    return None if row is None else _parcel(row)


def arrived(database: sqlite3.Connection, number: int, days: int) -> bool:
    """Note how long an order took; whether there is one of that number."""
    changed = database.execute("UPDATE orders SET days = ? WHERE number = ?", (days, number))
    return changed.rowcount == 1


def as_csv(database: sqlite3.Connection) -> bytes:
    """Every order that has arrived, with a line of names above; the last column is to be learnt."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow([*COLUMNS, "days"])
    for row in database.execute("SELECT * FROM orders WHERE days IS NOT NULL ORDER BY number"):
        values = _parcel(row).row()
        lines.writerow([*(values | {"express": str(values["express"]).lower()}).values(), row[-1]])
    return text.getvalue().encode()


def seed(database: sqlite3.Connection) -> int:
    """Orders of a year for a shop that has none, the same each time; how many there are then."""
    (number,) = database.execute("SELECT count(*) FROM orders").fetchone()
    if number == 0:
        for parcel, days in _made_up(random.Random(1)):
            add(database, parcel, days)
            number += 1
    return int(number)


def _made_up(chance: random.Random) -> Iterator[tuple[Parcel, int]]:
    for _ in range(SEEDED):
        parcel = Parcel(
            tea=chance.choice(list(TEAS)),
            boxes=chance.randint(1, 5),
            region=chance.choice(list(REGIONS)),
            is_express=chance.random() < 0.3,
            sent_on=FIRST_DAY + timedelta(days=chance.randrange(364)),
        )
        yield parcel, _days(parcel, chance)


def _days(parcel: Parcel, chance: random.Random) -> int:
    """Heavy parcels are slower, express halves the way, and no van drives at the weekend."""
    way = REGIONS[parcel.region] * (0.5 if parcel.is_express else 1.0)
    days = (
        way + 0.1 * parcel.kilograms + max(0, parcel.sent_on.weekday() - 3) + chance.gauss(0, 0.3)
    )
    return max(1, round(days))


def _parcel(row: tuple[int, str, int, str, int, str, int | None]) -> Parcel:
    _, tea, boxes, region, is_express, sent_on, _ = row
    return Parcel(tea, boxes, region, bool(is_express), date.fromisoformat(sent_on))
