"""The worker's side of a job: take it, show life, write results, end it or give it back.
Nothing here commits; whatever takes a claim raises ClaimLost once the claim is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session, aliased

from engine.path import Path
from engine.range_test import LearningRateSearch
from engine.records import EpochRecord, Outcome
from service import checkpoints, counting, diagnoses, outbox, paths, surfaces, trained_models
from service.database.engines import finite
from service.database.locks import one_by_one
from service.database.tables import Epoch, Job
from service.database.types import now
from service.fences import Claim, fenced, held, move
from service.history import best_of, epoch_seconds_of, next_rows
from service.states import JobStatus
from service.trained_models import Trained

DIVERGED = (
    "The cost, its gradient or a weight was no longer a finite number. "
    "A smaller learning rate or clip_norm may help."
)

CLAIMS = 6_803_391  # any number that no other lock has


def claim(
    session: Session,
    worker_id: str,
    environment: Mapping[str, Any],
    most_of_a_tenant: int | None = None,
) -> Claim | None:
    """Take the queued job of lowest rank; None if there is none.

    A tenant of whom `most_of_a_tenant` jobs run is passed over. `environment` says what the
    numbers of this attempt depend on: processor kernel, libraries, threads.
    """
    best = _best_queued(most_of_a_tenant)
    if most_of_a_tenant is not None:
        one_by_one(session, CLAIMS)
    taken = session.scalars(
        update(Job)
        .where(Job.id == best, Job.status == JobStatus.QUEUED)
        .values(
            status=JobStatus.RUNNING,
            attempt=Job.attempt + 1,
            worker_id=worker_id,
            environment=dict(environment),
            started_at=func.coalesce(Job.started_at, now()),
            changed=Job.changed + 1,
        )
        .returning(Job)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).one_or_none()
    if taken is None:
        return None
    counting.note(session, counting.ATTEMPTS)
    changes = _environment_changes(session, taken)
    if changes:
        known = [*(taken.environment_changes or []), *changes]
        session.execute(fenced(Claim.of(taken)).values(environment_changes=known))
    outbox.moved(
        session,
        taken,
        worker_id=worker_id,
        environment=dict(environment),
        environment_changes=changes,
    )
    return Claim.of(taken)


def _environment_changes(session: Session, job: Job) -> list[dict[str, Any]]:
    """How this attempt's environment differs from that of the checkpoint it goes on from."""
    head = checkpoints.head(session, job.id)
    if head is None:
        return []
    before, after = head.environment, job.environment or {}
    return [
        {
            "attempt": job.attempt,
            "epoch": head.epoch,
            "name": name,
            "before": before.get(name),
            "after": after.get(name),
        }
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def _best_queued(most_of_a_tenant: int | None) -> Any:
    queued = select(Job.id).where(Job.status == JobStatus.QUEUED)
    if most_of_a_tenant is not None:
        queued = queued.where(Job.tenant_id.not_in(_tenants_with(most_of_a_tenant)))
    best = queued.order_by(Job.rank, Job.id).limit(1)
    # Workers that claim at once take different jobs instead of waiting for each other
    return best.with_for_update(skip_locked=True).scalar_subquery()


def _tenants_with(most: int) -> Any:
    """The tenants of whom so many jobs run already."""
    running = aliased(Job)
    of_tenants = select(running.tenant_id).where(running.status == JobStatus.RUNNING)
    return of_tenants.group_by(running.tenant_id).having(func.count() >= most)


def beat(session: Session, claim: Claim) -> bool:
    """Show that the worker is alive. False: the claim is lost, stop."""
    raised = fenced(claim).values(beat=Job.beat + 1).returning(Job.id)
    return session.execute(raised).one_or_none() is not None


# Of the table: the mapped class takes half as long again
_EPOCHS = insert(Epoch.__table__)  # type: ignore[arg-type]


def record(
    session: Session,
    claim: Claim,
    records: Sequence[EpochRecord],
    search: LearningRateSearch | None = None,
) -> None:
    """Append to the history what it does not hold yet; ValueError if that leaves a gap.

    The `search` for a learning rate, if there was one, is kept with the row of epoch 0.
    """
    known = (Job.epoch, Job.best, Job.epoch_seconds)
    locked = fenced(claim).values(beat=Job.beat + 1).returning(*known)
    last, best, epoch_seconds = held(session.execute(locked).one_or_none())
    rows = next_rows(last, records)
    if not rows:
        return
    owned = {"job_id": claim.job_id, "tenant_id": claim.tenant_id}
    session.execute(_EPOCHS, [{**row, **owned} for row in rows])
    counting.note(session, counting.EPOCHS, by=sum(row["epoch"] > 0 for row in rows))
    shown = {name: rows[-1][name] for name in ("epoch", "cost", "validation_cost", "learning_rate")}
    watched = "validation_cost" if claim.spec.validation else "cost"
    changes = {
        **shown,
        "best": best_of(best, rows, watched),
        "epoch_seconds": epoch_seconds_of(epoch_seconds, rows),
        "changed": Job.changed + 1,
    }
    if search is not None and rows[0]["epoch"] == 0:
        changes["learning_rate_search"] = finite(search.to_dict())
    session.execute(fenced(claim).values(changes))


def finish(
    session: Session,
    claim: Claim,
    outcome: Outcome,
    trained: Trained | None,
    path: Path | None = None,
) -> str | None:
    """End the job as its training ended: succeeded, or failed where it diverged.

    Its checkpoint has had its day: returns the blob it was, if any, to be deleted after the
    commit.
    """
    if outcome.stop_reason == "interrupted":
        raise ValueError("training that was interrupted is not finished: release the claim")
    if outcome.stop_reason == "diverged":
        status, ending = JobStatus.FAILED, {"error_code": "diverged", "error_message": DIVERGED}
    else:
        status, ending = JobStatus.SUCCEEDED, _final_costs(outcome)
    move(
        session,
        claim,
        status,
        finished_at=now(),
        stop_reason=outcome.stop_reason,
        model_epoch=outcome.model_epoch if trained else None,
        weights_sha256=trained.weights_sha256 if trained else None,
        best=finite(outcome.best),
        metrics=finite(outcome.metrics),
        diagnosis=diagnoses.computed(session, claim.job_id, outcome.stop_reason),
        **ending,
    )
    if trained is not None:
        trained_models.store(session, claim, outcome.model_epoch, trained)
        surfaces.forget(session, claim.job_id)
    if path is not None:
        paths.store(session, claim, path)
    return checkpoints.remove(session, claim.job_id)


def _final_costs(outcome: Outcome) -> dict[str, Any]:
    # What a succeeded job shows is J at the model's weights, which no history row need hold
    return {
        "cost": finite(outcome.cost),
        "validation_cost": finite(outcome.validation_cost),
    }


def fail(session: Session, claim: Claim, code: str, message: str) -> None:
    """End the job by an error its owner can read."""
    move(
        session,
        claim,
        JobStatus.FAILED,
        finished_at=now(),
        stop_reason="error",
        error_code=code,
        error_message=message,
        diagnosis=diagnoses.computed(session, claim.job_id, "error"),
    )


def release(session: Session, claim: Claim) -> None:
    """Give the job back to the queue, since this worker has to stop."""
    move(session, claim, JobStatus.QUEUED, worker_id=None)
