"""`dutybound gaps PROFILE --evidence DIR`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from dutybound.cli import page
from dutybound.cli.evidence_options import gaps_for, looking_at_evidence
from dutybound.cli.options import judging, print_json
from dutybound.controls.gaps import DutyState, State
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
MARKETS: Final = ("eu", "us", "uk", "own")


@click.command("gaps")
@click.argument("profile", type=click.Path(path_type=Path))
@looking_at_evidence
@judging
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page.")
@click.option(
    "--fail-on", "fail_on", type=click.Choice(["gap"]), help="Exit 1 if a sure duty has a gap."
)
def command(
    profile: Path,
    evidence: Path | None,
    trust: Path | None,
    horizon: timedelta,
    as_of: date | None,
    known_on: date | None,
    markets: tuple[str, ...] | None,
    content_dirs: tuple[Path, ...],
    as_json: bool,
    html: Path | None,
    fail_on: str | None,
) -> int:
    """What is missing: duties, the controls that answer them, and the evidence there is."""
    from dutybound.assess.gaps import as_json as plain
    from dutybound.assess.gaps import has_gap

    found = gaps_for(
        profile,
        evidence,
        trust,
        horizon,
        as_of=as_of,
        known_on=known_on,
        markets=markets,
        content_dirs=content_dirs,
    )
    if html is not None:
        from dutybound.assess.gaps_html import gaps_page

        html.write_text(gaps_page(found), encoding="utf-8")
        click.echo(f"wrote {html}", err=True)
    if as_json:
        print_json(plain(found))
    elif html is None:
        page.show(_page(found))
    return 1 if fail_on and has_gap(found) else 0


def _page(found: Gaps) -> Iterator[str]:
    report, result = found.report, found.assessment
    valid, asked = report.valid
    yield page.title(f"{result.profile.name}: gaps")
    yield page.wrapped(
        f"As of {page.day(report.as_of.isoformat())}, duties up to "
        f"{page.day(report.until.isoformat())}. Controls with valid evidence: {valid} of {asked}."
    )
    yield ""
    yield page.heading("DUTIES BY MARKET")
    yield from _markets(found)
    yield ""
    yield page.heading("CONTROLS BY DOMAIN")
    yield from _domains(found)
    yield ""
    yield from _legend()
    yield ""
    yield from _duties(found)
    yield from _refused(found)
    yield page.wrapped(
        "A duty is met when every control that answers it has valid evidence at the rung it needs. "
        "This says nothing on whether the law is kept. It is information, not legal advice."
    )


def _cell(state: State, count: int) -> str:
    return click.style(f"{LETTERS[state]}{count}", fg=COLOURS[state], bold=state is State.MET)


def _markets(found: Gaps) -> Iterator[str]:
    for market in MARKETS:
        own = [d for d in found.report.duties if d.duty.market == market]
        if own:
            counts = Counter(d.state for d in own)
            cells = "  ".join(_cell(s, counts[s]) for s in State if counts[s])
            bar = "".join(click.style(LETTERS[s], fg=COLOURS[s]) * _share(counts, s) for s in State)
            yield f"  {market:<4} {len(own):>4} duties  {bar}  {cells}"


def _share(counts: Counter[State], state: State) -> int:
    """Places of a bar of about thirty; at least one for what is there."""
    total = sum(counts.values())
    return max(1, round(30 * counts[state] / total)) if counts[state] else 0


def _domains(found: Gaps) -> Iterator[str]:
    """A heat map: domains by rung, with the number of controls in each cell."""
    rungs = list(Rung)
    yield "  " + " " * 34 + " ".join(f"{r.word[:6]:>6}" for r in rungs) + "   at rung"
    report, book = found.report, found.catalogue
    asked = {c for d in report.duties for c in d.controls}
    for domain, title in book.domains.items():
        own = [report.controls[c] for c in sorted(asked) if book.controls[c].domain == domain]
        if own:
            counts = Counter(c.reached for c in own)
            cells = " ".join(_heat(r, counts[r]) for r in rungs)
            met = sum(c.state is State.MET for c in own)
            yield f"  {title[:33]:<34}{cells}   {met} of {len(own)}"


def _heat(rung: Rung, count: int) -> str:
    if not count:
        return f"{'.':>6}"
    shades = ("magenta", "red", "yellow", "cyan", "green", "bright_green")
    text = f"{count}{'?' if rung is Rung.UNASSESSED else ''}"
    return click.style(f"{text:>6}", fg=shades[rung])


def _legend() -> Iterator[str]:
    words = [f"{_letter(s)} {s}" for s in State]
    yield page.wrapped("  ".join(words), 2)


def _letter(state: State) -> str:
    return click.style(LETTERS[state], fg=COLOURS[state])


def _duties(found: Gaps) -> Iterator[str]:
    order = (State.UNASSESSED, State.OPEN, State.PARTIAL, State.NO_CONTROL, State.SHIELDED)
    for state in order:
        own = [d for d in found.report.duties if d.state is state]
        if own:
            count = page.plural(len(own), "duty", "duties")
            yield page.heading(f"{str(state).upper()} ({count})", colour=COLOURS[state])
            yield from page.rows((_row(d) for d in own[:40]), indent=2)
            if len(own) > 40:
                yield f"  ... and {len(own) - 40} more; see --json or --html."
            yield ""


def _row(state: DutyState) -> tuple[str, str, str]:
    duty = state.duty
    when = page.day(duty.bites_on.isoformat()) + ("" if duty.certain else " (open)")
    ends = "; ".join(f"ends when {e}" for _, e in duty.shields if e)
    text = f"{duty.pinpoint} {duty.title} ({duty.party}): {state.met} of {len(state.controls)}"
    listed = ", ".join(state.controls[:5]) + (" ..." if len(state.controls) > 5 else "")
    return (duty.market, when, f"{text} controls [{listed}]" + (f"; {ends}" if ends else ""))


def _refused(found: Gaps) -> Iterator[str]:
    if found.refused:
        yield page.heading(
            f"EVIDENCE THAT DOES NOT COUNT, OR COUNTS FOR LESS ({len(found.refused)})"
        )
        rows = [(r.claim_id, r.control or "", r.code, r.reason) for r in found.refused]
        yield from page.rows(rows[:25], indent=2)
        yield ""
