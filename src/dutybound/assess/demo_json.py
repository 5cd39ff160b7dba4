"""What `dutybound demo` shows, as JSON values: the page is printed from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, Final

from dutybound.assess.assess import Assessment, assess
from dutybound.assess.catalogue import content_json
from dutybound.assess.demo import Script
from dutybound.assess.demo_launch import gaps_json, launch_json, look_at_evidence, plan_json
from dutybound.assess.edits import PlainReader, parse_edit
from dutybound.assess.timeline import timeline
from dutybound.assess.whatif import WhatIf, is_duty, whatif
from dutybound.packs.profile import ProfileReader
from dutybound.terms.law import Content

SCHEMA: Final = "dutybound/demo/1"
MARKETS: Final = ("eu", "us", "uk")
DUTIES: Final = ("duty", "prohibition", "right")
STANDINGS: Final = {
    "applies": "binds_now",
    "not_yet_applicable": "later",
    "contested": "contested",
    "undetermined": "unknown",
}
NAMED: Final = 5
STEPS: Final = (
    "judge every rule",
    "look for what begins when",
    "try changes",
    "check the evidence, and plan",
    "weigh the launch",
)
Json = dict[str, Any]


def demo(
    content: Content,
    script: Script,
    shown: str,
    *,
    today: date,
    as_of: date,
    step: Callable[[str], None],
) -> Json:
    """Everything that the demo shows. shown: the profile's path as printed. step: told of each."""
    reader = ProfileReader(content)
    profile = reader.read(script.profile, shown, today=today)
    step(STEPS[0])
    result = assess(content, profile, today=today, as_of=as_of)
    binding = [f for f in result.findings if f["nature"] == "binding_law" and f["kind"] in DUTIES]
    live = [f for f in binding if f["outcome"] in STANDINGS]
    step(STEPS[1])
    quarters = timeline(result).quarters
    step(STEPS[2])
    changes = list(_changes(_whatif(result, script, reader), script))
    step(STEPS[3])
    found, made, evidence = look_at_evidence(result, script)
    step(STEPS[4])
    return {
        "schema": SCHEMA,
        "system": profile.id,
        "name": profile.name,
        "profile": shown,
        "profile_sha256": profile.sha256,
        "as_of": result.as_of.isoformat(),
        "known_on": result.known_on.isoformat(),
        "content": content_json(content),
        "parties": [p.id for p in profile.parties],
        "uses": [u.id for u in profile.uses],
        "classifications": list(_classes(result)),
        "duties": list(_duties(live)),
        "quarters": list(quarters),
        "reasons": list(_reasons(result, script)),
        "changes": changes,
        "questions": [{"fact": q["fact"], "ask": q["ask"]} for q in result.questions],
        "gaps": gaps_json(found) | {"evidence": evidence},
        "plan": plan_json(made),
        "launch": launch_json(result, script),
        "unverified": len({f["id"] for f in live if f["grade"] == "unverified"}),
    }


def _classes(result: Assessment) -> Iterator[Json]:
    """Each class once, with the day of one that comes later."""
    seen: dict[tuple[str, str, str | None], None] = {}
    for c in result.classifications:
        if c["show"] == "classification" and c["outcome"] in ("applies", "not_yet_applicable"):
            later = c["applies_from"] if c["outcome"] == "not_yet_applicable" else None
            seen[
                result.content.acts[result.content.rules[c["id"]].act].market, c["title"], later
            ] = None
    for market, title, later in seen:
        yield {"market": market, "title": title, "later_from": later}


def _duties(live: Iterable[Json]) -> Iterator[Json]:
    """Per market and organisation: how many rules stand how, and some that bind now."""
    groups: dict[tuple[str, str], dict[str, dict[str, Json]]] = {}
    for f in live:
        if not f.get("no_duty_either_way"):
            group = groups.setdefault((f["market"], f["party"]), defaultdict(dict))
            group[f["outcome"]].setdefault(f["id"], f)
    for market, party in sorted(groups, key=lambda key: (MARKETS.index(key[0]), key[1])):
        group = groups[market, party]
        yield {
            "market": market,
            "party": party,
            **{name: len(group[outcome]) for outcome, name in STANDINGS.items()},
            "named": [_rule(f) for f in _one_of_each(group["applies"].values())[:NAMED]],
        }


def _rule(f: Json) -> Json:
    return {k: f[k] for k in ("id", "title", "instrument", "pinpoint")}


def _one_of_each(findings: Iterable[Json]) -> list[Json]:
    """The first duty of each instrument, those whose source was read first."""
    found: dict[str, Json] = {}
    for f in sorted(findings, key=lambda f: (f["grade"] == "unverified", f["grade"])):
        found.setdefault(f["instrument"], f)
    return list(found.values())


def _reasons(result: Assessment, script: Script) -> Iterator[Json]:
    for one in script.asked:
        for f in result.findings:
            if (f["id"], f["party"], f["scope"].get("use")) == (one.rule, one.party, one.use):
                yield {
                    **_rule(f),
                    "party": f["party"],
                    "use": one.use,
                    "outcome": f["outcome"],
                    "effective_from": f.get("effective_from"),
                    "reason": f.get("reason"),
                    "because": [
                        {k: b[k] for k in ("fact", "value", "line")}
                        for b in f.get("because", ())[:NAMED]
                    ],
                    "shielded_by": [
                        {"pinpoint": t["pinpoint"], "ends_when": t["ends_when"]}
                        for t in f.get("transitions", ())
                        if t["effect"] == "shield" and t["holds"] == "yes"
                    ],
                }


def _whatif(result: Assessment, script: Script, reader: ProfileReader) -> WhatIf:
    plain = PlainReader(result.content).read(script.profile, today=result.today)
    return whatif(
        result.content,
        reader,
        result.profile,
        plain,
        as_of=result.as_of,
        known_on=result.known_on,
    )


def _changes(ready: WhatIf, script: Script) -> Iterator[Json]:
    rules = ready.content.rules
    for change in script.changes:
        difference = ready.difference([parse_edit(text) for text in change.edits])
        moved: dict[str, dict[str, None]] = defaultdict(dict)
        for shift in difference.shifts:
            if is_duty(rules[shift.rule.id]):
                moved[shift.kind][f"{shift.rule.title} ({shift.rule.act})"] = None
        kinds = ("go", "come", "become_unknown")
        yield {
            "says": change.says,
            "set": list(change.edits),
            **{kind: list(moved[kind]) for kind in kinds},
        }
