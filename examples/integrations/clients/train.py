"""Trains on a file by a client that openapi-python-client generated from /openapi.json."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from uuid import uuid4

from descentd_api import AuthenticatedClient
from descentd_api.api.datasets import upload_dataset
from descentd_api.api.jobs import show_job, submit_job
from descentd_api.api.results import predict, read_history
from descentd_api.models import (
    Dataset,
    Job,
    JobBody,
    JobStatus,
    PredictionsBody,
    Problem,
    UploadDatasetFilesBody,
)
from descentd_api.types import File

client = AuthenticatedClient(
    base_url=os.environ.get("DESCENTD_URL", "http://127.0.0.1:8000"),
    token=os.environ.get("DESCENTD_API_KEY", "none"),
)

fault = submit_job.sync(client=client, body=JobBody(dataset="iris", epochs=0))
assert isinstance(fault, Problem)
print(fault.status, [each.pointer for each in fault.errors or []])

path = Path(sys.argv[1])
file = File(io.BytesIO(path.read_bytes()), file_name=path.name, mime_type="text/csv")
dataset = upload_dataset.sync(client=client, body=UploadDatasetFilesBody(file=file))
assert isinstance(dataset, Dataset), dataset
print(dataset.name, dataset.rows)

body = JobBody(dataset=dataset.id, epochs=30)
job = submit_job.sync(client=client, body=body, idempotency_key=str(uuid4()))
assert isinstance(job, Job), job
while job.status in (JobStatus.QUEUED, JobStatus.RUNNING):
    job = show_job.sync(job.id, client=client, wait=60)
    assert isinstance(job, Job), job
print(job.status.value, job.epoch, job.cost)

history = read_history.sync(job.id, client=client)
print(len(history.data), history.data[-1].epoch)

answer = predict.sync(job.id, client=client, body=PredictionsBody(inputs=[[5.1, 3.4, 1.5, 0.2]]))
print(answer.predictions)
