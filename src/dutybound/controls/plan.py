"""The plan: what to do first, for whom, by when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from dutybound.controls.gaps import Duty, DutyState, GapReport, State
from dutybound.terms.control import Catalogue, Control
from dutybound.terms.evidence import Rung

PARTS: Final = ("legal", "date", "penalty", "people", "duties")
_HEAVIEST: Final = 3


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do: bring a control to the rung that it needs.

    closes: market to the duties that it helps to close. due: the day by which it has to be done.
    begin: the day by which work has to begin, back by the lead time. after: what it waits for.
    """

    control: str
    title: str
    owner: str
    effort: str
    reaches: Rung
    from_rung: Rung
    closes: dict[str, tuple[Duty, ...]]
    due: date
    begin: date
    overdue: bool
    after: tuple[str, ...]
    evidence: tuple[tuple[str, str], ...]
    score: float
    parts: dict[str, float]


def make_plan(
    report: GapReport,
    catalogue: Catalogue,
    weights: Mapping[str, float],
    lead_days: Mapping[str, int],
    people: float,
) -> tuple[Action, ...]:
    """The actions in order: by score, but never before what they wait for.

    weights: part to weight. lead_days: effort band to days. people: how far the system decides on
    people, 0 to 1.
    """
    by_control = _gaps_by_control(report)
    most = max((len(gaps) for gaps in by_control.values()), default=1)
    actions = {
        control: _action(
            catalogue.controls[control], gaps, report, by_control, weights, lead_days, people, most
        )
        for control, gaps in by_control.items()
    }
    return _in_order(actions)


def _gaps_by_control(report: GapReport) -> dict[str, list[DutyState]]:
    found: dict[str, list[DutyState]] = {}
    for state in report.gaps:
        for control in state.controls:
            if report.controls[control].state is not State.MET:
                found.setdefault(control, []).append(state)
    return found


def _action(
    control: Control,
    gaps: Sequence[DutyState],
    report: GapReport,
    wanted: Mapping[str, object],
    weights: Mapping[str, float],
    lead_days: Mapping[str, int],
    people: float,
    most: int,
) -> Action:
    duties = [g.duty for g in gaps]
    due = max(min(d.bites_on for d in duties), report.as_of)
    begin = due - timedelta(days=lead_days[control.effort])
    parts = {
        "legal": max(_legal(d) for d in duties),
        "date": _urgency(due, report),
        "penalty": max(d.penalty for d in duties) / _HEAVIEST,
        "people": people,
        "duties": len(duties) / most,
    }
    total = sum(weights.values()) or 1.0
    state = report.controls[control.id]
    return Action(
        control=control.id,
        title=control.title,
        owner=control.owner,
        effort=control.effort,
        reaches=control.required,
        from_rung=max(state.reached, state.part),
        closes=_by_market(duties),
        due=due,
        begin=begin,
        overdue=any(d.certain and d.bites_on <= report.as_of for d in duties),
        after=tuple(a for a in control.after if a in wanted),
        evidence=state.missing,
        score=round(sum(weights[p] * parts[p] for p in PARTS) / total, 4),
        parts={p: round(v, 4) for p, v in parts.items()},
    )


def _legal(duty: Duty) -> float:
    if duty.kind == "prohibition":
        return 1.0
    return 0.7 if duty.certain else 0.4


def _urgency(due: date, report: GapReport) -> float:
    span = (report.until - report.as_of).days or 1
    return max(0.0, 1.0 - (due - report.as_of).days / span)


def _by_market(duties: Sequence[Duty]) -> dict[str, tuple[Duty, ...]]:
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
