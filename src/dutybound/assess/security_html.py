"""The security view as a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from dutybound.assess import html
from dutybound.assess.security import (
    ORDER,
    EntryView,
    SecurityView,
    limits,
    signed_as,
)
from dutybound.terms.security import BLOCKING, Severity

SEVERITIES: Final = tuple(map(str, ORDER))
MANY: Final = 500


def security_page(view: SecurityView) -> str:
    """The whole page."""
    return html.page(f"{view.gaps.assessment.profile.name}: security", _parts(view))


def _parts(view: SecurityView) -> Iterator[str]:
    report = view.gaps.report
    yield html.paragraph(f"As of {report.as_of}, duties up to {report.until}.")
    yield html.table(
        "Open findings of the reports at hand, by severity",
        ("severity", *SEVERITIES),
        [["open findings", *(_count(view.counts[s], s) for s in ORDER)]],
    )
    for section in view.sections:
        yield html.heading(section.section.title)
        yield html.paragraph(
            f"Controls with valid evidence: {section.valid} of {len(section.section.controls)}."
        )
        yield html.table(
            f"Controls: {section.section.title}",
            ("control", "title", "state", "reached", "needed", "missing"),
            (_control(view, c) for c in section.section.controls),
        )
        yield html.table(
            f"Duties that rest on these controls: {section.section.title}",
            ("rule", "market", "pinpoint", "title", "for", "bites on", "state", "rests on"),
            (
                [
                    same.state.duty.rule,
                    same.state.duty.market.upper(),
                    same.state.duty.pinpoint,
                    same.state.duty.title,
                    ", ".join(same.parties),
                    f"{same.state.duty.bites_on}"
                    + ("" if same.state.duty.certain else ", not certain"),
                    (str(same.state.state), str(same.state.state).replace(" ", "-")),
                    ", ".join(c for c in same.state.controls if c in section.section.controls),
                ]
                for same in section.duties
            ),
        )
    yield from _lists(view)
    yield from _reports(view)
    yield html.heading("Limits")
    yield html.items(limits(view))


def _count(number: int, severity: Severity) -> tuple[int, str]:
    return number, ("open" if severity in BLOCKING else "partial") if number else ""


def _control(view: SecurityView, name: str) -> list[Any]:
    state = view.gaps.report.controls[name]
    reached = state.reached.word.replace("_", " ")
    return [
        name,
        view.gaps.catalogue.controls[name].title,
        (str(state.state), str(state.state).replace(" ", "-")),
        reached + (f", a part {state.part.word}" if state.part > state.reached else ""),
        state.required.word.replace("_", " "),
        "; ".join(what for _, what in state.missing),
    ]


def _lists(view: SecurityView) -> Iterator[str]:
    for found, entries in view.lists:
        yield html.heading(found.title)
        yield html.paragraph(f"{found.effect} Source: {found.source}", "note")
        yield html.table(
            found.title,
            (
                "entry",
                "title",
                "threat",
                "look for",
                "answered by",
                "state",
                "rung",
                "open findings",
            ),
            (_entry(e) for e in entries),
        )


def _entry(entry: EntryView) -> list[Any]:
    counts = [f"{entry.findings[s]} {s}" for s in ORDER if entry.findings[s]]
    return [
        entry.key,
        entry.threat.title,
        entry.threat.threat,
        "; ".join(entry.threat.look_for),
        ", ".join(entry.controls) or entry.threat.unanswered or "no control",
        (str(entry.state), str(entry.state).replace(" ", "-")),
        entry.lowest.word.replace("_", " "),
        ", ".join(counts),
    ]


def _reports(view: SecurityView) -> Iterator[str]:
    yield html.heading("Scan reports")
    rows: list[list[Any]] = []
    for report in view.reports:
        counts_as = (
            signed_as(report, view.gaps) or "no evidence: nobody signed it, or it was refused"
        )
        if report.error is not None:
            rows.append([report.file, "", "", "", ("unread", "unassessed"), report.error])
        for scan in report.scans:
            kind = {"fail": "open", "pass": "met"}.get(scan.result, "unassessed")
            tool = f"{scan.tool} {scan.version or 'version not stated'}"
            rows.append(
                [
                    report.file,
                    tool,
                    str(scan.made_on or "not stated"),
                    f"{scan.target or 'target not stated'}; {scan.scope or 'scope not stated'}",
                    (scan.result, kind),
                    f"{scan.objection or ''} {counts_as}".strip(),
                ]
            )
    yield html.table(
        "Reports", ("file", "tool", "date", "target and scope", "result", "note"), rows
    )
    yield html.table(
        f"Open findings (at most {MANY})",
        ("rule", "severity", "title", "where", "entries"),
        (
            [
                p.finding.rule,
                (str(p.finding.severity), "open" if p.finding.severity in BLOCKING else "partial"),
                p.finding.title,
                p.finding.where,
                ", ".join(p.entries) or "none of the lists",
            ]
            for p in view.open[:MANY]
        ),
    )
