"""The launch dossier: everything that was computed and signed on one request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dutybound.assess.decision import JudgedException, Standing
from dutybound.assess.launch import Launch
from dutybound.assess.options import OptionsPaper
from dutybound.assess.soc2 import Soc2Credit
from dutybound.controls.gaps import PROHIBITION, Penalty
from dutybound.controls.launch import MarketView, Weighed, Why
from dutybound.packs.governance import DecisionFile, Governance


@dataclass(frozen=True)
class Dossier:
    """A judged request with options, conflicts, exceptions and what people signed."""

    launch: Launch
    paper: OptionsPaper
    conflicts: list[dict[str, Any]]
    exceptions: tuple[JudgedException, ...] = ()
    governance: Governance | None = None
    decision: DecisionFile | None = None
    notes: tuple[str, ...] = ()
    soc2: tuple[Soc2Credit, ...] = ()
    _conditions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def conditions(self, market: str) -> list[dict[str, Any]]:
        """The conditions of a market."""
        if market not in self._conditions:
            view = self.launch.view(market)
            self._conditions[market] = list(_conditions(self, view))
        return self._conditions[market]

    def people(self, role: str) -> list[str]:
        """The names behind a role, as far as governance names any."""
        return list(self.governance.who(role)) if self.governance else []


def _conditions(dossier: Dossier, view: MarketView) -> Iterator[dict[str, Any]]:
    """What has to be done or to stay true. Shields come first: they carry most."""
    yield from _shield_conditions(view)
    for why, text in (
        (Why.PARTLY_SHOWN, "Show the rest before the launch."),
        (Why.PROHIBITED_LATER, "Stop the practice before the ban begins."),
        (Why.PROHIBITION_OPEN_LATER, "Settle before its day whether the ban reaches it."),
        (Why.DUE_LATER, "Show that it is met before its day."),
        (Why.MAY_COME, "Settle before its day whether it binds, or meet it."),
    ):
        for group in grouped(view.of(why)):
            duty = group[0].state.duty
            first = min(w.state.duty.bites_on for w in group)
            yield {
                "id": f"{view.market}/{duty.rule}" + (f"/{duty.party}" if duty.party else ""),
                "why": str(why),
                "text": f"{duty.pinpoint} {duty.title}: {text}",
                "by": max(first, dossier.launch.asked.on).isoformat(),
                "party": duty.party,
                "duties": [duty.rule],
                "exceptions": _in_force(dossier, view.market, duty.rule, duty.party),
                "owners": owners_of(dossier, group),
                "missing": list(missing_for(dossier, group)),
            }


def _in_force(dossier: Dossier, market: str, rule: str, party: str | None) -> list[str]:
    """Exceptions in force for a duty. They are shown; they lift no condition."""
    return [
        e.entry.id
        for e in dossier.exceptions
        if e.standing is Standing.IN_FORCE
        and (e.entry.market, e.entry.rule) == (market, rule)
        and e.entry.party in (None, party)
    ]


def _shield_conditions(view: MarketView) -> Iterator[dict[str, Any]]:
    shields: dict[tuple[str, str | None], list[Weighed]] = {}
    for weighed in view.of(Why.SHIELDED):
        for shield in weighed.state.duty.shields:
            shields.setdefault(shield, []).append(weighed)
    for (pinpoint, ends), group in shields.items():
        rules = sorted({w.state.duty.rule for w in group})
        first = min(w.state.duty.bites_on for w in group)
        yield {
            "id": f"{view.market}/shield/{pinpoint}",
            "why": str(Why.SHIELDED),
            "text": f"{pinpoint} shields {len(rules)} duties. It ends when: "
            f"{(ends or 'its own terms say so').rstrip('.')}.",
            "by": first.isoformat(),
            "party": None,
            "duties": rules,
            "exceptions": [],
            "owners": [],
            "missing": [],
        }


def grouped(weighed: Iterable[Weighed]) -> list[list[Weighed]]:
    """The same duty of the same party in several uses and places, as one; gravest first."""
    groups: dict[tuple[str, str | None], list[Weighed]] = {}
    for one in weighed:
        groups.setdefault((one.state.duty.rule, one.state.duty.party), []).append(one)
    return sorted(groups.values(), key=_gravity)


def _gravity(group: Sequence[Weighed]) -> tuple[bool, float, float, date, str, str]:
    """Prohibitions first, then by the largest fine that is named, by day and by id."""
    duty = group[0].state.duty
    fine = duty.penalty or Penalty()
    first = min(w.state.duty.bites_on for w in group)
    banned = duty.kind == PROHIBITION
    return (not banned, -fine.amount, -fine.percent, first, duty.rule, duty.party or "")


def missing_for(dossier: Dossier, group: Sequence[Weighed]) -> Iterator[dict[str, Any]]:
    """Evidence that is missing for the controls of a duty, each once, with its owner."""
    gaps = dossier.launch.gaps
    states = gaps.report.states.of(group[0].state.duty.party)
    for name in dict.fromkeys(c for w in group for c in w.state.lacking):
        state, control = states[name], gaps.catalogue.controls[name]
        for kind, what in state.missing or (("", "evidence at a higher rung"),):
            yield {
                "control": name,
                "kind": kind,
                "what": what,
                "reached": max(state.reached, state.part).word,
                "required": state.required.word,
                "owner": control.owner,
                "lacking_for": list(gaps.report.lacking_for(name)),
            }


def owners_of(dossier: Dossier, group: Sequence[Weighed]) -> list[dict[str, Any]]:
    """The roles that own the controls of a duty which are not met, with their people."""
    gaps = dossier.launch.gaps
    roles = dict.fromkeys(gaps.catalogue.controls[c].owner for w in group for c in w.state.lacking)
    return [{"role": role, "people": dossier.people(role)} for role in roles]
