"""Questions that a SOC 2 report raises: for the auditor, the vendor, or the people here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from dutybound.assess.credit import add_months
from dutybound.assess.soc2 import boundary_of, time_of
from dutybound.packs.policy import Policy
from dutybound.packs.reports import Soc2Report, category_of

SAME_WORDING: Final = 3


@dataclass(frozen=True, slots=True)
class Question:
    """A question and whom to put it to: auditor, organisation (whose report it is) or own."""

    code: str
    ask: str
    to: str
    criteria: tuple[str, ...] = ()


def questions(
    report: Soc2Report,
    known_criteria: Iterable[str],
    as_of: date,
    policy: Policy,
    *,
    system: str | None = None,
) -> tuple[Question, ...]:
    """All questions, the ones about the report as a whole first."""
    return tuple(
        [
            *_about_the_auditor(report, policy),
            *_about_tests(report),
            *_about_the_boundary(report, system, as_of),
            *_about_others(report),
            *_about_time(report, as_of, policy),
            *_about_scope(report, known_criteria),
        ]
    )


def _about_the_auditor(report: Soc2Report, policy: Policy) -> Iterator[Question]:
    if report.auditor is None:
        yield Question("auditor_not_named", "Which firm signed the report?", "organisation")
    if report.type == "I":
        ask = "When will there be a Type II report, and for which period?"
        yield Question("type_1", ask, "organisation")
    period = report.period
    if period is not None and period.to < add_months(period.from_, policy.short_period.months):
        days = (period.to - period.from_).days + 1
        ask = f"The period has {days} days only. Which controls ran at all in it, and how often?"
        yield Question("short_period", ask, "auditor")
    opinion = report.opinion
    if opinion.kind != "unqualified":
        ask = (
            f"The opinion is {opinion.kind}. What exactly failed, and has it been put right since?"
        )
        yield Question("opinion", ask, "auditor", opinion.about)


def _about_tests(report: Soc2Report) -> Iterator[Question]:
    results = [c.result for one in report.criteria for c in one.controls]
    if not report.exceptions and "exception" not in results:
        ask = (
            "There is no exception at all. How large were the samples, from which populations, "
            "and which tests were re-performed rather than asked about?"
        )
        yield Question("no_exceptions", ask, "auditor")
    elif "exception" in results and not report.exceptions:
        ask = "A control has an exception that is not described. What deviated, how often, why?"
        yield Question("exception_not_described", ask, "auditor")
    yield from _wording(report)
    silent = tuple(
        dict.fromkeys(
            one.id
            for one in report.criteria
            if not one.controls
            or any(c.result in (None, "not_tested") or c.test is None for c in one.controls)
        )
    )
    if silent:
        ask = "Which controls answer these criteria, how were they tested, with what result?"
        yield Question("no_test_shown", ask, "organisation", silent)
    idle = tuple(
        one.id for one in report.criteria if any(c.result == "no_occurrence" for c in one.controls)
    )
    if idle:
        ask = "Controls had no occasion to run. How does the auditor know that there was none?"
        yield Question("no_occurrence", ask, "auditor", idle)
    for exception in report.exceptions:
        if exception.response is None:
            ask = f"No response of management: {exception.what} What is being done, until when?"
            yield Question("no_response", ask, "organisation", exception.criteria)


def _wording(report: Soc2Report) -> Iterator[Question]:
    """The same words for different controls are a template, perhaps not a test."""
    for part in ("test", "text"):
        controls: dict[str, dict[str, None]] = {}
        criteria: dict[str, dict[str, None]] = {}
        for one in report.criteria:
            for control in one.controls:
                words = " ".join(re.findall(r"\w+", (getattr(control, part) or "").lower()))
                if words:
                    controls.setdefault(words, {})[control.id] = None
                    criteria.setdefault(words, {})[one.id] = None
        for words, names in controls.items():
            if len(names) >= SAME_WORDING:
                ask = (
                    f"{len(names)} controls have the same {part}, word for word "
                    f"({', '.join(list(names)[:5])}). What was done for each of them?"
                )
                yield Question("identical_wording", ask, "auditor", tuple(criteria[words]))


def _about_the_boundary(report: Soc2Report, system: str | None, as_of: date) -> Iterator[Question]:
    loss = boundary_of(report, system, as_of)
    if loss is not None:
        ask = f"{loss.reason} When will it be taken in, and what covers it until then?"
        yield Question(loss.code, ask, "organisation")
    since, period = report.boundary.inside_since, report.period
    if since is not None and period is not None and period.from_ < since <= period.to:
        ask = f"The AI feature came in on {since}, within the period. Do the samples include it?"
        yield Question("feature_part_of_period", ask, "auditor")


def _about_others(report: Soc2Report) -> Iterator[Question]:
    for one in report.subservice:
        if one.method == "carve_out" and one.own_report is None:
            ask = (
                f"{one.organisation} is carved out. Get its own report, and read its user controls."
            )
            yield Question("carve_out_without_report", ask, "own", one.criteria)
        if one.method == "carve_out" and not one.criteria:
            ask = f"Which criteria rest on {one.organisation}, wholly or in part?"
            yield Question("carve_out_unclear", ask, "organisation")
    for control in report.user_controls:
        if control.owner is None:
            ask = f"Who here owns the complementary user control {control.id}?"
            yield Question("user_control_unowned", ask, "own", control.criteria)
    for control in report.subservice_controls:
        if control.owner is None:
            ask = f"Who here watches the complementary subservice control {control.id}?"
            yield Question("subservice_control_unowned", ask, "own", control.criteria)
    if report.report_of.relation == "vendor" and not report.user_controls:
        ask = "The summary lists no complementary user controls. Has the report really none?"
        yield Question("no_user_controls", ask, "organisation")


def _about_time(report: Soc2Report, as_of: date, policy: Policy) -> Iterator[Question]:
    loss = time_of(report, as_of, policy)
    if loss is None or loss.code == "type_1":
        return
    if loss.code == "bridged":
        ask = f"{loss.reason} When does the next report come?"
    elif loss.code == "gap":
        ask = f"{loss.reason} Ask for a bridge letter and for the day of the next report."
    elif loss.code == "before_period":
        ask = f"{loss.reason} Is there a report for the time before?"
    else:
        ask = f"{loss.reason} When does the next report come?"
    yield Question(loss.code, ask, "organisation")


def _about_scope(report: Soc2Report, known: Iterable[str]) -> Iterator[Question]:
    listed = {c.id for c in report.criteria}
    missing = tuple(c for c in known if category_of(c) in report.categories and c not in listed)
    if missing:
        ask = "These criteria belong to a category in scope, but are not listed. Why?"
        yield Question("criteria_missing", ask, "organisation", missing)
