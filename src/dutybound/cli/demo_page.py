"""The page of `dutybound demo`: a block for each question that somebody comes with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, Final

import click

from dutybound.cli import page
from dutybound.cli.launch_page import COLOURS

MARKETS: Final = {"eu": "EU", "us": "US", "uk": "UK"}
NAMED: Final = 5
FIRST: Final = 3
STATES: Final = ("met", "partial", "open", "unassessed", "shielded")
Json = dict[str, Any]


def lines(found: Json) -> Iterator[str]:
    """The whole page."""
    for part in (
        _head,
        _classes,
        _duties,
        _days,
        _reasons,
        _changes,
        _unknown,
        _gaps,
        _plan,
        _launch,
        _limits,
        _next,
    ):
        yield from part(found)


def _part(name: str) -> Iterator[str]:
    yield ""
    yield page.heading(name.upper(), colour="cyan")


def _head(found: Json) -> Iterator[str]:
    yield page.title(f"{found['name']}: a banking group launches in the EU, the US and the UK")
    yield page.wrapped(
        f"Organisations: {', '.join(found['parties'])}. Uses: {', '.join(found['uses'])}. The "
        f"facts are in {found['profile']}. Judged for {page.day(found['as_of'])}, with texts known "
        f"on {page.day(found['known_on'])}."
    )


def _classes(found: Json) -> Iterator[str]:
    yield from _part("What it is in law")
    for market, name in MARKETS.items():
        listed = [_class(c) for c in found["classifications"] if c["market"] == market]
        more = f" and {len(listed) - NAMED} more" if len(listed) > NAMED else ""
        yield page.wrapped("; ".join(listed[:NAMED]) + more + ".", 2, first=f"{name}: ")


def _class(row: Json) -> str:
    start = f" (from {page.day(row['later_from'])})" if row["later_from"] else ""
    return f"{row['title']}{start}"


def _duties(found: Json) -> Iterator[str]:
    yield from _part("Which duties bind whom")
    head = ("market", "organisation", "binds now", "later", "contested", "unknown", "")
    rows: list[tuple[str, ...]] = [head]
    for row in found["duties"]:
        counts = [str(row[k]) for k in ("binds_now", "later", "contested", "unknown")]
        rows.append((MARKETS[row["market"]], row["party"], *counts, ""))
    yield from (line.rstrip() for line in page.rows(rows))
    for row in found["duties"]:
        named = row["named"]
        if named:
            titles = "; ".join(f"{f['title']} ({_cite(f)})" for f in named)
            more = row["binds_now"] - len(named)
            rest = f"; and {more} more" if more else ""
            yield page.wrapped(f"{titles}{rest}.", 2, first=f"{row['party']}, now: ", hang=4)


def _cite(row: Json) -> str:
    return f"{row['instrument']}, {row['pinpoint'].split(';')[0]}"


def _days(found: Json) -> Iterator[str]:
    yield from _part("From which day")
    rows = []
    for quarter in found["quarters"]:
        parts = ", ".join(f"{MARKETS[m]} {n}" for m, n in quarter["markets"].items())
        label = "bind now" if quarter["quarter"] == "now" else f"begin in {quarter['quarter']}"
        rows.append((label, str(quarter["duties"]), parts))
    yield from page.rows(rows)


def _reasons(found: Json) -> Iterator[str]:
    yield from _part("Why, and why not")
    for row in found["reasons"]:
        word = page.outcome(row["outcome"])
        start = f" from {page.day(row['effective_from'])}" if row["effective_from"] else ""
        why = f" ({row['reason']})" if row["reason"] else ""
        whom = f"{row['party']} in {row['use']}"
        yield page.wrapped(
            f"{row['title']} ({_cite(row)}), for {whom}: {word}{start}{why}",
            2,
            hang=4,
        )
        for fact in row["because"]:
            value = fact["value"]
            shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value).lower()
            line = f" (line {fact['line']})" if fact["line"] else ""
            yield page.wrapped(f"{fact['fact']} = {shown}{line}", 6, first="- ", hang=8)
        for t in row["shielded_by"]:
            ends = f" What ends that: {t['ends_when']}" if t["ends_when"] else ""
            yield page.wrapped(f"But {t['pinpoint']} shields it.{ends}", 6)


def _changes(found: Json) -> Iterator[str]:
    yield from _part("What would change it")
    words = (("go", "go"), ("come", "come"), ("become_unknown", "become unknown"))
    for change in found["changes"]:
        yield page.wrapped(change["says"], 2)
        for kind, word in words:
            titles = change[kind]
            if titles:
                more = f"; and {len(titles) - 3} more" if len(titles) > 3 else ""
                text = f"{len(titles)} {word}: {'; '.join(titles[:3])}{more}."
                yield page.wrapped(text, 6, first="- ", hang=8)
        if not any(change[kind] for kind, _ in words):
            yield "      - no duty moves."


def _unknown(found: Json) -> Iterator[str]:
    yield from _part("What is still unknown")
    for question in found["questions"]:
        yield page.wrapped(f"{question['ask']} ({question['fact']})", 2, hang=4)
    if not found["questions"]:
        yield "  Nothing that a duty turns on."


# ---------------------------------------------------------------------- gaps, plan, launch
def _gaps(found: Json) -> Iterator[str]:
    gaps, evidence = found["gaps"], found["gaps"]["evidence"]
    yield from _part("What is missing")
    yield page.wrapped(
        f"Controls with valid evidence: {gaps['controls_with_valid_evidence']} of "
        f"{gaps['controls_asked_for']}, from {evidence['counted']} of {evidence['signed']} signed "
        f"pieces. Duties up to {page.day(gaps['until'])}:",
        2,
    )
    rows = [("market", *STATES, "")]
    for row in gaps["duties"]:
        name = MARKETS.get(row["market"], row["market"])
        rows.append((name, *(str(row["counts"][s]) for s in STATES), ""))
    yield from (line.rstrip() for line in page.rows(rows))
    for row in evidence["refused"][:FIRST]:
        text = f"{row['evidence']} ({row['code']}): {row['reason']}"
        yield page.wrapped(text, 2, first="does not count: ", hang=4)
    more = len(evidence["refused"]) - FIRST
    if more > 0:
        yield f"  {more} more do not count."


def _plan(found: Json) -> Iterator[str]:
    plan = found["plan"]
    yield from _part("What to do first")
    for place, row in enumerate(plan["first"], 1):
        parts = ", ".join(
            f"{MARKETS.get(c['market'], c['market'])} {c['duties']}" for c in row["closes"]
        )
        helps = f"; helps with {parts}" if parts else "; others wait for it"
        due = "overdue" if row["overdue"] else f"due {page.day(row['due'])}"
        late = "" if row["overdue"] or row["earliest"] <= row["due"] else ", late"
        earliest = page.day(row["earliest"])
        yield page.wrapped(
            f"{row['control']} {row['title']}: {due}{late}, at the earliest {earliest}; "
            f"{row['owner']}, effort {row['effort']}{helps}",
            2,
            first=f"{place}. ",
            hang=5,
        )
    yield f"  {page.plural(plan['actions'], 'action')} in all, {plan['overdue']} overdue."


def _launch(found: Json) -> Iterator[str]:
    launch = found["launch"]
    yield from _part(f"May it launch on {page.day(launch['on'])}")
    rows = []
    for row in launch["markets"]:
        word = row["recommendation"]
        counts = ", ".join(
            f"{row[key]} {name}"
            for key, name in (
                ("blockers", "blocking"),
                ("open", "open"),
                ("conditions", "on condition"),
                ("shielded", "shielded"),
            )
            if row[key]
        )
        name = MARKETS[row["market"]]
        rows.append(
            (name, page.heading(word, colour=COLOURS[word]), counts or "nothing against it")
        )
    yield from page.rows(rows)
    for row in launch["markets"]:
        yield from _market(row)
    for report in launch["soc2"]:
        yield page.wrapped(
            f"SOC 2 report of {report['of']} ({report['relation']}, to {page.day(report['to'])}): "
            f"in its period it shows something for {report['in_its_period']} controls, on the "
            f"launch day for {report['on_the_day']}.",
            2,
            hang=4,
        )
    yield page.wrapped(f"{'; '.join(launch['conflicts'])}.", 2, first="Conflicts: ", hang=4)
    options = "; ".join(f"{o['title']} (saves {o['saved']})" for o in launch["options"])
    yield page.wrapped(f"{options}.", 2, first="Options, with the duties saved: ", hang=4)


def _market(row: Json) -> Iterator[str]:
    blocker, field = row["first_blocker"], row["decision"]
    name = MARKETS[row["market"]]
    if blocker:
        missing = blocker["missing"]
        lacks = f"; missing: {missing[0]}" if missing else ""
        yield page.wrapped(
            f"{blocker['pinpoint'].split(';')[0]} {blocker['title']}{lacks}; owner: "
            f"{', '.join(dict.fromkeys(blocker['owners']))}",
            2,
            first=f"{name} blocked by, for one: ",
            hang=4,
        )
    if field["decision"]:
        yield page.wrapped(
            f"{field['decision'].replace('_', ' ')}, by {field['by']} on {page.day(field['on'])}",
            2,
            first=f"{name} decided: ",
            hang=4,
        )


def _limits(found: Json) -> Iterator[str]:
    yield from _part("Limits")
    yield page.wrapped(
        f"{page.plural(found['unverified'], 'duty', 'duties')} above rest on sources that were not "
        "opened again for this content. National law of the Member States is not covered. A "
        "recommendation is computed; a decision is a named person's. No lawyer has reviewed this. "
        "It is information about law, not legal advice.",
        2,
    )


def _next(found: Json) -> Iterator[str]:
    path = found["profile"]
    evidence = f"\\\n      --evidence {PurePath(path).parent / 'evidence'}"
    yield from _part("Next")
    for command_line, does in (
        (f"dutybound assess {path}", "the whole first page"),
        (f"dutybound explain {path} {found['reasons'][0]['id']}", "a proof, fact by fact"),
        (f"dutybound gaps {path} {evidence}", "every duty with the controls it lacks"),
        (
            f"dutybound launch {path} --on {found['launch']['on']} {evidence}",
            "the whole dossier; --html FILE makes a page of it",
        ),
        ("dutybound init my-system", "your own system, with the fewest questions"),
    ):
        yield f"  {command_line}"
        yield click.style(f"      {does}", dim=True)
