"""`security`: controls of security, availability and confidentiality, threats, and open findings.

A finding never raises a rung: only signed evidence does. An open finding that is critical, high or
of unknown severity makes each entry that it touches open, whatever the controls show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dutybound.assess.alike import Alike, alike
from dutybound.assess.catalogue import content_json
from dutybound.assess.gaps import Gaps
from dutybound.assess.opening import envelopes_in, peek
from dutybound.assess.record_folder import kept_objects
from dutybound.assess.scans import ScanFile, may_be_scan, scans_in
from dutybound.assess.signing import SUFFIX, digest_of_file
from dutybound.controls.states import State
from dutybound.packs.security import Section, SecurityContent
from dutybound.terms.control import Catalogue
from dutybound.terms.evidence import Claim, Rung
from dutybound.terms.security import (
    BLOCKING,
    Scan,
    ScanFinding,
    Severity,
    Standing,
    Threat,
    ThreatList,
)

SCHEMA: Final = "dutybound/security/1"
ORDER: Final = tuple(Severity)
LESSER: Final = (Severity.MEDIUM, Severity.LOW)


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding with the entries that it touches. unsure: ids that lack their year."""

    file: str
    finding: ScanFinding
    entries: tuple[str, ...]
    unsure: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry of a list: its controls, how it stands, what is open."""

    key: str
    threat: Threat
    controls: tuple[str, ...]
    state: State
    lowest: Rung
    findings: Counter[Severity]


@dataclass(frozen=True, slots=True)
class SectionView:
    """Controls that stand together. valid: how many are met."""

    section: Section
    valid: int
    duties: tuple[Alike, ...]


@dataclass(frozen=True, slots=True)
class SecurityView:
    """Everything that the view shows."""

    gaps: Gaps
    content: SecurityContent
    lists: tuple[tuple[ThreatList, tuple[EntryView, ...]], ...]
    sections: tuple[SectionView, ...]
    reports: tuple[ScanFile, ...]
    placed: tuple[Placed, ...]

    @property
    def counts(self) -> Counter[Severity]:
        """Open findings by severity."""
        return Counter(p.finding.severity for p in self.open)

    @property
    def open(self) -> tuple[Placed, ...]:
        """The open findings, gravest first."""
        found = [p for p in self.placed if p.finding.standing is Standing.OPEN]
        return tuple(sorted(found, key=lambda p: ORDER.index(p.finding.severity)))

    @property
    def blocking(self) -> bool:
        """Whether a finding is open that is grave or of unknown severity, or a report is unread."""
        return any(self.counts[s] for s in BLOCKING) or any(r.error for r in self.reports)


def reports_of(folder: Path | None, named: Sequence[ScanFile] = ()) -> tuple[ScanFile, ...]:
    """The scan reports of an evidence folder and those named, each once."""
    found = {r.sha256: r for r in named}
    if folder is not None:
        paths = [p for p in sorted(folder.iterdir()) if p.is_file() and p.name[0] != "."]
        others = [p for p in paths if not p.name.endswith(SUFFIX) and may_be_scan(p)]
        digests = {p.name: digest_of_file(p) for p in others}
        claims = [c for n, raw in envelopes_in(folder) if isinstance(c := peek(raw, n), Claim)]
        _, kept = kept_objects(folder, claims)
        for digest, report in (scans_in(folder, digests) | kept).items():
            found.setdefault(digest, report)
    return tuple(found.values())


def security(
    gaps: Gaps, content: SecurityContent, reports: Sequence[ScanFile] = ()
) -> SecurityView:
    """The view of a system whose gaps are known."""
    placed = tuple(_placed(content.lists, reports))
    answers = answering(gaps.catalogue)
    touched: dict[str, Counter[Severity]] = {}
    for p in placed:
        if p.finding.standing is Standing.OPEN:
            for key in p.entries:
                touched.setdefault(key, Counter())[p.finding.severity] += 1
    lists = tuple((x, tuple(_entries(x, gaps, answers, touched))) for x in content.lists)
    sections = tuple(_section(s, gaps) for s in content.view.sections)
    return SecurityView(gaps, content, lists, sections, tuple(reports), placed)


def answering(catalogue: Catalogue) -> dict[tuple[str, str], list[str]]:
    """The controls that answer each entry, by list and id."""
    found: dict[tuple[str, str], list[str]] = {}
    for control in catalogue.controls.values():
        for name, ids in control.security.items():
            for entry in ids:
                found.setdefault((name, entry), []).append(control.id)
    return found


def _placed(lists: Sequence[ThreatList], reports: Sequence[ScanFile]) -> Iterator[Placed]:
    by_tag: dict[str, dict[str, None]] = {}
    series = {x.series for x in lists if x.series}
    for found in lists:
        for entry in found.entries:
            for tag in (found.key(entry), *entry.tags):
                by_tag.setdefault(tag, {})[found.key(entry)] = None
    for report in reports:
        for scan in report.scans:
            for finding in scan.findings:
                keys = dict.fromkeys(k for t in finding.tags for k in by_tag.get(t, ()))
                unsure = tuple(t for t in finding.tags if _lacks_year(t, series))
                yield Placed(report.file, finding, tuple(keys), unsure)


def _lacks_year(tag: str, series: set[str]) -> bool:
    return any(tag.startswith(s) and tag[len(s) :].isdecimal() for s in series)


def _entries(
    found: ThreatList,
    gaps: Gaps,
    answers: Mapping[tuple[str, str], list[str]],
    touched: Mapping[str, Counter[Severity]],
) -> Iterator[EntryView]:
    for entry in found.entries:
        key = found.key(entry)
        controls = tuple(answers.get((found.id, entry.id), ()))
        states = [gaps.report.controls[c] for c in controls]
        counts = touched.get(key, Counter())
        lowest = min((s.reached for s in states), default=Rung.UNASSESSED)
        state = state_of([s.state for s in states], counts)
        yield EntryView(key, entry, controls, state, lowest, counts)


def state_of(controls: Sequence[State], findings: Mapping[Severity, int]) -> State:
    """How an entry stands. Met: every control is, and nothing but notes is open."""
    if any(findings.get(s) for s in BLOCKING):
        return State.OPEN
    lesser = any(findings.get(s) for s in LESSER)
    if not controls:
        return State.OPEN if lesser else State.NO_CONTROL
    if all(s is State.MET for s in controls):
        return State.PARTIAL if lesser else State.MET
    if State.MET in controls or State.PARTIAL in controls:
        return State.PARTIAL
    return State.OPEN if lesser or State.OPEN in controls else State.UNASSESSED


def _section(section: Section, gaps: Gaps) -> SectionView:
    states = [gaps.report.controls[c] for c in section.controls]
    rests = [d for d in gaps.report.duties if set(d.controls) & set(section.controls)]
    valid = sum(s.state is State.MET for s in states)
    return SectionView(section, valid, alike(rests))


# ---------------------------------------------------------------------- JSON
def as_json(view: SecurityView) -> dict[str, Any]:
    """The view as JSON values."""
    gaps, result = view.gaps, view.gaps.assessment
    return {
        "schema": SCHEMA,
        "system": result.profile.id,
        "name": result.profile.name,
        "profile_sha256": result.profile.sha256,
        "as_of": gaps.report.as_of.isoformat(),
        "until": gaps.report.until.isoformat(),
        "content": content_json(result.content),
        "open_findings": by_severity(view.counts),
        "sections": [_section_json(s, gaps) for s in view.sections],
        "controls": [_control_json(c, gaps) for c in controls_of(view)],
        "lists": [_list_json(x, entries) for x, entries in view.lists],
        "reports": [_report_json(r, gaps) for r in view.reports],
        "findings": [_finding_json(p) for p in view.placed],
        "refused": [
            {"evidence": r.claim_id, "control": r.control, "code": r.code, "reason": r.reason}
            for r in gaps.refused
        ],
        "not_covered": limits(view),
    }


def limits(view: SecurityView) -> list[str]:
    """What the view does not tell."""
    found = [*view.content.view.not_covered, *(n for x, _ in view.lists for n in x.not_covered)]
    return list(dict.fromkeys(found))


def controls_of(view: SecurityView) -> tuple[str, ...]:
    """The controls that the view speaks of, by id."""
    named = {c for s in view.sections for c in s.section.controls}
    return tuple(
        sorted(named | {c for _, entries in view.lists for e in entries for c in e.controls})
    )


def by_severity(counts: Mapping[Severity, int]) -> dict[str, int]:
    """Every severity with its number."""
    return {str(s): counts.get(s, 0) for s in ORDER}


def _section_json(view: SectionView, gaps: Gaps) -> dict[str, Any]:
    return {
        "id": view.section.id,
        "title": view.section.title,
        "controls": list(view.section.controls),
        "controls_with_valid_evidence": view.valid,
        "duties": [_duty_json(same, view.section.controls) for same in view.duties],
    }


def _duty_json(same: Alike, controls: Sequence[str]) -> dict[str, Any]:
    duty = same.state.duty
    return {
        "id": duty.rule,
        "title": duty.title,
        "pinpoint": duty.pinpoint,
        "market": duty.market,
        "parties": list(same.parties),
        "outcome": duty.outcome,
        "bites_on": duty.bites_on.isoformat(),
        "certain": duty.certain,
        "state": str(same.state.state),
        "rests_on": [c for c in same.state.controls if c in controls],
    }


def _control_json(name: str, gaps: Gaps) -> dict[str, Any]:
    state, control = gaps.report.controls[name], gaps.catalogue.controls[name]
    return {
        "id": name,
        "title": control.title,
        "owner": control.owner,
        "state": str(state.state),
        "reached": state.reached.word,
        "part": state.part.word if state.part else None,
        "required": state.required.word,
        "evidence": list(state.evidence),
        "missing": [{"kind": k, "what": w} for k, w in state.missing],
        "refused": list(state.refused),
        "lacking_for": list(gaps.report.lacking_for(name)),
    }


def _list_json(found: ThreatList, entries: Sequence[EntryView]) -> dict[str, Any]:
    plain = ("id", "title", "publisher", "nature", "effect", "source", "superseded_by")
    return {
        **{k: getattr(found, k) for k in plain},
        "checked_on": found.checked_on.isoformat(),
        "not_covered": list(found.not_covered),
        "entries": [
            {
                "id": e.threat.id,
                "key": e.key,
                "title": e.threat.title,
                "threat": e.threat.threat,
                "look_for": list(e.threat.look_for),
                "state": str(e.state),
                "lowest_rung": e.lowest.word,
                "answered_by": list(e.controls),
                "unanswered_because": e.threat.unanswered,
                "open_findings": by_severity(e.findings),
            }
            for e in entries
        ],
    }


def signed_as(report: ScanFile, gaps: Gaps) -> str | None:
    """The claim that counts and speaks of this report; None if there is none."""
    names = (c.claim.id for c in gaps.checked if report.sha256 in c.claim.subject.values())
    return next(names, None)


def _report_json(report: ScanFile, gaps: Gaps) -> dict[str, Any]:
    return {
        "file": report.file,
        "sha256": report.sha256,
        "error": report.error,
        "counts_as": signed_as(report, gaps),
        "scans": [_scan_json(s) for s in report.scans],
    }


def _scan_json(scan: Scan) -> dict[str, Any]:
    standings = Counter(f.standing for f in scan.findings)
    return {
        "source": scan.source,
        "tool": scan.tool,
        "version": scan.version,
        "made_on": scan.made_on.isoformat() if scan.made_on else None,
        "target": scan.target,
        "scope": scan.scope,
        "completed": scan.completed,
        "result": scan.result,
        "objection": scan.objection,
        "lacks": list(scan.lacks),
        "open_findings": by_severity(scan.counts),
        "suppressed": standings[Standing.SUPPRESSED],
        "gone": standings[Standing.GONE],
        "notes": list(scan.notes),
    }


def _finding_json(placed: Placed) -> dict[str, Any]:
    finding = placed.finding
    return {
        "report": placed.file,
        "rule": finding.rule,
        "title": finding.title,
        "severity": str(finding.severity),
        "standing": str(finding.standing),
        "why": finding.why or None,
        "where": finding.where or None,
        "tags": list(finding.tags),
        "entries": list(placed.entries),
        "unsure": list(placed.unsure),
    }
