"""`dutybound plan PROFILE --evidence DIR`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dutybound.cli import page
from dutybound.cli.evidence_options import gaps_for, looking_at_evidence
from dutybound.cli.options import judging, print_json

if TYPE_CHECKING:
    from dutybound.assess.plan import Plan
    from dutybound.controls.plan import Action


class Weight(click.ParamType[tuple[str, float]]):
    """A weight as part=number."""

    name = "PART=NUMBER"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, float]:
        if isinstance(value, tuple):
            return value
        name, _, number = str(value).partition("=")
        try:
            return name, float(number)
        except ValueError:
            self.fail(f"`{value}` is not written as date=2.", param, ctx)


@click.command("plan")
@click.argument("profile", type=click.Path(path_type=Path))
@looking_at_evidence
@judging
@click.option(
    "--weight",
    "weights",
    type=Weight(),
    multiple=True,
    help="Change a weight: legal, date, penalty, people or duties. Shows how the order moves.",
)
@click.option("--top", type=click.IntRange(1), default=25, show_default=True, help="Lines to show.")
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
    weights: tuple[tuple[str, float], ...],
    top: int,
) -> None:
    """What to do first: ordered actions with owner, due day and the duties they close."""
    from dutybound.assess.plan import as_json as plain
    from dutybound.assess.plan import plan
    from dutybound.packs.plan_policy import read_plan_policy

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
    made = plan(found, read_plan_policy(), dict(weights))
    if as_json:
        print_json(plain(made))
    else:
        page.show(_page(made, top))


def _page(made: Plan, top: int) -> Iterator[str]:
    report = made.gaps.report
    yield page.title(f"{made.gaps.assessment.profile.name}: plan")
    yield page.wrapped(
        f"{page.plural(len(made.actions), 'action')} for duties up to "
        f"{page.day(report.until.isoformat())}, as of {page.day(report.as_of.isoformat())}. "
        "Weights: "
        + ", ".join(f"{k} {v:g}" for k, v in made.weights.items())
        + "."
    )
    if made.changed:
        yield page.wrapped(f"{len(made.moves)} actions moved by the changed weights.")
    yield ""
    for place, action in enumerate(made.actions[:top], 1):
        yield from _action(place, action, made.moves.get(action.control, 0))
    if len(made.actions) > top:
        yield f"... and {len(made.actions) - top} more; --top shows more, --json shows all."
    yield ""
    yield page.wrapped(
        "Order is house policy, by legal effect, date, penalty, people and duties closed. Duties "
        "past their day cannot be put off by it. This is information, not legal advice."
    )


def _action(place: int, action: Action, moved: int) -> Iterator[str]:
    arrow = f" (up {moved})" if moved > 0 else f" (down {-moved})" if moved < 0 else ""
    head = f"{place:>3}. {action.control} {action.title}{arrow}"
    yield click.style(head, bold=True)
    due = "overdue, now" if action.overdue else f"due {page.day(action.due.isoformat())}"
    closes = ", ".join(f"{market} {len(duties)}" for market, duties in action.closes.items())
    yield page.wrapped(
        f"{due}, begin {page.day(action.begin.isoformat())}; {action.owner}; "
        f"effort {action.effort}; "
        f"from {action.from_rung.word} to {action.reaches.word}; closes {closes}; "
        f"score {action.score:.2f}"
        + (f"; after {', '.join(action.after)}" if action.after else ""),
        5,
    )
    first = next(iter(action.closes.values()))[0]
    yield page.wrapped(f"first: {first.pinpoint} {first.title} ({first.party})", 5)
    for kind, what in action.evidence[:3]:
        yield page.wrapped(f"evidence: {what} ({kind})", 5)
