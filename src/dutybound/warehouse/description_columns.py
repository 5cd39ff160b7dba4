"""One column of a description: what may be told of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from dutybound.terms.description import Aside, Column, Few, Group, Rows, Shown
from dutybound.warehouse import sql
from dutybound.warehouse.description_roles import ID_NAME, Roles
from dutybound.warehouse.description_values import Told, by_group, by_span, by_time, by_value
from dutybound.warehouse.layout import Layout, is_whole
from dutybound.warehouse.statements import Statement

Pairs: TypeAlias = Callable[[Statement], list[tuple[Any, int]]]
MOST_VALUES: Final = 1000
FEW_NUMBERS: Final = 20


@dataclass(frozen=True, slots=True)
class Seen:
    """What is counted of each column first.

    distinct: different values. present: rows with one. often: values that k rows or more share.
    within: their rows.
    """

    name: str
    type: str
    family: str
    roles: Roles
    distinct: int
    present: int
    often: int
    within: int

    @property
    def kind(self) -> str:
        """number, whole number, text, flag, time or other."""
        whole = self.family == sql.NUMBER and is_whole(self.type)
        return "whole number" if whole else self.family

    def decide(self) -> tuple[Shown, str]:
        """What is shown of it, and why not more."""
        roles = self.roles
        if roles.is_id:
            return "counts", "It is the row id."
        if roles.candidate:
            return "counts", (
                f"It looks like a protected attribute ({roles.candidate}). Give it a role in the "
                "configuration, with its ground, to see its groups."
            )
        if self.family in (sql.OTHER, sql.TIME):
            why = f"Values of the type {type_name(self.type)} are not looked into."
            return ("times", "") if self.family == sql.TIME else ("counts", why)
        if roles.declared == "groups":
            return "groups", ""
        if self.family == sql.NUMBER and roles.declared != "category":
            return self._number()
        return self._text()

    def _number(self) -> tuple[Shown, str]:
        if self.roles.declared == "number":
            return "numbers", ""
        if ID_NAME.search(self.name.lower()):
            return "counts", "Its name says that it identifies something."
        if self.kind == "whole number" and self.distinct == self.present > FEW_NUMBERS:
            return "counts", "Each row has another whole number, so it may be an identifier."
        return ("categories" if self.distinct <= FEW_NUMBERS else "numbers"), ""

    def _text(self) -> tuple[Shown, str]:
        if self.roles.declared is None and ID_NAME.search(self.name.lower()):
            return "counts", "Its name says that it identifies a person or a thing."
        if self.present and 2 * self.within < self.present:
            return "counts", (
                "Most rows have a value that few others share: it may be an identifier or free "
                "text."
            )
        if self.roles.declared is None and self.distinct > MOST_VALUES:
            return "counts", f"It has more than {MOST_VALUES:,} values: it may be free text."
        return "categories", ""

    def wants_edges(self) -> bool:
        """Whether its values are needed to choose spans."""
        return self.decide()[0] == "numbers"


def described(
    seen: Seen, rows: int, k: int, sample: Sequence[float], layout: Layout, ask: Pairs
) -> Column:
    """A column. rows: of the table. sample: of its finite values, rising. ask: runs a statement."""
    shown, why = seen.decide()
    told: Told | None = None
    if shown == "numbers":
        told = by_span(seen.name, sample, k, ask, whole=seen.kind == "whole number")
    elif shown == "times":
        told = by_time(seen.name, k, ask)
    elif shown == "groups" and seen.roles.by is not None:
        told = by_group(layout.group(seen.roles.by), k, ask)
    elif shown == "categories":
        told = _values(seen, rows, k, ask)
        if told is None:
            shown = "counts"
            why = "Its values look like addresses or a protected attribute. Give it a role."
    return _column(seen, shown, rows, k, told, why)


def _values(seen: Seen, rows: int, k: int, ask: Pairs) -> Told | None:
    return by_value(
        seen.name, seen.family, k, ask,
        missing=rows - seen.present, rare=seen.present - seen.within, often=seen.often,
        within=seen.within, declared=seen.roles.declared is not None,
    )  # fmt: skip


def _column(seen: Seen, shown: Shown, rows: int, k: int, told: Told | None, why: str) -> Column:
    notes = (why,) if why else ()
    base = Column(
        name=seen.name,
        type=type_name(seen.type),
        kind=seen.kind,
        shown=shown,
        missing=_missing(rows - seen.present, seen.present, k),
        distinct=_distinct(seen, k),
        roles=seen.roles.names,
        candidate=seen.roles.candidate,
        notes=notes,
    )
    if told is None:
        return base
    p = told.pooled
    return replace(
        base,
        groups=tuple(
            Group(*label, rows=n, joined=p.joined if i == p.into else ())
            for i, (label, n) in enumerate(zip(told.labels, p.named, strict=False))
        ),
        aside=tuple(Aside(cells, n) for cells, n in p.aside.items()),
        hidden_values=seen.distinct - len(told.labels) if shown == "categories" else 0,
        quantiles=told.quantiles,
        unit=told.unit,
        first=told.first,
        last=told.last,
        withheld=p.withheld,
        notes=(*notes, *told.notes),
    )


def type_name(given: str) -> str:
    """The name of a type, without the values that an enumeration in it lists."""
    return given.partition("(")[0] if "ENUM" in given.upper() else given


def _missing(missing: int, present: int, k: int) -> Rows:
    if 0 < missing < k:
        return Few(k)
    return Few(k, all_but=True) if 0 < present < k else missing


def _distinct(seen: Seen, k: int) -> int | None:
    """None where it would tell that a few rows share a value, or that a few have one."""
    if 0 < seen.present < k or 0 < seen.present - seen.distinct < k:
        return None
    return seen.distinct
