"""Measures that can be evidence, as text: for `assess --measures` and `gaps`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from dutybound.assess.answering import answering, duties_in, in_short
from dutybound.cli import page

if TYPE_CHECKING:
    from dutybound.assess.assess import Assessment
    from dutybound.assess.gaps import Gaps

NAMES: Final = {
    "eu": "EUROPEAN UNION",
    "us": "UNITED STATES",
    "uk": "UNITED KINGDOM",
    "own": "OWN RULES",
}
FEW: Final = 15


def short(result: Assessment) -> Iterator[str]:
    """The count of duties that can be measured."""
    found = answering(result.findings)
    if found:
        yield page.heading("MEASURES THAT CAN BE EVIDENCE")
        yield page.wrapped(in_short(found, duties_in(result.findings)), 2)
        yield page.wrapped("List them by duty with --measures.", 2)
        yield ""


def by_duty(result: Assessment) -> Iterator[str]:
    """Every duty with its measures, and what its text names."""
    found = answering(result.findings)
    yield page.title(f"{result.profile.name}: measures that can be evidence")
    yield page.wrapped(in_short(found, duties_in(result.findings)))
    yield page.wrapped(
        "Measures in brackets come from records; `dutybound measure` and `dutybound explain-model` "
        "give the others. `dutybound measures show ID` says what one is."
    )
    yield ""
    for market, name in NAMES.items():
        own = [a for a in found if a.market == market]
        if not own:
            continue
        yield page.heading(name)
        for a in own:
            computed = a.computed
            listed = ", ".join(m if m in computed else f"[{m}]" for m in a.usable)
            head = f"{a.pinpoint} {a.title}"
            text = f"{head}: {listed}. The text {a.law_says}."
            if a.names:
                text = f"{head}: {listed}. {a.law_says}."
            yield page.wrapped(text, 2, hang=4)
        yield ""


def lacking(found: Gaps) -> Iterator[str]:
    """Controls that are not met, with the measures that they ask for."""
    report, book = found.report, found.catalogue
    rows = [
        (c, ", ".join(book.controls[c].measures))
        for c in report.asked_for
        if str(report.controls[c].state) != "met" and book.controls[c].measures
    ]
    findings = found.assessment.findings
    answers = answering(findings)
    if not answers:
        return
    yield page.heading("MEASURES THAT CAN BE EVIDENCE, BY CONTROL THAT IS NOT MET")
    yield from page.rows(rows[:FEW])
    if len(rows) > FEW:
        yield f"  ... and {len(rows) - FEW} more: --json, --html."
    yield page.wrapped(in_short(answers, duties_in(findings)), 2)
    yield page.wrapped("By duty: `dutybound assess --measures`, --html.", 2)
    yield ""
