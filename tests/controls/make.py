"""Small controls, duties and pieces of evidence: what the tests of gaps and plans start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

from dutybound.controls.gaps import Duty, GapReport, find_gaps
from dutybound.controls.states import States, control_states
from dutybound.terms.control import Catalogue, Control, EvidenceNeed
from dutybound.terms.evidence import Claim, EvidenceKind, Refused, Rung
from tests.evidence import kit

DAY: Final = date(2026, 11, 25)
YEAR: Final = timedelta(days=365)


@dataclass(frozen=True)
class Piece:
    """Stands in for `Checked`, which only the intake may make."""

    claim: Claim
    reaches: dict[str, Rung]
    partial: dict[str, Rung] = field(default_factory=dict)
    whom: dict[str, frozenset[str]] | None = None
    examined: frozenset[str] = frozenset()


def claim(name: str, kind: EvidenceKind = EvidenceKind.RECORD) -> Claim:
    """A claim of which only the name and the kind matter."""
    return Claim(name, kind, "what", (), None, None, "alice", "acme", DAY, DAY, None, Rung.OBSERVED)


def piece(
    name: str,
    reaches: dict[str, Rung],
    partial: dict[str, Rung] | None = None,
    kind: EvidenceKind = EvidenceKind.RECORD,
) -> Any:
    """A piece of evidence that counts."""
    return Piece(claim(name, kind), reaches, partial or {})


def refused(control: str | None, *about: str, code: str = "expired") -> Refused:
    """A piece of evidence that does not count."""
    return Refused("old", "old.dsse.json", control, code, "It has expired.", about)


def control(
    name: str,
    required: Rung = Rung.OBSERVED,
    after: tuple[str, ...] = (),
    needs: tuple[EvidenceNeed, ...] = (),
    effort: str = "M",
) -> Control:
    """A control."""
    return replace(
        kit.control(name), required=required, after=after, needs=needs, owner="o", effort=effort
    )


def catalogue(*controls: Control) -> Catalogue:
    """A catalogue without frameworks."""
    return Catalogue({}, {c.id: c for c in controls}, {}, {})


def duty(rule: str, bites_on: date = DAY, **more: Any) -> Duty:
    """A duty that is sure to bind."""
    found: dict[str, Any] = {
        "key": f"{rule}/p",
        "rule": rule,
        "title": f"Do {rule}",
        "pinpoint": rule,
        "instrument": "act",
        "market": "eu",
        "party": "p",
        "owed_by": "provider",
        "kind": "duty",
        "outcome": "applies",
        "bites_on": bites_on,
        **more,
    }
    return Duty(**found)


def report(
    book: Catalogue,
    duties: list[Duty],
    answers: Mapping[str, tuple[str, ...]],
    checked: list[Any] | None = None,
    refused: list[Refused] | None = None,
    horizon: timedelta = 2 * YEAR,
) -> GapReport:
    """A gap report on DAY."""
    states = States(control_states(book, checked or [], refused or []))
    return find_gaps(duties, lambda rule: answers.get(rule, ()), states, DAY, horizon)
