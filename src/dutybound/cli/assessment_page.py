"""The first screen of `assess`: prohibited practices; per market the class, what binds now, what
comes when, guidance, what is gone; unknowns; unverified sources; what is not covered."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import click

from dutybound.assess.assess import Assessment
from dutybound.assess.details import LIVE
from dutybound.cli import page
from dutybound.cli.measures_lines import short

MARKET_NAMES: Final = {
    "eu": "European Union",
    "us": "United States",
    "uk": "United Kingdom",
    "own": "Own rules",
}
BINDING: Final = ("binding_law", "internal_policy", "contract")
DUTIES: Final = ("duty", "prohibition", "right")
LONG: Final = 12
MOST: Final = 10
_NUMBERS = re.compile(r"(\d+)")
Finding: TypeAlias = dict[str, Any]


def page_lines(result: Assessment, *, everything: bool = False) -> Iterator[str]:
    """The lines of the page."""
    findings = list(result.lines)
    yield from _head(result)
    yield from _prohibited(findings)
    for market in MARKET_NAMES:
        own = [f for f in findings if f["market"] == market]
        if own:
            yield from _market(market, own, result, everything)
    yield from short(result)
    yield from _questions(result)
    yield from _unverified(findings)
    yield from _limits(result, everything)


def _head(result: Assessment) -> Iterator[str]:
    profile = result.profile
    version = profile.detail.get("version")
    yield page.title(f"{profile.name}" + (f" {version}" if version else ""))
    content = result.content
    yield page.wrapped(
        f"As of {page.day(result.as_of.isoformat())}, texts known on "
        f"{page.day(result.known_on.isoformat())}. Content {content.version} "
        f"(sha256 {content.sha256[:12]}), checked on {page.day(content.checked_on.isoformat())}."
    )
    if result.stale:
        yield click.style("The content is more than 90 days old: stale.", fg="yellow")
    if result.projected:
        yield page.wrapped(
            "Projected: the day judged lies after the day up to which sources were checked."
        )
    yield ""


# ---------------------------------------------------------------------- prohibited practices
def _prohibited(findings: list[Finding]) -> Iterator[str]:
    rows = [f for f in findings if f["kind"] == "prohibition" and f["nature"] == "binding_law"]
    live = [f for f in rows if f["outcome"] not in ("does_not_apply", "no_longer_applicable")]
    yield page.heading("PROHIBITED PRACTICES", colour="bright_red")
    sure = [f for f in live if f["outcome"] in ("applies", "not_yet_applicable", "contested")]
    for f in sure:
        when = f" from {page.day(f['effective_from'])}" if f["outcome"] != "applies" else ""
        word = click.style("prohibited" if f["outcome"] == "applies" else f["outcome"], fg="red")
        yield page.wrapped(f"{f['pinpoint']} {f['title']}: {word}{when}{_for(f)}", 2, hang=4)
    open_ones = [f for f in live if f["outcome"] == "undetermined" and not _either(f)]
    if not sure and not open_ones:
        yield f"  None found on the facts stated ({page.plural(len(rows), 'practice')} looked at)."
    if open_ones:
        yield page.wrapped(
            f"Not ruled out, because facts are missing: {_names(open_ones, 'pinpoint')}.", 2
        )
    yield ""


def _either(f: Finding) -> bool:
    return bool(f.get("no_duty_either_way"))


def _for(f: Finding) -> str:
    return f" ({f['party']})" if f.get("party") else ""


def _names(findings: list[Finding], key: str) -> str:
    return ", ".join(dict.fromkeys(f"{f[key]}" for f in findings))


# ---------------------------------------------------------------------- one market
def _market(
    market: str, findings: list[Finding], result: Assessment, everything: bool
) -> Iterator[str]:
    yield page.heading(MARKET_NAMES[market].upper())
    yield from _classes(market, result, findings)
    duties = [f for f in findings if f["kind"] in DUTIES and f["nature"] in BINDING]
    part = _Part(everything)
    yield from part.lines("Binds now", _with(duties, "applies"), "red")
    undetermined = _with(duties, "undetermined")
    day_open = [f for f in undetermined if f["only_day_open"]]
    yield from part.lines("Binds, first day open", day_open, "yellow")
    yield from _coming(_with(duties, "not_yet_applicable"), part)
    yield from part.lines("Contested", _with(duties, "contested"), "magenta")
    yield from _unknown([f for f in undetermined if not f["only_day_open"]], part)
    yield from part.lines("Excepted", _with(duties, "excepted"), "blue")
    soft = [f for f in findings if f["nature"] not in BINDING]
    live = _with(soft, "applies") + _with(soft, "contested")
    yield from part.lines("Guidance and voluntary texts, never a must", live)
    gone = [f for f in _with(findings, "no_longer_applicable") if f["relevant"]]
    yield from part.lines("No longer law, or withdrawn", gone)
    yield from _no_count(findings, part)
    yield ""


def _with(findings: list[Finding], outcome: str) -> list[Finding]:
    return [f for f in findings if f["outcome"] == outcome]


def _classes(market: str, result: Assessment, findings: list[Finding]) -> Iterator[str]:
    """Classes, and the roles from which something follows here."""
    roles = {
        (f["instrument"], f.get("owed_by"), f["party"])
        for f in findings
        if f["outcome"] in LIVE and not _either(f)
    }
    rows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for c in result.class_lines:
        rule = result.content.rules[c["id"]]
        slug = c["id"].removeprefix(rule.act + ".")
        idle = c["show"] == "role" and (rule.act, slug, c["party"]) not in roles
        if result.content.acts[rule.act].market == market and not idle:
            rows[c["show"], c["title"] + _standing(c)].append(c["party"] or "")
    for show, word in (("classification", "Class"), ("role", "Role")):
        names = [
            title + (f" ({', '.join(sorted(set(filter(None, parties))))})" if any(parties) else "")
            for (kind, title), parties in rows.items()
            if kind == show
        ]
        if names:
            yield page.wrapped("; ".join(names) + ".", 2, first=f"{word}: ")


def _standing(c: dict[str, Any]) -> str:
    if c["outcome"] == "applies":
        return ""
    if c["outcome"] == "not_yet_applicable":
        return f" [from {page.day(c['applies_from'])}]"
    return f" [{page.WORDS[c['outcome']]}]"


class _Part:
    """Prints findings by instrument: in short, or one line for each rule."""

    def __init__(self, everything: bool) -> None:
        self.everything = everything

    def lines(self, name: str, findings: list[Finding], colour: str | None = None) -> Iterator[str]:
        """A heading with a count, then the findings."""
        if findings:
            count = len({f["id"] for f in findings})
            yield "  " + page.heading(f"{name} ({count})", colour=colour)
            yield from self.body(findings, 4)

    def body(self, findings: list[Finding], indent: int) -> Iterator[str]:
        """The findings, by instrument and party."""
        groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
        for f in findings:
            groups[f["instrument"], f.get("party") or ""].append(f)
        for (instrument, party), group in sorted(groups.items()):
            head = f"{instrument} ({party})" if party else instrument
            if self.everything:
                yield " " * indent + click.style(head, bold=True)
                yield from page.rows((_row(f, rules) for f, rules in _by_rule(group)), indent + 2)
            else:
                text = "; ".join(_items(group))
                yield page.wrapped(text, indent, first=f"{head}: ", hang=indent + 2)


def _by_rule(findings: list[Finding]) -> list[tuple[Finding, list[Finding]]]:
    groups: dict[str, list[Finding]] = defaultdict(list)
    for f in sorted(findings, key=lambda f: natural(f["pinpoint"])):
        groups[f["id"]].append(f)
    return [(group[0], group) for group in groups.values()]


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """A sort key in which 9 stands before 10."""
    return tuple(
        (int(part), "") if part.isdigit() else (0, part) for part in _NUMBERS.split(text) if part
    )


def _items(group: list[Finding]) -> Iterator[str]:
    rules = _by_rule(group)
    short = len(rules) > LONG
    by_role: dict[str, list[str]] = defaultdict(list)
    for f, same in rules:
        by_role[(f.get("owed_by") or "") if short else ""].append(
            f["pinpoint"] if short else f"{f['pinpoint']} {f['title']}{_marks(same)}"
        )
    for role, items in by_role.items():
        listed = dict.fromkeys(items)
        head = f"{role} ({len(listed)}) " if role and short else ""
        yield head + (", " if short else "; ").join(listed)


def _row(f: Finding, same: list[Finding]) -> tuple[str, str, str]:
    places = dict.fromkeys(x["scope"]["place"] for x in same if "place" in x.get("scope", {}))
    why = f" ({f['reason']})" if f.get("reason") and f["outcome"] != "applies" else ""
    needs = _needs(same) if f["outcome"] == "undetermined" else ""
    text = f"{f['pinpoint']}: {f['title']}{_marks(same)}{why}{needs}"
    return (f["id"], ", ".join(places), text)


def _marks(same: list[Finding]) -> str:
    f = same[0]
    marks = (
        (" [verify]", f.get("verify")),
        (" [unverified]", f.get("grade") == "unverified"),
        (" [enforcement stayed]", f.get("enforcement_status") == "stayed"),
        (f" [{f['reason']} {page.day(f.get('until'))}]", f["outcome"] == "no_longer_applicable"),
        (f" [{f.get('reason')}]", f["outcome"] == "excepted"),
        (f" [{_span(f)}]", bool(f.get("only_day_open"))),
    )
    return "".join(mark for mark, on in marks if on)


def _span(f: Finding) -> str:
    return f"from {page.day(f['effective_from'])} or {page.day(f['effective_latest'])}"


def _coming(findings: list[Finding], part: _Part) -> Iterator[str]:
    by_day: dict[str, list[Finding]] = defaultdict(list)
    for f in findings:
        by_day[f["effective_from"] or ""].append(f)
    if not by_day:
        return
    count = len({f["id"] for f in findings})
    yield "  " + page.heading(f"Comes later ({count})", colour="cyan")
    for start in sorted(by_day):
        group = by_day[start]
        notes = _notes_on_day(group, start)
        yield page.wrapped(f"from {page.day(start)} ({len({f['id'] for f in group})}){notes}", 4)
        yield from part.body(group, 6)


def _notes_on_day(group: list[Finding], start: str) -> str:
    formal = sorted({f["formal_from"] for f in group if f["formal_from"] != start})
    shields = {t["pinpoint"] for f in group for t in f["transitions"] if t["effect"] == "shield"}
    notes = ""
    if formal:
        notes += f"; some formally {', '.join(page.day(x) for x in formal)}"
    if shields:
        notes += f"; {', '.join(sorted(shields))} may shield a system that is on the market before"
    return notes


def _unknown(findings: list[Finding], part: _Part) -> Iterator[str]:
    rows = [f for f in findings if not _either(f)]
    if not rows:
        return
    if part.everything:
        yield from part.lines("Unknown", rows, "yellow")
        return
    count = len({f["id"] for f in rows})
    yield "  " + page.heading(f"Unknown ({count})", colour="yellow")
    groups: dict[str, list[Finding]] = defaultdict(list)
    for f in rows:
        groups[f["instrument"]].append(f)
    for instrument, group in sorted(groups.items()):
        items = [f"{f['pinpoint']} {f['title']}" for f, _ in _by_rule(group)]
        text = ", ".join(items[:6]) + (f" and {len(items) - 6} more" if len(items) > 6 else "")
        yield page.wrapped(text + _needs(group), 4, first=f"{instrument}: ", hang=6)


def _needs(group: list[Finding]) -> str:
    facts = list(dict.fromkeys(n for f in group for n in f["needs"]))
    if not facts:
        return ""
    more = f" and {len(facts) - 4} more" if len(facts) > 4 else ""
    return f"; needs {', '.join(facts[:4])}{more}"


def _no_count(findings: list[Finding], part: _Part) -> Iterator[str]:
    rows = _with(findings, "does_not_apply")
    if part.everything:
        yield from part.lines("Does not apply", rows)
        return
    counts: dict[str, int] = defaultdict(int)
    for f in rows:
        counts[str(f["reason"])] += 1
    if counts:
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        listed = ", ".join(f"{name} {count}" for name, count in ordered)
        yield page.wrapped(
            f"Does not apply: {len(rows):,} ({listed}). List them with --all.", 2, hang=4
        )


# ---------------------------------------------------------------------- the end of the page
def _questions(result: Assessment) -> Iterator[str]:
    questions = result.questions
    if not questions:
        return
    yield page.heading(f"UNKNOWN FACTS ({len(questions)}); these settle most", colour="yellow")
    yield from page.rows((str(q["settles"]), q["fact"], q["ask"]) for q in questions[:8])
    yield ""


def _unverified(findings: list[Finding]) -> Iterator[str]:
    open_ones = [
        f
        for f in findings
        if f.get("grade") == "unverified"
        and f["nature"] in BINDING
        and f["kind"] in DUTIES
        and f["outcome"] in ("applies", "not_yet_applicable", "undetermined", "contested")
    ]
    weak = [f for f in findings if f.get("verify")]
    yield page.heading("SOURCES")
    yield page.wrapped(
        f"{page.plural(len({f['id'] for f in open_ones}), 'binding duty', 'binding duties')} "
        "above rest on sources that were not opened again for this content (unverified); "
        f"{page.plural(len({f['id'] for f in weak}), 'finding')} rest on a single or "
        "conflicting source (verify). No lawyer has reviewed this content.",
        2,
    )
    yield ""


def _limits(result: Assessment, everything: bool) -> Iterator[str]:
    yield page.heading("NOT COVERED")
    listed = result.not_covered
    for line in listed if everything else listed[:MOST]:
        yield page.wrapped(line, 2, first="- ")
    if len(listed) > MOST and not everything:
        yield f"  - and {len(listed) - MOST} more; list them with --all."
    yield page.wrapped("This is information about law, not legal advice.", 2)
