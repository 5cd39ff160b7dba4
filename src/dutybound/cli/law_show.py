"""`dutybound law show ID`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import click

from dutybound.cli import page
from dutybound.cli.law_list import CONTENT, JSON
from dutybound.cli.options import load_content, print_json

GRADES: Final = {
    "A": "A, official text read",
    "B": "B, several professional sources",
    "C": "C, a single or conflicting source",
    "unverified": "unverified, not opened again",
}
WORK: Final = ("must", "should", "may", "trigger", "note", "ends_when", "effect")
LISTS: Final = ("technical", "organisational")


@click.command("show")
@click.argument("name", metavar="ID")
@CONTENT
@JSON
def command(name: str, content_dirs: tuple[Path, ...], as_json: bool) -> None:
    """One instrument or rule: texts by version, dates, exceptions, cites, grade."""
    from dutybound.assess.law_show import law_show

    found = law_show(load_content(content_dirs), name)
    if as_json:
        print_json(found)
    else:
        page.show(_act(found["instrument"]) if "instrument" in found else _rule(found["rule"]))


def _field(name: str, value: Any) -> Iterator[str]:
    if value not in (None, "", [], {}):
        yield page.wrapped(str(value), first=f"{name}: ", hang=2)


def _act(act: dict[str, Any]) -> Iterator[str]:
    yield page.title(act["title"])
    yield from _field("Id", act["id"])
    yield from _field("Cite", act["cite"])
    yield from _field("Market", f"{act['market']}, binds in {act['territory']}")
    yield from _field("Nature", act["nature"].replace("_", " "))
    status = f"{act['legal_status']}, enforcement {act['enforcement_status']}".replace("_", " ")
    yield from _field("Status", status)
    yield from _field("Enforcement", act.get("enforcement_note"))
    yield from _field("Enforcer", act.get("enforcer"))
    yield from _field("Effect", act.get("effect"))
    if act["until"]:
        yield from _field("Until", f"{page.day(act['until'])} ({act['until_reason']})")
    yield from _field("Replaced by", act.get("replaced_by"))
    yield from _field("Source", f"{GRADES[act['grade']]}; checked on {page.day(act['checked_on'])}")
    yield from _field("Legal review", act["legal_review"])
    yield ""
    yield page.heading("VERSIONS")
    yield from page.rows(
        (
            v["id"],
            f"published {page.day(v['published'])}",
            f"in force {page.day(v['in_force'])}",
            v["cite"],
        )
        for v in act["versions"]
    )
    if act["dates"]:
        yield ""
        yield page.heading("DATES")
        yield from page.rows((n, f"{_date(d)} [{d['cite']}]") for n, d in act["dates"].items())
    if act["scope"] != ["always"]:
        yield ""
        yield from _condition("SCOPE", act["scope"], 0)
    yield from _penalties(act["penalties"])
    yield ""
    rules = ", ".join(f"{kind} {n}" for kind, n in act["rules"].items())
    yield from _field("Rules", rules)
    for line in act.get("not_covered", ()):
        yield from _field("Not covered", line)


def _date(named: dict[str, Any]) -> str:
    values = "; ".join(f"{page.day(day)} ({version})" for version, day in named["values"].items())
    lines = [f"{c['date']} if {' '.join(w.strip() for w in c['when'])}" for c in named["choose"]]
    return values or "the earliest of: " + "; ".join(lines)


def _penalties(penalties: dict[str, Any]) -> Iterator[str]:
    if penalties:
        yield ""
        yield page.heading("PENALTIES")
        yield from page.rows(
            (name, tier.get("cite", ""), tier.get("text", "")) for name, tier in penalties.items()
        )


def _condition(name: str, words: Iterable[str], indent: int) -> Iterator[str]:
    yield " " * indent + page.heading(name)
    for line in words:
        depth = len(line) - len(line.lstrip())
        yield page.wrapped(line.strip(), indent + 2 + depth, hang=indent + 6 + depth)


def _rule(rule: dict[str, Any]) -> Iterator[str]:
    yield page.title(rule["title"])
    yield from _field("Id", rule["id"])
    yield from _field("Instrument", f"{rule['instrument']}, {rule['instrument_title']}")
    yield from _field("Kind", f"{rule['kind']} ({rule['nature'].replace('_', ' ')})")
    yield from _field("Owed by", rule["owed_by"])
    yield from _field("Judged for each", ", ".join(rule["over"]))
    status = f"{rule['legal_status']}, enforcement {rule['enforcement_status']}".replace("_", " ")
    yield from _field("Status", status)
    yield from _field("Only in", ", ".join(rule["extent"]))
    yield from _field("Targets", ", ".join(rule["targets"]))
    yield from _field("Saves", ", ".join(rule["saves"]))
    yield from _field("Effect", rule["effect"])
    for kind, ids in rule["touched_by"].items():
        yield from _field(f"Touched by {kind}", ", ".join(ids))
    yield from _field("Legal review", rule["legal_review"])
    for text in rule["texts"]:
        yield ""
        yield from _text(text)
    yield from _disputes(rule["disputes"])
    if rule["deleted_by"]:
        yield ""
        yield f"Deleted by {rule['deleted_by']}."


def _text(text: dict[str, Any]) -> Iterator[str]:
    ended = f", until {text['ended_by']}" if text["ended_by"] else ""
    yield page.heading(f"TEXT {text['version']}{ended}: {text['pinpoint']}", colour="cyan")
    yield page.wrapped(
        f"{text['cite']}, published {page.day(text['published'])}, in force "
        f"{page.day(text['in_force'])}. Source: {GRADES[text['grade']]}.",
        2,
    )
    for name, key in (("formally", "formal"), ("in effect", "effective"), ("until", "until")):
        if text[key]:
            yield page.wrapped(f"{name} {_days(text[key])}", 2, hang=4)
    if text["defer"]:
        yield page.wrapped(f"defers to {_days(text['defer'])}", 2)
    yield from _work(text)
    yield from _condition("when", text["when"], 2)
    for e in text["exceptions"]:
        head = f"except {e['id']}, {e['pinpoint']} (source {e['grade']})"
        yield from _condition(head, e["when"], 2)


def _work(text: dict[str, Any]) -> Iterator[str]:
    """What has to be done."""
    for key in WORK:
        if text.get(key):
            yield page.wrapped(str(text[key]), 2, first=f"{key.replace('_', ' ')}: ", hang=4)
    for key in LISTS:
        for line in text.get(key, ()):
            yield page.wrapped(line, 4, first=f"- {key}: ", hang=6)
    for deadline in text.get("deadlines", ()):
        parts = ", ".join(f"{k} {v}" for k, v in deadline.items())
        yield page.wrapped(parts, 4, first="deadline: ")
    if text.get("penalty"):
        yield page.wrapped(str(text["penalty"]), 2, first="penalty tier: ")


def _days(days: list[dict[str, Any]]) -> str:
    return " or ".join(
        page.day(d["date"])
        + (f" (if {' '.join(w.strip() for w in d['when'])})" if d.get("when") else "")
        for d in days
    )


def _disputes(disputes: list[dict[str, Any]]) -> Iterator[str]:
    for dispute in disputes:
        yield ""
        yield page.wrapped(dispute["question"], first=f"Dispute {dispute['id']}: ", hang=2)
        for r in dispute["readings"]:
            cite = f" ({r['cite']})" if r["cite"] else ""
            yield page.wrapped(f"{r['says']}{cite}", 2, first=f"- [{r['status']}] ", hang=4)
