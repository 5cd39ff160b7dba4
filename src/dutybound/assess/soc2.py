"""What a SOC 2 report proves on a day: per criterion, and per control through the crosswalk.

A report counts inside its period, if the AI feature is inside the boundary, minus exceptions, and
never for what SOC 2 does not test. A criterion in scope alone gives `documented`; `observed` needs
the control, the auditor's test and its result. Type I is `documented` at most, a bridge letter
`asserted` at most. Each loss has a code and a reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from dutybound.assess.credit import ControlCredit, ElementCredit, Loss, add_months, credited
from dutybound.packs.policy import Policy
from dutybound.packs.reports import Criterion, Soc2Report, Subservice
from dutybound.packs.shapes import rung_of
from dutybound.terms.control import Catalogue, Mapping, Relationship, Soc2Note
from dutybound.terms.evidence import Rung

Others = ReadOnly[str, Soc2Report]
NO_OTHERS: Final[Others] = {}
BEST: Final = Rung.OBSERVED


@dataclass(frozen=True, slots=True)
class Soc2Credit:
    """What a report proves on a day. time: in_period, bridged, gap, lapsed, type_1, ..."""

    report: Soc2Report
    as_of: date
    time: Loss | None
    criteria: dict[str, ElementCredit]
    controls: dict[str, ControlCredit] = field(default_factory=dict)


def credit(
    report: Soc2Report,
    catalogue: Catalogue,
    as_of: date,
    policy: Policy,
    *,
    system: str | None = None,
    others: Others = NO_OTHERS,
) -> Soc2Credit:
    """What the report proves on the day.

    system: id of the AI system; None asks for the AI feature as such. others: further reports by
    id, those of vendors that this report carves out.
    """
    work = _Work(report, as_of, policy, system, others)
    known = dict.fromkeys([*known_criteria(catalogue), *(c.id for c in report.criteria)])
    criteria = {name: work.criterion(name) for name in known}
    vendor = report.report_of.relation == "vendor"
    controls = dict(_controls(catalogue, criteria, vendor=vendor))
    return Soc2Credit(report, as_of, work.time, criteria, controls)


def known_criteria(catalogue: Catalogue) -> list[str]:
    """All criteria of the framework, then what else a crosswalk names."""
    names: dict[str, None] = {}
    for framework_id, framework in catalogue.frameworks.items():
        if framework_id.startswith("soc2"):
            names.update((bare(e.id), None) for e in framework.elements.values() if e.assessable)
    names.update((bare(m.target), None) for m in soc2_mappings(catalogue))
    return list(names)


def bare(element: str) -> str:
    """`soc2.CC6.1` as `CC6.1`."""
    return element.split(".", 1)[1] if element.lower().startswith("soc2") else element


def soc2_mappings(catalogue: Catalogue) -> Iterator[Mapping]:
    """The crosswalk from controls to SOC 2 criteria."""
    for name, mappings in catalogue.crosswalks.items():
        if name.startswith("soc2"):
            yield from mappings


def time_of(report: Soc2Report, as_of: date, policy: Policy) -> Loss | None:
    """What is lost because of the day; None on a day of a Type II period."""
    if report.type == "I":
        return _time_of_type_1(report, as_of, policy)
    period = report.period
    if period is None:
        return Loss("no_period", "The report has no period.", Rung.UNASSESSED)
    if as_of < period.from_:
        reason = f"The period begins on {period.from_}, after {as_of}."
        return Loss("before_period", reason, Rung.UNASSESSED)
    if as_of <= period.to:
        return None
    return _after(report, period.to, as_of, policy)


def _time_of_type_1(report: Soc2Report, as_of: date, policy: Policy) -> Loss:
    day = report.as_at or report.issued_on
    end = add_months(day, policy.type_1.months)
    if as_of < day:
        return Loss("before_period", f"The report speaks of {day}, after {as_of}.", Rung.UNASSESSED)
    if as_of > end:
        reason = f"A Type I report speaks of {day} alone; by house policy it counts to {end}."
        return Loss("lapsed", reason, Rung.UNASSESSED)
    reason = "Type I: the auditor looked at the design on one day, not at how the controls operate."
    return Loss("type_1", reason, Rung.DOCUMENTED)


def _after(report: Soc2Report, end: date, as_of: date, policy: Policy) -> Loss:
    """After the period: only a bridge letter is left."""
    limit = add_months(end, policy.bridge_letter.months)
    letter = report.bridge_letter
    over = f"The period ended on {end}"
    if letter is None or letter.dated > as_of:
        code = "gap" if as_of <= limit else "lapsed"
        return Loss(code, f"{over} and no bridge letter covers {as_of}.", Rung.UNASSESSED)
    if letter.material_changes:
        reason = f"{over} and the bridge letter reports material changes since."
        return Loss("bridge_changes", reason, Rung.UNASSESSED)
    if as_of > limit:
        reason = f"{over}; by house policy a bridge letter carries to {limit} at most."
        return Loss("lapsed", reason, Rung.UNASSESSED)
    if as_of > letter.to:
        reason = f"{over} and the bridge letter covers the time to {letter.to} only."
        return Loss("gap", reason, Rung.UNASSESSED)
    reason = f"{over}; since then there is only the bridge letter, which is management's word."
    return Loss("bridged", reason, Rung.ASSERTED)


def boundary_of(report: Soc2Report, system: str | None, as_of: date) -> Loss | None:
    """What is lost because of the boundary."""
    boundary = report.boundary
    if boundary.ai_feature == "outside":
        reason = "The AI feature is outside the boundary of the report."
        return Loss("feature_outside", reason, Rung.UNASSESSED)
    if boundary.ai_feature == "unclear":
        reason = "The report does not say whether the AI feature is inside its boundary."
        return Loss("feature_unclear", reason, Rung.UNASSESSED)
    if system is not None and system not in boundary.systems:
        reason = f"The boundary does not name the system `{system}`."
        return Loss("system_not_named", reason, Rung.UNASSESSED)
    since = boundary.inside_since
    if since is not None and as_of < since:
        reason = f"The AI feature came inside the boundary on {since}, after {as_of}."
        return Loss("feature_not_yet_inside", reason, Rung.UNASSESSED)
    if since is not None and report.period is not None and since > report.period.to:
        reason = f"The AI feature came in on {since}, after the period: nothing of it was tested."
        return Loss("feature_after_period", reason, Rung.UNASSESSED)
    return None


@dataclass(frozen=True, slots=True)
class _Work:
    """One report on one day."""

    report: Soc2Report
    as_of: date
    policy: Policy
    system: str | None
    others: Others
    through_carve_out: bool = False

    @property
    def time(self) -> Loss | None:
        return time_of(self.report, self.as_of, self.policy)

    def criterion(self, name: str) -> ElementCredit:
        """The credit for one criterion."""
        found = next((c for c in self.report.criteria if c.id == name), None)
        if found is None:
            reason = f"{name} is not among the criteria in scope."
            loss = Loss("not_in_scope", reason, Rung.UNASSESSED)
            return ElementCredit(name, Rung.UNASSESSED, Rung.UNASSESSED, (loss,))
        carried, of_the_day, lifted = self._carve_outs(name)
        own = [] if lifted else list(self._tested(found))
        losses = [*self._whole_report(), *self._opinion(name), *own, *self._exceptions(name)]
        losses += [*carried, *self._complements(name)]
        if self.time is not None:
            of_the_day.append(self.time)
        return credited(name, losses, of_the_day, BEST)

    def _whole_report(self) -> Iterator[Loss]:
        boundary = boundary_of(self.report, self.system, self.as_of)
        if boundary is not None:
            yield boundary
        if self.report.type == "I":
            yield Loss("type_1", "A Type I report says nothing of operation.", Rung.DOCUMENTED)
        if self.report.auditor is None:
            reason = "The auditor is not named: nobody can ask back."
            yield Loss("auditor_not_named", reason, Rung.DOCUMENTED)
        if self.report.report_of.relation == "vendor" and not self.through_carve_out:
            whose = self.report.report_of.organisation
            reason = f"This is the report of the vendor {whose}: it tests their controls, not ours."
            yield Loss("vendor_report", reason, Rung.DOCUMENTED)

    def _opinion(self, name: str) -> Iterator[Loss]:
        opinion = self.report.opinion
        if opinion.kind in ("adverse", "disclaimer"):
            reason = (
                f"The auditor's opinion is {_opinion_word(opinion.kind)}: nothing can rest on it."
            )
            yield Loss(f"opinion_{opinion.kind}", reason, Rung.UNASSESSED)
        elif opinion.kind == "qualified" and (not opinion.about or name in opinion.about):
            which = f"for {name}" if opinion.about else "and does not say for which criteria"
            reason = f"The auditor's opinion is qualified {which}."
            yield Loss("opinion_qualified", reason, Rung.UNASSESSED)

    def _tested(self, criterion: Criterion) -> Iterator[Loss]:
        if not criterion.controls:
            reason = (
                "In scope, but the summary lists no control with the auditor's test and result."
            )
            yield Loss("scope_only", reason, Rung.DOCUMENTED)
        for control in criterion.controls:
            name = control.id
            if control.result == "exception" and not self._described(control.id, criterion.id):
                reason = f"The auditor noted an exception in control {name}."
                yield Loss("exception", reason, rung_of(self.policy.exceptions.medium))
            elif control.result == "no_occurrence":
                reason = f"Control {name} had no occasion to run in the period: not tested."
                yield Loss("no_occurrence", reason, Rung.DOCUMENTED)
            elif control.result == "not_tested" or control.test is None or control.result is None:
                reason = f"For control {name} the summary has no test with a result."
                yield Loss("not_tested", reason, Rung.DOCUMENTED)

    def _described(self, control: str, criterion: str) -> bool:
        """Whether the exception is described, with its severity, for this criterion."""
        return any(
            criterion in e.criteria and e.control in (control, None) for e in self.report.exceptions
        )

    def _exceptions(self, name: str) -> Iterator[Loss]:
        for exception in self.report.exceptions:
            if name in exception.criteria:
                cap = rung_of(getattr(self.policy.exceptions, exception.severity))
                reason = f"Exception ({exception.severity}) in {name}: {exception.what}"
                if exception.response is not None:
                    reason += " Management's response changes nothing until an auditor tested it."
                yield Loss("exception", reason, cap)

    def _complements(self, name: str) -> Iterator[Loss]:
        for code, what, controls in (
            ("user_control_unowned", "user control", self.report.user_controls),
            ("subservice_control_unowned", "subservice control", self.report.subservice_controls),
        ):
            for control in controls:
                if name in control.criteria and control.owner is None:
                    reason = f"The complementary {what} {control.id} has no owner here."
                    yield Loss(code, reason, Rung.DOCUMENTED)

    def _carve_outs(self, name: str) -> tuple[list[Loss], list[Loss], bool]:
        """Losses always and on the day, and whether a vendor's report carries all of it."""
        always: list[Loss] = []
        of_the_day: list[Loss] = []
        lifted = False
        for one in self.report.subservice:
            if one.method != "carve_out" or (one.criteria and name not in one.criteria):
                continue
            vendor = self.others.get(one.own_report or "")
            if vendor is None or vendor.report_of.relation != "vendor" or not one.criteria:
                always.append(_carved_out(one, name))
                continue
            theirs = _Work(vendor, self.as_of, self.policy, None, NO_OTHERS, True).criterion(name)
            lifted = lifted or one.relies == "whole"
            who = f"{one.organisation} is carved out; its own report gives"
            if theirs.in_period < BEST:
                reason = f"{who} {theirs.in_period.word} for {name}."
                always.append(Loss("carved_out", reason, theirs.in_period))
            if theirs.rung < theirs.in_period:
                reason = f"{who} {theirs.rung.word} for {name} on this day."
                of_the_day.append(Loss("carved_out", reason, theirs.rung))
        return always, of_the_day, lifted


def _carved_out(one: Subservice, name: str) -> Loss:
    who = f"{one.organisation} ({one.provides}) is carved out"
    if not one.criteria:
        reason = f"{who} and the summary does not say which criteria rest on it."
        return Loss("carve_out_unclear", reason, Rung.DOCUMENTED)
    if one.relies == "whole":
        reason = f"{who} and {name} rests on it alone; its own report is not in evidence."
        return Loss("carved_out", reason, Rung.UNASSESSED)
    reason = f"{who} and {name} rests on it in part; its own report is not in evidence."
    return Loss("carved_out", reason, Rung.DOCUMENTED)


def _opinion_word(kind: str) -> str:
    return "adverse" if kind == "adverse" else "disclaimed"


def _controls(
    catalogue: Catalogue, criteria: dict[str, ElementCredit], *, vendor: bool
) -> Iterator[tuple[str, ControlCredit]]:
    mapped: dict[str, list[str]] = {}
    for mapping in soc2_mappings(catalogue):
        if mapping.relationship is not Relationship.NONE:
            mapped.setdefault(mapping.source, []).append(bare(mapping.target))
    for control in catalogue.controls.values():
        note = control.soc2
        if vendor and note.evidence == "full":
            note = Soc2Note("partial", f"A vendor's controls are never the whole. {note.note}")
        yield control.id, _control(control.id, note, mapped.get(control.id, []), criteria)


def _control(
    name: str, note: Soc2Note, mapped: list[str], criteria: dict[str, ElementCredit]
) -> ControlCredit:
    none = Rung.UNASSESSED
    if note.evidence == "none" or not mapped:
        reason = f"SOC 2 does not test this. {note.note}"
        return ControlCredit(name, "none", none, none, {}, reason)
    today = {c: criteria[c].rung for c in mapped}
    extent, rung = _extent(note.evidence, today)
    _, in_period = _extent(note.evidence, {c: criteria[c].in_period for c in mapped})
    return ControlCredit(name, extent, rung, in_period, today, _why(note, extent, mapped, criteria))


def _why(note: Soc2Note, extent: str, mapped: list[str], criteria: dict[str, ElementCredit]) -> str:
    lost = [c for c in mapped if criteria[c].rung is Rung.UNASSESSED]
    if extent == "none":
        gone = (x for c in lost for x in criteria[c].losses if x.cap is Rung.UNASSESSED)
        return f"Nothing counts on this day. {next(gone).reason}"
    if lost and note.evidence == "full":
        return f"Only a part: nothing for {', '.join(lost)}. {note.note}"
    lower = [x.reason for c in mapped for x in criteria[c].losses]
    return " ".join(dict.fromkeys([*lower[:1], note.note]))


def _extent(evidence: str, rungs: dict[str, Rung]) -> tuple[str, Rung]:
    """A part that is proved never stands for the whole."""
    counted = [r for r in rungs.values() if r is not Rung.UNASSESSED]
    if not counted:
        return "none", Rung.UNASSESSED
    if evidence == "full" and len(counted) == len(rungs):
        return "full", min(counted)
    return "partial", max(counted)
