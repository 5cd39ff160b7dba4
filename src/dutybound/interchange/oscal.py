"""OSCAL 1.2 documents from plain values: catalog, mapping, component, results, POA&M.

Everything is deterministic: a UUID follows from what it names, the date is given. Relationships are
the six tokens of NIST IR 8477; OSCAL's schema does not check them, so this module does.
Source: NIST OSCAL JSON schemas 1.2.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

VERSION: Final = "1.2.3"
NAMESPACE: Final = UUID("6d0f5c1e-8f39-5f0b-9a40-1f1d2f6a7c11")
PROPERTIES: Final = "urn:dutybound:ns:oscal"
RELATIONSHIPS: Final = (
    "equal-to",
    "equivalent-to",
    "superset-of",
    "subset-of",
    "intersects-with",
    "no-relationship",
)
_TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*\Z")
_NOT_TOKEN = re.compile(r"[^A-Za-z0-9._-]+")
Json = dict[str, Any]


class OscalError(ValueError):
    """A value cannot be said in OSCAL, or a document is not OSCAL."""


def identifier(*parts: object) -> str:
    """The UUID that belongs to some parts, always the same."""
    return str(uuid5(NAMESPACE, "\x1f".join(map(str, parts))))


def token(name: str) -> str:
    """An id that OSCAL accepts: `4.1` becomes `c-4.1`, `Art17(1)(m)` becomes `Art17.1.m`."""
    plain = _NOT_TOKEN.sub(".", name).strip(".")
    return plain if _TOKEN.match(plain) else f"c-{plain}"


def metadata(title: str, version: str, at: datetime, remarks: str | None = None) -> Json:
    """The head of a document. at: a time with zone."""
    if at.tzinfo is None:
        raise OscalError("OSCAL times need a zone")
    found: Json = {
        "title": title,
        "last-modified": at.isoformat(),
        "version": version,
        "oscal-version": VERSION,
    }
    return found | ({"remarks": remarks} if remarks else {})


def prop(name: str, value: str) -> Json:
    """A property in our own namespace."""
    return {"name": name, "ns": PROPERTIES, "value": value}


# ---------------------------------------------------------------------- catalog
@dataclass(frozen=True, slots=True)
class Item:
    """A control of a catalog. parts: (name, prose) pairs."""

    id: str
    title: str
    parts: tuple[tuple[str, str], ...]
    props: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A group of controls."""

    id: str
    title: str
    items: tuple[Item, ...]


def catalog(head: Json, groups: Iterable[Group]) -> Json:
    """A catalog document."""
    return {
        "catalog": {
            "uuid": identifier("catalog", head["title"], head["version"]),
            "metadata": head,
            "groups": [_group(g) for g in groups],
        }
    }


def _group(group: Group) -> Json:
    return {
        "id": token(group.id),
        "title": group.title,
        "controls": [_control(i) for i in group.items],
    }


def _control(item: Item) -> Json:
    name = token(item.id)
    found: Json = {"id": name, "title": item.title}
    if item.props or name != item.id:
        own = [prop("id", item.id)] if name != item.id else []
        found["props"] = [*own, *(prop(n, v) for n, v in item.props)]
    found["parts"] = [
        {"id": f"{name}_{part}.{i}", "name": part, "prose": prose}
        for i, (part, prose) in enumerate(item.parts, 1)
    ]
    return found


# ---------------------------------------------------------------------- mapping
@dataclass(frozen=True, slots=True)
class Line:
    """One line of a mapping. strength: 1 to 10, or None."""

    source: str
    target: str
    relationship: str
    rationale: str
    why: str
    strength: int | None


def mapping(
    head: Json, source: str, targets: Mapping[str, Sequence[Line]], description: str
) -> Json:
    """A mapping collection from one catalog to several. source, targets: where they are (href)."""
    return {
        "mapping-collection": {
            "uuid": identifier("mapping", head["title"], head["version"]),
            "metadata": head,
            "provenance": {
                "method": "human",
                "matching-rationale": "semantic",
                "status": "draft",
                "mapping-description": description,
            },
            "mappings": [_mapping(source, t, lines) for t, lines in sorted(targets.items())],
        }
    }


def _mapping(source: str, target: str, lines: Sequence[Line]) -> Json:
    return {
        "uuid": identifier("mapping", source, target),
        "source-resource": {"type": "catalog", "href": source},
        "target-resource": {"type": "catalog", "href": target},
        "maps": [_map(source, target, line) for line in lines],
    }


def _map(source: str, target: str, line: Line) -> Json:
    if line.relationship not in RELATIONSHIPS:
        raise OscalError(f"`{line.relationship}` is no relationship of OSCAL")
    found: Json = {
        "uuid": identifier("map", source, target, line.source, line.target),
        "matching-rationale": line.rationale,
        "relationship": line.relationship,
        "sources": [{"type": "control", "id-ref": token(line.source)}],
        "targets": [{"type": "control", "id-ref": token(line.target)}],
        "remarks": line.why,
    }
    if line.strength is not None:
        found["props"] = [prop("strength", str(line.strength))]
    return found


# ---------------------------------------------------------------------- component
@dataclass(frozen=True, slots=True)
class Requirement:
    """How a system stands to a control."""

    control: str
    says: str
    props: tuple[tuple[str, str], ...] = ()


def component(
    head: Json, name: str, title: str, says: str, source: str, requirements: Iterable[Requirement]
) -> Json:
    """A component definition with one component: the AI system."""
    key = identifier("component", name)
    return {
        "component-definition": {
            "uuid": identifier("component-definition", name, head["version"]),
            "metadata": head,
            "components": [
                {
                    "uuid": key,
                    "type": "software",
                    "title": title,
                    "description": says,
                    "control-implementations": [
                        {
                            "uuid": identifier("implementation", name, source),
                            "source": source,
                            "description": says,
                            "implemented-requirements": [
                                _requirement(name, r) for r in requirements
                            ],
                        }
                    ],
                }
            ],
        }
    }


def _requirement(name: str, requirement: Requirement) -> Json:
    found: Json = {
        "uuid": identifier("requirement", name, requirement.control),
        "control-id": token(requirement.control),
        "description": requirement.says,
    }
    if requirement.props:
        found["props"] = [prop(n, v) for n, v in requirement.props]
    return found


# ---------------------------------------------------------------------- results and POA&M
@dataclass(frozen=True, slots=True)
class Finding:
    """The state of a control. satisfied: whether all evidence that it asks for is there."""

    control: str
    title: str
    says: str
    satisfied: bool
    props: tuple[tuple[str, str], ...] = ()
    evidence: tuple[str, ...] = ()


def results(head: Json, name: str, at: datetime, findings: Sequence[Finding], says: str) -> Json:
    """An assessment-results document with one result."""
    observed = [e for f in findings for e in f.evidence]
    result: Json = {
        "uuid": identifier("result", name, at.isoformat()),
        "title": head["title"],
        "description": says,
        "start": at.isoformat(),
        "reviewed-controls": {
            "control-selections": [
                {"include-controls": [{"control-id": token(f.control)} for f in findings]}
                if findings
                else {"include-all": {}}
            ]
        },
    }
    if observed:
        result["observations"] = [_observation(name, e, at) for e in dict.fromkeys(observed)]
    if findings:
        result["findings"] = [_finding(name, f) for f in findings]
    return {
        "assessment-results": {
            "uuid": identifier("assessment-results", name, at.isoformat()),
            "metadata": head,
            "import-ap": {"href": f"#{identifier('assessment-plan', name)}"},
            "results": [result],
            "back-matter": {
                "resources": [
                    {
                        "uuid": identifier("assessment-plan", name),
                        "title": "No assessment plan in OSCAL",
                        "description": "The gaps were computed from signed evidence.",
                    }
                ]
            },
        }
    }


def _observation(name: str, evidence: str, at: datetime) -> Json:
    return {
        "uuid": identifier("observation", name, evidence),
        "title": evidence,
        "description": f"Signed evidence {evidence}, checked.",
        "methods": ["EXAMINE"],
        "collected": at.isoformat(),
    }


def _finding(name: str, finding: Finding) -> Json:
    state = "satisfied" if finding.satisfied else "not-satisfied"
    found: Json = {
        "uuid": identifier("finding", name, finding.control),
        "title": finding.title,
        "description": finding.says,
        "target": {
            "type": "objective-id",
            "target-id": token(finding.control),
            "status": {"state": state},
        },
    }
    if finding.props:
        found["props"] = [prop(n, v) for n, v in finding.props]
    if finding.evidence:
        found["related-observations"] = [
            {"observation-uuid": identifier("observation", name, e)}
            for e in dict.fromkeys(finding.evidence)
        ]
    return found


@dataclass(frozen=True, slots=True)
class Todo:
    """An item of a plan of action."""

    control: str
    title: str
    says: str
    props: tuple[tuple[str, str], ...]


def poam(head: Json, name: str, items: Sequence[Todo]) -> Json:
    """A plan of action and milestones."""
    listed = items or [Todo("none", "No action", "The plan has no action.", ())]
    return {
        "plan-of-action-and-milestones": {
            "uuid": identifier("poam", name, head["last-modified"]),
            "metadata": head,
            "system-id": {"id": token(name)},
            "poam-items": [
                {
                    "uuid": identifier("poam-item", name, t.control),
                    "title": t.title,
                    "description": t.says,
                    "props": [prop("control", token(t.control)), *(prop(n, v) for n, v in t.props)],
                }
                for t in listed
            ],
        }
    }
