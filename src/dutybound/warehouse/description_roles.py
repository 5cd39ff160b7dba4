"""What a configuration says about each column, as far as a description needs it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from dutybound.terms.table import Banded, TableConfig
from dutybound.warehouse.layout import Layout
from dutybound.warehouse.propose import looks_protected

Declared: TypeAlias = Literal["number", "category", "groups"]
ID_NAME: Final = re.compile(
    r"(^|[^a-z])(id|uuid|guid|ssn|iban|e-?mail|phone|passport|address|street|"
    r"(sur|first|last|full|given|family|middle|maiden)[ _-]?name)([^a-z]|$)"
)


@dataclass(frozen=True, slots=True)
class Roles:
    """Of one column. names: as they are shown. declared: how its values are meant, if stated.

    by: the groups or bands that it is parted into. candidate: why it looks like a protected
    attribute that nobody has confirmed. is_id: it is the row id of the configuration.
    """

    names: tuple[str, ...] = ()
    declared: Declared | None = None
    by: Banded | None = None
    candidate: str | None = None
    is_id: bool = False


def roles_of(layout: Layout) -> Mapping[str, Roles]:
    """Column to its roles, for all columns of the table."""
    given: dict[str, list[tuple[str, Declared | None]]] = {name: [] for name in layout.types}
    for column, role, declared in _stated(layout.config):
        given[column].append((role, declared))
    return {name: _one(name, given[name], layout) for name in layout.types}


def _one(name: str, given: list[tuple[str, Declared | None]], layout: Layout) -> Roles:
    config = layout.config
    by = next((b for b in _parting(config) if b.column == name), None)
    parted = by is not None and bool(by.groups or by.bands)
    kinds = [d for _, d in given if d is not None]
    candidate = "the configuration lists it as a candidate" if name in config.candidates else None
    if not given and candidate is None:
        candidate = looks_protected(name, ())
    return Roles(
        names=tuple(role for role, _ in given),
        declared="groups" if parted else kinds[0] if kinds else None,
        by=by if parted else None,
        candidate=candidate,
        is_id=name == config.row_id,
    )


def _parting(config: TableConfig) -> Iterator[Banded]:
    yield from (p.by for p in config.protected)
    yield from config.legitimate


def _stated(config: TableConfig) -> Iterator[tuple[str, str, Declared | None]]:
    c = config
    time = c.time.column if c.time else None
    score = c.score.column if c.score else None
    decision = c.decision.column if c.decision else None
    single: tuple[tuple[str | None, str, Declared | None], ...] = (
        (c.row_id, "row id", None),
        (time, "time", None),
        (c.model_version, "model version", "category"),
        (decision, "decision", "category"),
        (score, "score", "number"),
        (c.prediction, "prediction", "number"),
        (c.weights, "weights", "number"),
    )
    for p in c.protected:
        yield p.by.column, f"protected: {p.by.name}", "category"
    for b in c.legitimate:
        yield b.column, f"legitimate factor: {b.name}", "category"
    if c.label:
        yield c.label.column, "label", c.label.kind
    yield from ((name, role, declared) for name, role, declared in single if name)
    for f in c.features:
        yield f.column, "feature", f.kind
