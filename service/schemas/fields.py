"""Kinds of fields. Ranges, names and defaults come from the engine's tables, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from engine.constraints import CHOICES, CONSTRAINTS
from engine.spec import TrainingSpec, to_dict

JsonSchema = dict[str, Any]


class Strict(BaseModel):
    """An object of a request: no text for a number, no member it does not know."""

    model_config = ConfigDict(extra="forbid", strict=True)


def refused(detail: str) -> PydanticCustomError:
    """The fault of a field, in our own words."""
    return PydanticCustomError("refused", "{detail}", {"detail": detail})


@dataclass(frozen=True, slots=True)
class Bounded:
    """Marks a number that the engine's constraint at `pointer` bounds; 5.0 is an integer too."""

    pointer: str

    def __get_pydantic_core_schema__(self, _source: Any, _next: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._checked)

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _next: GetJsonSchemaHandler
    ) -> JsonSchema:
        constraint = CONSTRAINTS[self.pointer]
        kind: Any = [constraint.kind, "null"] if constraint.nullable else constraint.kind
        return {"type": kind, **constraint.json_schema()}

    def _checked(self, value: Any) -> Any:
        constraint = CONSTRAINTS[self.pointer]
        if fault := constraint.fault(value):
            raise refused(fault)
        return int(value) if constraint.kind == "integer" and value is not None else value


@dataclass(frozen=True, slots=True)
class Chosen:
    """Marks a name that must be one of the engine's choices at `pointer`."""

    pointer: str

    def __get_pydantic_core_schema__(self, _source: Any, _next: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._checked)

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _next: GetJsonSchemaHandler
    ) -> JsonSchema:
        return {"type": "string", "enum": list(CHOICES[self.pointer])}

    def _checked(self, value: Any) -> str:
        if isinstance(value, str) and value in CHOICES[self.pointer]:
            return value
        raise refused(f"must be one of {', '.join(CHOICES[self.pointer])}")


@dataclass(frozen=True, slots=True, eq=False)
class OrElse:
    """Marks a field that may also be something `simple` accepts, described by one of `schemas`.

    Not a union: a union reports the faults of every branch, under names the body does not hold.
    """

    simple: Callable[[Any], bool]
    schemas: Sequence[Mapping[str, Any]]
    needs: str

    def __get_pydantic_core_schema__(self, source: Any, next_: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._checked, next_(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, next_: GetJsonSchemaHandler
    ) -> JsonSchema:
        return {"anyOf": [*map(dict, self.schemas), next_(schema)]}

    def _checked(self, value: Any, validate: Callable[[Any], Any]) -> Any:
        if self.simple(value):
            return value
        if not isinstance(value, dict):
            raise refused(f"must be {self.needs}")
        return validate(value)


def default(pointer: str, **keywords: Any) -> Any:
    """A field that takes the engine's default at `pointer` when it is left out."""
    value: Any = to_dict(TrainingSpec())
    for name in pointer.split("/")[1:]:
        value = value[name]
    return Field(default=value, **keywords)


def optional(**keywords: Any) -> Any:
    """A field whose default depends on others, so that the schema shows none."""
    return Field(default=None, json_schema_extra=_without_default, **keywords)


def _without_default(schema: JsonSchema) -> None:
    del schema["default"]


Text = Annotated[str, Field(strict=True)]
Flag = Annotated[bool, Field(strict=True)]
