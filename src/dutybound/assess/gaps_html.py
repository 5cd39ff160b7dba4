"""The gap report as a page, with the heat map as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from dutybound.assess import html
from dutybound.assess.alike import Alike, alike, refused_alike
from dutybound.assess.answering import answering, duties_in, in_short
from dutybound.assess.catalogue import content_json, rests_on
from dutybound.assess.gaps import Gaps, lacking_some
from dutybound.controls.elements import ElementState, FrameworkGaps
from dutybound.controls.states import ControlState, State
from dutybound.terms.evidence import Rung

ELEMENT_KINDS: Final = {
    ElementState.FULL: "met",
    ElementState.PARTIAL: "partial",
    ElementState.NONE: "open",
    ElementState.UNASSESSED: "unassessed",
    ElementState.UNKNOWN: "no-control",
}


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
    yield from _prohibitions(found)
    yield html.table(
        "Duties by market and state",
        ("market", *map(str, State)),
        ((m.upper(), *_counts(found, m)) for m in sorted({d.duty.market for d in report.duties})),
    )
    yield html.table(
        "Controls by domain and rung reached, and how many of them are met",
        ("domain", *(_word(r) for r in Rung), "met"),
        _domains(found),
    )
    yield html.table(
        "Framework elements by what controls with valid evidence cover",
        ("framework", *map(str, ElementState), "controls with valid evidence", "effect"),
        (_framework(f) for f in found.frameworks),
    )
    yield html.paragraph(
        "Parts are never added up to the whole. Unknown coverage: no mapping says anything.", "note"
    )
    yield html.heading("Duties")
    yield html.table(
        "Every duty with its controls",
        ("rule", "market", "pinpoint", "title", "for", "bites on", "state", "controls", "note"),
        (_duty(found, a) for a in alike(report.duties)),
    )
    yield html.heading("Controls")
    yield html.table(
        "Every control that a duty asks for, as it stands for all parties that need it together",
        ("control", "title", "state", "reached", "needed", "owner", "evidence", "missing"),
        (_control(found, report.controls[c]) for c in report.asked_for),
    )
    yield from _measures(found)
    yield html.heading("Frameworks")
    for framework in found.frameworks:
        yield html.table(
            framework.framework.title,
            ("element", "title", "state", "has", "waits for"),
            _elements(framework),
        )
    yield from _refused(found)
    yield html.paragraph(
        "A duty is met when every control that answers it has all the evidence that it asks for, "
        "valid on the day. This says nothing on whether the law is kept. It is information, not "
        "legal advice.",
        "note",
    )
    yield html.paragraph(rests_on(content_json(found.assessment.content)), "note")


def _word(rung: Rung) -> str:
    return rung.word.replace("_", " ")


def _kind(state: State) -> str:
    return str(state).replace(" ", "-")


def _prohibitions(found: Gaps) -> Iterator[str]:
    bans = alike(found.report.prohibitions)
    if bans:
        yield html.table(
            "Prohibited practices: evidence does not help",
            ("rule", "market", "pinpoint", "title", "for", "from", "applies"),
            (_ban(a) for a in bans),
        )


def _ban(same: Alike) -> list[Any]:
    duty = same.state.duty
    word = ("applies", "open") if duty.certain else ("not ruled out", "unassessed")
    who = ", ".join(same.parties)
    return [duty.rule, duty.market.upper(), duty.pinpoint, duty.title, who, duty.bites_on, word]


def _counts(found: Gaps, market: str) -> Iterator[tuple[int, str]]:
    counts = Counter(d.state for d in found.report.duties if d.duty.market == market)
    for state in State:
        yield counts[state], _kind(state) if counts[state] else ""


def _domains(found: Gaps) -> Iterator[list[Any]]:
    report, book = found.report, found.catalogue
    for domain, title in book.domains.items():
        own = [report.controls[c] for c in report.asked_for if book.controls[c].domain == domain]
        if own:
            cells = [_heat(r, [c for c in own if c.reached is r]) for r in Rung]
            met = sum(c.state is State.MET for c in own)
            yield [title, *cells, f"{met} of {len(own)}"]


def _heat(rung: Rung, inside: Sequence[ControlState]) -> tuple[str, str]:
    """A cell. A rung says nothing by itself: the cell says how many are at the one they need."""
    if not inside:
        return "0", "n"
    if rung is Rung.UNASSESSED:
        return str(len(inside)), "unassessed n"
    met = sum(c.state is State.MET for c in inside)
    if met == len(inside):
        return f"{met} met", "met n"
    return f"{met} of {len(inside)} met", "partial n"


def _framework(found: FrameworkGaps) -> list[Any]:
    counts, (valid, mapped) = found.counts(), found.valid
    cells = [(counts[s], ELEMENT_KINDS[s] if counts[s] else "") for s in ElementState]
    return [found.framework.title, *cells, f"{valid} of {mapped}", found.framework.effect]


def _elements(found: FrameworkGaps) -> Iterator[list[Any]]:
    for gap in found.elements:
        yield [
            gap.element.id,
            gap.element.title,
            (str(gap.state), ELEMENT_KINDS[gap.state]),
            ", ".join(gap.held),
            ", ".join(gap.lacking),
        ]


def _duty(found: Gaps, same: Alike) -> list[Any]:
    state, duty = same.state, same.state.duty
    notes = [] if duty.certain else [duty.outcome]
    notes += [f"{p}: ends with {e}" for p, e in duty.shields]
    notes += [f"{p} may shield it: not settled" for p, _ in duty.may_shield]
    lacking = state.lacking
    times = f" ({same.count} times)" if same.count > max(1, len(same.parties)) else ""
    lacks = f"; lacks {', '.join(lacking)}" if lacking else ""
    return [
        duty.rule,
        duty.market.upper(),
        duty.pinpoint,
        duty.title,
        ", ".join(same.parties) + times,
        duty.bites_on,
        (str(state.state), _kind(state.state)),
        f"{state.met} of {len(state.controls)}{lacks}",
        "; ".join(notes),
    ]


def _control(found: Gaps, state: ControlState) -> list[Any]:
    control = found.catalogue.controls[state.control]
    some = lacking_some(found.report, state.control)
    reached = _word(state.reached) + (f" (a part: {_word(state.part)})" if state.part else "")
    return [
        control.id,
        control.title,
        (str(state.state) + (f": {', '.join(some)}" if some else ""), _kind(state.state)),
        reached,
        _word(state.required),
        control.owner,
        ", ".join(state.evidence),
        "; ".join(f"{what} ({kind.replace('_', ' ')})" for kind, what in state.missing),
    ]


def _measures(found: Gaps) -> Iterator[str]:
    """Measures that can be evidence, by duty."""
    findings = found.assessment.findings
    answers = answering(findings)
    yield html.heading("Measures that can be evidence")
    yield html.paragraph(in_short(answers, duties_in(findings)))
    yield html.table(
        "By duty: what a run computes, what comes from records, and what the text names",
        ("rule", "market", "pinpoint", "title", "computed", "from records", "the text"),
        (
            (
                a.rule,
                a.market.upper(),
                a.pinpoint,
                a.title,
                ", ".join(a.computed),
                ", ".join(m for m in a.usable if m not in a.computed),
                a.law_says,
            )
            for a in answers
        ),
    )


def _refused(found: Gaps) -> Iterator[str]:
    if found.refused:
        yield html.heading("Evidence that does not count, or counts for less")
        yield html.table(
            "Refused evidence",
            ("evidence", "controls", "code", "reason"),
            (
                (r.claim_id or r.file, ", ".join(controls), r.code, r.reason)
                for r, controls in refused_alike(found.refused)
            ),
        )
