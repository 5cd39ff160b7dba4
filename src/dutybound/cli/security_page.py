"""The security view as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import click

from dutybound.cli import page
from dutybound.cli.gaps_page import COLOURS
from dutybound.controls.states import State
from dutybound.terms.security import SERIOUS, Severity, Standing

if TYPE_CHECKING:
    from dutybound.assess.alike import Alike
    from dutybound.assess.security import EntryView, SectionView, SecurityView

FEW: Final = 12
SEVERITY_COLOURS: Final = {
    Severity.CRITICAL: "bright_red",
    Severity.HIGH: "red",
    Severity.UNKNOWN: "magenta",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "bright_black",
}
RESULT_COLOURS: Final = {"pass": "green", "fail": "red", "inconclusive": "magenta"}


def lines(found: SecurityView) -> Iterator[str]:
    """The whole page."""
    from dutybound.assess.security import limits

    report = found.gaps.report
    yield page.title(f"{found.gaps.assessment.profile.name}: security")
    yield page.wrapped(
        f"As of {page.day(report.as_of.isoformat())}, duties up to "
        f"{page.day(report.until.isoformat())}."
    )
    yield f"Open findings: {_counts(found.counts) or _none(found)}"
    yield ""
    for section in found.sections:
        yield from _section(found, section)
    for threats, entries in found.lists:
        mark = f" (superseded by {threats.superseded_by})" if threats.superseded_by else ""
        yield page.heading(f"{threats.title.upper()}{mark}")
        yield from page.rows(_entry(e) for e in entries)
        yield ""
    yield page.wrapped(
        "Entry, state, lowest rung of the controls that answer it. Met: every control has all the "
        "evidence that it asks for and nothing is open. Unassessed: nobody looked. "
        "The lists are voluntary.",
        2,
    )
    yield ""
    yield from _reports(found)
    yield from _findings(found)
    for limit in limits(found):
        yield page.wrapped(limit)


def _none(found: SecurityView) -> str:
    if not found.reports:
        return click.style("unassessed: no scan report at hand", fg="magenta")
    return "none in the reports at hand"


def _counts(counts: Mapping[Severity, int]) -> str:
    return ", ".join(
        click.style(f"{counts[s]} {s}", fg=SEVERITY_COLOURS[s]) for s in Severity if counts.get(s)
    )


def _state(state: State) -> str:
    return click.style(str(state), fg=COLOURS[state])


def _section(found: SecurityView, view: SectionView) -> Iterator[str]:
    names = view.section.controls
    yield page.heading(
        f"{view.section.title.upper()}: controls with valid evidence {view.valid} of {len(names)}"
    )
    states = found.gaps.report.controls
    book = found.gaps.catalogue.controls
    yield from page.rows(
        (c, _state(states[c].state), _rung(states[c].reached.word), book[c].title) for c in names
    )
    if view.duties:
        yield "  Duties that rest on them:"
        yield from page.rows((_duty(d) for d in view.duties[:FEW]), 4)
        if len(view.duties) > FEW:
            yield f"    ... and {len(view.duties) - FEW} more: --json, --html."
    else:
        yield "  No binding duty of this system rests on them in this time."
    yield ""


def _rung(word: str) -> str:
    return "-" if word == "unassessed" else word.replace("_", " ")


def _duty(same: Alike) -> tuple[str, str, str, str]:
    duty = same.state.duty
    when = page.day(duty.bites_on.isoformat()) + ("" if duty.certain else " ?")
    who = f" ({', '.join(same.parties)})" if same.parties else ""
    return duty.market, when, _state(same.state.state), f"{duty.pinpoint} {duty.title}{who}"


def _entry(entry: EntryView) -> tuple[str, str, str, str]:
    answered = ", ".join(entry.controls) or f"no control: {entry.threat.unanswered}"
    counts = _counts(entry.findings)
    text = f"{entry.threat.title} [{answered}]" + (f"; open: {counts}" if counts else "")
    return entry.key, _state(entry.state), _rung(entry.lowest.word), text


def _reports(found: SecurityView) -> Iterator[str]:
    from dutybound.assess.security import signed_as

    if not found.reports:
        return
    yield page.heading(f"SCAN REPORTS ({len(found.reports)})")
    for report in found.reports:
        claim = signed_as(report, found.gaps)
        standing = f"counts as {claim}" if claim else "counts for no control"
        if report.error is not None:
            word = click.style("unread", fg="magenta")
            yield page.wrapped(f"{report.file}: {word}. {report.error}", 2, hang=4)
        for scan in report.scans:
            word = click.style(scan.result, fg=RESULT_COLOURS[scan.result])
            gone = sum(f.standing is Standing.SUPPRESSED for f in scan.findings)
            parts = [
                f"{report.file}: {scan.tool} {scan.version or '(version not stated)'}, "
                f"{scan.made_on or 'day not stated'}, {scan.target or 'target not stated'}, "
                f"{scan.scope or 'scope not stated'}",
                word,
                scan.objection or "",
                f"{gone} suppressed" if gone else "",
                standing,
            ]
            yield page.wrapped("; ".join(p.rstrip(".") for p in parts if p), 2, hang=4)
    yield ""


def _findings(found: SecurityView) -> Iterator[str]:
    shown = found.open
    if not shown:
        return
    yield page.heading(f"OPEN FINDINGS ({len(shown)})")
    grave = [p for p in shown if p.finding.severity in SERIOUS]
    for p in shown[: max(FEW, min(len(grave), 2 * FEW))]:
        finding = p.finding
        word = click.style(f"{finding.severity:<8}", fg=SEVERITY_COLOURS[finding.severity])
        place = f" at {finding.where}" if finding.where else ""
        touched = ", ".join(p.entries) or "touches no entry of the lists"
        unsure = f"; {', '.join(p.unsure)}: of which year?" if p.unsure else ""
        why = f"; {finding.why}" if finding.why else ""
        text = f"{finding.rule}: {finding.title}{place} [{touched}{unsure}]{why}"
        yield page.wrapped(text, 2, first=f"{word} ", hang=4)
    rest = len(shown) - max(FEW, min(len(grave), 2 * FEW))
    if rest > 0:
        yield f"  ... and {rest} more: --json, --html."
    yield ""
