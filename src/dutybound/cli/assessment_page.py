"""The first screen of `assess`: prohibited practices; per market the class, what binds now, what
comes when, guidance, what is gone; unknowns; unverified sources; what is not covered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

import click

from dutybound.assess.assess import Assessment
from dutybound.cli import page

MARKET_NAMES: Final = {
    "eu": "European Union",
    "us": "United States",
    "uk": "United Kingdom",
    "own": "Own rules",
}
BINDING: Final = ("binding_law", "internal_policy", "contract")
DUTIES: Final = ("duty", "prohibition", "right")
Finding = dict[str, Any]


def page_lines(result: Assessment, *, everything: bool = False) -> Iterator[str]:
    """The lines of the page."""
    findings = list(result.findings)
    yield from _head(result)
    yield from _prohibited(findings)
    for market in MARKET_NAMES:
        own = [f for f in findings if f["market"] == market]
        if own:
            yield from _market(market, own, result, everything)
    yield from _questions(result)
    yield from _unverified(findings)
    yield from _limits(result)


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
    yield from _classes(market, result)
    duties = [f for f in findings if f["kind"] in DUTIES and f["nature"] in BINDING]
    yield from _now([f for f in duties if f["outcome"] == "applies"])
    yield from _coming([f for f in duties if f["outcome"] == "not_yet_applicable"])
    yield from _open([f for f in duties if f["outcome"] in ("undetermined", "contested")])
    yield from _excepted([f for f in duties if f["outcome"] == "excepted"])
    yield from _guidance([f for f in findings if f["nature"] not in BINDING])
    yield from _gone(findings)
    if everything:
        yield from _everything(findings)
    else:
        yield from _no_count(findings)
    yield ""


def _classes(market: str, result: Assessment) -> Iterator[str]:
    acts = {a.id for a in result.content.acts.values() if a.market == market}
    rows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for c in result.classifications:
        rule = result.content.rules[c["id"]]
        if rule.act in acts:
            when = ""
            if c["outcome"] == "not_yet_applicable":
                when = f" from {page.day(c['applies_from'])}"
            word = "" if c["outcome"] == "applies" else f" [{page.WORDS[c['outcome']]}{when}]"
            rows[c["show"], c["title"] + word].append(c["party"] or "")
    for show, word in (("classification", "Class"), ("role", "Role")):
        names = [
            title + (f" ({', '.join(dict.fromkeys(p for p in parties if p))})" if any(parties) else "")
            for (kind, title), parties in rows.items()
            if kind == show
        ]
        if names:
            yield page.wrapped("; ".join(names) + ".", 2, first=f"{word}: ")


def _by_rule(findings: list[Finding]) -> list[tuple[Finding, list[Finding]]]:
    groups: dict[str, list[Finding]] = defaultdict(list)
    for f in findings:
        groups[f["id"]].append(f)
    return [(group[0], group) for group in groups.values()]


def _who(group: list[Finding]) -> str:
    parties = ", ".join(dict.fromkeys(str(f["party"]) for f in group if f.get("party")))
    places = ", ".join(
        dict.fromkeys(f["scope"]["place"] for f in group if "place" in f.get("scope", {}))
    )
    return ", ".join(p for p in (parties, places) if p)


def _clip(text: str, size: int) -> str:
    return text if len(text) <= size else text[: size - 1] + "…"


def _line(group: list[Finding], extra: str = "") -> tuple[str, str, str]:
    f = group[0]
    marks = "".join(
        mark
        for mark, on in (
            (" [verify]", f.get("verify")),
            (" [unverified source]", f.get("grade") == "unverified"),
            (" [enforcement stayed]", f.get("enforcement_status") == "stayed"),
        )
        if on
    )
    text = f"{f['title']}{extra}{marks}"
    return (_clip(f["id"], 34), _clip(_who(group), 16), text)


def _now(findings: list[Finding]) -> Iterator[str]:
    groups = _by_rule(findings)
    yield "  " + page.heading(f"Binds now ({len(groups)})", colour="red")
    yield from page.rows((_line(group) for _, group in groups), indent=4)


def _coming(findings: list[Finding]) -> Iterator[str]:
    by_day: dict[str, list[Finding]] = defaultdict(list)
    for f in findings:
        by_day[f["effective_from"] or ""].append(f)
    count = len({f["id"] for f in findings})
    if not count:
        return
    yield "  " + page.heading(f"Comes later ({count})", colour="cyan")
    for start in sorted(by_day):
        formal = {f["formal_from"] for f in by_day[start] if f["formal_from"] != start}
        note = f", formally {', '.join(page.day(x) for x in sorted(formal))}" if formal else ""
        yield f"    {click.style('from ' + page.day(start), bold=True)}{note}"
        yield from page.rows(
            (_line(group, _shield(group)) for _, group in _by_rule(by_day[start])), indent=6
        )


def _shield(group: list[Finding]) -> str:
    shields = [t for f in group for t in f.get("transitions", []) if t["effect"] == "shield"]
    if not shields:
        return ""
    return f" (may be shielded by {shields[0]['pinpoint']})"


def _open(findings: list[Finding]) -> Iterator[str]:
    contested = _by_rule([f for f in findings if f["outcome"] == "contested"])
    unknown = _by_rule(
        [f for f in findings if f["outcome"] == "undetermined" and not _either(f)]
    )
    if contested:
        yield "  " + page.heading(f"Contested ({len(contested)})", colour="magenta")
        yield from page.rows((_line(group) for _, group in contested), indent=4)
    if unknown:
        yield "  " + page.heading(f"Unknown ({len(unknown)})", colour="yellow")
        lines = (_line(group, _needs(group)) for _, group in unknown)
        yield from page.rows(lines, indent=4)


def _needs(group: list[Finding]) -> str:
    facts = list(dict.fromkeys(n for f in group for n in f["needs"]))
    if not facts:
        return f": the day depends on facts, {page.day(group[0]['effective_from'])} or later"
    more = f" and {len(facts) - 3} more" if len(facts) > 3 else ""
    return f": needs {', '.join(facts[:3])}{more}"


def _excepted(findings: list[Finding]) -> Iterator[str]:
    groups = _by_rule(findings)
    if groups:
        yield "  " + page.heading(f"Excepted ({len(groups)})", colour="blue")
        lines = (_line(group, f": {group[0]['reason']}") for _, group in groups)
        yield from page.rows(lines, indent=4)


def _guidance(findings: list[Finding]) -> Iterator[str]:
    live = _by_rule([f for f in findings if f["outcome"] in ("applies", "contested")])
    if live:
        yield "  " + page.heading(f"Guidance and voluntary texts, never a must ({len(live)})")
        yield from page.rows((_line(group) for _, group in live), indent=4)


def _gone(findings: list[Finding]) -> Iterator[str]:
    gone = _by_rule([f for f in findings if f["outcome"] == "no_longer_applicable"])
    if gone:
        yield "  " + page.heading(f"No longer law, or withdrawn ({len(gone)})")
        lines = (
            _line(group, f": {group[0]['reason']} {page.day(group[0]['until'])}")
            for _, group in gone
        )
        yield from page.rows(lines, indent=4)


def _no_count(findings: list[Finding]) -> Iterator[str]:
    counts: dict[str, int] = defaultdict(int)
    for f in findings:
        if f["outcome"] == "does_not_apply":
            counts[str(f["reason"])] += 1
    if counts:
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        listed = ", ".join(f"{name} {count}" for name, count in ordered)
        total = sum(counts.values())
        yield page.wrapped(f"Does not apply: {total:,} ({listed}). List them with --all.", 2, hang=4)


def _everything(findings: list[Finding]) -> Iterator[str]:
    rows = _by_rule([f for f in findings if f["outcome"] == "does_not_apply"])
    yield "  " + page.heading(f"Does not apply ({len(rows)})")
    yield from page.rows((_line(group, f": {group[0]['reason']}") for _, group in rows), indent=4)


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


def _limits(result: Assessment) -> Iterator[str]:
    yield page.heading("NOT COVERED")
    for line in result.not_covered or ("Nothing was listed.",):
        yield page.wrapped(line, 2, first="- ")
    yield page.wrapped("This is information about law, not legal advice.", 2)
