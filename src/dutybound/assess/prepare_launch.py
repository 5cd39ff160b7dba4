"""Joins what a launch dossier needs: profile, law, evidence, governance, options, conflicts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from dutybound.assess.catalogue import answering, catalogue
from dutybound.assess.conflicts import conflicts_of
from dutybound.assess.decision import judge_exceptions, wrong_in_decision, wrong_in_dissent
from dutybound.assess.dossier import Dossier
from dutybound.assess.edits import Editor, PlainReader
from dutybound.assess.evidence_shown import soc2_credits
from dutybound.assess.intake import check_evidence
from dutybound.assess.launch import OWN, Asked, Judging, moved_to, without_event
from dutybound.assess.opening import Opened, open_folder
from dutybound.assess.options import Workshop
from dutybound.errors import BadInput
from dutybound.packs.conflicts import read_conflicts
from dutybound.packs.evidence import read_trust
from dutybound.packs.governance import (
    Exemption,
    Governance,
    read_decision,
    read_exceptions,
    read_governance,
)
from dutybound.packs.launch_policy import read_launch_policy
from dutybound.packs.plan_policy import read_plan_policy
from dutybound.packs.profile import ProfileReader
from dutybound.rules.program import Program
from dutybound.terms.law import Content
from dutybound.terms.system import Profile
from dutybound.terms.trust import Trust


@dataclass(frozen=True, slots=True)
class Files:
    """The files that a dossier is made from; None where the user gave none."""

    profile: Path
    evidence: Path | None = None
    trust: Path | None = None
    governance: Path | None = None
    exceptions: Path | None = None
    decision: Path | None = None


def prepare(
    content: Content, files: Files, asked: Asked, *, known_on: date | None = None
) -> Dossier:
    """The dossier on a request. Raises BadInput for files that cannot be used.

    A decision that governance does not allow, or that accepts what nobody may accept, is refused as
    a whole: there is no dossier with a decision that does not hold.
    """
    reader = ProfileReader(content)
    stated = reader.read(files.profile, today=asked.today)
    profile, moved = moved_to(stated, asked)
    plain, _ = moved_to(PlainReader(content).read(files.profile, today=asked.today), asked)
    governance = read_governance(files.governance) if files.governance else None
    book = catalogue()
    opened = _opened(files)
    checked, refused = check_evidence(opened, book, profile, asked.on, today=asked.today)
    program = Program(content, known_on or max(asked.today, content.checked_on))
    judge = Judging(content, program, book, answering, checked, refused, asked)
    launch = judge(profile)
    workshop = Workshop(
        judge,
        Editor(reader, content.facts, plain),
        read_launch_policy(content.facts),
        read_plan_policy().lead_days.model_dump(),
    )
    dossier = Dossier(
        launch=launch,
        paper=workshop.paper(launch),
        conflicts=conflicts_of(launch.result, read_conflicts(content.rules), (*asked.markets, OWN)),
        exceptions=judge_exceptions(_exceptions(files, governance), launch, governance),
        governance=governance,
        notes=tuple(_notes(profile, asked, moved)),
        soc2=soc2_credits(opened, book, profile.id, asked.on, asked.today),
    )
    return _decided(dossier, files.decision)


def _opened(files: Files) -> Opened:
    """The evidence folder with its signatures checked; nothing if there is none."""
    folder = files.evidence
    if folder is None:
        return Opened((), (), Trust(""))
    path = files.trust or folder / "trust.yaml"
    trust = read_trust(path) if files.trust is not None or path.exists() else None
    return open_folder(folder, trust)


def _exceptions(files: Files, governance: Governance | None) -> tuple[Exemption, ...]:
    own = governance.file.exceptions if governance else ()
    more = read_exceptions(files.exceptions) if files.exceptions else ()
    twice = sorted({e.id for e in own} & {e.id for e in more})
    if twice:
        where = str(files.exceptions)
        raise BadInput.one(where, f"`{twice[0]}` stands in governance.yaml already.")
    return (*own, *more)


def _notes(profile: Profile, asked: Asked, moved: Iterable[str]) -> Iterable[str]:
    for change in moved:
        yield f"A planned event was set to the launch day: {change}."
    for market in without_event(profile, asked):
        yield (
            f"The profile states no event that puts the system on the market or into use in "
            f"{market}. Transitions that depend on such a day stay open."
        )


def _decided(dossier: Dossier, path: Path | None) -> Dossier:
    if path is None:
        return dossier
    found, document = read_decision(path)
    if dossier.governance is None:
        raise BadInput.one(str(path), "A decision is checked against --governance. Name the file.")
    conditions = {m: dossier.conditions(m) for m in dossier.launch.asked.markets}
    problems = wrong_in_decision(found, document, dossier.launch, dossier.governance, conditions)
    known = [o.candidate.id for o in (dossier.paper.request, *dossier.paper.options)]
    problems += wrong_in_dissent(found, document, dossier.governance, known)
    if problems:
        raise BadInput(sorted(problems))
    return replace(dossier, decision=found)
