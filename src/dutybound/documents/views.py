"""Records as templates see them: things of the profile, answers of people, JSON of other verbs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from dutybound.documents.shown import Open, Question, Shown, Source, TemplateError
from dutybound.errors import did_you_mean
from dutybound.terms.document import FieldEntry, Record
from dutybound.terms.law import FactType
from dutybound.terms.system import Facts, NotOneOf, Position, Profile, SetFact

if TYPE_CHECKING:
    from dutybound.documents.charts import Chart

ABOUT: Final = {
    "system": ("id", "name", "version", "owner", "note", "description", "website"),
    "party": (
        "id", "name", "version", "owner", "note", "description", "website", "licences",
        "supervisor", "regimes", "address", "contact", "roles",
    ),
    "model": ("id", "version", "owner", "note", "description", "website"),
    "data": (
        "id", "name", "version", "owner", "note", "description", "website", "source", "licence",
    ),
    "use": ("id", "name", "version", "owner", "note", "description", "website"),
}  # fmt: skip
ASK_ABOUT: Final = {
    "name": "What is its name?",
    "version": "Which version is it?",
    "owner": "Who owns it?",
    "description": "What is it, in one or two sentences?",
    "address": "What is its address?",
    "contact": "How can it be reached?",
    "website": "What is its website?",
    "supervisor": "Who supervises it?",
}
PATHS: Final = {"party": "parties", "model": "models", "data": "data", "use": "uses"}


class Vocabulary:
    """The facts that a profile may state, by thing and short name, and the names of places."""

    def __init__(self, facts: Mapping[str, FactType], places: Mapping[str, str]) -> None:
        self.places = places
        self.types: dict[str, dict[str, FactType]] = {k: {} for k in ABOUT}
        for fact in facts.values():
            self.types.setdefault(fact.thing, {})[fact.name] = fact
        self.groups = {
            thing: {n[:i] for n in names for i, c in enumerate(n) if c == "."}
            for thing, names in self.types.items()
        }


class Thing:
    """A system, party, model, data set or use. An attribute is a fact, known or open."""

    def __init__(
        self, kind: str, path: str, facts: Facts, profile: Profile, vocabulary: Vocabulary,
        group: str = "", more: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self._kind, self._path, self._facts = kind, path, facts
        self._profile, self._vocabulary, self._group = profile, vocabulary, group
        self._more = more or {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if not self._group and name in self._more:
            return self._more[name]
        full = f"{self._group}{name}"
        fact = self._vocabulary.types[self._kind].get(full)
        if fact is not None:
            return self._fact(fact)
        if full in self._vocabulary.groups[self._kind]:
            return Thing(
                self._kind, self._path, self._facts, self._profile, self._vocabulary, f"{full}."
            )
        if not self._group and name in ABOUT[self._kind]:
            return self._said(name)
        known = [*self._vocabulary.types[self._kind], *ABOUT[self._kind]]
        hint = did_you_mean(full, known)
        raise TemplateError(f"A {self._kind} has no `{full}`.{hint}")

    def _said(self, name: str) -> Shown | Open:
        found = self._profile.about.get(f"{self._path}.{name}")
        if found is None and name in ("name", "description"):  # an id stands in for a name
            found = self._profile.about.get(f"{self._path}.id") if name == "name" else None
        if found is None:
            ask = ASK_ABOUT.get(name, f"What is its {name}?")
            return Open(Question(f"{self._path}.{name}", ask))
        text, position = found
        return Shown(text, _at("profile", f"{self._path}.{name}", position, text))

    def _fact(self, fact: FactType) -> Shown | Open:
        value = self._facts.get(fact.name)
        path = f"{self._path}.{fact.name}"
        if value is None or isinstance(value, NotOneOf):
            return Open(Question(path, fact.ask, fact.detail.get("who")))
        members = words_of_fact(fact, value, self._vocabulary.places)
        text = "; ".join(members)
        position = self._profile.positions.get(path)
        where = Position(self._profile.file, 0) if position is None else position
        plain = bool(value) if isinstance(value, bool) else value
        return Shown(text, _at("fact", path, where, text), plain, tuple(members))

    def at(self, place: str) -> Thing:
        """The use as it is in one place."""
        use = next(u for u in self._profile.uses if f"uses.{u.id}" == self._path)
        facts = {**self._facts, **use.overrides.get(place, {})}
        return Thing(self._kind, self._path, facts, self._profile, self._vocabulary)


def words_of_fact(fact: FactType, value: Any, places: Mapping[str, str]) -> list[str]:
    """A value of a fact in words, one for each member of a set."""
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, SetFact):
        words = [_label(fact, v, places) for v in sorted(value.yes)]
        if not value.closed:
            words.append("others are not stated")
        return words or ["none"]
    if isinstance(value, date):
        return [value.isoformat()]
    if isinstance(value, int | float):
        return [f"{value:,}"]
    if isinstance(value, list | tuple | frozenset):
        return [_label(fact, str(v), places) for v in value]
    return [_label(fact, str(value), places)]


def _label(fact: FactType, value: str, places: Mapping[str, str]) -> str:
    found = fact.values.get(value) or places.get(value)
    return (found or value.replace("_", " ")).rstrip(".")


def _at(kind: str, name: str, position: Position, text: str) -> Source:
    """Where a value stands. A file by its name: a path would differ from machine to machine."""
    file = PurePath(position.file).name
    where = f"{file}:{position.line}" if position.line else f"{file}, derived"
    return Source(kind, name, where, text)


class Row:
    """A JSON object of another verb. An attribute is a value with this record as its source."""

    def __init__(self, value: Mapping[str, Any], source: Source) -> None:
        self._value, self._source = value, source

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._value:
            raise TemplateError(f"{self._source.key} has no `{name}`.")
        return _wrapped(self._value[name], self._source, name)

    def plain(self) -> Mapping[str, Any]:
        """The JSON object itself, for code; a template shows fields of it."""
        return self._value

    def rests_on(self) -> Source:
        """The record that it is."""
        return self._source

    def asking(self, ask: Open) -> Row:
        """The same row, where a cell that is missing shows as a question."""
        value = {k: ask if v is None else v for k, v in self._value.items()}
        return Row(value, self._source)


def _wrapped(value: Any, source: Source, name: str) -> Any:
    if isinstance(value, Open):
        return value
    if isinstance(value, Mapping):
        return Row(value, source)
    if isinstance(value, list | tuple):
        if any(isinstance(v, Mapping) for v in value):
            return [_wrapped(v, source, name) for v in value]
        members = tuple(_plain(v) for v in value)
        return Shown("; ".join(members) or "none", source, list(value), members)
    return Shown(_plain(value), source, value)


def _plain(value: Any) -> str:
    if value is None:
        return "not stated"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def rows(values: Sequence[Mapping[str, Any]], kind: str, name: str, where: str) -> list[Row]:
    """Rows of one kind. name: the key that names each."""
    return [
        Row(v, Source(kind, str(v.get(name, i)), where, _digestible(v)))
        for i, v in enumerate(values)
    ]


def _digestible(value: Mapping[str, Any]) -> str:
    import json

    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def shown_record(entry: FieldEntry, record: Record | None, about: str | None) -> Any:
    """The answer to a field: shown, a table of rows, or open."""
    if record is None:
        return Open(Question(entry.id, entry.ask, entry.who, about))
    named = entry.id if about is None else f"{entry.id} for {about}"
    where = f"{record.file}:{record.line}, {record.by}, {record.on}"
    if record.nothing is not None:
        return Shown(record.nothing, Source("record", named, where, record.nothing), NOTHING)
    if entry.type == "table":
        return RecordTable(entry, record, Source("record", named, where, str(record.value)))
    value = record.value
    if isinstance(value, list):
        text = "; ".join(value)
        return Shown(text, Source("record", named, where, text), value, tuple(value))
    text = _plain(value)
    return Shown(text, Source("record", named, where, text), value)


NOTHING: Final = object()


class Grid:
    """Rows that bring their own columns, as name to heading."""

    def __init__(self, columns: Mapping[str, str], found: Sequence[Row]) -> None:
        self.columns = dict(columns)
        self.rows = list(found)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


class RecordTable(Grid):
    """The rows of a field of type table."""

    def __init__(self, entry: FieldEntry, record: Record, source: Source) -> None:
        columns = dict(entry.columns or {})
        rows = record.value if isinstance(record.value, list | tuple) else ()
        super().__init__(columns, [Row({k: row.get(k) for k in columns}, source) for row in rows])
        self.source = source


class Drawn:
    """Charts with the record that each shows."""

    def __init__(self, charts: Sequence[tuple[Chart, Source]]) -> None:
        self.charts = charts
