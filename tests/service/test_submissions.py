"""What was examined may be gone when it is to be stored."""

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
