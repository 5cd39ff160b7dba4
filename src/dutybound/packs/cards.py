"""Reads `content/documents/cards.yaml`: which part of a card answers which field. Closed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from dutybound.errors import ContentError, Problem, did_you_mean
from dutybound.packs.compile import content_folder
from dutybound.packs.documents import read_documents
from dutybound.packs.documents_schema import FieldId
from dutybound.packs.reading import Where, read_yaml
from dutybound.packs.shapes import Closed, Name, Text
from dutybound.packs.validation import validate
from dutybound.terms.card import CardMap, FactRule, PartRule, SectionRule
from dutybound.terms.document import FieldEntry
from dutybound.terms.law import FactType

SHOWN: Final = "documents/cards.yaml"
RESULT_PARTS: Final = frozenset({"metric", "value", "interval", "data"})


class SectionShape(Closed):
    field: FieldId
    headings: Annotated[tuple[Text, ...], Field(min_length=1)]


class PartShape(Closed):
    field: FieldId
    path: Text
    columns: dict[Name, Text] | None = None
    item: Text | None = None


class FactShape(Closed):
    fact: Text
    path: Text
    values: Name


class FactsShape(Closed):
    metadata: tuple[FactShape, ...]
    parts: tuple[FactShape, ...]


class ResultsShape(Closed):
    field: FieldId
    columns: dict[Name, Name]


class CardsFile(Closed):
    """`cards.yaml`."""

    dutybound: Literal["document-cards/1"]
    sections: tuple[SectionShape, ...]
    parts: tuple[PartShape, ...]
    results: ResultsShape
    facts: FactsShape
    values: dict[Name, dict[Text, Text]]


def default_card_map(fields: Mapping[str, FieldEntry], facts: Mapping[str, FactType]) -> CardMap:
    """The map that comes with the package. Raises ContentError with every problem."""
    return read_card_map(content_folder(), fields, facts)


def read_card_map(
    folder: Path, fields: Mapping[str, FieldEntry], facts: Mapping[str, FactType]
) -> CardMap:
    """The map of a content folder. Raises ContentError with every problem."""
    document = read_yaml(folder / SHOWN, SHOWN)
    problems: list[Problem] = []
    model = validate(CardsFile, document, problems)
    if model is not None:
        checks = (*_wrong_fields(model, fields), *_wrong_facts(model, facts))
        problems += [document.problem(where, message) for where, message in checks]
    if model is None or problems:
        raise ContentError(sorted(set(problems)))
    return _frozen(model, facts)


def card_problems(
    folder: Path,
    rules: Collection[str],
    controls: Collection[str],
    facts: Mapping[str, FactType],
) -> tuple[Problem, ...]:
    """What is wrong with the map of a content folder, if it has one. For the lint."""
    if not (folder / SHOWN).exists():
        return ()
    try:
        fields = read_documents(folder, rules, controls).fields
    except ContentError:  # told elsewhere; without fields nothing can be said of the map
        return ()
    try:
        read_card_map(folder, fields, facts)
    except ContentError as error:
        return error.problems
    return ()


def _wrong_fields(
    model: CardsFile, fields: Mapping[str, FieldEntry]
) -> Iterator[tuple[Where, str]]:
    named: list[tuple[Where, str]] = []
    named += [(("sections", i, "field"), s.field) for i, s in enumerate(model.sections)]
    named += [(("parts", i, "field"), p.field) for i, p in enumerate(model.parts)]
    for where, name in (*named, (("results", "field"), model.results.field)):
        entry = fields.get(name)
        if entry is None:
            yield where, f"There is no field `{name}`.{did_you_mean(name, fields)}"
        elif entry.per != "system":
            yield where, f"`{name}` is asked for each {entry.per}; a card is about one model."
    for kind in ("sections", "parts"):
        seen: set[str] = set()
        for i, rule in enumerate(getattr(model, kind)):
            if rule.field in seen:
                yield (kind, i, "field"), f"`{rule.field}` stands here a second time."
            seen.add(rule.field)
    for i, section in enumerate(model.sections):
        entry = fields.get(section.field)
        if entry is not None and entry.type not in ("text", "line", "list"):
            yield ("sections", i), f"`{section.field}` is a {entry.type}; a section is text."
    yield from _wrong_parts(model, fields)
    yield from _wrong_results(model, fields)


def _wrong_parts(model: CardsFile, fields: Mapping[str, FieldEntry]) -> Iterator[tuple[Where, str]]:
    for i, part in enumerate(model.parts):
        entry = fields.get(part.field)
        if entry is None:
            continue
        if (entry.type == "table") != (part.columns is not None):
            yield ("parts", i), f"`{part.field}` is a {entry.type}: `columns` belong to tables."
        for name in part.columns or {}:
            if name not in (entry.columns or {}):
                yield ("parts", i, "columns", name), f"`{part.field}` has no column `{name}`."


def _wrong_results(
    model: CardsFile, fields: Mapping[str, FieldEntry]
) -> Iterator[tuple[Where, str]]:
    entry = fields.get(model.results.field)
    for key, column in model.results.columns.items():
        if key not in RESULT_PARTS:
            known = ", ".join(sorted(RESULT_PARTS))
            yield ("results", "columns", key), f"A figure has {known}, not `{key}`."
        elif entry is not None and column not in (entry.columns or {}):
            yield ("results", "columns", key), f"`{entry.id}` has no column `{column}`."


def _wrong_facts(model: CardsFile, facts: Mapping[str, FactType]) -> Iterator[tuple[Where, str]]:
    for kind in ("metadata", "parts"):
        for i, rule in enumerate(getattr(model.facts, kind)):
            where: Where = ("facts", kind, i)
            fact = facts.get(rule.fact)
            if fact is None:
                yield (*where, "fact"), f"No fact `{rule.fact}`.{did_you_mean(rule.fact, facts)}"
            elif fact.thing not in ("model", "system") or fact.judgement:
                yield (*where, "fact"), f"`{rule.fact}` is not a plain fact of a model or system."
            elif rule.values not in model.values:
                yield (*where, "values"), f"There are no `values` named `{rule.values}`."
            else:
                wrong = set(model.values[rule.values].values()) - fact.values.keys()
                for value in sorted(wrong):
                    yield ("values", rule.values), f"`{rule.fact}` has no value `{value}`."


def _frozen(model: CardsFile, facts: Mapping[str, FactType]) -> CardMap:
    def rules(given: tuple[FactShape, ...]) -> tuple[FactRule, ...]:
        return tuple(
            FactRule(g.fact, g.path, model.values[g.values], facts[g.fact].type == "set")
            for g in given
        )

    return CardMap(
        sections=tuple(SectionRule(s.field, s.headings) for s in model.sections),
        parts=tuple(PartRule(p.field, p.path, p.columns, p.item) for p in model.parts),
        metadata_facts=rules(model.facts.metadata),
        part_facts=rules(model.facts.parts),
        results=model.results.field,
        result_columns=dict(model.results.columns),
    )
