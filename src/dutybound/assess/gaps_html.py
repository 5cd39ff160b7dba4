"""The gap report as a page, with the heat map as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from dutybound.assess import html
from dutybound.assess.gaps import Gaps
from dutybound.controls.gaps import ControlState, DutyState, State
from dutybound.terms.evidence import Rung


def gaps_page(found: Gaps) -> str:
    """The whole page."""
    return html.page(f"{found.assessment.profile.name}: gaps", _parts(found))


def _parts(found: Gaps) -> Iterator[str]:
    report = found.report
    valid, asked = report.valid
    yield html.paragraph(
        f"As of {report.as_of}, duties up to {report.until}. Controls with valid evidence: "
        f"{valid} of {asked}."
    )
    yield html.table(
        "Duties by market and state",
        ("market", *map(str, State)),
        ((m, *_counts(found, m)) for m in sorted({d.duty.market for d in report.duties})),
    )
    yield html.table(
        "Controls by domain and rung",
        ("domain", *(r.word.replace("_", " ") for r in Rung), "at the rung needed"),
        _domains(found),
    )
    yield html.heading("Duties")
    yield html.table(
        "Every duty with its controls",
        ("rule", "market", "party", "pinpoint", "title", "bites on", "state", "controls", "note"),
        (_duty(d) for d in report.duties),
    )
    yield html.heading("Controls")
    yield html.table(
        "Every control that a duty asks for",
        ("control", "title", "state", "reached", "needed", "owner", "missing evidence"),
        _controls(found),
    )
    if found.refused:
        yield html.heading("Evidence that does not count, or counts for less")
        yield html.table(
            "Refused evidence",
            ("evidence", "control", "code", "reason"),
            ((r.claim_id, r.control or "", r.code, r.reason) for r in found.refused),
        )
    yield html.paragraph(
        "A duty is met when every control that answers it has valid evidence at the rung it needs. "
        "This says nothing on whether the law is kept. It is information, not legal advice.",
        "note",
    )


def _kind(state: State) -> str:
    return str(state).replace(" ", "-")


def _counts(found: Gaps, market: str) -> Iterator[tuple[int, str]]:
    counts = Counter(d.state for d in found.report.duties if d.duty.market == market)
    for state in State:
        yield counts[state], _kind(state) if counts[state] else ""


def _domains(found: Gaps) -> Iterator[list[Any]]:
    report, book = found.report, found.catalogue
    asked = sorted({c for d in report.duties for c in d.controls})
    for domain, title in book.domains.items():
        own = [report.controls[c] for c in asked if book.controls[c].domain == domain]
        if own:
            counts = Counter(c.reached for c in own)
            shades = {Rung.UNASSESSED: "unassessed"}
            cells = [(counts[r], shades.get(r, "met") if counts[r] else "") for r in Rung]
            met = sum(c.state is State.MET for c in own)
            yield [title, *cells, f"{met} of {len(own)}"]


def _duty(state: DutyState) -> list[Any]:
    duty = state.duty
    ends = "; ".join(f"{p}: ends when {e}" for p, e in duty.shields)
    note = ends if duty.certain else f"{duty.outcome}; {ends}".rstrip("; ")
    return [
        duty.rule,
        duty.market,
        duty.party or "",
        duty.pinpoint,
        duty.title,
        duty.bites_on,
        (str(state.state), _kind(state.state)),
        f"{state.met} of {len(state.controls)}: {', '.join(state.controls)}",
        note,
    ]


def _controls(found: Gaps) -> Iterator[list[Any]]:
    asked = sorted({c for d in found.report.duties for c in d.controls})
    for name in asked:
        yield _control(found, found.report.controls[name])


def _control(found: Gaps, state: ControlState) -> list[Any]:
    control = found.catalogue.controls[state.control]
    reached = state.reached.word + (f" (part: {state.part.word})" if state.part else "")
    return [
        control.id,
        control.title,
        (str(state.state), _kind(state.state)),
        reached.replace("_", " "),
        state.required.word.replace("_", " "),
        control.owner,
        "; ".join(f"{what} ({kind})" for kind, what in state.missing),
    ]
