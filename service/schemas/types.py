"""Types → JSON Schema, all together, so that each is described once and referred to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

TEMPLATE = "#/components/schemas/{model}"


@dataclass(frozen=True, slots=True)
class Described:
    """A type as a client sends it (`is_sent`) or as the service answers it."""

    type: Any
    is_sent: bool = False

    @property
    def mode(self) -> Any:
        return "validation" if self.is_sent else "serialization"


class _Schemas(GenerateJsonSchema):
    """Without a title for each field: it would only repeat the field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def get_title_from_name(self, name: str) -> str:
        return name


class Types:
    """The schemas of `described`, in the form `components/schemas` holds them."""

    def __init__(self, described: Iterable[Described]) -> None:
        wanted = dict.fromkeys(described)
        found, shared = TypeAdapter.json_schemas(
            [(each, each.mode, TypeAdapter(each.type)) for each in wanted],
            ref_template=TEMPLATE,
            schema_generator=_Schemas,
        )
        self._of = {key[0]: schema for key, schema in found.items()}
        self.schemas: dict[str, Any] = shared.get("$defs", {})

    def of(self, described: Described) -> dict[str, Any]:
        """The schema of one type, mostly a reference."""
        return dict(self._of[described])


@lru_cache(maxsize=4)
def described_together(described: tuple[Described, ...]) -> Types:
    """The schemas of these types, which are worked out once in a process: it takes long."""
    return Types(described)


@cache
def properties(model: type[BaseModel]) -> Mapping[str, Any]:
    """The schema of each member of a flat model, by its name."""
    schema = model.model_json_schema(schema_generator=_Schemas)
    return MappingProxyType(schema.get("properties", {}))
