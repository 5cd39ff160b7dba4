"""Checks what people signed: exceptions, and the decision on a launch.

Three things no signature can do: allow a prohibited practice, put off a binding duty that is past
its day, and let the owner of a system decide on it where the table asks for separation.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dutybound.assess.launch import Launch
from dutybound.controls.launch import (
    PAST_ITS_DAY,
    MarketView,
    Recommendation,
    Weighed,
    Why,
    cannot_be_accepted,
)
from dutybound.errors import Problem, did_you_mean
from dutybound.packs.governance import DecisionFile, DecisionLine, Exemption, Governance, Line
from dutybound.packs.reading import Document, Where

Wrong = Iterator[tuple[Where, str]]
GO = ("go", "go_with_conditions")


class Standing(StrEnum):
    """How an exception stands on the launch day."""

    IN_FORCE = "in force"
    EXPIRED = "expired"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class JudgedException:
    """An exception with how it stands, and why it does not count."""

    entry: Exemption
    standing: Standing
    reason: str | None


# ---------------------------------------------------------------------- exceptions
def judge_exceptions(
    entries: Sequence[Exemption], launch: Launch, governance: Governance | None
) -> tuple[JudgedException, ...]:
    """The exceptions for the markets asked about. An exception never lifts a recommendation."""
    wanted = (e for e in entries if e.market in launch.asked.markets)
    return tuple(_judged(e, launch, governance) for e in wanted)


def _judged(entry: Exemption, launch: Launch, governance: Governance | None) -> JudgedException:
    refused = next(_refusals(entry, launch, governance), None)
    if refused is not None:
        return JudgedException(entry, Standing.REFUSED, refused)
    if entry.expires < launch.asked.on:
        return JudgedException(entry, Standing.EXPIRED, f"It ended on {entry.expires}.")
    return JudgedException(entry, Standing.IN_FORCE, None)


def _refusals(entry: Exemption, launch: Launch, governance: Governance | None) -> Iterator[str]:
    known = launch.result.content.rules
    if entry.rule not in known:
        yield f"There is no rule `{entry.rule}`.{did_you_mean(entry.rule, known)}"
        return
    own = [
        w
        for w in launch.view(entry.market).weighed
        if w.state.duty.rule == entry.rule and entry.party in (None, w.state.duty.party)
    ]
    if not own:
        yield "No such duty was found for this system in this market."
    for weighed in own:
        if cannot_be_accepted(weighed):
            yield f"It cannot be accepted away: {weighed.why}."
    days = [w.state.duty.bites_on for w in own if w.state.duty.certain]
    if days and entry.expires >= min(days):
        yield f"It would run past the day on which the duty begins, {min(days)}."
    if entry.granted_on > launch.asked.today:
        yield f"It is dated {entry.granted_on}, which has not come."
    yield from _not_entitled(entry, launch, governance)


def _not_entitled(entry: Exemption, launch: Launch, governance: Governance | None) -> Iterator[str]:
    if governance is None:
        yield "No governance.yaml says who may grant it."
        return
    if entry.granted_by == entry.owner:
        yield f"{entry.granted_by} granted it to themselves."
    lines = [x for x in governance.lines("exception", entry.market) if x.role == entry.role]
    if not lines:
        yield f"The role `{entry.role}` may grant no exceptions in this market."
        return
    line = lines[0]
    if governance.acts_as(entry.granted_by, entry.role, deputies=line.deputies) is None:
        yield f"{entry.granted_by} does not hold the role `{entry.role}`."
    if line.separate and _owns(entry.granted_by, launch, governance):
        yield f"{entry.granted_by} owns the system."
    length = (entry.expires - entry.granted_on).days
    if line.max_days is not None and length > line.max_days:
        yield f"It runs for {length} days; `{entry.role}` may grant {line.max_days}."


def _owns(person: str, launch: Launch, governance: Governance) -> bool:
    profile = launch.result.profile
    owner = profile.detail.get("owner")
    return governance.owns(person, profile.id, None if owner is None else str(owner))


# ---------------------------------------------------------------------- decision
def wrong_in_decision(
    found: DecisionFile,
    document: Document,
    launch: Launch,
    governance: Governance,
    conditions: dict[str, list[dict[str, Any]]],
) -> list[Problem]:
    """Everything that is wrong with a decision. conditions: of each market, as in the dossier."""
    wrong = list(_wrong_subject(found, launch))
    for i, line in enumerate(found.decisions):
        where: Where = ("decisions", i)
        if line.market not in launch.asked.markets:
            wrong.append(((*where, "market"), f"`{line.market}` is not among the markets asked."))
            continue
        view = launch.view(line.market)
        wrong += _wrong_recommendation(line, view, where)
        wrong += _wrong_days(line, launch, where)
        wrong += _wrong_accepts(line, view, where)
        wrong += _wrong_authority(line, view, launch, governance, where)
        if line.decision in GO:
            named = [c["id"] for c in conditions[line.market]]
            wrong += _wrong_go(line, view, named, where)
    return sorted({document.problem(where, message) for where, message in wrong})


def _wrong_subject(found: DecisionFile, launch: Launch) -> Wrong:
    profile = launch.result.profile
    if found.system != profile.id:
        yield ("system",), f"The decision is on `{found.system}`, the profile on `{profile.id}`."
    version = profile.detail.get("version")
    if found.version != version:
        yield ("version",), f"The decision is on {found.version}, the profile states {version}."
    if found.profile_sha256 not in (None, profile.sha256):
        yield ("profile_sha256",), "The profile has changed since the decision. Decide again."
    if found.launch_on != launch.asked.on:
        yield ("launch_on",), f"The decision is on {found.launch_on}, asked is {launch.asked.on}."


def _wrong_recommendation(line: DecisionLine, view: MarketView, where: Where) -> Wrong:
    word = view.recommendation.word
    if line.recommendation != word:
        yield (
            (*where, "recommendation"),
            f"It was decided on `{line.recommendation}`; the dossier now says `{word}`. "
            "Decide again.",
        )


def _wrong_days(line: DecisionLine, launch: Launch, where: Where) -> Wrong:
    dated = [((*where, "on"), line.on)]
    dated += [((*where, "signatures", j, "on"), s.on) for j, s in enumerate(line.signatures)]
    for place, day in dated:
        if day > launch.asked.today:
            yield place, f"{day} has not come. A decision is signed on the day it is taken."
        elif day > launch.asked.on:
            yield place, f"{day} is after the launch day {launch.asked.on}."


def _wrong_accepts(line: DecisionLine, view: MarketView, where: Where) -> Wrong:
    """What nobody may accept away."""
    known = {w.state.duty.rule for w in view.weighed}
    for j, rule in enumerate(line.accepts):
        place: Where = (*where, "accepts", j)
        if rule not in known:
            yield place, f"No such duty is in this market.{did_you_mean(rule, known)}"
        own = (w for w in view.weighed if w.state.duty.rule == rule and cannot_be_accepted(w))
        for weighed in own:
            yield place, f"`{rule}` cannot be accepted away: {weighed.why}."


def _wrong_go(line: DecisionLine, view: MarketView, conditions: list[str], where: Where) -> Wrong:
    place: Where = (*where, "decision")
    if not view.stated:
        yield place, "The profile states no use in this market; nobody knows what binds there."
    for whys, what in (
        ((Why.PROHIBITED,), "A prohibited practice"),
        ((Why.PROHIBITION_OPEN,), "A practice of which it is open whether it is prohibited"),
        (PAST_ITS_DAY, "A binding duty that is past its day"),
    ):
        rules = _rules(view.of(*whys))
        if rules:
            more = f" and {len(rules) - 5} more" if len(rules) > 5 else ""
            yield place, f"{what} cannot be accepted away: {', '.join(rules[:5])}{more}."
    taken = {p.rule for p in line.positions}
    missing = [r for r in _rules(view.of(Why.MAY_BIND)) if r not in taken]
    if missing:
        yield (*where, "positions"), f"Take a position on each open duty: {', '.join(missing)}."
    rest = view.recommendation not in (Recommendation.NO_BLOCKER_FOUND, Recommendation.BLOCKED)
    if line.decision == "go" and rest:
        yield place, f"On `{view.recommendation.word}` decide `go_with_conditions`, not `go`."
    unnamed = [c for c in conditions if c not in line.conditions]
    if unnamed:
        yield (*where, "conditions"), f"Name every condition; missing: {', '.join(unnamed)}."


def _rules(weighed: Sequence[Weighed]) -> list[str]:
    return sorted({w.state.duty.rule for w in weighed})


def _wrong_authority(
    line: DecisionLine, view: MarketView, launch: Launch, governance: Governance, where: Where
) -> Wrong:
    rows = [x for x in governance.lines("launch", line.market) if x.role == line.role]
    if not rows:
        yield (*where, "role"), f"The role `{line.role}` decides on no launch in `{line.market}`."
        return
    word = view.recommendation.word
    fitting = [x for x in rows if word in x.recommendations]
    row = (fitting or rows)[0]
    signers = [(line.by, line.role, (*where, "by"))]
    signers += [
        (s.by, s.role, (*where, "signatures", j, "by")) for j, s in enumerate(line.signatures)
    ]
    valid = set()
    for person, role, place in signers:
        problem = _wrong_signer(person, role, row, launch, governance)
        if problem is None:
            valid.add(person)
        else:
            yield place, problem
    if line.decision in GO:
        if not fitting:
            yield (*where, "role"), f"`{line.role}` may not decide on `{word}`: its limit is lower."
        if len(valid) < row.quorum:
            yield (*where, "signatures"), f"{row.quorum} have to sign, {len(valid)} did."
    yield from _wrong_vetoes(line, row, governance, where)


def _wrong_signer(
    person: str, role: str, row: Line, launch: Launch, governance: Governance
) -> str | None:
    if person not in governance.people:
        return f"`{person}` is not in governance.yaml.{did_you_mean(person, governance.people)}"
    if role != row.role or governance.acts_as(person, role, deputies=row.deputies) is None:
        deputy = governance.acts_as(person, row.role, deputies=True) == "deputy"
        why = "is a deputy, and deputies may not sign here" if deputy else "does not hold the role"
        return f"`{person}` {why} `{row.role}`."
    if row.separate and _owns(person, launch, governance):
        return f"`{person}` owns the system and may not decide on its launch."
    return None


def _wrong_vetoes(line: DecisionLine, row: Line, governance: Governance, where: Where) -> Wrong:
    for j, veto in enumerate(line.vetoes):
        place: Where = (*where, "vetoes", j)
        if veto.role not in row.veto:
            yield (*place, "role"), f"The role `{veto.role}` has no veto here."
        elif governance.acts_as(veto.by, veto.role, deputies=True) is None:
            yield (*place, "by"), f"`{veto.by}` does not hold the role `{veto.role}`."
        elif line.decision in GO:
            yield (*where, "decision"), f"`{veto.by}` ({veto.role}) vetoed it: {veto.reason}"


def wrong_in_dissent(
    found: DecisionFile, document: Document, governance: Governance, options: Collection[str]
) -> list[Problem]:
    """Dissent by people or on options that nobody knows. options: ids of the options paper."""
    wrong: list[tuple[Where, str]] = []
    for i, line in enumerate(found.decisions):
        for j, dissent in enumerate(line.dissent):
            where: Where = ("decisions", i, "dissent", j)
            if governance.acts_as(dissent.by, dissent.role, deputies=True) is None:
                wrong.append(
                    ((*where, "by"), f"`{dissent.by}` does not hold the role `{dissent.role}`.")
                )
            if dissent.option is not None and dissent.option not in options:
                hint = did_you_mean(dissent.option, options)
                wrong.append(((*where, "option"), f"There is no option `{dissent.option}`.{hint}"))
    return [document.problem(where, message) for where, message in wrong]
