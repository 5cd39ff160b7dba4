"""How the reuse of a SOC 2 report is printed: frameworks, duties and what to do first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from dutybound.assess.alike import alike
from dutybound.assess.soc2_reuse import Proof
from dutybound.cli import page
from dutybound.controls.elements import ElementGap, FrameworkGaps
from dutybound.controls.gaps import DutyState
from dutybound.controls.states import State

if TYPE_CHECKING:
    from dutybound.assess.soc2_reuse import Reuse, Shown

FIRST: Final = 5
FEW: Final = 12
COLOURS: Final = {
    Proof.FULL: "green",
    Proof.PARTIAL: "yellow",
    Proof.BELOW: "yellow",
    Proof.PART: "yellow",
    Proof.NOTHING: "magenta",
    Proof.UNKNOWN: "bright_black",
}


def lines(used: Reuse, value: dict[str, Any], *, everything: bool) -> Iterator[str]:
    """What the report proves beyond its criteria, as if its summary were signed."""
    yield ""
    yield page.heading("Frameworks, by this report alone")
    yield from page.rows(_counts(used))
    yield page.wrapped(
        "Elements. full, partial: controls that the report meets contain the element or touch it. "
        "below its rung: a control about it is shown whole, but lower than it needs. a "
        "part: only a part of a control about it is shown. nothing: no such control is shown. A "
        "part never stands for the whole.",
        2,
    )
    for now in used.on_day.frameworks:
        yield from _elements(now, used, everything=everything)
    if used.gaps is not None:
        yield from _duties(used, value)
    if used.plan is not None:
        yield from _plan(used)


def _counts(used: Reuse) -> Iterator[tuple[str, ...]]:
    yield ("", "", *(str(p).split(" cov")[0] for p in Proof))
    now, then = used.on_day, used.in_period
    for a, b in zip(now.frameworks, then.frameworks, strict=True):
        yield (a.framework.id, "on this day", *_cells(now, a))
        if used.period_day != used.as_of:
            yield ("", f"on {page.day(used.period_day.isoformat())}", *_cells(then, b))


def _cells(shown: Shown, found: FrameworkGaps) -> Iterator[str]:
    for proof, count in shown.counts(found).items():
        yield click.style(str(count) if count else ".", fg=COLOURS[proof])


def _elements(now: FrameworkGaps, used: Reuse, *, everything: bool) -> Iterator[str]:
    """The elements for which most is shown; all of them with --all."""
    shown = used.on_day
    for proof in Proof if everything else (Proof.FULL, Proof.PARTIAL, Proof.BELOW):
        own = [e for e in now.elements if shown.proof(e) is proof]
        names = "; ".join(_named(e, used, proof) for e in own)
        if own:
            yield page.wrapped(f"{now.framework.id}, {proof}: {names}", 2, hang=4)


def _named(found: ElementGap, used: Reuse, proof: Proof) -> str:
    """An element with the controls that show something, and how high: now, and then."""
    if proof in (Proof.NOTHING, Proof.UNKNOWN):
        return found.element.id
    now, then = used.on_day.states, used.in_period.states
    controls = (
        c
        for c in (*found.held, *found.lacking)
        if (now[c].highest if proof is Proof.PART else now[c].reached)
    )
    said = []
    for name in controls:
        rungs = dict.fromkeys((now[name].highest.word, then[name].highest.word))
        said.append(f"{name} {' then '.join(rungs)}".replace("_", " "))
    return f"{found.element.id} ({', '.join(said)})"


def _duties(used: Reuse, value: dict[str, Any]) -> Iterator[str]:
    """The duties of the frameworks that are law, one by one; those of other law by market."""
    assert used.gaps is not None  # noqa: S101 - the caller looked
    report = used.gaps.report
    law = {f.framework.id for f in used.on_day.frameworks}
    own = [d for d in report.duties if d.duty.instrument in law]
    other = [d for d in report.duties if d.duty.instrument not in law]
    reasons = {c["id"]: c["reason"] for c in value["controls"]}
    yield ""
    until = page.day(report.until.isoformat())
    yield page.heading(f"Duties up to {until}, if this report were the only evidence")
    groups = alike(own)
    for same in groups[:FEW]:
        yield from _duty(same.state, used, reasons)
    if len(groups) > FEW:
        yield f"  ... and {len(groups) - FEW} more: --json"
    if own and other:
        yield "  other law:"
    yield from page.rows(_by_market(other))


def _duty(state: DutyState, used: Reuse, reasons: dict[str, str]) -> Iterator[str]:
    duty = state.duty
    sure = "" if duty.certain else " (open whether it binds)"
    yield page.wrapped(
        f"{duty.pinpoint} {duty.title}: {page.day(duty.bites_on.isoformat())}{sure}, {state.state}",
        2,
        hang=4,
    )
    for control in state.controls:
        if used.on_day.states[control].state is not State.MET:
            yield page.wrapped(f"{control}: {reasons[control]}", 4, hang=6)


def _by_market(duties: Sequence[DutyState]) -> Iterator[tuple[str, ...]]:
    for market in sorted({d.duty.market for d in duties}):
        counts = Counter(d.state for d in duties if d.duty.market == market)
        said = ", ".join(f"{counts[s]} {s}" for s in State if counts[s])
        yield (market, said)


def _plan(used: Reuse) -> Iterator[str]:
    from dutybound.cli.plan import action_lines

    assert used.plan is not None  # noqa: S101 - the caller looked
    actions = used.plan.actions
    yield ""
    yield page.heading(f"What to do first ({min(FIRST, len(actions))} of {len(actions)} actions)")
    for place, action in enumerate(actions[:FIRST], 1):
        yield from action_lines(place, action, 0)
    yield page.wrapped(
        "Once the summary is signed, `dutybound gaps` and `dutybound plan` with --evidence count "
        "it beside all other evidence and show the rest.",
        2,
    )
