"""What was examined may be gone when it is to be stored."""

import gzip
import hashlib
from importlib.resources import files

import pytest

from service import datasets, submissions
from service.errors import Invalid


def test_a_dataset_that_went_after_the_body_was_judged_is_a_fault(
    config, sessions, tenant, blobs, read, write
):
    dataset = write(datasets.add_inline, blobs, tenant, [[0.0], [1.0]], [0.0, 1.0])
    body = {"dataset": dataset.id, "epochs": 1}
    wanted = read(submissions.examine, blobs, tenant, body, config)
    job = write(submissions.submit, blobs, tenant, wanted, None)
    assert job.dataset_id == dataset.id
    write(lambda session: session.delete(datasets.get(session, tenant, dataset.id)))
    with pytest.raises(Invalid) as caught:
        write(submissions.submit, blobs, tenant, wanted, None)
    (fault,) = caught.value.faults
    assert (fault.pointer, dataset.id in fault.detail) == ("/dataset", True)


def test_a_job_keeps_the_digest_of_its_data_when_they_are_gone(
    config, tenant, blobs, read, write, job_now
):
    dataset = write(datasets.add_inline, blobs, tenant, [[0.0], [1.0]], [0.0, 1.0])
    wanted = read(submissions.examine, blobs, tenant, {"dataset": dataset.id, "epochs": 1}, config)
    job = write(submissions.submit, blobs, tenant, wanted, None)
    write(lambda session: session.delete(datasets.get(session, tenant, dataset.id)))
    kept = job_now(job.id)
    assert (kept.dataset_id, kept.dataset_sha256) == (None, dataset.sha256)


@pytest.mark.parametrize(("name", "file"), [("iris", "iris.csv"), ("digits", "digits.csv.gz")])
def test_a_job_keeps_the_digest_of_built_in_data(config, tenant, blobs, read, write, name, file):
    wanted = read(submissions.examine, blobs, tenant, {"dataset": name, "epochs": 1}, config)
    job = write(submissions.submit, blobs, tenant, wanted, None)
    content = files("service").joinpath("data", file).read_bytes()
    whole = gzip.decompress(content) if file.endswith(".gz") else content
    assert job.dataset_sha256 == hashlib.sha256(whole).hexdigest()
