"""The first page of a launch dossier: what a head of governance has to see before anything else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from dutybound.assess import html
from dutybound.assess.catalogue import rests_on

Json = dict[str, Any]
SHADES: Final = {
    "no_blocker_found": "met",
    "conditional": "partial",
    "undetermined": "unassessed",
    "blocked": "open",
}
FIRST: Final = 2
OPTIONS: Final = 5
EXCEPTIONS: Final = 3
NOT_COVERED: Final = 4


def first_page(found: Json) -> Iterator[str]:
    """The parts in their fixed order, each short; what is left out stands further below."""
    for part in (
        _requested,
        _recommendations,
        _blockers,
        _evidence,
        _soc2,
        _conflicts,
        _options,
        _dissent,
        _exceptions,
        _limits,
    ):
        yield from part(found)


def shade(word: str) -> tuple[str, str]:
    """A recommendation as a cell."""
    return word.replace("_", " "), SHADES[word]


def also_lacking(row: Json) -> str:
    """For which other parties the evidence that a blocker waits for is lacking; empty if none."""
    found = [{p for p in one["lacking_for"] if p != row["party"]} for one in row["missing"]]
    some = set().union(*found)
    every = some.intersection(*found)
    parts = [f"for {', '.join(sorted(every))}"] if every else []
    parts += [f"in part for {', '.join(sorted(some - every))}"] if some - every else []
    also = "also " if row["party"] else ""
    return f"{also}lacking {', and '.join(parts)}" if parts else ""


def _requested(found: Json) -> Iterator[str]:
    asked = found["decision_requested"]
    yield html.heading("Decision requested")
    yield html.paragraph(
        f"Launch {asked['system']} {asked['version'] or ''} in "
        f"{', '.join(m.upper() for m in asked['markets'])} on {asked['on']}, with the uses "
        f"{', '.join(asked['uses'])}. Made on {found['made_on']}, law as known on "
        f"{found['known_on']}, content {found['content']['version']}."
    )
    yield html.table(
        "Decision, by a named person only",
        ("market", "decision", "by", "role", "on", "reason", "signed with it", "who may decide"),
        (_field(m) for m in found["markets"]),
    )
    if found["notes"]:
        yield html.items(found["notes"])


def _field(market: Json) -> list[Any]:
    field = market["decision"]
    able = "; ".join(
        f"{x['role']} ({', '.join(x['people']) or 'nobody named'}), {x['quorum']} to sign"
        for x in field["may_decide"]
    )
    return [
        market["market"].upper(),
        (field["decision"] or "").replace("_", " "),
        field["by"] or "",
        field["role"] or "",
        field["on"] or "",
        field["reason"] or "",
        "; ".join(f"{s['by']} ({s['role']}, {s['on']})" for s in field["signatures"]),
        able or "nobody, as things stand",
    ]


def _recommendations(found: Json) -> Iterator[str]:
    yield html.heading("Recommendation per market (computed)")
    yield html.table(
        "Recommendation",
        ("market", "recommendation", "blockers", "open", "on condition", "shielded"),
        (
            (
                m["market"].upper(),
                _recommended(m),
                len(m["blockers"]),
                len(m["open"]),
                len(m["conditions"]),
                len(m["shielded"]),
            )
            for m in found["markets"]
        ),
    )


def _recommended(market: Json) -> tuple[str, str]:
    word, kind = shade(market["recommendation"])
    return word if market["use_stated"] else f"{word}: no use is stated here", kind


def _blockers(found: Json) -> Iterator[str]:
    yield html.heading("Blockers")
    total = sum(len(m["blockers"]) for m in found["markets"])
    if not total:
        yield html.paragraph("None found.")
        return
    rows = [_blocker(m["market"], b) for m in found["markets"] for b in m["blockers"][:FIRST]]
    head = ("market", "duty", "entity", "binds since", "missing evidence", "owner")
    yield html.table("Blockers, the first of each market", head, rows)
    if total > len(rows):
        yield html.link(f"{total - len(rows)} more blockers, in full below", "blockers")


def _blocker(market: str, row: Json) -> list[Any]:
    missing = list(dict.fromkeys(m["what"] for m in row["missing"]))
    more = f"; and {len(missing) - 2} more" if len(missing) > 2 else ""
    lacking = f"; {also}" if (also := also_lacking(row)) else ""
    banned = "a prohibited practice: no evidence lifts it"
    return [
        market.upper(),
        f"{row['pinpoint']} {row['title']}",
        row["party"] or "everyone",
        row["since"],
        banned if row["kind"] == "prohibition" else "; ".join(missing[:2]) + more + lacking,
        owners(row["owners"]),
    ]


def owners(named: Sequence[Json]) -> str:
    """Roles, with the people who hold them."""
    return "; ".join(
        f"{o['role']} ({', '.join(o['people'])})" if o["people"] else o["role"] for o in named
    )


def _evidence(found: Json) -> Iterator[str]:
    evidence = found["evidence"]
    yield html.heading("Evidence")
    markets = ", ".join(
        f"{m['market'].upper()} {m['controls_with_valid_evidence']} of {m['controls_asked_for']}"
        for m in found["markets"]
    )
    states = ", ".join(f"{n} {state}" for state, n in evidence["controls_by_state"].items())
    counted = ", ".join(f"{n} {kind.replace('_', ' ')}" for kind, n in evidence["counted"].items())
    yield html.paragraph(
        "Controls with valid evidence on the launch day: "
        f"{evidence['controls_with_valid_evidence']} of {evidence['controls_asked_for']} "
        f"({markets}). By state: {states or 'none'}. Evidence that counts: {counted or 'none'}."
    )
    if evidence["refused"]:
        count = len(evidence["refused"])
        yield html.link(f"Evidence that does not count, with the reason: {count}", "evidence")


def _soc2(found: Json) -> Iterator[str]:
    soc2 = found["soc2"]
    yield html.heading("What SOC 2 proves, and what not")
    lines = [line for report in soc2["reports"] for line in _report(report, soc2)]
    if not lines:
        lines.append("No SOC 2 report is in the evidence, so it proves nothing.")
    lines.append(
        f"SOC 2 does not test {len(soc2['not_tested_by_soc2'])} of the "
        f"{soc2['controls_asked_for']} controls at all."
    )
    yield html.items(lines)


def _report(report: Json, soc2: Json) -> Iterator[str]:
    name = report["evidence"]
    rows = [r for r in soc2["proves"] if r["evidence"] == name]
    now = [r for r in rows if r["on_the_day"] != "unassessed"]
    whole = sum(r["extent"] == "full" for r in now)
    yield (
        f"{name}, type {report['type']}, {report['relation']} report of {report['of']} to "
        f"{report['to']}: on the launch day it shows {whole} controls whole and {len(now) - whole} "
        f"in part; in its period it showed something for {len(rows)}."
    )
    by_code: dict[str, list[str]] = {}
    for loss in soc2["does_not"]:
        if loss["evidence"] == name:
            by_code.setdefault(loss["code"], []).append(loss["reason"])
    for reasons in by_code.values():
        more = f" And {len(reasons) - 1} more of this kind." if len(reasons) > 1 else ""
        yield f"It does not prove: {reasons[0]}{more}"


def _conflicts(found: Json) -> Iterator[str]:
    conflicts = found["conflicts"]
    yield html.heading("Conflicts between regimes")
    if not conflicts:
        yield html.paragraph("None found among those that are encoded.")
        return
    yield html.items(
        f"{c['title']} ({', '.join(s['name'] for s in c['sides'])})" for c in conflicts
    )
    yield html.link("Each with the strictest common design, in full below", "conflicts")


def _options(found: Json) -> Iterator[str]:
    markets = [m["market"] for m in found["markets"]]
    options = found["options"]
    yield html.heading("Options")
    floors = ", ".join(f"{m['market'].upper()} {len(m['floor'])}" for m in found["markets"])
    yield html.paragraph(f"The legal floor, duties that no option removes: {floors}.")
    head = ("option", *(m.upper() for m in markets), "saved", "kept", "work", "ready", "decides")
    rows = (_option(o, markets, found["governance"]) for o in options[:OPTIONS])
    yield html.table("Options, the request first", head, rows)
    if len(options) > OPTIONS:
        yield html.link(f"{len(options) - OPTIONS} more options, in full below", "options")


def _option(option: Json, markets: Sequence[str], governance: str | None) -> list[Any]:
    cost, time = option["cost"], option["time"]
    words = [option["recommendations"][m] for m in markets]
    left = cost["controls"]
    nobody = "nobody" if governance else "not known without governance.yaml"
    return [
        option["title"],
        *(shade(w) if w else ("not entered", "") for w in words),
        len(option["duties"]["saved"]),
        len(option["duties"]["kept"]),
        f"{cost['band']}: {left} controls" if left else "none on controls",
        time["ready"] + ("" if time["in_time"] else ", after the launch day"),
        ", ".join(d["role"] for d in option["decider"]) or nobody,
    ]


def _dissent(found: Json) -> Iterator[str]:
    yield html.heading("Dissent")
    rows = [
        [d["market"].upper(), d["kind"], d["by"], d["role"], d["on"], d["reason"]]
        for d in found["dissent"]
    ]
    if rows:
        yield html.table("Dissent", ("market", "kind", "by", "role", "on", "reason"), rows)
    else:
        yield html.paragraph("None recorded.")


def _exceptions(found: Json) -> Iterator[str]:
    rows = found["exceptions"]
    yield html.heading("Exceptions")
    if not rows:
        yield html.paragraph("None recorded.")
        return
    head = ("exception", "market", "standing", "owner", "ends", "compensating controls")
    caption = "Exceptions. None of them lifts a recommendation."
    yield html.table(caption, head, (_exception(e) for e in rows[:EXCEPTIONS]))
    yield html.link(f"All {len(rows)} with reason and grantor, in full below", "exceptions")


def _exception(row: Json) -> list[Any]:
    held = row["standing"] == "in force"
    why = f": {row['why_not']}" if row["why_not"] else ""
    return [
        row["id"],
        row["market"].upper(),
        (row["standing"] + why, "partial" if held else "open"),
        row["owner"],
        row["expires"],
        "; ".join(row["compensating"]),
    ]


def _limits(found: Json) -> Iterator[str]:
    yield html.heading("Limits")
    out = found["not_covered"]
    more = f"; and {len(out) - NOT_COVERED} more" if len(out) > NOT_COVERED else ""
    left_out = [f"Not covered: {'; '.join(out[:NOT_COVERED])}{more}."] if out else []
    yield html.items((*found["limits"], rests_on(found["content"]), *left_out))
