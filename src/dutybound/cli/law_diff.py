"""`dutybound law diff`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

from dutybound.cli import page
from dutybound.cli.law_list import CONTENT, JSON
from dutybound.cli.options import Day, Markets, load_content, print_json, today

KINDS: Final = ("prohibition", "duty", "right")
AXES: Final = ("known", "in_force")
AXIS_WORDS: Final = {"known": "texts published by", "in_force": "texts in force on"}
LINES: Final = 12


@click.command("diff")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--axis", type=click.Choice(AXES), required=True, help="What to compare.")
@click.option("--from", "start", type=Day(), required=True, help="The earlier day.")
@click.option("--to", "end", type=Day(), required=True, help="The later day.")
@click.option("--as-of", "as_of", type=Day(), help="The day on which systems are judged.")
@click.option("--market", "markets", type=Markets(), help="Only these markets.")
@click.option("--all", "show_all", is_flag=True, help="List every change of every system.")
@CONTENT
@JSON
def command(
    folder: Path | None,
    axis: str,
    start: date,
    end: date,
    as_of: date | None,
    markets: tuple[str, ...] | None,
    show_all: bool,
    content_dirs: tuple[Path, ...],
    as_json: bool,
) -> int:
    """What changed in the law between two days, and for each profile in DIR.

    known: texts published up to each day, both judged on one day (default: --to). in_force: texts
    in force on each day, each judged on its own day.
    """
    from dutybound.assess.law_diff import law_diff
    from dutybound.assess.portfolio import profile_files

    if end < start:
        raise click.UsageError("--to lies before --from.")
    result = law_diff(
        load_content(content_dirs),
        axis=axis,
        start=start,
        end=end,
        files=profile_files(folder) if folder else (),
        today=today(),
        as_of=as_of,
        markets=markets,
    )
    for problem in result.refused:
        click.echo(str(problem), err=True)
    values = result.as_json()
    if as_json:
        print_json(values)
    else:
        page.show(_page(values, show_all))
    return 2 if result.refused else 0


def _page(diff: dict[str, Any], show_all: bool) -> Iterator[str]:
    words = AXIS_WORDS[diff["axis"]]
    yield page.title(f"{words} {page.day(diff['from'])} and by {page.day(diff['to'])}")
    rules = diff["rules"]
    own = [r for r in rules if r["changes"] != ["through"]]
    through = [r for r in rules if r["changes"] == ["through"]]
    yield page.wrapped(
        f"{page.plural(len(own), 'rule')} changed in text or dates, and "
        f"{page.plural(len(through), 'rule')} through terms, exclusions or transitions on which "
        "they rest."
    )
    for name, group in (("DUTIES", True), ("OTHER RULES", False)):
        chosen = [r for r in own if (r["kind"] in KINDS) is group]
        if chosen:
            yield ""
            yield page.heading(f"{name} CHANGED ({len(chosen)})")
            yield from _rules(chosen)
    duties = [r for r in through if r["kind"] in KINDS]
    if duties:
        yield ""
        yield page.heading(f"DUTIES CHANGED THROUGH OTHERS ({len(duties)})")
        yield from _through(duties)
    if diff["systems"]:
        yield ""
        yield from _systems(diff, show_all)


def _rules(rules: list[dict[str, Any]]) -> Iterator[str]:
    by_act: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for rule in rules:
        by_act[rule["instrument"]].append(rule)
    for act, group in by_act.items():
        yield page.heading(f"  {act} ({len(group)})")
        for rule in sorted(group, key=lambda r: r["id"]):
            yield page.wrapped(f"{rule['pinpoint']} {rule['title']}", 4, hang=6)
            yield page.wrapped(f"{rule['id']}: {_what(rule)}", 6, hang=8)


def _what(rule: dict[str, Any]) -> str:
    said = []
    for kind in rule["changes"]:
        if kind == "text":
            said.append(f"text ({', '.join(rule['parts'])})")
        elif kind == "dates":
            said.append(_dates(rule))
        else:
            day = f", {_days(rule['effective']['to'])}" if kind == "inserted" else ""
            said.append(kind + day)
    return "; ".join(said)


def _dates(rule: dict[str, Any]) -> str:
    for name in ("effective", "formal"):
        before, after = rule[name]["from"], rule[name]["to"]
        if before != after:
            return f"{name} {_days(before)} -> {_days(after)}"
    return "a date inside its conditions"


def _days(days: list[str]) -> str:
    return " or ".join(page.day(d) for d in days) or "no day"


def _through(rules: list[dict[str, Any]]) -> Iterator[str]:
    by_act: dict[str, list[str]] = defaultdict(list)
    for rule in rules:
        by_act[rule["instrument"]].append(rule["pinpoint"])
    for act, pinpoints in by_act.items():
        text = ", ".join(dict.fromkeys(pinpoints))
        yield page.wrapped(text, 2, first=f"{act}: ", hang=4)


def _systems(diff: dict[str, Any], show_all: bool) -> Iterator[str]:
    judged = diff["judged_on"]
    days = " and ".join(page.day(d) for d in dict.fromkeys(judged.values()))
    touched = [s for s in diff["systems"] if s["changed"]]
    yield page.heading(
        f"SYSTEMS ({len(touched)} of {len(diff['systems'])} touched), judged on {days}"
    )
    for system in touched:
        yield page.heading(f"  {system['system']}") + f" {system['file']}"
        groups: dict[tuple[str, str], list[str]] = defaultdict(list)
        for moved in system["changed"]:
            key = (_standing(moved["from"]), _standing(moved["to"]))
            groups[key].append(moved["id"])
        for (before, after), ids in groups.items():
            names = list(dict.fromkeys(ids))
            shown = names if show_all else names[:LINES]
            more = len(names) - len(shown)
            text = ", ".join(shown) + (f" and {more} more (--all)" if more else "")
            yield page.wrapped(f"{before} -> {after}: {text}", 4, hang=6)
    quiet = [s["system"] for s in diff["systems"] if not s["changed"]]
    if quiet:
        some = ", ".join(quiet[:LINES]) + (" ..." if len(quiet) > LINES else "")
        yield page.wrapped(f"Nothing changed for {some}.", 2)


def _standing(standing: dict[str, Any]) -> str:
    start = standing["effective_from"]
    word = click.unstyle(page.outcome(standing["outcome"]))
    return f"{word} from {page.day(start)}" if start and standing["outcome"] != "applies" else word
