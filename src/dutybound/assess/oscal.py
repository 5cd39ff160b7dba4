"""`oscal`: our catalog, mappings and a system's state in OSCAL; catalogs of others in."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Final

from dutybound.assess.gaps import Gaps, asked_for
from dutybound.assess.plan import Plan
from dutybound.controls.states import ControlState, State
from dutybound.errors import BadInput
from dutybound.interchange import oscal
from dutybound.interchange.oscal_catalog import ReadCatalog, read_catalog
from dutybound.interchange.strict_json import JsonError, parse
from dutybound.terms.control import Catalogue, Control, EvidenceNeed, Framework
from dutybound.terms.evidence import Rung
from dutybound.terms.law import Content

OURS: Final = "dutybound-controls.json"
LIMIT: Final = 20_000_000


def _at(content: Content) -> datetime:
    """The time of a content: the start of the day on which it was checked."""
    return datetime.combine(content.checked_on, time(), tzinfo=UTC)


def control_catalog(book: Catalogue, content: Content) -> dict[str, Any]:
    """Our unified controls as a catalog."""
    head = oscal.metadata("dutybound unified controls", content.version, _at(content))
    groups = []
    for domain, title in book.domains.items():
        own = [c for c in book.controls.values() if c.domain == domain]
        groups.append(oscal.Group(domain, title, tuple(_item(c) for c in own)))
    return oscal.catalog(head, [g for g in groups if g.items])


def _item(control: Control) -> oscal.Item:
    parts = [("statement", control.objective)]
    parts += [("guidance", f"Technical: {t}") for t in control.technical]
    parts += [("guidance", f"Organisational: {t}") for t in control.organisational]
    parts += [("guidance", _need(n)) for n in control.needs]
    props = (("owner", control.owner), ("required-rung", control.required.word))
    answers = tuple(("answers", a) for a in control.answers)
    return oscal.Item(control.id, control.title, tuple(parts), (*props, *answers))


def _need(need: EvidenceNeed) -> str:
    one_of = f", or another of: {need.any_of}" if need.any_of else ""
    return f"Evidence: {need.what} ({need.kind}{one_of})"


def framework_catalog(framework: Framework, content: Content) -> dict[str, Any]:
    """A framework as a catalog: ids, short titles and our own words."""
    head = oscal.metadata(framework.title, framework.version, _at(content), framework.effect)
    items = tuple(
        oscal.Item(
            e.id,
            e.title,
            (("statement", e.summary or e.title),),
            tuple(p for p in (("level", e.level), ("parent", e.parent or "")) if p[1]),
        )
        for e in framework.elements.values()
    )
    return oscal.catalog(head, [oscal.Group(framework.id, framework.title, items)])


def mappings(book: Catalogue, content: Content) -> dict[str, Any]:
    """The crosswalks from our controls to every framework as one mapping collection."""
    head = oscal.metadata("dutybound crosswalks", content.version, _at(content))
    targets = {
        f"{name}.json": [
            oscal.Line(
                m.source,
                m.target,
                str(m.relationship),
                str(m.rationale),
                m.why,
                m.strength,
            )
            for m in lines
        ]
        for name, lines in book.crosswalks.items()
        if lines
    }
    says = (
        "Read from our control to the element. A missing pair is not `no-relationship`. Strengths "
        "are one drafter's judgement; no auditor has reviewed them."
    )
    return oscal.mapping(head, OURS, targets, says)


def system_documents(found: Gaps, made: Plan) -> dict[str, dict[str, Any]]:
    """File name to document: component definition, assessment results, plan of action."""
    result = found.assessment
    at = datetime.combine(result.as_of, time(), tzinfo=UTC)
    name, title = result.profile.id, result.profile.name
    states = [found.report.controls[c] for c in asked_for(found.report)]
    version = result.profile.detail.get("version", "unversioned")
    says = f"{title}, as of {result.as_of}; content {result.content.version}."
    return {
        "component-definition.json": oscal.component(
            oscal.metadata(f"{title}: component", version, at),
            name,
            title,
            says,
            OURS,
            [_requirement(found, s) for s in states],
        ),
        "assessment-results.json": oscal.results(
            oscal.metadata(f"{title}: gaps", version, at),
            name,
            at,
            [_finding(found, s) for s in states],
            says + " Unassessed controls are not satisfied.",
        ),
        "poam.json": oscal.poam(
            oscal.metadata(f"{title}: plan", version, at), name, [_todo(a) for a in made.actions]
        ),
    }


def _props(state: ControlState) -> tuple[tuple[str, str], ...]:
    return (
        ("state", str(state.state).replace(" ", "-")),
        ("reached", state.reached.word),
        ("required", state.required.word),
    )


def _requirement(found: Gaps, state: ControlState) -> oscal.Requirement:
    control = found.catalogue.controls[state.control]
    return oscal.Requirement(control.id, control.objective, _props(state))


def _finding(found: Gaps, state: ControlState) -> oscal.Finding:
    control = found.catalogue.controls[state.control]
    missing = "; ".join(what for _, what in state.missing)
    says = f"Reached {state.reached.word}, needs {state.required.word}."
    if state.reached is Rung.UNASSESSED:
        says = f"Unassessed; needs {state.required.word}."
    lacking = found.report.lacking_for(control.id)
    if lacking:
        says += f" Not satisfied for: {', '.join(lacking)}."
    return oscal.Finding(
        control.id,
        control.title,
        says + (f" Missing evidence: {missing}." if missing else ""),
        state.state is State.MET,
        _props(state),
        state.evidence,
    )


def _todo(action: Any) -> oscal.Todo:
    closes = [d.rule for duties in action.closes.values() for d in duties]
    props = [
        ("due", action.due.isoformat()),
        ("owner", action.owner),
        ("effort", action.effort),
        *(("closes", rule) for rule in dict.fromkeys(closes)),
    ]
    says = f"Bring {action.control} from {action.stands.word} to {action.reaches.word}."
    return oscal.Todo(action.control, action.title, says, tuple(props))


def dump(document: dict[str, Any]) -> str:
    """The text of a document: the same bytes for the same values."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def load_catalog(path: Path) -> ReadCatalog:
    """A catalog file of somebody else. Raises BadInput."""
    shown = str(path)
    try:
        with path.open("rb") as stream:
            return read_catalog(parse(stream.read(LIMIT + 1), LIMIT))
    except OSError as error:
        raise BadInput.one(shown, f"The file cannot be read: {error.strerror}.") from error
    except (JsonError, oscal.OscalError) as error:
        raise BadInput.one(shown, f"This is no OSCAL catalog: {error}.") from error


def as_framework(read: ReadCatalog, name: str) -> dict[str, Any]:
    """A catalog in the shape of an own framework file (see the how-to), as plain values."""
    return {
        "framework": name,
        "title": read.title or name,
        "version": read.version or "unversioned",
        "nature": "voluntary_framework",
        "effect": "Not stated in the catalog; say here what the framework does in law.",
        "source": f"OSCAL {read.oscal_version} catalog",
        "elements": [_element(i) for i in read.items],
    }


def _element(item: Any) -> dict[str, Any]:
    found = {
        "id": item.id,
        "title": item.title,
        "summary": item.prose or item.title,
        "level": item.level,
        "assessable": item.level == "control",
    }
    return found | ({"parent": item.parent} if item.parent else {})


def framework_documents(book: Catalogue, content: Content) -> dict[str, dict[str, Any]]:
    """File name to document: our catalog, one for each framework, and the mappings."""
    found = {OURS: control_catalog(book, content), "crosswalks.json": mappings(book, content)}
    for framework in book.frameworks.values():
        found[f"{framework.id}.json"] = framework_catalog(framework, content)
    return found


def write_all(folder: Path, documents: dict[str, dict[str, Any]]) -> Iterable[Path]:
    """Write documents into a folder; yields each path."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in sorted(documents.items()):
        path = folder / name
        path.write_text(dump(document), encoding="utf-8")
        yield path
