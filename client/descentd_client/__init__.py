"""A typed client of descentd, gradient descent as a service.

>>> from descentd_client import Client
>>> job = Client().train("iris", epochs=200)
>>> job.predict([[5.1, 3.4, 1.5, 0.2]])["predictions"]
['setosa']
"""

from descentd_client.async_client import AsyncClient
from descentd_client.async_job import AsyncJob
from descentd_client.client import Client
from descentd_client.errors import (
    BadRequestError,
    ConflictError,
    DescentdError,
    Fault,
    ForbiddenError,
    InvalidError,
    JobFailedError,
    MissingExtraError,
    NotFoundError,
    ProblemError,
    RateLimitedError,
    ServerError,
    TooLargeError,
    UnauthorizedError,
    UnavailableError,
    UnexpectedAnswerError,
    UnreachableError,
    UnsendableError,
    UnsupportedError,
    WaitTimeoutError,
)
from descentd_client.history import History
from descentd_client.job import Job
from descentd_client.retries import Retries

__all__ = [
    "AsyncClient",
    "AsyncJob",
    "BadRequestError",
    "Client",
    "ConflictError",
    "DescentdError",
    "Fault",
    "ForbiddenError",
    "History",
    "InvalidError",
    "Job",
    "JobFailedError",
    "MissingExtraError",
    "NotFoundError",
    "ProblemError",
    "RateLimitedError",
    "Retries",
    "ServerError",
    "TooLargeError",
    "UnauthorizedError",
    "UnavailableError",
    "UnexpectedAnswerError",
    "UnreachableError",
    "UnsendableError",
    "UnsupportedError",
    "WaitTimeoutError",
]
