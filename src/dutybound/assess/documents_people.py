"""`governance.yaml` as documents show it: people, roles, decisions, activities, exceptions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from dutybound.documents.views import Grid, rows
from dutybound.errors import DutyboundError
from dutybound.packs.governance import Governance

PARTS: Final = {"R": "responsible", "A": "accountable", "C": "consulted", "I": "informed"}


def matrix(found: Governance) -> Grid:
    """Activities times roles, with the letter of each role that takes part."""
    roles = {f"role_{i}": r for i, r in enumerate(found.file.roles)}
    columns = {"what": "Activity"} | {key: r.title for key, r in roles.items()}
    values = [
        {"id": a.id, "what": a.what} | {key: a.roles.get(r.id, "") for key, r in roles.items()}
        for a in found.file.activities
    ]
    return Grid(columns, rows(values, "governance", "id", "governance.yaml, activities"))


def governed(found: Governance, part: str) -> Iterator[dict[str, Any]]:
    """The rows of a part of governance.yaml. Raises DutyboundError for a part that it lacks."""
    names = {p.id: p.name for p in found.file.people}
    titles = {r.id: r.title for r in found.file.roles}
    if part == "people":
        for p in found.file.people:
            yield {"id": p.id, "name": p.name, "units": list(p.units)}
    elif part == "roles":
        for r in found.file.roles:
            yield {
                "id": r.id,
                "title": r.title,
                "held_by": [names[p] for p in r.held_by],
                "deputies": [names[p] for p in r.deputies],
                "owns": list(r.owns),
                "answers_for": [c.replace("-", " ") for c in r.controls],
            }
    elif part == "decisions":
        for i, line in enumerate(found.file.decisions, 1):
            yield {
                "id": f"{line.decision} {i}",
                "decision": line.decision,
                "role": titles[line.role],
                "markets": list(line.markets),
                "limit": _limit(line),
                "quorum": line.quorum,
                "deputies": line.deputies,
                "veto": [titles[v] for v in line.veto],
                "separate": line.separate,
            }
    elif part == "sign_off":
        for s in found.file.sign_off:
            yield {
                "id": s.id,
                "of": s.of,
                "role": titles[s.role],
                "markets": list(s.markets),
                "why": s.why,
            }
    elif part == "activities":
        for a in found.file.activities:
            yield {"id": a.id, "what": a.what} | {
                word: [titles[r] for r in a.having(letter)] for letter, word in PARTS.items()
            }
    elif part == "exceptions":
        for e in found.file.exceptions:
            yield {**e.model_dump(mode="json"), "compensating": list(e.compensating)}
    else:
        raise DutyboundError(f"governance.yaml has no part `{part}`.")


def _limit(line: Any) -> str:
    if line.max_days is not None:
        return f"at most {line.max_days} days"
    return "recommendation " + " or ".join(r.replace("_", " ") for r in line.recommendations)
