import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def iris():
    """The shipped iris as a table, read without the service."""
    import csv

    import numpy as np

    from engine.preprocessing import Table

    path = Path(__file__).parents[2] / "service" / "data" / "iris.csv"
    header, *rows = csv.reader(path.read_text().splitlines())
    return Table(
        tuple(header[:4]),
        np.array([row[:4] for row in rows], float),
        ("species",),
        tuple(row[4] for row in rows),
    )
