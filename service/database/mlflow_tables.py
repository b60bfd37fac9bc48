"""The table of what was written to MLflow."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from service.database.base import Base, job_column, tenant_column
from service.database.types import now


class MlflowRun(Base):
    """The run that a job that ended is written to, `run_id` of MLflow's own making.

    `epoch` is the last one that it has. `finished_at` is that of the job as it was written whole;
    None while it is still to be written, from `next_attempt_at` on. Who writes has it until
    `claimed_until`, which fences what is noted here.
    """

    __tablename__ = "mlflow_runs"

    job_id: Mapped[str] = job_column(primary_key=True)
    tenant_id: Mapped[str] = tenant_column()
    run_id: Mapped[str | None] = mapped_column(String(64))
    epoch: Mapped[int | None]
    finished_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(default=now)
    claimed_until: Mapped[datetime | None]


# Of those to write alone, so that looking for them stays quick however many were written
Index(
    "ix_mlflow_runs_due",
    MlflowRun.next_attempt_at,
    postgresql_where=text("finished_at IS NULL"),
    sqlite_where=text("finished_at IS NULL"),
)
