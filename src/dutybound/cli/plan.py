"""`dutybound plan PROFILE --evidence DIR`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from dutybound.cli import page
from dutybound.cli.evidence_options import Asked, gaps_for, looking_at_evidence
from dutybound.cli.options import judging, print_json
from dutybound.cli.sign_output import sealing, sign_output, signing
from dutybound.controls.states import State

if TYPE_CHECKING:
    from dutybound.assess.plan import Plan
    from dutybound.controls.gaps import Duty
    from dutybound.controls.plan import Action

NAMED: Final = 2
LIMITS: Final = (
    "The order is house policy (content/plan.yaml): legal effect, date, penalty, people, and how "
    "many duties an action helps to close. A duty past its day cannot be put off by it. This is "
    "information, not legal advice."
)


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
@signing
@click.option(
    "--weight",
    "weights",
    type=Weight(),
    multiple=True,
    help="Change a weight: legal, date, penalty, people or duties. Shows how the order moves.",
)
@click.option(
    "--policy",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A plan.yaml of your own: weights, shares and lead times.",
)
@click.option(
    "--top", type=click.IntRange(1), default=12, show_default=True, help="Actions to show."
)
def command(
    profile: Path,
    as_json: bool,
    weights: tuple[tuple[str, float], ...],
    policy: Path | None,
    top: int,
    sign: str | None,
    to: Path | None,
    **asked: Any,
) -> None:
    """What to do first: ordered actions with owner, due day and the duties they close."""
    from dutybound.assess.plan import as_json as plain
    from dutybound.assess.plan import plan
    from dutybound.packs.plan_policy import read_plan_policy

    seal = sealing(sign, to, asked["evidence"], asked["trust"])
    house = read_plan_policy(policy)
    found = gaps_for(profile, Asked(**asked))
    made = plan(found, house, dict(weights), None if policy is None else str(policy))
    if as_json:
        print_json(plain(made))
    else:
        page.show(_page(made, top))
    if seal is not None:
        version = made.gaps.assessment.profile.detail.get("version")
        sign_output("plan", plain(made), seal, version)


def _page(made: Plan, top: int) -> Iterator[str]:
    from dutybound.assess.catalogue import content_json, rests_on

    report = made.gaps.report
    overdue = sum(a.overdue for a in made.actions)
    late = sum(a.late for a in made.actions) - overdue
    yield page.title(f"{made.gaps.assessment.profile.name}: plan")
    yield page.wrapped(
        f"As of {page.day(report.as_of.isoformat())}: {page.plural(len(made.actions), 'action')} "
        f"for duties up to {page.day(report.until.isoformat())}; {overdue} overdue, {late} more "
        "that cannot be ready in time at the usual lead times."
    )
    weights = ", ".join(f"{k} {v:g}" for k, v in made.weights.items())
    policy = f" Policy: {made.file}." if made.file else ""
    yield page.wrapped(f"Weights: {weights}.{policy}")
    if made.changed:
        yield from _moves(made)
    yield ""
    yield from _prohibited(made)
    differ = bool(report.states.by_party)
    for place, action in enumerate(made.actions[:top], 1):
        moved = made.moves.get(action.control, 0)
        yield from action_lines(place, action, moved, by_party=differ)
    if len(made.actions) > top:
        yield f"... and {len(made.actions) - top} more: --top N shows more, --json all."
    yield ""
    yield from _beside(made)
    yield page.wrapped(LIMITS)
    yield page.wrapped(rests_on(content_json(made.gaps.assessment.content)))


def _moves(made: Plan) -> Iterator[str]:
    changed = ", ".join(f"{k} {v:g}" for k, v in made.changed.items())
    count = len(made.moves)
    yield page.wrapped(
        f"With {changed}, {page.plural(count, 'action')} moved from the house order."
    )


def _prohibited(made: Plan) -> Iterator[str]:
    bans = made.gaps.report.prohibitions
    if bans:
        yield page.heading("PROHIBITED PRACTICES: NO ACTION BELOW ENDS THEM", colour="bright_red")
        seen = dict.fromkeys((d.duty.market, d.duty.certain, _name(d.duty)) for d in bans)
        yield from page.rows(
            (market, "applies: stop" if certain else "not ruled out: settle the facts", name)
            for market, certain, name in seen
        )
        yield ""


def action_lines(
    place: int, action: Action, moved: int, *, by_party: bool = False
) -> Iterator[str]:
    """One action: what, when, who, what it closes and waits for, and the evidence it needs.

    by_party: say for which parties it is; worth a line where they do not all stand alike.
    """
    arrow = f" (up {moved})" if moved > 0 else f" (down {-moved})" if moved < 0 else ""
    first = f"{place:>3}. "
    yield click.style(
        page.wrapped(f"{action.control} {action.title}{arrow}", first=first), bold=True
    )
    yield page.wrapped(
        f"{_when(action)}; {action.owner}, effort {action.effort}; from {_stands(action)} to "
        f"{_word(action.reaches.word)}; score {action.score:.2f}",
        5,
    )
    for market, duties in action.closes.items():
        yield page.wrapped(f"{market}: {_closes(action, duties)}", 5, hang=9)
    if by_party:
        yield page.wrapped(f"for {', '.join(action.parties)}", 5, hang=9)
    if action.after:
        yield page.wrapped(f"after {', '.join(action.after)}", 5, hang=9)
    if action.needed_by:
        yield page.wrapped(f"needed by {', '.join(action.needed_by)}", 5, hang=9)
    for kind, what in action.evidence[:3]:
        yield page.wrapped(f"evidence: {what} ({_word(kind)})", 5, hang=9)


def _stands(action: Action) -> str:
    part = f" (a part: {_word(action.part.word)})" if action.part > action.stands else ""
    return _word(action.stands.word) + part


def _when(action: Action) -> str:
    if action.overdue:
        return f"overdue; at the earliest {page.day(action.earliest.isoformat())}"
    due = f"due {page.day(action.due.isoformat())}"
    if action.late:
        return f"{due}, late: at the earliest {page.day(action.earliest.isoformat())}"
    return f"{due}, begin by {page.day(action.begin.isoformat())}"


def _closes(action: Action, duties: Sequence[Duty]) -> str:
    """How many rules it helps to close, how many of them alone, and the first of them."""
    names = list(dict.fromkeys(_name(d) for d in duties))
    rules = {d.rule for d in duties}
    helped = {d.rule for d in duties if d.key not in action.alone}
    alone = len(rules - helped)
    count = f"closes {alone}" if alone else ""
    if helped:
        count += f"{', ' if count else ''}helps to close {len(helped)}"
    more = f"; {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{count}: {'; '.join(names[:NAMED])}{more}"


def _name(duty: Duty) -> str:
    return f"{duty.pinpoint} {duty.title}"


def _word(text: str) -> str:
    return text.replace("_", " ")


def _beside(made: Plan) -> Iterator[str]:
    """The duties that no action is for, and why."""
    shielded = {d.duty.rule for d in made.in_state(State.SHIELDED)}
    if shielded:
        ends = {e for d in made.in_state(State.SHIELDED) for _, e in d.duty.shields if e}
        yield page.wrapped(
            f"Shielded, so not planned: {page.plural(len(shielded), 'duty', 'duties')}. What would "
            f"end it: {' '.join(sorted(ends))}"
        )
    bare = dict.fromkeys(_name(d.duty) for d in made.in_state(State.NO_CONTROL))
    if bare:
        yield page.wrapped(f"No control answers these duties, so look yourself: {'; '.join(bare)}.")
    if shielded or bare:
        yield ""
