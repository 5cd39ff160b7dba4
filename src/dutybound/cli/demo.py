"""`dutybound demo`: the credit-scoring example from end to end."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from dutybound.cli import page
from dutybound.cli.options import Day, load_content, today

if TYPE_CHECKING:
    from datetime import date

    from dutybound.assess.assess import Assessment
    from dutybound.assess.demo import Asked, Script
    from dutybound.assess.whatif import WhatIf

MARKETS: Final = {"eu": "EU", "us": "US", "uk": "UK"}
DUTIES: Final = ("duty", "prohibition", "right")
STANDINGS: Final = ("applies", "not_yet_applicable", "contested", "undetermined")
NAMED: Final = 5
STEPS: Final = (
    "read the content and the example",
    "judge every rule",
    "look for what begins when",
    "try changes",
    "write the page",
)
Finding = dict[str, Any]


@click.command("demo")
@click.option("--as-of", type=Day(), help="The day to judge (default: today).")
def command(as_of: date | None) -> None:
    """The credit-scoring example from end to end, in a few seconds.

    A banking group launches a score for loan approvals in the EU, the US and the UK: what it is in
    law, which duties bind whom, from which day, why, what would change it, what is unknown.
    """
    from dutybound.assess.assess import assess
    from dutybound.assess.demo import read_script
    from dutybound.assess.timeline import timeline
    from dutybound.packs.profile import ProfileReader

    now = today()
    day = as_of or now
    _step(0)
    content = load_content()
    script = read_script()
    reader = ProfileReader(content)
    profile = reader.read(script.profile, _shown(script.profile), today=now)
    _step(1)
    result = assess(content, profile, today=now, as_of=day)
    findings = [f for f in result.findings if f["nature"] == "binding_law"]
    _step(2)
    quarters = timeline(result).quarters
    _step(3)
    ready = _whatif(result, script)
    tried = list(_tried(ready, script))
    _step(4)
    lines = [
        *_head(result, script),
        *_classes(result),
        *_duties(findings),
        *_days(quarters),
        *_reasons(result, script.asked),
        *_changes(tried),
        *_unknown(result),
        *_limits(findings),
        *_next(script),
    ]
    page.show(lines, pager=False)


def _step(number: int) -> None:
    click.echo(f"step {number + 1} of {len(STEPS)}: {STEPS[number]}", err=True)


def _shown(path: Path) -> str:
    """The path as one would type it here."""
    shown = os.path.relpath(path)
    return str(path) if shown.startswith("..") else shown


def _part(name: str) -> Iterator[str]:
    yield ""
    yield page.heading(name.upper(), colour="cyan")


# ---------------------------------------------------------------------- what it is
def _head(result: Assessment, script: Script) -> Iterator[str]:
    profile = result.profile
    yield page.title(f"{profile.name}: a banking group launches in the EU, the US and the UK")
    parties = ", ".join(p.id for p in profile.parties)
    uses = ", ".join(u.id for u in profile.uses)
    yield page.wrapped(
        f"Organisations: {parties}. Uses: {uses}. The facts are in {_shown(script.profile)}. "
        f"Judged for {page.day(result.as_of.isoformat())}, with texts known on "
        f"{page.day(result.known_on.isoformat())}."
    )


def _classes(result: Assessment) -> Iterator[str]:
    yield from _part("What it is in law")
    titles: dict[str, dict[str, None]] = defaultdict(dict)
    for c in result.classifications:
        if c["show"] == "classification" and c["outcome"] in ("applies", "not_yet_applicable"):
            later = c["outcome"] == "not_yet_applicable"
            start = f" (from {page.day(c['applies_from'])})" if later else ""
            market = result.content.acts[result.content.rules[c["id"]].act].market
            titles[market][c["title"] + start] = None
    for market, name in MARKETS.items():
        listed = list(titles[market])
        more = f" and {len(listed) - NAMED} more" if len(listed) > NAMED else ""
        yield page.wrapped("; ".join(listed[:NAMED]) + more + ".", 2, first=f"{name}: ")


# ---------------------------------------------------------------------- who owes what, and when
def _duties(findings: list[Finding]) -> Iterator[str]:
    yield from _part("Which duties bind whom")
    groups: dict[tuple[str, str], dict[str, dict[str, Finding]]] = {}
    for f in findings:
        if f["kind"] in DUTIES and f["outcome"] in STANDINGS and not f.get("no_duty_either_way"):
            group = groups.setdefault((f["market"], f["party"]), defaultdict(dict))
            group[f["outcome"]].setdefault(f["id"], f)
    head = ("market", "organisation", "binds now", "later", "contested", "unknown", "")
    rows: list[tuple[str, ...]] = [head]
    order = sorted(groups, key=lambda key: (list(MARKETS).index(key[0]), key[1]))
    for market, party in order:
        counts = [str(len(groups[market, party][s])) for s in STANDINGS]
        rows.append((MARKETS[market], party, *counts, ""))
    yield from (line.rstrip() for line in page.rows(rows))
    for market, party in order:
        group = groups[market, party]
        named = _one_of_each(group["applies"].values())[:NAMED]
        if named:
            titles = "; ".join(f"{f['title']} ({_cite(f)})" for f in named)
            more = len(group["applies"]) - len(named)
            rest = f"; and {more} more" if more else ""
            yield page.wrapped(f"{titles}{rest}.", 2, first=f"{party}, now: ", hang=4)


def _cite(f: Finding) -> str:
    return f"{f['instrument']}, {f['pinpoint'].split(';')[0]}"


def _one_of_each(findings: Iterable[Finding]) -> list[Finding]:
    """The first duty of each instrument, those whose source was read first."""
    found: dict[str, Finding] = {}
    for f in sorted(findings, key=lambda f: (f["grade"] == "unverified", f["grade"])):
        found.setdefault(f["instrument"], f)
    return list(found.values())


def _days(quarters: tuple[dict[str, Any], ...]) -> Iterator[str]:
    yield from _part("From which day")
    rows = []
    for quarter in quarters:
        parts = ", ".join(f"{MARKETS[m]} {n}" for m, n in quarter["markets"].items())
        label = "bind now" if quarter["quarter"] == "now" else f"begin in {quarter['quarter']}"
        rows.append((label, str(quarter["duties"]), parts))
    yield from page.rows(rows)


# ---------------------------------------------------------------------- why
def _reasons(result: Assessment, asked: tuple[Asked, ...]) -> Iterator[str]:
    yield from _part("Why, and why not")
    for one in asked:
        for f in result.findings:
            if (f["id"], f["party"], f["scope"].get("use")) == (one.rule, one.party, one.use):
                yield from _reason(f)


def _reason(f: Finding) -> Iterator[str]:
    word = page.outcome(f["outcome"])
    start = f" from {page.day(f['effective_from'])}" if f.get("effective_from") else ""
    why = f" ({f['reason']})" if f.get("reason") else ""
    yield page.wrapped(
        f"{f['title']} ({_cite(f)}), for {f['party']} in {f['scope']['use']}: {word}{start}{why}",
        2,
        hang=4,
    )
    for fact in f.get("because", ())[:NAMED]:
        value = fact["value"]
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value).lower()
        line = f" (line {fact['line']})" if fact["line"] else ""
        yield page.wrapped(f"{fact['fact']} = {shown}{line}", 6, first="- ", hang=8)
    for t in f.get("transitions", ()):
        if t["effect"] == "shield" and t["holds"] == "yes":
            ends = f" What ends that: {t['ends_when']}" if t["ends_when"] else ""
            yield page.wrapped(f"But {t['pinpoint']} shields it.{ends}", 6)


# ---------------------------------------------------------------------- what would change it
def _whatif(result: Assessment, script: Script) -> WhatIf:
    from dutybound.assess.edits import PlainReader
    from dutybound.assess.whatif import whatif
    from dutybound.packs.profile import ProfileReader

    content = result.content
    plain = PlainReader(content).read(script.profile, today=result.today)
    return whatif(
        content,
        ProfileReader(content),
        result.profile,
        plain,
        as_of=result.as_of,
        known_on=result.known_on,
    )


def _tried(ready: WhatIf, script: Script) -> Iterator[tuple[str, dict[str, list[str]]]]:
    from dutybound.assess.edits import parse_edit
    from dutybound.assess.whatif import is_duty

    rules = ready.content.rules
    for change in script.changes:
        difference = ready.difference([parse_edit(text) for text in change.edits])
        moved: dict[str, list[str]] = defaultdict(list)
        for shift in difference.shifts:
            if is_duty(rules[shift.rule.id]):
                moved[shift.kind].append(f"{shift.rule.title} ({shift.rule.act})")
        yield change.says, {k: list(dict.fromkeys(v)) for k, v in moved.items()}


def _changes(tried: list[tuple[str, dict[str, list[str]]]]) -> Iterator[str]:
    yield from _part("What would change it")
    for says, moved in tried:
        yield page.wrapped(says, 2)
        for kind, word in (("go", "go"), ("come", "come"), ("become_unknown", "become unknown")):
            titles = moved.get(kind, [])
            if titles:
                more = f"; and {len(titles) - 3} more" if len(titles) > 3 else ""
                text = f"{len(titles)} {word}: {'; '.join(titles[:3])}{more}."
                yield page.wrapped(text, 6, first="- ", hang=8)
        if not moved:
            yield "      - no duty moves."


# ---------------------------------------------------------------------- what is open
def _unknown(result: Assessment) -> Iterator[str]:
    yield from _part("What is still unknown")
    for question in result.questions:
        yield page.wrapped(f"{question['ask']} ({question['fact']})", 2, hang=4)
    if not result.questions:
        yield "  Nothing that a duty turns on."


def _limits(findings: list[Finding]) -> Iterator[str]:
    live = [f for f in findings if f["kind"] in DUTIES and f["outcome"] in STANDINGS]
    unverified = len({f["id"] for f in live if f["grade"] == "unverified"})
    yield from _part("Limits")
    yield page.wrapped(
        f"{page.plural(unverified, 'duty', 'duties')} above rest on sources that were not opened "
        "again for this content. National law of the Member States is not covered. No lawyer has "
        "reviewed this. It is information about law, not legal advice.",
        2,
    )


def _next(script: Script) -> Iterator[str]:
    path = _shown(script.profile)
    yield from _part("Next")
    first = script.asked[0]
    for command_line, does in (
        (f"dutybound assess {path}", "the whole first page"),
        (f"dutybound explain {path} {first.rule}", "a proof, fact by fact"),
        (f"dutybound timeline {path}", "what begins when"),
        ("dutybound init my-system", "your own system, with the fewest questions"),
    ):
        yield f"  {command_line}"
        yield click.style(f"      {does}", dim=True)
