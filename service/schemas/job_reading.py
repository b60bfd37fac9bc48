"""A job's body → what it asks for, and every fault that shows without the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from engine.errors import Fault
from engine.faults import faults
from engine.spec import TrainingSpec, from_dict
from service.schemas.crowds import crowd_faults
from service.schemas.faults import MAX_FAULTS, validated, whole_faults
from service.schemas.jobs import JobBody
from service.schemas.pointers import joined, lies_under, split
from service.schemas.weights import weights_faults
from service.webhooks import Webhook, WebhookEvent

# What makes sense as a whole only: one fault inside, and none of it is judged further.
WHOLES = (
    "/class_weights",
    "/dataset",
    "/features",
    "/metadata",
    "/missing",
    "/network/hidden",
    "/network/weights",
    "/optimizer/learning_rate",
    "/target",
    "/validation",
    "/webhooks",
)

NAMES_OF_COLUMNS = ("features",)  # of which there may be as many as the data have

WEIGHTS = "/network/weights"
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood of a body: all of it, where there are no faults.

    `spec` has no fault of its own; what was at fault in the body has its default there, and
    is named by `distrusted`; `given` names what was understood, of the network its members too.
    `dataset` is a name, an id, or {"inputs", "targets"}.
    """

    spec: TrainingSpec
    name: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    dataset: Any = None
    priority: int = 5
    webhooks: tuple[Webhook, ...] = ()
    given: frozenset[str] = frozenset()
    faults: tuple[Fault, ...] = ()
    distrusted: frozenset[str] = frozenset()

    def believes(self, fault: Fault) -> bool:
        """Whether nothing that a fault found later rests on is itself at fault."""
        return _stands(fault, self.distrusted)


def read_job(body: Any) -> Reading:
    """Read the JSON of a job's body, whatever it is."""
    if unfit := whole_faults(body):
        return Reading(TrainingSpec(), faults=tuple(unfit))
    found = [*crowd_faults(body, NAMES_OF_COLUMNS)]
    found += islice(_weights_faults(_without(body, found)), MAX_FAULTS)
    judged = _without(body, found)
    model, more = validated(JobBody, judged)
    found += more
    fields = _given(model, judged) if model else _without(judged, more)
    distrusted = _wholes(found)
    # The weights were judged above; there may be millions of them.
    small = from_dict(_without(fields, [Fault(WEIGHTS, "")]))
    found += [fault for fault in faults(small) if _stands(fault, distrusted)]
    sound = _without(fields, found)
    return Reading(
        spec=from_dict(sound),
        name=fields.get("name"),
        metadata=fields.get("metadata", {}),
        dataset=fields.get("dataset"),
        priority=fields.get("priority", 5),
        webhooks=_webhooks(fields.get("webhooks", ())),
        given=frozenset(_pointers(sound)),
        faults=tuple(found),
        distrusted=_wholes(found),
    )


def _webhooks(given: Iterable[Any]) -> tuple[Webhook, ...]:
    return tuple(
        Webhook(one["url"], tuple(one["secret"]), tuple(one.get("events", WebhookEvent)))
        for one in given
    )


def _pointers(sound: dict[str, Any]) -> Iterator[str]:
    yield from (joined("", name) for name in sound)
    yield from (joined("", "network", name) for name in sound.get("network", ()))


def _weights_faults(body: dict[str, Any]) -> Iterator[Fault]:
    layers = _member(body, WEIGHTS)
    if layers is not _MISSING:
        yield from weights_faults(layers, WEIGHTS)


def _member(body: Any, pointer: str) -> Any:
    """What the body holds there, or `_MISSING`."""
    for name in split(pointer):
        body = body.get(name, _MISSING) if isinstance(body, dict) else _MISSING
    return body


def _given(model: JobBody, body: dict[str, Any]) -> dict[str, Any]:
    """What was given, as the schema understood it; what may be large, as it came."""
    large: Any = {"dataset": True, "network": {"weights"}}
    fields = model.model_dump(exclude_unset=True, exclude=large, warnings=False)
    weights = _member(body, WEIGHTS)
    if weights is not _MISSING:
        fields["network"]["weights"] = weights
    return {**fields, "dataset": body["dataset"]}


def _without(body: dict[str, Any], found: Iterable[Fault]) -> dict[str, Any]:
    kept = dict(body)
    for pointer in _wholes(found):
        *holders, name = split(pointer)
        holder: Any = kept
        for key in holders:
            if isinstance(holder.get(key), dict):
                holder[key] = dict(holder[key])
            holder = holder.get(key, {})
        holder.pop(name, None)
    return kept


def _wholes(found: Iterable[Fault]) -> frozenset[str]:
    return frozenset(
        next((whole for whole in WHOLES if lies_under(fault.pointer, [whole])), fault.pointer)
        for fault in found
    )


def _stands(fault: Fault, distrusted: Iterable[str]) -> bool:
    return not any(lies_under(pointer, distrusted) for pointer in (fault.pointer, *fault.uses))
