"""Reads the tables of legal cases that stand beside the law."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from dutybound.errors import BadInput, ContentError, Problem
from dutybound.packs.content import act_folders
from dutybound.packs.profile import PROFILE, ProfileReader
from dutybound.packs.reading import Document, Where, read_yaml
from dutybound.packs.schema import CaseFile, CaseModel, CaseTable
from dutybound.packs.validation import validate
from dutybound.terms.law import Content
from dutybound.terms.system import Profile

THINGS = ("system", "party", "use", "data", "model")


@dataclass(frozen=True, slots=True)
class Case:
    """One line of a table. `expect`: rule id to outcome."""

    file: str
    line: int
    name: str
    act_folder: str
    expect: dict[str, str]
    as_of: date
    known_on: date | None
    given: Mapping[str, Any]
    check: CaseModel

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.name}"


def case_files(folder: Path) -> Iterator[tuple[Path, Path]]:
    """(act folder, case file) for every case file of a content folder."""
    for act_folder in act_folders(folder):
        for path in sorted((act_folder / "cases").glob("*.yaml")):
            yield act_folder, path


def read_cases(folder: Path, content: Content, acts: Iterable[str] | None = None) -> list[Case]:
    """All cases of a content folder. acts: only cases in folders of these names."""
    problems: list[Problem] = []
    cases: list[Case] = []
    wanted = None if acts is None else set(acts)
    for act_folder, path in case_files(folder):
        if wanted is not None and act_folder.name not in wanted:
            continue
        shown = str(path.relative_to(folder))
        try:
            document = read_yaml(path, shown)
        except BadInput as error:
            problems.extend(error.problems)
            continue
        model = validate(CaseFile, document, problems)
        if model is not None:
            cases.extend(_cases(document, model, act_folder.name, content, problems))
    if problems:
        raise ContentError(sorted(set(problems)))
    return cases


def _cases(
    document: Document, model: CaseFile, folder: str, content: Content, problems: list[Problem]
) -> Iterator[Case]:
    tables: list[tuple[CaseTable, Where]] = [
        (table, ("tables", i)) for i, table in enumerate(model.tables)
    ]
    if model.cases_for is not None:
        own = CaseTable(cases_for=model.cases_for, given=model.given, cases=model.cases)
        tables.insert(0, (own, ()))
    base = model.given if model.tables else {}
    for table, where in tables:
        ids = [table.cases_for] if isinstance(table.cases_for, str) else table.cases_for
        for rule_id in ids:
            if rule_id not in content.rules:
                problems.append(
                    document.problem((*where, "cases_for"), f"There is no rule `{rule_id}`.")
                )
        given = merged(base, table.given) if where else table.given
        for i, case in enumerate(table.cases):
            at = (*where, "cases", i)
            yield Case(
                document.file,
                document.at(at)[0],
                case.name,
                folder,
                _expected(case, ids, document, at, problems),
                case.as_of,
                case.known_on,
                given,
                case,
            )


def _expected(
    case: CaseModel, ids: list[str], document: Document, where: Where, problems: list[Problem]
) -> dict[str, str]:
    if isinstance(case.expect, str):
        return dict.fromkeys(ids, case.expect)
    for rule_id in case.expect:
        if rule_id not in ids:
            problems.append(
                document.problem(where, f"`{rule_id}` is not among `cases_for` of this table.")
            )
    return case.expect


def merged(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping with another laid over it, all the way down."""
    found = dict(base)
    for key, value in more.items():
        old = found.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        found[key] = merged(old, value) if both else value  # type: ignore[arg-type]
    return found


class CaseProfiles:
    """Turns cases into profiles."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._reader = ProfileReader(content)

    def profile(self, case: Case) -> Profile:
        """The profile of a case. Raises BadInput that names the case."""
        things = {t: self._flat(t, case.given.get(t) or {}) for t in THINGS}
        rest = {k: v for k, v in case.given.items() if k not in THINGS}
        for path, value in case.check.set.items():
            self._set(things, rest, path, value)
        for path in case.check.unset:
            if not self._unset(things, rest, path):
                raise self._wrong(case, f"`unset: {path}` names nothing that is stated.")
        unknown = set(rest) - {"place", "events", "closed", "events_complete"}
        if unknown:
            raise self._wrong(case, f"unknown key `{min(unknown)}` in `given` or `set`.")
        if rest.get("closed"):
            things = {t: self._closed(t, facts) for t, facts in things.items()}
        document = Document(case.file, self._plain(case, things, rest))
        try:
            return self._reader.build(document, Path(), "")
        except BadInput as error:
            raise ContentError(
                Problem(case.file, case.line, 1, f"{case.name}: {p.message}")
                for p in error.problems
            ) from error

    @staticmethod
    def _wrong(case: Case, message: str) -> ContentError:
        return ContentError([Problem(case.file, case.line, 1, f"{case.name}: {message}")])

    def _set(
        self, things: dict[str, dict[str, Any]], rest: dict[str, Any], path: str, value: Any
    ) -> None:
        thing, _, name = path.partition(".")
        if thing not in THINGS:
            rest[path] = value
        elif name:
            things[thing].update(self._flat(thing, {name: value}))
        else:
            things[thing].update(self._flat(thing, value))

    @staticmethod
    def _unset(things: dict[str, dict[str, Any]], rest: dict[str, Any], path: str) -> bool:
        thing, _, name = path.partition(".")
        if thing not in THINGS:
            return rest.pop(path, None) is not None
        facts = things[thing]
        gone = [f for f in facts if not name or f == name or f.startswith(name + ".")]
        for fact in gone:
            facts.pop(fact, None)
            facts.pop(fact + "_complete", None)
        return bool(gone)

    def _flat(self, thing: str, facts: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in facts.items():
            name = prefix + key
            is_fact = f"{thing}.{name}" in self._content.facts
            if isinstance(value, Mapping) and not is_fact:
                found.update(self._flat(thing, value, name + "."))
            else:
                found[name] = value
        return found

    def _closed(self, thing: str, facts: dict[str, Any]) -> dict[str, Any]:
        found = dict(facts)
        for name in facts:
            fact = self._content.facts.get(f"{thing}.{name}")
            if fact is not None and fact.type == "set":
                found.setdefault(f"{name}_complete", True)
        return found

    @staticmethod
    def _plain(
        case: Case, things: dict[str, dict[str, Any]], rest: dict[str, Any]
    ) -> dict[str, Any]:
        data = [things["data"]] if things["data"] else []
        data.extend(case.check.add_data)
        models = [things["model"]] if things["model"] else []
        events = []
        for event in rest.get("events") or []:
            events.append({"party": "p", "planned": True, **event})
        return {
            "dutybound": PROFILE,
            "system": {"id": "case", **things["system"]},
            "parties": [
                {"id": "p", **things["party"]},
                *({"id": f"q{i}", **q} for i, q in enumerate(case.check.add_parties)),
            ],
            "models": [{"id": f"m{i}", **m} for i, m in enumerate(models)],
            "data": [{"id": f"d{i}", **d} for i, d in enumerate(data)],
            "uses": [{"id": "u", "places": rest.get("place"), **things["use"]}],
            "events": events,
            "events_complete": rest.get("events_complete", not events),
        }
