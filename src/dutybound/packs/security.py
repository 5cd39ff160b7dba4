"""Reads `content/security/`: lists of threats and what the security view shows. Closed, linted.

An id that a control names and no list has, a control that is not there, an entry that no control
answers and nobody excuses: each is an error with file, line and column.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from dutybound.errors import ContentError, Problem, did_you_mean
from dutybound.packs.compile import content_folder
from dutybound.packs.reading import Document, Where, read_yaml
from dutybound.packs.shapes import Closed, ControlId, Day, Name, Text, like
from dutybound.packs.validation import validate
from dutybound.terms.security import Threat, ThreatList

VIEW: Final = "view.yaml"
EntryId = Annotated[str, like(r"[A-Z][A-Za-z0-9.]{1,19}", "is an id such as LLM01 or AML.T0051")]
Tag = Annotated[str, like(r"[a-z0-9][a-z0-9._/-]{1,79}", "is a tag such as cwe-918")]


class EntryModel(Closed):
    """One threat."""

    id: EntryId
    title: Text
    threat: Text
    look_for: tuple[Text, ...] = Field(min_length=1)
    tags: tuple[Tag, ...] = ()


class UnansweredEntry(Closed):
    """An entry that no control answers, and why."""

    id: EntryId
    why: Text


class ListFile(Closed):
    """A list of threats."""

    dutybound: Literal["security-list/1"]
    list: Name
    title: Text
    publisher: Text
    edition: Text | None = None
    series: Text | None = None
    nature: Literal["voluntary_framework"]
    effect: Text
    source: Text
    published: Day | None = None
    checked_on: Day
    superseded_by: Name | None = None
    not_covered: tuple[Text, ...] = Field(min_length=1)
    unanswered: tuple[UnansweredEntry, ...] = ()
    entries: tuple[EntryModel, ...] = Field(min_length=1)


class Section(Closed):
    """Controls that stand together in the view."""

    id: Name
    title: Text
    controls: tuple[ControlId, ...] = Field(min_length=1)


class EvidenceFor(Closed):
    """The controls that a report is evidence for, unless the user names others."""

    controls: tuple[ControlId, ...] = Field(min_length=1)
    why: Text


class Reports(Closed):
    """What each kind of report is evidence for."""

    sarif: EvidenceFor
    scan: EvidenceFor
    garak: EvidenceFor

    def of(self, source: str) -> EvidenceFor:
        """By the kind of a scan."""
        found: EvidenceFor = getattr(self, source)
        return found


class ViewFile(Closed):
    """`view.yaml`. lists: the lists in the order in which they are shown."""

    dutybound: Literal["security-view/1"]
    lists: tuple[Name, ...] = Field(min_length=1)
    sections: tuple[Section, ...] = Field(min_length=1)
    evidence_for: Reports
    not_covered: tuple[Text, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class SecurityContent:
    """What `content/security/` holds."""

    lists: tuple[ThreatList, ...]
    view: ViewFile


@lru_cache(maxsize=4)
def read_security(folder: Path | None = None) -> SecurityContent:
    """The lists and the view of a content folder; of the shipped content if none is named.

    Raises ContentError with every problem that was found.
    """
    root = folder or content_folder()
    found, problems = _read(root)
    if found is None or problems:
        raise ContentError(sorted(set(problems)))
    return found


def security_problems(folder: Path, controls: Collection[str]) -> tuple[Problem, ...]:
    """What is wrong with the lists, the view, and the ids that controls name. For the lint."""
    found, problems = _read(folder)
    if found is not None and not problems:
        named = list(_named(folder))
        problems += _dead_ids(found.lists, named)
        problems += _unanswered(folder, found.lists, {(n, e) for n, e, *_ in named})
        document = read_yaml(folder / "security" / VIEW, f"security/{VIEW}")
        problems += [document.problem(w, m) for w, m in _dead_controls(found.view, controls)]
    return tuple(sorted(set(problems)))


def _read(root: Path) -> tuple[SecurityContent | None, list[Problem]]:
    problems: list[Problem] = []
    lists: dict[str, ThreatList] = {}
    for path in sorted((root / "security").glob("*.yaml")):
        if path.name == VIEW:
            continue
        document = read_yaml(path, f"security/{path.name}")
        model = validate(ListFile, document, problems)
        if model is None:
            continue
        if model.list in lists:
            text = f"The list `{model.list}` stands in two files."
            problems.append(document.problem(("list",), text))
        problems += [document.problem(w, m) for w, m in _wrong_in_list(model)]
        lists[model.list] = _list_of(model)
    document = read_yaml(root / "security" / VIEW, f"security/{VIEW}")
    view = validate(ViewFile, document, problems)
    if view is None:
        return None, problems
    problems += [document.problem(w, m) for w, m in _wrong_order(view, lists)]
    shown = [lists[name] for name in view.lists if name in lists]
    return SecurityContent(tuple(shown), view), problems


def _wrong_order(view: ViewFile, lists: Collection[str]) -> Iterator[tuple[Where, str]]:
    for i, name in enumerate(view.lists):
        if name not in lists:
            yield ("lists", i), f"There is no list `{name}`.{did_you_mean(name, lists)}"
        elif name in view.lists[:i]:
            yield ("lists", i), f"The list `{name}` stands twice."
    for name in sorted(set(lists) - set(view.lists)):
        yield ("lists",), f"The list `{name}` is not shown. Name it here."


def _wrong_in_list(model: ListFile) -> Iterator[tuple[Where, str]]:
    ids = [e.id for e in model.entries]
    for i, name in enumerate(ids):
        if name in ids[:i]:
            yield ("entries", i, "id"), f"The entry `{name}` stands twice."
    for i, line in enumerate(model.unanswered):
        if line.id not in ids:
            hint = did_you_mean(line.id, ids)
            yield ("unanswered", i, "id"), f"The list has no entry `{line.id}`.{hint}"
    if (model.series is None) != (model.edition is None):
        yield ("list",), "`series` and `edition` belong together: ids that change with the year."


def _list_of(model: ListFile) -> ThreatList:
    excused = {line.id: line.why for line in model.unanswered}
    return ThreatList(
        id=model.list,
        title=model.title,
        publisher=model.publisher,
        nature=model.nature,
        effect=model.effect,
        source=model.source,
        checked_on=model.checked_on,
        edition=model.edition,
        series=model.series,
        entries=tuple(
            Threat(e.id, e.title, e.threat, e.look_for, e.tags, excused.get(e.id))
            for e in model.entries
        ),
        not_covered=model.not_covered,
        superseded_by=model.superseded_by,
    )


# ---------------------------------------------------------------------- lint
def _named(folder: Path) -> Iterator[tuple[str, str, Document, Where]]:
    """Every id that a control names: its list, the id, and where it stands."""
    for path in sorted((folder / "controls").glob("*.yaml")):
        document = read_yaml(path, f"controls/{path.name}")
        controls: Any = document.value.get("controls") if isinstance(document.value, dict) else None
        for i, control in enumerate(controls if isinstance(controls, list) else ()):
            for name, ids in (control.get("security") or {}).items():
                for j, entry in enumerate(ids):
                    yield name, str(entry), document, ("controls", i, "security", name, j)


def _dead_ids(
    lists: tuple[ThreatList, ...], named: list[tuple[str, str, Document, Where]]
) -> Iterator[Problem]:
    known = {x.id: {e.id for e in x.entries} for x in lists}
    seen: set[tuple[str, Where]] = set()
    for name, entry, document, where in named:
        if name not in known:
            hint = did_you_mean(name, known)
            yield document.problem(where[:-1], f"There is no list `{name}` of threats.{hint}")
        elif entry not in known[name]:
            hint = did_you_mean(entry, known[name])
            yield document.problem(where, f"Dead id: {name} has no entry `{entry}`.{hint}")
        key = (document.file, (*where[:-1], entry))
        if key in seen:
            yield document.problem(where, f"`{entry}` stands here twice.")
        seen.add(key)


def _unanswered(
    folder: Path, lists: tuple[ThreatList, ...], answered: set[tuple[str, str]]
) -> Iterator[Problem]:
    at = {}
    for path in (folder / "security").glob("*.yaml"):
        document = read_yaml(path, f"security/{path.name}")
        at[document.value.get("list")] = document
    for found in lists:
        for i, entry in enumerate(found.entries):
            has = (found.id, entry.id) in answered
            where: Where = ("entries", i, "id")
            if not has and entry.unanswered is None:
                text = (
                    f"No control answers `{entry.id}`. Name it in the `security` of a control, or "
                    "give a reason under `unanswered`."
                )
                yield at[found.id].problem(where, text)
            elif has and entry.unanswered is not None:
                text = f"A control answers `{entry.id}`; it needs no excuse under `unanswered`."
                yield at[found.id].problem(where, text)


def _dead_controls(view: ViewFile, controls: Collection[str]) -> Iterator[tuple[Where, str]]:
    places: list[tuple[Where, tuple[str, ...]]] = [
        (("sections", i, "controls"), s.controls) for i, s in enumerate(view.sections)
    ]
    places += [(("evidence_for", k, "controls"), v.controls) for k, v in view.evidence_for]
    for where, names in places:
        for j, name in enumerate(names):
            if name not in controls:
                hint = did_you_mean(name, controls)
                yield (*where, j), f"There is no control `{name}`.{hint}"
