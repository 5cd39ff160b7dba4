"""Looks at a table and proposes what its columns mean. A person has to check each line.

Names and a few thousand rows are all it goes by. A column that looks like a protected attribute
becomes a candidate and is given no role: using it needs a ground, and that is a person's decision.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlglot import exp

from dutybound.terms.table import Limits, Source
from dutybound.warehouse import sql
from dutybound.warehouse.client import Engine, Report
from dutybound.warehouse.layout import family_of

ROWS: Final = 5000
FEW: Final = 10
MOST_CATEGORIES: Final = 1000
PROTECTED_NAMES: Final = re.compile(
    r"(^|[^a-z])(sex|gender|age|birth|dob|race|racial|ethnic|ethnicity|origin|religion|belief|"
    r"marital|married|disab\w*|disability|nationality|citizen\w*|immigra\w*|pregnan\w*|veteran|"
    r"orientation|transgender|language|skin|union)([^a-z]|$)"
)
PROTECTED_VALUES: Final = frozenset(
    (
        "female", "male", "woman", "man", "women", "men", "f", "m", "white", "black", "asian",
        "hispanic", "latino", "latina", "caucasian", "nonbinary", "non-binary",
    )
)  # fmt: skip
FAVOURABLE: Final = frozenset(
    (
        "approve", "approved", "accept", "accepted", "yes", "y", "true", "1", "grant", "granted",
        "hire", "hired", "invite", "invited", "pass", "passed", "offer", "offered",
    )
)  # fmt: skip
ROLES: Final = {
    "score": re.compile(r"(^|[^a-z])(score|prob|probability|pd|p_default|propensity)([^a-z]|$)"),
    "decision": re.compile(
        r"(^|[^a-z])(decision|approved?|accepted|granted|hired|action)([^a-z]|$)"
    ),
    "label": re.compile(
        r"(^|[^a-z])(label|target|outcome|actual|repaid|default(ed)?|bad|good|y|fraud|churn(ed)?)"
        r"([^a-z]|$)"
    ),
    "model_version": re.compile(r"(model|scorecard).*version|(^|[^a-z])version([^a-z]|$)"),
    "weights": re.compile(r"^(sample_?)?weights?$"),
    "row_id": re.compile(r"(^|_)(id|uuid|key)$"),
}


@dataclass
class Proposal:
    """What `measures.yaml` would say, and what a person has to look at.

    document: plain values in the order of the file. notes: what was left out or guessed.
    """

    document: dict[str, Any]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Column:
    name: str
    family: str
    kind: str
    values: Sequence[Any]

    @property
    def seen(self) -> list[Any]:
        return [v for v in self.values if v is not None]

    @property
    def distinct(self) -> int:
        return len(set(self.seen))

    @property
    def words(self) -> set[str]:
        return {str(v).strip().lower() for v in self.seen}


def propose(source: Source, shown: str, *, report: Report | None = None) -> Proposal:
    """A proposal for a table. shown: the table's name as the file will have it.

    Raises BadInput, DeadlineError, EngineFailed.
    """
    with Engine(source, Limits(), report) as engine:
        engine.open()
        names = list(engine.types)
        query = exp.select(*map(sql.column, names)).from_(sql.TABLE).limit(ROWS)
        rows = engine.run("first rows", query.sql(engine.dialect)) or [[] for _ in names]
        columns = [
            _Column(n, family_of(engine.types[n]), engine.types[n], values)
            for n, values in zip(names, rows, strict=True)
        ]
        maker = _Maker(columns, shown)
        made = maker.proposal()
        if maker.time is not None:
            ends = exp.select(
                exp.Min(this=sql.column(maker.time)), exp.Max(this=sql.column(maker.time))
            ).from_(sql.TABLE)
            found = engine.run("first and last time", ends.sql(engine.dialect))
            made.document["windows"] = _windows(found, made.notes)
    return made


class _Maker:
    def __init__(self, columns: Sequence[_Column], shown: str) -> None:
        self.columns, self.shown = columns, shown
        self.notes: list[str] = []
        self.roles: dict[str, _Column] = {}
        self.time: str | None = None

    def proposal(self) -> Proposal:
        """Give each column one role, or none."""
        candidates = [
            (c, why)
            for c in self.columns
            if (why := looks_protected(c.name, c.words if c.family == sql.TEXT else ()))
        ]
        free = [c for c in self.columns if c.name not in {c.name for c, _ in candidates}]
        self.time = self._time(free)
        for role in ROLES:
            self._take(role, [c for c in free if c.name != self.time])
        taken = {c.name for c in self.roles.values()} | {self.time}
        features = [f for c in free if c.name not in taken and (f := self._feature(c))]
        document: dict[str, Any] = {"dutybound": "measures/1", "name": self.shown}
        document["source"] = {"parquet": self.shown}
        document |= self._role_keys()
        document["features"] = features
        document["candidates"] = [{"column": c.name, "why": why} for c, why in candidates]
        if not candidates:
            self.notes.append("No column looks like a protected attribute. Say so if one is.")
        return Proposal({k: v for k, v in document.items() if v != []}, self.notes)

    def _time(self, free: Sequence[_Column]) -> str | None:
        times = [c.name for c in free if c.family == sql.TIME]
        if len(times) > 1:
            self.notes.append(f"`{times[0]}` was taken for the time; so could be {times[1:]}.")
        return times[0] if times else None

    def _take(self, role: str, free: Sequence[_Column]) -> None:
        taken = {c.name for c in self.roles.values()}
        named = [c for c in free if ROLES[role].search(c.name.lower()) and c.name not in taken]
        fitting = [c for c in named if _fits(role, c)]
        if fitting:
            self.roles[role] = fitting[0]
        if len(fitting) > 1:
            others = ", ".join(f"`{c.name}`" for c in fitting[1:])
            self.notes.append(f"`{fitting[0].name}` was taken for {role}; so could be {others}.")

    def _role_keys(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if "row_id" in self.roles:
            found["row_id"] = self.roles["row_id"].name
        if self.time is not None:
            found["time"] = {"column": self.time}
        for role in ("model_version", "weights"):
            if role in self.roles:
                found[role] = self.roles[role].name
        if "score" in self.roles:
            found["score"] = {"column": self.roles["score"].name, "low": 0.0, "high": 1.0}
        if "decision" in self.roles:
            column = self.roles["decision"]
            found["decision"] = {"column": column.name, "favourable": self._favourable(column)}
        if "label" in self.roles:
            column = self.roles["label"]
            found["label"] = {"column": column.name, "positive": self._favourable(column)}
        return found

    def _favourable(self, column: _Column) -> list[Any]:
        values = sorted(set(column.seen), key=str)
        good = [v for v in values if str(v).strip().lower() in FAVOURABLE]
        found = good or values[-1:]
        self.notes.append(f"`{column.name}`: {found} was taken for the good outcome. Check it.")
        return found

    def _feature(self, column: _Column) -> dict[str, Any] | None:
        if column.distinct < 2:
            self.notes.append(f"`{column.name}` was left out: the first rows hold one value.")
            return None
        if column.family == sql.NUMBER:
            return {"column": column.name, "kind": "number"}
        many = column.distinct > max(FEW, min(MOST_CATEGORIES, len(column.seen) // 2))
        if column.family in (sql.TEXT, sql.FLAG) and not many:
            return {"column": column.name, "kind": "category"}
        why = "it has too many values" if many else f"its type is {column.kind}"
        self.notes.append(f"`{column.name}` was left out: {why}.")
        return None


def looks_protected(name: str, words: Collection[str]) -> str | None:
    """Why a column looks like a protected attribute: `its name` or `its values`; None if not.

    words: the values of a text column, in small letters; empty for others.
    """
    spaced = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
    if PROTECTED_NAMES.search(spaced):
        return "its name"
    if 0 < len(words) <= FEW and len(PROTECTED_VALUES.intersection(words)) > 1:
        return "its values"
    return None


def _fits(role: str, column: _Column) -> bool:
    if not column.seen:
        return False
    if role == "score":
        number = column.family == sql.NUMBER and column.distinct > FEW
        return number and all(0 <= v <= 1 for v in column.seen)
    if role in ("decision", "label"):
        return column.family != sql.TIME and 2 <= column.distinct <= FEW
    if role == "row_id":
        return column.distinct == len(column.values)
    if role == "weights":
        return column.family == sql.NUMBER
    return column.distinct <= FEW


def _windows(found: Sequence[Sequence[Any]], notes: list[str]) -> Mapping[str, Any]:
    """The two halves of the time range, parted at midnight."""
    first, last = (datetime.fromisoformat(c[0]) if c[0] else None for c in found)
    if first is None or last is None:
        notes.append("The column of times is empty; no windows were proposed.")
        return {}
    begin = datetime(first.year, first.month, first.day)
    end = datetime(last.year, last.month, last.day) + timedelta(days=1)
    days = (end - begin).days
    if days < 2:
        notes.append("All times are of one day; no windows were proposed.")
        return {}
    middle = begin + timedelta(days=days // 2)
    dates = [d.date().isoformat() for d in (begin, middle, end)]
    notes.append("The windows are the two halves of the time. Choose the reference yourself.")
    return {
        "reference": {"from": dates[0], "until": dates[1]},
        "current": {"from": dates[1], "until": dates[2]},
    }
