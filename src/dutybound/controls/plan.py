"""The plan: what to do first, for whom, by when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from dutybound.controls.gaps import PROHIBITION, Duty, GapReport, Penalty
from dutybound.controls.states import State
from dutybound.terms.control import Catalogue, Control
from dutybound.terms.evidence import Rung

PARTS: Final = ("legal", "date", "penalty", "people", "duties")


@dataclass(frozen=True, slots=True)
class Shares:
    """How heavy a duty is in each part, 0 to 1. House policy, read from content.

    sure, open: duties that are sure to bind, and those that may. named: a penalty without a large
    amount; turnover: one that grows with turnover; tiers: (amount, share) from the highest down.
    people: use id to the share of its people; a duty about no single use counts for any use.
    """

    prohibition: float
    sure: float
    open: float
    named: float
    turnover: float
    tiers: tuple[tuple[float, float], ...]
    people: Mapping[str | None, float] = field(default_factory=dict)

    def legal(self, duty: Duty) -> float:
        """By legal effect."""
        if duty.kind == PROHIBITION:
            return self.prohibition
        return self.sure if duty.certain else self.open

    def penalty(self, penalty: Penalty | None) -> float:
        """By the highest penalty that the content names."""
        if penalty is None:
            return 0.0
        by_amount = (share for amount, share in self.tiers if penalty.amount >= amount)
        share = max(by_amount, default=self.named)
        return max(share, self.turnover) if penalty.percent else share


@dataclass(frozen=True, slots=True)
class House:
    """House policy of a plan. weights: part to weight. lead_days: effort band to days."""

    weights: Mapping[str, float]
    lead_days: Mapping[str, int]
    shares: Shares


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do: bring the evidence of a control that is not there yet.

    stands: where the whole control stands now; part: where a part of it stands.
    closes: market to the duties that it helps to close. alone: keys of those that need no more.
    needed_by: actions that wait for it; after: actions that it waits for. due: the day by which it
    has to be done, worked back from the first day that a duty bites and from what waits for it.
    parties: those for which it is not met; stands and part are the lowest of these.
    begin: due, back by the lead time; neither is before the day asked about. earliest: the day on
    which it can be done if work begins now, at the lead times. overdue: a duty binds already.
    """

    control: str
    title: str
    owner: str
    effort: str
    reaches: Rung
    stands: Rung
    part: Rung
    closes: dict[str, tuple[Duty, ...]]
    alone: frozenset[str]
    needed_by: tuple[str, ...]
    after: tuple[str, ...]
    due: date
    begin: date
    earliest: date
    overdue: bool
    evidence: tuple[tuple[str, str], ...]
    score: float
    parts: dict[str, float]
    parties: tuple[str, ...] = ()

    @property
    def late(self) -> bool:
        """Whether it cannot be done by its day, at the lead times."""
        return self.earliest > self.due or self.overdue


def make_plan(report: GapReport, catalogue: Catalogue, house: House) -> tuple[Action, ...]:
    """The actions in order: by score, but never before what they wait for."""
    return _in_order(_Planner(report, catalogue, house).actions())


class _Planner:
    """Works out the actions of one report."""

    def __init__(self, report: GapReport, catalogue: Catalogue, house: House) -> None:
        self._report = report
        self._catalogue = catalogue
        self._house = house
        self._by_party = bool(report.states.by_party)
        self._lacking: dict[str | None, frozenset[str]] = {}
        self._whom: dict[str, dict[str | None, None]] = {}
        self._duties: dict[str, list[Duty]] = {}
        self._alone: dict[str, set[str]] = {}
        self._weight: dict[str, tuple[float, float, float]] = {}
        self._most_people = max(house.shares.people.values(), default=0.0)
        self._note_duties()
        self._after: dict[str, tuple[str, ...]] = {}
        self._note_waits()
        self._needed_by: dict[str, list[str]] = {c: [] for c in self._after}
        for control in sorted(self._after):
            for earlier in self._after[control]:
                self._needed_by[earlier].append(control)
        self._most = max((len(duties) for duties in self._duties.values()), default=1)

    def _note_duties(self) -> None:
        for gap in self._report.gaps:
            lacking = gap.lacking
            party = gap.duty.party if self._by_party else None
            for control in lacking:
                self._duties.setdefault(control, []).append(gap.duty)
                self._whom.setdefault(control, {})[party] = None
            if len(lacking) == 1 and gap.duty.kind != PROHIBITION:
                self._alone.setdefault(lacking[0], set()).add(gap.duty.key)

    def _note_waits(self) -> None:
        """Note what each control waits for, and what that waits for, as far as it is not met.

        It has to be met for the same party: what another party has is of no help.
        """
        pending = [(c, p) for c in sorted(self._duties) for p in self._whom[c]]
        seen = set(pending)
        waits: dict[str, set[str]] = {}
        while pending:
            name, party = pending.pop()
            own = waits.setdefault(name, set())
            lacking = self._lacks(party)
            for earlier in self._catalogue.controls[name].after:
                if earlier == name or earlier not in lacking:
                    continue
                own.add(earlier)
                self._whom.setdefault(earlier, {})[party] = None
                if (earlier, party) not in seen:
                    seen.add((earlier, party))
                    pending.append((earlier, party))
        for name, own in waits.items():
            after = self._catalogue.controls[name].after
            self._after[name] = tuple([a for a in after if a in own])

    def _lacks(self, party: str | None) -> frozenset[str]:
        """The controls that are not met for a party."""
        if party not in self._lacking:
            states = self._report.states.of(party)
            self._lacking[party] = frozenset(
                [c for c, s in states.items() if s.state is not State.MET]
            )
        return self._lacking[party]

    def _parties(self, control: str, behind: Sequence[Duty]) -> tuple[str, ...]:
        """The parties for which the action is. behind: the duties of its control."""
        whom = self._whom[control] if self._by_party else {d.party for d in behind}
        return tuple(sorted([p for p in whom if p is not None]))

    def actions(self) -> dict[str, Action]:
        """The actions by control."""
        due = _worked_back(self._first_days(), self._needed_by, self._lead)
        earliest = _worked_forward(self._report.as_of, self._after, self._lead)
        return {
            name: self._action(self._catalogue.controls[name], due[name], earliest[name])
            for name in sorted(self._after)
        }

    def _first_days(self) -> dict[str, date]:
        until = self._report.until
        return {
            c: min((d.bites_on for d in self._duties.get(c, ())), default=until)
            for c in self._after
        }

    def _lead(self, control: str) -> timedelta:
        return timedelta(days=self._house.lead_days[self._catalogue.controls[control].effort])

    def _behind(self, control: str) -> Sequence[Duty]:
        """The duties of a control; if it has none, those of all that wait for it."""
        if control in self._duties:
            return self._duties[control]
        found: dict[str, Duty] = {}
        pending, seen = [control], {control}
        while pending:
            for later in self._needed_by[pending.pop()]:
                found.update((d.key, d) for d in self._duties.get(later, ()))
                if later not in seen:
                    seen.add(later)
                    pending.append(later)
        return list(found.values())

    def _action(self, control: Control, due: date, earliest: date) -> Action:
        as_of, name = self._report.as_of, control.id
        own = self._duties.get(name, [])
        state = self._report.states.among(name, self._whom[name])
        day = max(due, as_of)
        behind = self._behind(name)
        parts = self._parts(behind, len(own), day)
        weights = self._house.weights
        total = sum(weights[p] for p in PARTS) or 1.0
        return Action(
            control=name,
            title=control.title,
            owner=control.owner,
            effort=control.effort,
            reaches=control.rung_when_met,
            stands=state.reached,
            part=state.part,
            closes=_by_market(own),
            alone=frozenset(self._alone.get(name, ())),
            needed_by=tuple(self._needed_by[name]),
            after=self._after[name],
            due=day,
            begin=max(day - self._lead(name), as_of),
            earliest=earliest,
            overdue=any(d.certain and d.bites_on <= as_of for d in own),
            evidence=state.missing,
            score=round(sum(weights[p] * parts[p] for p in PARTS) / total, 4),
            parts={p: round(parts[p], 4) for p in PARTS},
            parties=self._parties(name, behind),
        )

    def _parts(self, duties: Sequence[Duty], own: int, day: date) -> dict[str, float]:
        known = self._weight
        weighed = [known.get(d.key) or self._weigh(d) for d in duties]
        legal, penalty, people = map(max, zip((0.0, 0.0, 0.0), *weighed, strict=True))
        return {
            "legal": legal,
            "date": self._urgency(day),
            "penalty": penalty,
            "people": people,
            "duties": own / self._most,
        }

    def _weigh(self, duty: Duty) -> tuple[float, float, float]:
        """How heavy one duty is by legal effect, penalty and people; worked out once."""
        found = self._weight.get(duty.key)
        if found is None:
            shares = self._house.shares
            people = shares.people.get(duty.use, self._most_people)
            found = shares.legal(duty), shares.penalty(duty.penalty), people
            self._weight[duty.key] = found
        return found

    def _urgency(self, day: date) -> float:
        span = (self._report.until - self._report.as_of).days or 1
        return max(0.0, 1.0 - (day - self._report.as_of).days / span)


def _worked_back(
    first: Mapping[str, date],
    needed_by: Mapping[str, Sequence[str]],
    lead: Callable[[str], timedelta],
) -> dict[str, date]:
    """The day by which each has to be done, so that what waits for it can begin in time."""
    due = dict(first)
    waited_for = {name: later for name, later in needed_by.items() if later}
    leads = {name: lead(name) for later in waited_for.values() for name in later}
    for _ in range(len(first) + 1):  # as long as a chain can be; a circle ends here
        earlier = {
            name: min([due[name], *(due[other] - leads[other] for other in later)])
            for name, later in waited_for.items()
        }
        if all(due[name] == day for name, day in earlier.items()):
            break
        due.update(earlier)
    return due


def _worked_forward(
    as_of: date, after: Mapping[str, Sequence[str]], lead: Callable[[str], timedelta]
) -> dict[str, date]:
    """The day on which each can be done, if work on what waits for nothing begins at once."""
    found: dict[str, date] = {}

    def done(name: str, path: frozenset[str]) -> date:
        if name not in found:
            waits = (a for a in after[name] if a not in path)
            start = max((done(a, path | {name}) for a in waits), default=as_of)
            found[name] = start + lead(name)
        return found[name]

    for name in sorted(after):
        done(name, frozenset({name}))
    return found


def _by_market(duties: Iterable[Duty]) -> dict[str, tuple[Duty, ...]]:
    found: dict[str, list[Duty]] = {}
    for duty in duties:
        found.setdefault(duty.market, []).append(duty)
    return {market: tuple(found[market]) for market in sorted(found)}


def _in_order(actions: Mapping[str, Action]) -> tuple[Action, ...]:
    """By score, with what an action waits for before it (a circle is broken by score)."""
    ranked = sorted(actions.values(), key=lambda a: (-a.score, a.due, a.control))
    done: dict[str, Action] = {}
    open_path: set[str] = set()

    def place(action: Action) -> None:
        if action.control in done or action.control in open_path:
            return
        open_path.add(action.control)
        for earlier in action.after:
            place(actions[earlier])
        open_path.discard(action.control)
        done[action.control] = action

    for action in ranked:
        place(action)
    return tuple(done.values())


def moved(before: Sequence[Action], after: Sequence[Action]) -> dict[str, int]:
    """Control to the number of places that it moved up (negative: down)."""
    place = {a.control: i for i, a in enumerate(before)}
    return {
        a.control: place[a.control] - i
        for i, a in enumerate(after)
        if a.control in place and place[a.control] != i
    }
