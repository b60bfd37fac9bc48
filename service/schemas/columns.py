"""The columns of a job's body: what is learnt, from what, and how its rows are treated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, WithJsonSchema, model_validator
from pydantic.functional_validators import PlainValidator

from engine.constraints import CHOICES, CONSTRAINTS
from service.schemas.fields import Bounded, Strict, Text, optional, refused

RULES = CHOICES["/missing"]
CLASS_WEIGHT = CONSTRAINTS["/class_weights/*"]
BALANCED = "balanced"
CONSTANT = "constant"

CONSTANT_SCHEMA = {
    "type": "object",
    "properties": {CONSTANT: {"type": ["number", "string", "boolean"]}},
    "required": [CONSTANT],
    "additionalProperties": False,
}
ONE_RULE = ({"type": "string", "enum": list(RULES)}, CONSTANT_SCHEMA)
RULES_SCHEMA = {"type": "object", "additionalProperties": {"anyOf": list(ONE_RULE)}}
ONE_TARGET = {"type": ["string", "integer"], "minimum": 0}
SEVERAL_TARGETS = {"type": "array", "minItems": 1, "items": ONE_TARGET}


def _target(value: Any) -> Any:
    if value is None:
        return None
    several = isinstance(value, list)
    found = [_column(each) for each in (value if several else [value])]
    if not found or None in found:
        raise refused("must be the name or the index of a column, an array of them, or null")
    return found if several else found[0]


def _column(value: Any) -> str | int | None:
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    # As JSON Schema has it, 5.0 is an integer too
    return int(value) if is_number and value >= 0 and float(value).is_integer() else None


def _features(value: Any) -> Any:
    is_list = isinstance(value, list) and all(isinstance(name, str) for name in value)
    if value is None or (is_list and value):
        return value
    raise refused("must be an array of at least one name of a column, or null")


def _missing(value: Any) -> Any:
    if _is_rule(value):
        return value
    if isinstance(value, dict) and all(map(_is_rule, value.values())):
        return value
    named = ", ".join(RULES)
    raise refused(
        f'must be one of {named}, or {{"constant": …}}, or an object of columns, each with such '
        "a rule"
    )


def _is_rule(value: Any) -> bool:
    if isinstance(value, dict):
        return value.keys() == {CONSTANT} and isinstance(value[CONSTANT], bool | int | float | str)
    return isinstance(value, str) and value in RULES


def _class_weights(value: Any) -> Any:
    if value is None or value == BALANCED:
        return value
    if isinstance(value, dict):
        return value  # the engine judges each weight at its own place
    raise refused(f"must be null, {BALANCED}, or an object of classes, each with its weight")


def _sent(check: Callable[[Any], Any], schema: Mapping[str, Any], description: str) -> Any:
    return Annotated[
        Any, PlainValidator(check), WithJsonSchema(dict(schema)), Field(description=description)
    ]


Target = _sent(
    _target,
    {
        "anyOf": [
            ONE_TARGET,
            SEVERAL_TARGETS,
            {"type": "null"},
        ]
    },
    "The column to predict, by name or by index from 0; several for a regression of several "
    "outputs. If not given, the dataset's own or its last.",
)
Features = _sent(
    _features,
    {"type": ["array", "null"], "minItems": 1, "items": {"type": "string"}},
    "The columns to learn from; null for all that are nothing else.",
)
Missing = _sent(
    _missing,
    {"anyOf": [*ONE_RULE, RULES_SCHEMA]},
    "What stands for a missing value: one rule, or a rule for each column.",
)
ClassWeights = _sent(
    _class_weights,
    {
        "anyOf": [
            {"type": "null"},
            {"type": "string", "enum": [BALANCED]},
            {
                "type": "object",
                "additionalProperties": {"type": "number", **CLASS_WEIGHT.json_schema()},
            },
        ]
    },
    "How much the rows of each class count; a class that is not named counts 1.",
)
WeightColumn = Annotated[
    Text | None, Field(description="The column that says how much each row counts.")
]


class Validation(Strict):
    """What is validated on, one of three: a share of the rows, stratified for classes and kept out
    of training; the rows that a column marks; or the rows of another dataset.
    """

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    fraction: Annotated[float, Bounded("/validation/fraction")] = optional()
    column: Text = optional(description="True, or 1, in the rows to validate on.")
    dataset: Text = optional(description="The name or id of a dataset with the same columns.")

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise refused(f"must hold one of {', '.join(type(self).model_fields)}")
        return self
