"""The gap report as text, with the heat map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import click

from dutybound.assess.alike import Alike, alike, refused_alike
from dutybound.assess.catalogue import content_json, rests_on
from dutybound.cli import page
from dutybound.cli.measures_lines import lacking
from dutybound.cli.options import MARKETS
from dutybound.controls.elements import ElementState
from dutybound.controls.states import ControlState, State
from dutybound.terms.evidence import Rung

if TYPE_CHECKING:
    from dutybound.assess.gaps import Gaps

LETTERS: Final = {
    State.MET: "M",
    State.PARTIAL: "p",
    State.OPEN: "o",
    State.UNASSESSED: "?",
    State.SHIELDED: "s",
    State.NO_CONTROL: "-",
}
COLOURS: Final = {
    State.MET: "green",
    State.PARTIAL: "yellow",
    State.OPEN: "red",
    State.UNASSESSED: "magenta",
    State.SHIELDED: "blue",
    State.NO_CONTROL: "bright_black",
}
ELEMENT_COLOURS: Final = {
    ElementState.FULL: "green",
    ElementState.PARTIAL: "yellow",
    ElementState.NONE: "red",
    ElementState.UNASSESSED: "magenta",
    ElementState.UNKNOWN: "bright_black",
}
ORDER: Final = (State.OPEN, State.UNASSESSED, State.PARTIAL, State.NO_CONTROL, State.SHIELDED)
FEW: Final = 15
FEW_CONTROLS: Final = 4
BAR: Final = 28
LIMITS: Final = (
    "A duty is met when every control that answers it has all the evidence that it asks for, valid "
    "on the day. This says nothing on whether the law is kept. It is information, not legal advice."
)


def lines(found: Gaps) -> Iterator[str]:
    """The whole page."""
    report, result = found.report, found.assessment
    valid, asked = report.valid
    yield page.title(f"{result.profile.name}: gaps")
    yield page.wrapped(
        f"As of {page.day(report.as_of.isoformat())}, duties up to "
        f"{page.day(report.until.isoformat())}. Controls with valid evidence: {valid} of {asked}."
    )
    yield ""
    yield from _prohibitions(found)
    yield page.heading("DUTIES BY MARKET")
    yield from _markets(found)
    yield page.wrapped("  ".join(f"{LETTERS[s]} {s}" for s in State), 2)
    yield ""
    yield page.heading("CONTROLS BY DOMAIN AND RUNG")
    yield from _domains(found)
    yield ""
    yield page.heading("FRAMEWORKS")
    yield from _frameworks(found)
    yield ""
    yield from _duties(found)
    yield from lacking(found)
    yield from _refused(found)
    yield page.wrapped(LIMITS)
    yield page.wrapped(rests_on(content_json(result.content)))


def _prohibitions(found: Gaps) -> Iterator[str]:
    bans = found.report.prohibitions
    if bans:
        yield page.heading("PROHIBITED PRACTICES: EVIDENCE DOES NOT HELP", colour="bright_red")
        yield from page.rows(_ban(a) for a in alike(bans))
        yield ""


def _ban(same: Alike) -> tuple[str, str, str]:
    duty = same.state.duty
    word = "applies" if duty.certain else "not ruled out"
    day = page.day(duty.bites_on.isoformat())
    return duty.market, word, f"{duty.pinpoint} {duty.title}, from {day}{_for(same)}"


def _markets(found: Gaps) -> Iterator[str]:
    for market in MARKETS:
        own = [d for d in found.report.duties if d.duty.market == market]
        if own:
            counts = Counter(d.state for d in own)
            bar = "".join(click.style(LETTERS[s], fg=COLOURS[s]) * _share(counts, s) for s in State)
            cells = "  ".join(
                click.style(f"{LETTERS[s]}{counts[s]}", fg=COLOURS[s]) for s in State if counts[s]
            )
            yield f"  {market:<3} {page.plural(len(own), 'duty', 'duties'):>10}  {bar}  {cells}"


def _share(counts: Counter[State], state: State) -> int:
    """Places of a bar; at least one for what is there."""
    total = sum(counts.values())
    return max(1, round(BAR * counts[state] / total)) if counts[state] else 0


def _domains(found: Gaps) -> Iterator[str]:
    """A heat map: domains by the rung reached, with the number of controls in each cell."""
    report, book = found.report, found.catalogue
    heads = " ".join(f"{'none' if r is Rung.UNASSESSED else r.word[:5]:>5}" for r in Rung)
    yield f"  {'':<32}{heads}   met"
    for domain, title in book.domains.items():
        own = [report.controls[c] for c in report.asked_for if book.controls[c].domain == domain]
        if own:
            cells = " ".join(_heat(r, [c for c in own if c.reached is r]) for r in Rung)
            met = sum(c.state is State.MET for c in own)
            yield f"  {title[:31]:<32}{cells}   {met} of {len(own)}"
    yield from _some(found)
    yield page.wrapped(
        "none ?: nothing for the whole control; asserted, documented, observed, tested, "
        "independently verified. Green: all in the cell are met.",
        2,
    )


def _some(found: Gaps) -> Iterator[str]:
    """Controls that some of the parties have and others lack. The heat map shows the lowest."""
    from dutybound.assess.gaps import lacking_some

    report = found.report
    some = {c: lacking_some(report, c) for c in report.asked_for}
    named = [f"{c} (not {', '.join(parties)})" for c, parties in some.items() if parties]
    if named:
        yield page.wrapped(
            "A control stands where the lowest stands of the parties that need it. Met for some "
            f"of them only: {'; '.join(named)}.",
            2,
        )


def _heat(rung: Rung, inside: Sequence[ControlState]) -> str:
    if not inside:
        return f"{'.':>5}"
    if rung is Rung.UNASSESSED:
        return click.style(f"{len(inside)}?".rjust(5), fg="magenta")
    met = all(c.state is State.MET for c in inside)
    return click.style(f"{len(inside):>5}", fg="green" if met else "yellow")


def _frameworks(found: Gaps) -> Iterator[str]:
    words = {s: str(s).split()[0] for s in ElementState}
    heads = tuple(words[s] for s in ElementState)
    rows = [("", *heads, "controls")]
    for framework in found.frameworks:
        counts, (valid, mapped) = framework.counts(), framework.valid
        cells = (
            click.style(str(counts[s]), fg=ELEMENT_COLOURS[s]) if counts[s] else "."
            for s in ElementState
        )
        rows.append((framework.framework.id, *cells, f"{valid} of {mapped}"))
    yield from page.rows(rows)
    yield page.wrapped(
        "Elements by what controls with valid evidence cover. Parts are never added up to the "
        "whole; unknown: no mapping says anything. `framework coverage` and --json name them.",
        2,
    )


def _duties(found: Gaps) -> Iterator[str]:
    for state in ORDER:
        own = [d for d in found.report.duties if d.state is state]
        if own:
            count = page.plural(len(own), "duty", "duties")
            yield page.heading(f"{str(state).upper()} ({count})", colour=COLOURS[state])
            groups = alike(own)
            yield from page.rows(_row(found, a) for a in groups[:FEW])
            if len(groups) > FEW:
                yield f"  ... and {len(groups) - FEW} more lines: --json, --html."
            yield ""


def _row(found: Gaps, same: Alike) -> tuple[str, str, str]:
    state, duty = same.state, same.state.duty
    when = page.day(duty.bites_on.isoformat()) + ("" if duty.certain else " ?")
    parts = [f"{duty.pinpoint} {duty.title}{_for(same)}"]
    lacking = state.lacking
    if state.controls:
        named = ", ".join(lacking[:5]) + (" ..." if len(lacking) > 5 else "")
        parts.append(f"{state.met} of {len(state.controls)} controls; lacks {named}")
    parts += [f"{p}: ends with {_small(e)}" for p, e in duty.shields if e]
    parts += [f"{p} may shield it: not settled" for p, _ in duty.may_shield]
    return duty.market, when, "; ".join(parts)


def _for(same: Alike) -> str:
    count = f", {same.count} times" if same.count > max(1, len(same.parties)) else ""
    return f" ({', '.join(same.parties)}{count})" if same.parties else ""


def _small(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")


def _refused(found: Gaps) -> Iterator[str]:
    if found.refused:
        same = refused_alike(found.refused)
        count = len(same)
        yield page.heading(f"EVIDENCE THAT DOES NOT COUNT, OR COUNTS FOR LESS ({count})")
        for r, controls in same[:FEW]:
            head = click.style(r.claim_id or r.file, bold=True)
            more = f" and {len(controls) - FEW_CONTROLS} more" if controls[FEW_CONTROLS:] else ""
            where = f" {', '.join(controls[:FEW_CONTROLS])}{more}" if controls else ""
            yield page.wrapped(f"{head}{where} [{r.code}] {r.reason}", 2, hang=4)
        if count > FEW:
            yield f"  ... and {count - FEW} more: `dutybound evidence list`, --json, --html."
        yield ""
