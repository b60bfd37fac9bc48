import hashlib

import numpy as np
import pytest
from sqlalchemy import select

from engine.errors import DataError
from service import datasets, jobs
from service.auth import ensure_tenant
from service.blobs import FileBlobs
from service.database.tables import Dataset
from service.errors import NotFound

INPUTS = [[0.1, 2], [3, 4e-320]]


@pytest.fixture
def blobs(tmp_path):
    return FileBlobs(tmp_path / "blobs")


@pytest.fixture
def added(sessions, blobs, tenant):
    def add(inputs, targets):
        with sessions.writing() as session:
            dataset = datasets.add_inline(session, blobs, tenant, inputs, targets)
            session.commit()
            return dataset

    return add


@pytest.mark.parametrize("targets", [["b", "a"], [True, False], [0.5, 7], [[1, 2], [3, 4]]])
def test_inline_data_is_read_back_to_the_bit(targets, sessions, blobs, tenant, added):
    dataset = added(INPUTS, targets)
    with sessions.reading() as session:
        table = datasets.table_of(session, blobs, tenant, dataset.id)
    inputs = [table.column(name).values for name in ("x1", "x2")]
    np.testing.assert_array_equal(np.transpose(inputs), INPUTS)
    answers = [_values(table.column(name)) for name in table.targets]
    np.testing.assert_array_equal(np.transpose(answers), np.reshape(targets, (2, -1)))


def _values(column):
    return (
        [column.categories[place] for place in column.values]
        if column.categories
        else column.values
    )


def test_a_dataset_describes_itself(sessions, blobs, tenant, added):
    dataset_id = added(INPUTS, ["b", "a"]).id
    with sessions.reading() as session:
        dataset = datasets.get(session, tenant, dataset_id)
    with blobs.open(dataset.blob) as file:
        content = file.read()
    assert dataset.rows == 2
    told = ("name", "type", "distinct", "is_target")
    assert [[column[name] for name in told] for column in dataset.columns] == [
        ["x1", "number", 2, False],
        ["x2", "number", 2, False],
        ["y", "text", 2, True],
    ]
    assert dataset.size_bytes == len(content)
    assert dataset.sha256 == hashlib.sha256(content).hexdigest()


def test_faulty_data_leaves_neither_row_nor_bytes(sessions, added, tmp_path):
    with pytest.raises(DataError):
        added([[1], [2, 3]], [1, 2])
    assert list(tmp_path.glob("blobs/**/*")) == []
    with sessions.reading() as session:
        assert session.scalars(select(Dataset)).all() == []


@pytest.mark.parametrize("name", ["mnist", "ds_00000000000000000000000000", "ds_\x00", ""])
def test_unknown_data_is_not_found(name, sessions, blobs, tenant):
    with sessions.reading() as session, pytest.raises(NotFound):
        datasets.table_of(session, blobs, tenant, name)


def test_datasets_are_listed_newest_first_page_by_page(sessions, tenant, added):
    oldest, middle, newest = (added([[1]], [2]).id for _ in range(3))
    with sessions.reading() as session:
        first = datasets.page(session, tenant, limit=2)
        last = datasets.page(session, tenant, limit=2, after=first.next)
        assert datasets.page(session, "other", limit=2).data == []
    assert [dataset.id for dataset in first.data] == [newest, middle]
    assert [dataset.id for dataset in last.data] == [oldest]
    assert (first.has_more, last.has_more) == (True, False)


def test_another_tenants_data_is_not_there(sessions, blobs, added):
    dataset = added(INPUTS, [1, 2])
    with sessions.writing() as session:
        ensure_tenant(session, "other")
        session.commit()
    with sessions.reading() as session, pytest.raises(NotFound):
        datasets.table_of(session, blobs, "other", dataset.id)


def test_a_job_names_the_dataset_it_was_given(sessions, tenant, added, submitted):
    dataset = added(INPUTS, [1, 2])
    with_rows, with_name = submitted(dataset=dataset.id), submitted(dataset="iris")
    with sessions.reading() as session:
        assert jobs.get(session, tenant, with_rows.id).dataset_id == dataset.id
        assert jobs.get(session, tenant, with_name.id).dataset_id is None
