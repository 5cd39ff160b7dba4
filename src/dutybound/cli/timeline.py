"""`dutybound timeline PROFILE`."""

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
    from dutybound.assess.timeline import Entry, Timeline

EIGHTHS: Final = " ▏▎▍▌▋▊▉"
BAR: Final = 40
LONG: Final = 12
GAP: Final = 3
MARKETS: Final = {"eu": "EUROPEAN UNION", "us": "UNITED STATES", "uk": "UNITED KINGDOM"}
MARKS: Final = {"contested": " [contested]", "undetermined": " [unknown whether]"}


@click.command("timeline")
@click.argument("profile", type=click.Path(path_type=Path))
@judging
@click.option("--all", "show_all", is_flag=True, help="One line for each rule.")
def command(
    profile: Path,
    as_of: date | None,
    known_on: date | None,
    markets: tuple[str, ...] | None,
    content_dirs: tuple[Path, ...],
    as_json: bool,
    show_all: bool,
) -> None:
    """What begins and ends when, per market, with the events of the system."""
    from dutybound.assess.assess import assess
    from dutybound.assess.timeline import timeline
    from dutybound.packs.profile import ProfileReader

    content = load_content(content_dirs)
    now = today()
    stated = ProfileReader(content).read(profile, today=now)
    result = assess(content, stated, today=now, as_of=as_of, known_on=known_on, markets=markets)
    line = timeline(result)
    if as_json:
        print_json(line.as_json())
    else:
        page.show(_page(line, show_all))


def _page(line: Timeline, show_all: bool) -> Iterator[str]:
    result = line.result
    yield page.title(f"{result.profile.name}: what begins when")
    yield page.wrapped(
        f"As of {page.day(result.as_of.isoformat())}, texts known on "
        f"{page.day(result.known_on.isoformat())}."
    )
    yield ""
    yield from _picture(line)
    for market in line.markets:
        yield ""
        yield page.heading(MARKETS.get(market, market.upper()))
        yield from _market(line, market, show_all)
    yield from _shielded(line)
    yield ""
    yield page.wrapped(
        "A day is the one on which a rule first bites; a different formal day stands beside it. "
        "This is information about law, not legal advice."
    )


# ---------------------------------------------------------------------- the picture
def _picture(line: Timeline) -> Iterator[str]:
    from dutybound.assess.timeline import quarters_between

    quarters = {q["quarter"]: q for q in line.quarters}
    if not quarters:
        yield "No duty begins on the facts stated."
        return
    yield page.heading("DUTIES THAT BEGIN, BY QUARTER")
    most = max(q["duties"] for q in quarters.values())
    later = sorted(q for q in quarters if q != "now")
    names = ["now"] if "now" in quarters else []
    names += list(quarters_between(later[0], later[-1])) if later else []
    for name, empty in _without_gaps(names, quarters):
        if empty:
            yield f"  {'...':<8}  nothing in {empty} quarters"
            continue
        quarter = quarters.get(name, {"duties": 0, "markets": {}})
        parts = ", ".join(f"{m} {n}" for m, n in quarter["markets"].items())
        count = quarter["duties"]
        label = "bind now" if name == "now" else name
        yield f"  {label:<8}  {bar(count, most):<{BAR}}  {count:>3}  {parts}".rstrip()


def _without_gaps(
    names: list[str], quarters: dict[str, dict[str, Any]]
) -> Iterator[tuple[str, int]]:
    empty: list[str] = []
    for name in [*names, ""]:
        if name and name not in quarters:
            empty.append(name)
            continue
        if len(empty) > GAP:
            yield "", len(empty)
        else:
            yield from ((e, 0) for e in empty)
        empty = []
        if name:
            yield name, 0


def bar(count: int, most: int) -> str:
    """A bar of blocks, an eighth of a column fine; a count above zero is never invisible."""
    eighths = count * BAR * 8 // most
    if count and not eighths:
        eighths = 1
    rest = EIGHTHS[eighths % 8].strip()
    return "█" * (eighths // 8) + rest


# ---------------------------------------------------------------------- one market
def _market(line: Timeline, market: str, show_all: bool) -> Iterator[str]:
    days: dict[tuple[date, str], list[Entry]] = defaultdict(list)
    hidden = set()
    for entry in line.entries:
        if entry.what != "event" and entry.values["market"] != market:
            continue
        if entry.what == "event" or entry.is_duty or show_all:
            days[entry.day, entry.what].append(entry)
        else:
            hidden.add(entry.values["id"])
    told = False
    order = ("event", "ends", "begins")
    for day, what in sorted(days, key=lambda k: (k[0], order.index(k[1]))):
        entries = days[day, what]
        if not told and day > line.result.as_of:
            told = True
            judged = page.day(line.result.as_of.isoformat())
            yield click.style(f"  -- {judged}: the day judged --", dim=True)
        if what == "event":
            yield from (_event(e) for e in entries if _here(e, market))
        else:
            yield from _day(day, what, entries, show_all)
    if hidden:
        yield page.wrapped(
            f"Not shown: {page.plural(len(hidden), 'other rule')} (guidance, permissions, reliefs, "
            "penalties and the like). List them with --all.",
            2,
        )


def _here(entry: Entry, market: str) -> bool:
    place = entry.values["place"]
    return place is None or place == market or place.startswith(market + "-")


def _event(entry: Entry) -> str:
    word = "planned" if entry.values["planned"] else "done"
    name = entry.values["act"].replace("_", " ")
    by = f" by {entry.values['party']}" if entry.values["party"] else ""
    where = f" in {entry.values['place']}" if entry.values["place"] else ""
    text = f"{page.day(entry.day.isoformat())}  {name}{by}{where} ({word})"
    return click.style(page.wrapped(text, 2, first="* ", hang=4), fg="green")


def _day(day: date, what: str, entries: list[Entry], show_all: bool) -> Iterator[str]:
    count = len({e.values["id"] for e in entries})
    colour = "cyan" if what == "begins" else "bright_black"
    head = f"{page.day(day.isoformat())} {what} ({count}){_notes(day, what, entries)}"
    yield click.style(page.wrapped(head, 2, hang=4), fg=colour, bold=True)
    groups: dict[tuple[str, str], dict[str, dict[str, Any]]] = defaultdict(dict)
    for e in entries:
        values = e.values
        groups[values["instrument"], values["party"] or ""].setdefault(values["id"], values)
    for (instrument, party), rules in sorted(groups.items()):
        name = f"{instrument} ({party})" if party else instrument
        if show_all:
            yield f"    {name}"
            yield from page.rows(((v["pinpoint"], _title(v)) for v in rules.values()), 6)
        else:
            short = len(rules) > LONG
            parts = dict.fromkeys(
                v["pinpoint"] + _mark(v) if short else f"{v['pinpoint']} {_title(v)}"
                for v in rules.values()
            )
            text = (", " if short else "; ").join(parts)
            yield page.wrapped(text, 4, first=f"{name}: ", hang=6)


def _title(values: dict[str, Any]) -> str:
    kind = "" if values["kind"] in ("duty", "right") else f" ({values['kind']})"
    return f"{values['title']}{kind}{_mark(values)}"


def _mark(values: dict[str, Any]) -> str:
    mark = "" if values["only_day_open"] else MARKS.get(values["outcome"], "")
    if values["effective_latest"]:
        mark += f" [or as late as {page.day(values['effective_latest'])}]"
    if values["enforcement_status"] == "stayed":
        mark += " [enforcement stayed]"
    return mark


def _notes(day: date, what: str, entries: list[Entry]) -> str:
    if what != "begins":
        reasons = {str(e.values["reason"]) for e in entries if e.values["reason"]}
        return f"; {', '.join(sorted(reasons))}" if reasons else ""
    formal = sorted({e.values["formal_from"] for e in entries} - {day.isoformat(), None})
    notes = f"; some formally {', '.join(page.day(f) for f in formal)}" if formal else ""
    for effect in ("shield", "defer"):
        found = {
            t["pinpoint"]: t["holds"]
            for e in entries
            for t in e.values["transitions"]
            if t["effect"] == effect
        }
        for pinpoint, holds in sorted(found.items()):
            does = "shields" if effect == "shield" else "defers"
            sure = does if holds == "yes" else f"may {does[:-1]}"
            notes += f"; {pinpoint} {sure} some of them"
    return notes


def _shielded(line: Timeline) -> Iterator[str]:
    if not line.shielded:
        return
    yield ""
    yield page.heading("SHIELDED BY A TRANSITION", colour="blue")
    groups: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for values in line.shielded:
        shields = [t for t in values["transitions"] if t["effect"] == "shield"]
        for t in shields:
            ends = t["ends_when"] or "no end stated"
            groups[t["pinpoint"], ends][values["pinpoint"]] = None
    for (pinpoint, ends), names in groups.items():
        yield page.wrapped(f"{', '.join(names)}. Ends: {ends}", 2, first=f"{pinpoint}: ", hang=4)
