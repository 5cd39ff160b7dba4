"""`dutybound whatif PROFILE`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from dutybound.cli import page
from dutybound.cli.options import judging, load_content, print_json, today

if TYPE_CHECKING:
    from dutybound.assess.whatif import Difference, Shift, WhatIf

HEADINGS: Final = {
    "go": ("WOULD GO", "green"),
    "come": ("WOULD COME", "red"),
    "move": ("WOULD MOVE", "cyan"),
    "become_unknown": ("WOULD BECOME UNKNOWN", "yellow"),
    "become_known": ("WOULD BECOME KNOWN", "blue"),
}
SHORT: Final = {
    "go": "go",
    "come": "come",
    "move": "move",
    "become_unknown": "become unknown",
    "become_known": "become known",
}
LINES: Final = 12


@click.command("whatif")
@click.argument("profile", type=click.Path(path_type=Path))
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="FACT=VALUE",
    help="For example uses.loans.involvement.can_change=true or uses.loans.places-=us-co.",
)
@judging
@click.option("--all", "show_all", is_flag=True, help="Show every change and every rule.")
def command(
    profile: Path,
    sets: tuple[str, ...],
    as_of: date | None,
    known_on: date | None,
    markets: tuple[str, ...] | None,
    content_dirs: tuple[Path, ...],
    as_json: bool,
    show_all: bool,
) -> None:
    """Which duties go, come and stay if facts were different.

    FACT=VALUE sets a fact, FACT+=VALUE and FACT-=VALUE add to or take from a set or the places; the
    value is YAML. Without --set the design changes that matter most are tried and ranked.
    """
    from dutybound.assess.edits import PlainReader, parse_edit
    from dutybound.assess.whatif import whatif
    from dutybound.packs.profile import ProfileReader

    content = load_content(content_dirs)
    now = today()
    edits = [parse_edit(text) for text in sets]
    reader = ProfileReader(content)
    ready = whatif(
        content,
        reader,
        reader.read(profile, today=now),
        PlainReader(content).read(profile, today=now),
        as_of=as_of or now,
        known_on=known_on or max(now, content.checked_on),
        markets=markets,
    )
    found = [ready.difference(edits)] if edits else ready.ranked()
    if as_json:
        print_json(ready.as_json(found, ranked=not edits))
    elif edits:
        page.show(_one(ready, found[0], show_all))
    else:
        page.show(_ranked(ready, found, show_all))


def _head(ready: WhatIf) -> Iterator[str]:
    yield page.title(f"{ready.profile.name}: what if")
    yield page.wrapped(
        f"As of {page.day(ready.as_of.isoformat())}, texts known on "
        f"{page.day(ready.program.known_on.isoformat())}. Duties, prohibitions and rights of "
        "binding law."
    )
    yield ""


# ---------------------------------------------------------------------- stated changes
def _one(ready: WhatIf, difference: Difference, show_all: bool) -> Iterator[str]:
    from dutybound.assess.whatif import shifts_of

    yield from _head(ready)
    for edit in difference.edits:
        before = ready.change(edit)["from"]
        yield page.wrapped(f"{edit} (now: {_shown(before)})", 2, hang=4)
    yield ""
    for kind, (heading, colour) in HEADINGS.items():
        shifts = list(shifts_of(difference, kind))
        if shifts:
            count = len({s.rule.id for s in shifts})
            yield page.heading(f"{heading} ({count})", colour=colour)
            yield from _shifts(shifts, show_all)
            yield ""
    yield page.wrapped(f"Stay as they are: {page.plural(difference.stay, 'finding')}.")
    yield from _proof(ready, difference)


def _shown(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return {True: "true", False: "false"}.get(value, str(value))


def _shifts(shifts: list[Shift], show_all: bool) -> Iterator[str]:
    groups: dict[tuple[str, str], list[Shift]] = defaultdict(list)
    for shift in shifts:
        groups[shift.rule.act, shift.scope.party or ""].append(shift)
    for (act, party), inside in sorted(groups.items()):
        name = f"{act} ({party})" if party else act
        if show_all:
            yield f"  {name}"
            yield from page.rows(((s.rule.id, _text(s)) for s in inside), 4)
        else:
            short = len(inside) > LINES
            parts = dict.fromkeys(s.rule.texts[-1].pinpoint if short else _text(s) for s in inside)
            text = (", " if short else "; ").join(parts)
            yield page.wrapped(text, 2, first=f"{name}: ", hang=4)


def _text(shift: Shift) -> str:
    text = f"{shift.rule.texts[-1].pinpoint} {shift.rule.title}"
    if shift.kind == "move":
        text += f" [{_standing(shift.before)} -> {_standing(shift.after)}]"
    elif shift.kind == "become_known":
        text += f" [{_standing(shift.after)}]"
    elif shift.kind == "come" and shift.after[1]:
        text += f" [from {page.day(shift.after[1].isoformat())}]"
    return text + (" [prohibited practice]" if shift.rule.kind == "prohibition" else "")


def _standing(standing: Any) -> str:
    outcome, start = standing
    word = page.WORDS[str(outcome)]
    return f"{word} from {page.day(start.isoformat())}" if start else word


def _proof(ready: WhatIf, difference: Difference) -> Iterator[str]:
    from dutybound.assess.whatif import NOTE

    yield ""
    yield page.heading("WHAT WOULD PROVE IT")
    for edit in difference.edits:
        change = ready.change(edit)
        if change["ask"] is None:
            yield page.wrapped(f"{edit}: a record that shows it, with its date.", 2, hang=4)
            continue
        judged = " A judgement: give its basis and author." if change["judgement"] else ""
        yield page.wrapped(
            f'{edit}: evidence for the answer to "{change["ask"]}", from {change["who"]}.'
            f"{judged} {change['why']}",
            2,
            hang=4,
        )
    yield page.wrapped(NOTE)


# ---------------------------------------------------------------------- ranked changes
def _ranked(ready: WhatIf, found: list[Difference], show_all: bool) -> Iterator[str]:
    from dutybound.assess.whatif import NOTE

    yield from _head(ready)
    save = [d for d in found if d.saved > 0]
    cost = sorted((d for d in found if d.saved < 0), key=lambda d: d.saved)
    rest = [d for d in found if d.saved == 0]
    for heading, group in (
        ("SAVES MOST", save),
        ("ADDS MOST", cost),
        ("CHANGES WITHOUT SAVING OR ADDING", rest),
    ):
        shown = group if show_all else group[:LINES]
        if shown:
            yield page.heading(f"{heading} ({len(shown)} of {len(group)})")
            for number, difference in enumerate(shown, 1):
                yield from _line(ready, number, difference)
            yield ""
    if not found:
        yield "No change of a stated fact would change a duty."
    yield page.wrapped(
        "Tried: every yes/no flipped, members of sets dropped, choices exchanged, small groups of "
        "facts in every way, places and markets left or entered; not tried: judgements and what "
        "an organisation or a system is. Show one in full with --set."
    )
    yield page.wrapped(NOTE)


def _line(ready: WhatIf, number: int, difference: Difference) -> Iterator[str]:
    edits = ", ".join(str(e) for e in difference.edits)
    yield page.wrapped(edits, 2, first=f"{number}. ", hang=5)
    counts = [
        f"{len(ids)} {word}" for kind, word in SHORT.items() if (ids := difference.duties(kind))
    ]
    if part := difference.in_part():
        counts.append(f"{len(part)} change for a part only")
    owners = dict.fromkeys(str(w) for w in (ready.change(e)["who"] for e in difference.edits) if w)
    proof = f"; proof from {', '.join(owners)}" if owners else ""
    yield page.wrapped(f"duties: {', '.join(counts)}{proof}", 5)
