"""Which columns of a table are features, targets, weights, or mark the validation rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.errors import Fault
from engine.pointers import joined
from engine.spec import TrainingSpec
from engine.table import Field, Kind, Table

TARGET = "/target"
FEATURES = "/features"
WEIGHT = "/weight_column"
MARK = "/validation/column"


@dataclass(frozen=True, slots=True)
class Roles:
    """Names of columns. `weight` holds what a row weighs, `mark` is true where one validates."""

    features: tuple[str, ...]
    targets: tuple[str, ...]
    weight: str | None = None
    mark: str | None = None


def roles_of(spec: TrainingSpec, table: Table, known: Roles | None = None) -> Roles:
    """The roles for a specification that has no `role_faults` with this table.

    `known` are those of a model that is gone on from. Its columns are found by their names; where
    the table has none of them, they are the columns in their order.
    """
    names = [field.name for field in table.fields]
    mark = spec.validation_column
    targets = _targets(spec, table, names, known)
    used = {*targets, spec.weight_column, mark}
    others = tuple(name for name in names if name not in used)
    features = others if spec.features is None else spec.features
    if known is not None and _are_meant(known.features, features):
        features = known.features
    return Roles(features, targets, spec.weight_column, mark)


def _are_meant(known: Sequence[str], found: Sequence[str]) -> bool:
    """Whether as many columns as are known, and some of them, are to be taken by name."""
    return len(known) == len(found) and bool(set(known) & set(found))


def _targets(
    spec: TrainingSpec, table: Table, names: Sequence[str], known: Roles | None
) -> tuple[str, ...]:
    if spec.target is None:
        if known is not None and set(known.targets) <= set(names):
            return known.targets
        return table.targets or tuple(names[-1:])
    given = spec.target if isinstance(spec.target, tuple) else (spec.target,)
    return tuple(names[which] if isinstance(which, int) else which for which in given)


def role_faults(spec: TrainingSpec, table: Table) -> list[Fault]:
    """Every column that a specification names and that cannot be what it is to be."""
    fields = {field.name: field for field in table.fields}
    found = [
        *_target_faults(spec, table, fields),
        *_named_faults(WEIGHT, spec.weight_column, fields, (Kind.NUMBER,)),
        *_named_faults(MARK, spec.validation_column, fields, (Kind.BOOLEAN, Kind.NUMBER)),
        *_feature_faults(spec, fields),
    ]
    return found or list(_overlap_faults(spec, table))


def _target_faults(
    spec: TrainingSpec, table: Table, fields: Mapping[str, Field]
) -> Iterator[Fault]:
    for pointer, which in _given_targets(spec):
        if isinstance(which, int) and not 0 <= which < len(table.fields):
            last = len(table.fields) - 1
            yield Fault(pointer, f"must be the name of a column, or an index from 0 to {last}")
        elif isinstance(which, str) and which not in fields:
            yield Fault(pointer, _unknown(which))


def _given_targets(spec: TrainingSpec) -> Iterator[tuple[str, str | int]]:
    if isinstance(spec.target, tuple):
        for at, which in enumerate(spec.target):
            yield joined(TARGET, at), which
    elif spec.target is not None:
        yield TARGET, spec.target


def _named_faults(
    pointer: str, name: str | None, fields: Mapping[str, Field], kinds: Sequence[Kind]
) -> Iterator[Fault]:
    if name is None:
        return
    if name not in fields:
        yield Fault(pointer, _unknown(name))
    elif fields[name].kind not in kinds:
        wanted = "booleans" if Kind.BOOLEAN in kinds else "numbers"
        yield Fault(pointer, f"must name a column of {wanted}; {name!r} is of {fields[name].kind}s")


def _feature_faults(spec: TrainingSpec, fields: Mapping[str, Field]) -> Iterator[Fault]:
    if spec.features is None:
        return
    if not spec.features:
        yield Fault(FEATURES, "must name at least one column, or be null for all others")
    for at, name in enumerate(spec.features):
        if name not in fields:
            yield Fault(joined(FEATURES, at), _unknown(name))


def _overlap_faults(spec: TrainingSpec, table: Table) -> Iterator[Fault]:
    """Columns that are to be two things at once, of a spec that names none that is not there."""
    roles = roles_of(spec, table)
    if not roles.features:
        yield Fault("/dataset", "has no column left to learn from")
    targets = Counter(roles.targets)
    for twice in (name for name, count in targets.items() if count > 1):
        yield Fault(TARGET, f"must not name the column {twice!r} twice")
    taken = dict.fromkeys(roles.targets, "the target")
    for pointer, name, what in (
        (WEIGHT, roles.weight, "the weight column"),
        (MARK, roles.mark, "the validation column"),
    ):
        if name is not None and name in taken:
            yield Fault(pointer, f"must not be {taken[name]} as well")
        elif name is not None:
            taken[name] = what
    if spec.features is not None:
        yield from _list_faults(spec.features, taken)


def _list_faults(features: Sequence[str], taken: Mapping[str, str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for at, name in enumerate(features):
        if name in taken:
            yield Fault(joined(FEATURES, at), f"must not be {taken[name]} as well")
        elif name in seen:
            yield Fault(joined(FEATURES, at), f"must not name the column {name!r} twice")
        seen.add(name)


def _unknown(name: str) -> str:
    return f"the data have no column {name!r}"
