"""`schema`: the JSON Schema of a file that users write, of a statement, or of what is printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from dutybound.errors import BadInput, did_you_mean
from dutybound.packs.evidence_schema import MODELS, evidence_schema
from dutybound.packs.output_schemas import output_names, output_schema
from dutybound.packs.predicate_schema import predicate_names, predicate_schema
from dutybound.packs.profile_schema import organisation_schema, profile_schema
from dutybound.terms.law import Content

MADE: Final[dict[str, Callable[[Content], dict[str, Any]]]] = {
    "profile": profile_schema,
    "organisation": organisation_schema,
}


def schema_names() -> tuple[str, ...]:
    """Every name that `schema` knows."""
    return (*MADE, *MODELS, *predicate_names(), *output_names())


def schema(name: str, content: Callable[[], Content]) -> dict[str, Any]:
    """A JSON Schema by name. content: gives the content, where the schema is made from it."""
    if name in MADE:
        return MADE[name](content())
    if name in MODELS:
        return evidence_schema(name)
    if name in predicate_names():
        return predicate_schema(name)
    if name not in output_names():
        hint = did_you_mean(name, schema_names())
        raise BadInput.one(
            name, f"There is no such schema.{hint} Known: {', '.join(schema_names())}."
        )
    return output_schema(name)
