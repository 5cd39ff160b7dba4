"""`governance.yaml` as documents show it: people, roles, decisions, activities, exceptions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from dutybound.documents.views import Grid, rows
from dutybound.errors import DutyboundError, did_you_mean
from dutybound.packs.governance import Governance, Line

PARTS: Final = {"R": "responsible", "A": "accountable", "C": "consulted", "I": "informed"}
Rows = Iterator[dict[str, Any]]


def governed(found: Governance, part: str) -> Rows:
    """The rows of a part of governance.yaml. Raises DutyboundError for a part that it lacks."""
    if part not in _PARTS:
        raise DutyboundError(f"governance.yaml has no part `{part}`.{did_you_mean(part, _PARTS)}")
    return _PARTS[part](found)


def matrix(found: Governance) -> Grid:
    """Activities times roles, with the letter of each role that takes part."""
    roles = {f"role_{i}": r for i, r in enumerate(found.file.roles)}
    columns = {"what": "Activity"} | {key: r.title for key, r in roles.items()}
    values = [
        {"id": a.id, "what": a.what} | {key: a.roles.get(r.id, "") for key, r in roles.items()}
        for a in found.file.activities
    ]
    return Grid(columns, rows(values, "governance", "id", "governance.yaml, activities"))


def _names(found: Governance, people: Iterable[str]) -> list[str]:
    return [found.people[p].name if p in found.people else p for p in people]


def _held_by(found: Governance, role: str) -> list[str]:
    return _names(found, found.roles[role].held_by) or ["nobody named"]


def _titles(found: Governance, roles: Iterable[str]) -> list[str]:
    return [found.roles[r].title if r in found.roles else r for r in roles]


def _people(found: Governance) -> Rows:
    for p in found.file.people:
        yield {"id": p.id, "name": p.name, "units": list(p.units)}


def _roles(found: Governance) -> Rows:
    for r in found.file.roles:
        yield {
            "id": r.id,
            "title": r.title,
            "held_by": _names(found, r.held_by),
            "deputies": _names(found, r.deputies),
            "owns": list(r.owns),
            "answers_for": [c.replace("-", " ") for c in r.controls],
        }


def _decisions(found: Governance) -> Rows:
    for i, line in enumerate(found.file.decisions, 1):
        yield {
            "id": f"{line.decision} {i}",
            "decision": line.decision,
            "role": found.roles[line.role].title,
            "people": _held_by(found, line.role),
            "markets": list(line.markets),
            "limit": _limit(line),
            "quorum": line.quorum,
            "deputies": line.deputies,
            "veto": _titles(found, line.veto),
            "separate": line.separate,
        }


def _limit(line: Line) -> str:
    if line.max_days is not None:
        return f"at most {line.max_days} days"
    return "recommendation " + " or ".join(r.replace("_", " ") for r in line.recommendations)


def _activities(found: Governance) -> Rows:
    for a in found.file.activities:
        by = {word: a.having(letter) for letter, word in PARTS.items()}
        yield {
            "id": a.id,
            "what": a.what,
            **{word: _titles(found, roles) for word, roles in by.items()},
            "people": _held_by(found, by["accountable"][0]),
        }


def _sign_off(found: Governance) -> Rows:
    for s in found.file.sign_off:
        yield {
            "id": s.id,
            "of": s.of,
            "role": found.roles[s.role].title,
            "markets": list(s.markets),
            "why": s.why,
        }


def _exceptions(found: Governance) -> Rows:
    for e in found.file.exceptions:
        yield {
            **e.model_dump(mode="json"),
            "compensating": list(e.compensating),
            "owner": _names(found, [e.owner])[0],
            "granted_by": _names(found, [e.granted_by])[0],
            "role": _titles(found, [e.role])[0],
        }


_PARTS: Final[Mapping[str, Callable[[Governance], Rows]]] = {
    "people": _people,
    "roles": _roles,
    "decisions": _decisions,
    "activities": _activities,
    "sign_off": _sign_off,
    "exceptions": _exceptions,
}
