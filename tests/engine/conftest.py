import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def iris():
    """The shipped iris as a table, read without the service."""
    import csv

    from engine.table import MemoryTable, number_column, text_column

    path = Path(__file__).parents[2] / "service" / "data" / "iris.csv"
    header, *rows = csv.reader(path.read_text().splitlines())
    *features, species = zip(*rows, strict=True)
    columns = [
        number_column(name, list(map(float, values)))
        for name, values in zip(header[:4], features, strict=True)
    ]
    return MemoryTable([*columns, text_column(header[4], species)], [header[4]])
