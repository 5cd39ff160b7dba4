"""The launch dossier as text: the first page in a fixed order, then what each market needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from dutybound.assess.catalogue import rests_on
from dutybound.assess.launch_first_html import also_lacking
from dutybound.cli import page

Json = dict[str, Any]
COLOURS: Final = {
    "no_blocker_found": "green",
    "conditional": "cyan",
    "undetermined": "yellow",
    "blocked": "red",
}
SHOWN: Final = 6
FIRST: Final = 3


def lines(found: Json) -> Iterator[str]:
    """The whole page."""
    yield page.title(f"{found['name']} {found['version'] or ''}: launch dossier".replace(" :", ":"))
    yield ""
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
        _ahead,
        _sign_off,
    ):
        yield from part(found)
        yield ""


def _requested(found: Json) -> Iterator[str]:
    asked = found["decision_requested"]
    yield page.heading("DECISION REQUESTED")
    markets = ", ".join(m.upper() for m in asked["markets"])
    yield page.wrapped(
        f"Launch {found['system']} {found['version'] or ''} in {markets} on "
        f"{page.day(asked['on'])}, with the uses {', '.join(asked['uses'])}.",
        2,
    )
    for market in found["markets"]:
        text = _field(market, found["governance"])
        yield page.wrapped(text, 2, first=f"{market['market'].upper()}: ", hang=6)
    for note in found["notes"]:
        yield page.wrapped(note, 2, hang=4)


def _field(market: Json, governance: str | None) -> str:
    """The decision field: what a named person signed, or who may."""
    field = market["decision"]
    if field["decision"]:
        others = "".join(f", with {s['by']} ({s['role']})" for s in field["signatures"])
        return (
            f"{field['decision'].replace('_', ' ')}, by {field['by']} ({field['role']}) on "
            f"{page.day(field['on'])}{others}: {field['reason']}"
        )
    able = [
        f"{x['role']} ({', '.join(x['people']) or 'nobody named'}; {x['quorum']} to sign)"
        for x in field["may_decide"]
    ]
    if able:
        return f"no decision yet. May decide to launch: {'; '.join(able)}."
    if governance is None:
        return "no decision yet. Who may decide? Name --governance."
    return f"no decision yet. Nobody may decide to launch while it is {market['recommendation']}."


def _recommendations(found: Json) -> Iterator[str]:
    yield page.heading("RECOMMENDATION (computed)")
    for market in found["markets"]:
        word = market["recommendation"]
        yield from page.rows([(market["market"].upper(), _coloured(word), _counts(market))])


def _coloured(word: str) -> str:
    return str(page.heading(f"{word:<16}", colour=COLOURS[word]))


def _counts(market: Json) -> str:
    if not market["use_stated"]:
        return "the profile states no use in this market"
    parts = [
        f"{count} {word}"
        for count, word in (
            (len(market["blockers"]), "blocking"),
            (len(market["open"]), "open"),
            (len(market["conditions"]), "on condition"),
            (len(market["shielded"]), "shielded"),
        )
        if count
    ]
    return ", ".join(parts) or "nothing stands against it"


def _blockers(found: Json) -> Iterator[str]:
    total = sum(len(m["blockers"]) for m in found["markets"])
    yield page.heading(f"BLOCKERS ({total})")
    if not total:
        yield "  none found"
    for market in found["markets"]:
        own = market["blockers"]
        for blocker in own[:FIRST]:
            yield from _blocker(market["market"], blocker)
        if len(own) > FIRST:
            yield f"  {market['market'].upper()}: {len(own) - FIRST} more; see --html or --json."


def _blocker(market: str, row: Json) -> Iterator[str]:
    yield page.wrapped(
        f"{row['pinpoint']} {row['title']} ({row['party'] or 'everyone'}), binds since "
        f"{page.day(row['since'])}",
        2,
        first=f"{market.upper()}: ",
        hang=6,
    )
    if row["kind"] == "prohibition":
        yield page.wrapped("prohibited practice: no evidence and no signature lifts it", 6)
    missing = list(dict.fromkeys(m["what"] for m in row["missing"]))
    if missing:
        more = f" and {len(missing) - 2} more" if len(missing) > 2 else ""
        also = f"; {lacking}" if (lacking := also_lacking(row)) else ""
        text = f"missing: {'; '.join(missing[:2])}{more}{also}; owner: {_owners(row['owners'])}"
        yield page.wrapped(text, 6)
    else:
        yield page.wrapped(f"owner: {_owners(row['owners'])}", 6)


def _owners(owners: Sequence[Json]) -> str:
    named = [
        f"{o['role']} ({', '.join(o['people'])})" if o["people"] else o["role"] for o in owners
    ]
    return ", ".join(named[:3]) + (" ..." if len(named) > 3 else "")


def _evidence(found: Json) -> Iterator[str]:
    evidence = found["evidence"]
    yield page.heading("EVIDENCE")
    counted = ", ".join(
        f"{count} {kind.replace('_', ' ')}" for kind, count in evidence["counted"].items()
    )
    yield page.wrapped(
        f"Controls with valid evidence {evidence['controls_with_valid_evidence']} of "
        f"{evidence['controls_asked_for']}. Evidence that counts on the day: {counted or 'none'}.",
        2,
    )
    by_state = evidence["controls_by_state"]
    yield page.wrapped("; ".join(f"{n} {state}" for state, n in by_state.items()), 2)
    for market in found["markets"]:
        valid, asked = market["controls_with_valid_evidence"], market["controls_asked_for"]
        yield f"  {market['market'].upper()}: {valid} of {asked}"
    for row in evidence["refused"][:SHOWN]:
        yield page.wrapped(f"{row['evidence']}: {row['code']}: {row['reason']}", 2, hang=4)


def _soc2(found: Json) -> Iterator[str]:
    soc2 = found["soc2"]
    yield page.heading("WHAT SOC 2 PROVES, AND WHAT NOT")
    if not soc2["reports"]:
        yield "  No SOC 2 report is in the evidence."
    for report in soc2["reports"]:
        yield from _report(report, soc2)
    yield page.wrapped(
        f"SOC 2 does not test {len(soc2['not_tested_by_soc2'])} of the "
        f"{soc2['controls_asked_for']} controls at all.",
        2,
    )


def _report(report: Json, soc2: Json) -> Iterator[str]:
    name = report["evidence"]
    begins = f"{page.day(report['from'])} to " if report["from"] else "as at "
    yield page.wrapped(
        f"{name}: Type {report['type']}, {report['relation']} report of {report['of']}, "
        f"{begins}{page.day(report['to'])}, opinion {report['opinion']}, AI feature "
        f"{report['ai_feature']}, {page.plural(report['exceptions'], 'exception')}",
        2,
        hang=4,
    )
    rows = [r for r in soc2["proves"] if r["evidence"] == name]
    counts = [r for r in rows if r["on_the_day"] != "unassessed"]
    whole = sum(r["extent"] == "full" for r in counts)
    yield page.wrapped(
        f"on the launch day it shows {whole} controls whole and {len(counts) - whole} in part; in "
        f"its period it showed something for {len(rows)}",
        4,
    )
    by_code: dict[str, list[str]] = {}
    for loss in soc2["does_not"]:
        if loss["evidence"] == name:
            by_code.setdefault(loss["code"], []).append(loss["reason"])
    for code, reasons in by_code.items():
        more = f" And {len(reasons) - 1} more of this kind." if len(reasons) > 1 else ""
        yield page.wrapped(f"not: {reasons[0]}{more} [{code}]", 4, hang=6)


def _conflicts(found: Json) -> Iterator[str]:
    yield page.heading(f"CONFLICTS BETWEEN REGIMES ({len(found['conflicts'])})")
    for conflict in found["conflicts"]:
        sides = ", ".join(s["name"] for s in conflict["sides"])
        yield page.wrapped(f"{conflict['title']}: {sides}", 2, hang=4)
        yield page.wrapped(f"common design: {conflict['design']}", 4)
    if not found["conflicts"]:
        yield "  none found among those that are encoded"


def _options(found: Json) -> Iterator[str]:
    options = found["options"]
    yield page.heading(f"OPTIONS ({len(options)}, the request included)")
    yield page.wrapped(_floor(found), 2)
    for option in options:
        duties, cost, time = option["duties"], option["cost"], option["time"]
        words = ", ".join(f"{m} {w or 'not entered'}" for m, w in option["recommendations"].items())
        yield page.wrapped(f"{option['title']}: {words}", 2, hang=4)
        late = "" if time["in_time"] else " (after the launch day)"
        work = (
            f"work {cost['band']} ({page.plural(cost['controls'], 'control')}), ready "
            f"{page.day(time['ready'])}{late}"
            if cost["controls"]
            else "no work on controls left"
        )
        deciders = ", ".join(d["role"] for d in option["decider"]) or _nobody(found)
        yield page.wrapped(
            f"duties: {len(duties['saved'])} saved, {len(duties['kept'])} kept, "
            f"{len(duties['added'])} added, {len(duties['become_open'])} become open; {work}; "
            f"left: {option['residual']['blockers']} blockers, {option['residual']['open']} open; "
            f"decides: {deciders}",
            4,
        )
    if found["options_without_effect"]:
        idle = ", ".join(found["options_without_effect"])
        yield page.wrapped(f"Tried, and changes no duty: {idle}.", 2)
    yield page.wrapped(found["options_note"], 2)


def _nobody(found: Json) -> str:
    return "nobody" if found["governance"] else "not known without --governance"


def _floor(found: Json) -> str:
    floors = [f"{m['market'].upper()} {len(m['floor'])}" for m in found["markets"]]
    return f"The legal floor, duties that no option removes: {', '.join(floors)}."


def _dissent(found: Json) -> Iterator[str]:
    yield page.heading("DISSENT")
    for row in found["dissent"]:
        text = f"{row['kind']} by {row['by']} ({row['role']}): {row['reason']}"
        yield page.wrapped(text, 2, first=f"{row['market'].upper()}: ", hang=6)
    if not found["dissent"]:
        yield "  none recorded"


def _exceptions(found: Json) -> Iterator[str]:
    yield page.heading(f"EXCEPTIONS ({len(found['exceptions'])})")
    for row in found["exceptions"]:
        why = f" {row['why_not']}" if row["why_not"] else ""
        yield page.wrapped(
            f"{row['id']} ({row['market']}, {row['rule']}): {row['standing']}.{why} Owner "
            f"{row['owner']}, granted by {row['granted_by']}, ends {page.day(row['expires'])}; "
            f"in its place: {'; '.join(row['compensating'])}",
            2,
            hang=4,
        )
    if not found["exceptions"]:
        yield "  none recorded"


def _limits(found: Json) -> Iterator[str]:
    yield page.heading("LIMITS")
    for limit in found["limits"]:
        yield page.wrapped(limit, 2, hang=4)
    yield page.wrapped(rests_on(found["content"]), 2, hang=4)
    if found["not_covered"]:
        covered = found["not_covered"]
        more = f"; and {len(covered) - SHOWN} more" if len(covered) > SHOWN else ""
        yield page.wrapped(f"Not covered: {'; '.join(covered[:SHOWN])}{more}.", 2, hang=4)


# ---------------------------------------------------------------------- after the first page
def _ahead(found: Json) -> Iterator[str]:
    yield page.heading("CONDITIONS, AND WHAT IS OPEN, SHIELDED OR GONE")
    for market in found["markets"]:
        name = market["market"].upper()
        for row in market["open"]:
            needs = f"; state {', '.join(row['needs'][:3])}" if row["needs"] else ""
            check = "; its sources differ, verify" if row["verify"] else ""
            yield page.wrapped(
                f"{name} open: {row['pinpoint']} {row['title']}: {row['outcome']}{needs}{check}",
                2,
                hang=4,
            )
        for row in market["conditions"][:SHOWN]:
            yield page.wrapped(f"{name} by {page.day(row['by'])}: {row['text']}", 2, hang=4)
        if len(market["conditions"]) > SHOWN:
            yield f"  {name}: {len(market['conditions']) - SHOWN} more conditions."
        gone = market["superseded"]
        if gone:
            listed = "; ".join(f"{g['pinpoint']} {g['title']}" for g in gone[:3])
            yield page.wrapped(f"{name} superseded law ({len(gone)}): {listed}", 2, hang=4)


def _sign_off(found: Json) -> Iterator[str]:
    yield page.heading("SIGN-OFF")
    for row in found["sign_off"]:
        people = ", ".join(row["people"]) or "nobody named"
        signed = f"signed by {row['signed_by']}" if row["signed_by"] else "not signed"
        count = f" ({page.plural(len(row['controls']), 'control')})" if row["controls"] else ""
        markets = ", ".join(row["markets"])
        yield page.wrapped(
            f"{row['title']} ({people}): {row['of']}{count}; {markets}; {signed}", 2, hang=4
        )
