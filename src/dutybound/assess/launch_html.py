"""The launch dossier as a page: the first page (`launch_first_html`), then all of it in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from dutybound.assess import html
from dutybound.assess.catalogue import rests_on
from dutybound.assess.launch_first_html import also_lacking, first_page, owners, shade

Json = dict[str, Any]
REPORT: Final = (
    "evidence",
    "of",
    "relation",
    "type",
    "from",
    "to",
    "opinion",
    "ai_feature",
    "on_the_day",
)
PROVES: Final = ("control", "title", "evidence", "extent", "on_the_day", "in_period", "criteria")
LOSS: Final = ("evidence", "code", "reason", "controls")


def launch_page(found: Json) -> str:
    """The whole page, from the JSON values of a dossier."""
    return html.page(f"{found['name']} {found['version'] or ''}: launch dossier", _parts(found))


def _parts(found: Json) -> Iterator[str]:
    yield html.section("First page", "first", first_page(found))
    yield html.section("In full", "full", _full(found))


def _full(found: Json) -> Iterator[str]:
    for part in (
        _blockers,
        _evidence,
        _soc2,
        _conflicts,
        _options,
        _exceptions,
        _limits,
        _markets,
        _sign_off,
    ):
        yield from part(found)


def _blockers(found: Json) -> Iterator[str]:
    yield html.heading("Blockers in full", "blockers")
    rows = [_blocker(m["market"], b) for m in found["markets"] for b in m["blockers"]]
    if not rows:
        yield html.paragraph("None found.")
        return
    head = ("market", "duty", "entity", "binds since", "why", "missing evidence", "owner")
    yield html.table("Blockers, gravest first", head, rows)


def _blocker(market: str, row: Json) -> list[Any]:
    missing = dict.fromkeys(f"{m['what']} ({m['control']})" for m in row["missing"])
    also = also_lacking(row)
    return [
        market.upper(),
        f"{row['pinpoint']} {row['title']} [{row['id']}]",
        row["party"] or "",
        row["since"],
        row["why"],
        "; ".join((*missing, also) if also else missing),
        owners(row["owners"]),
    ]


def _evidence(found: Json) -> Iterator[str]:
    evidence = found["evidence"]
    yield html.heading("Evidence in full", "evidence")
    yield html.paragraph(
        f"Controls with valid evidence {evidence['controls_with_valid_evidence']} of "
        f"{evidence['controls_asked_for']}."
    )
    yield html.table(
        "Controls with valid evidence, by market",
        ("market", "with valid evidence", "asked for"),
        (
            (m["market"].upper(), m["controls_with_valid_evidence"], m["controls_asked_for"])
            for m in found["markets"]
        ),
    )
    yield html.table(
        "Controls by state",
        ("state", "controls"),
        (((s, s.replace(" ", "-")), n) for s, n in evidence["controls_by_state"].items()),
    )
    if evidence["refused"]:
        yield html.table(
            "Evidence that does not count",
            ("evidence", "code", "reason"),
            ((r["evidence"], r["code"], r["reason"]) for r in evidence["refused"]),
        )


def _soc2(found: Json) -> Iterator[str]:
    soc2 = found["soc2"]
    yield html.heading("What SOC 2 proves, and what not, in full", "soc2")
    if not soc2["reports"]:
        yield html.paragraph("No SOC 2 report is in the evidence.")
    for caption, rows, head in (
        ("Reports", soc2["reports"], REPORT),
        ("Proves", soc2["proves"], PROVES),
        ("Does not prove, or proves less", soc2["does_not"], LOSS),
        ("What SOC 2 does not test", soc2["not_tested_by_soc2"], ("control", "title", "why")),
    ):
        if rows:
            words = [h.replace("_", " ") for h in head]
            yield html.table(caption, words, ([_plain(r[key]) for key in head] for r in rows))


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _conflicts(found: Json) -> Iterator[str]:
    yield html.heading("Conflicts in full", "conflicts")
    if not found["conflicts"]:
        yield html.paragraph("None found among those that are encoded.")
    for conflict in found["conflicts"]:
        yield html.table(
            f"{conflict['title']}. {conflict['question']}",
            ("regime", "asks", "rules", "clocks and periods"),
            (_side(s) for s in conflict["sides"]),
        )
        yield html.paragraph(f"What differs: {conflict['differs']}")
        yield html.paragraph(f"Strictest common design: {conflict['design']}")
        if conflict["beware"]:
            yield html.paragraph(f"Beware: {conflict['beware']}", "note")


def _side(side: Json) -> list[Any]:
    rules = "; ".join(_rule(r) for r in side["rules"])
    clocks = dict.fromkeys(_clock(c) for r in side["rules"] for c in r["clocks"])
    return [side["name"], side["asks"], rules, "; ".join(clocks)]


def _rule(rule: Json) -> str:
    soft = "" if rule["nature"] == "binding_law" else f", {rule['nature'].replace('_', ' ')}"
    return f"{rule['pinpoint']} ({rule['outcome'].replace('_', ' ')}{soft})"


def _clock(clock: Json) -> str:
    amount = f"{clock['amount']:g} {clock['unit'].replace('_', ' ')}"
    return f"{clock['bound'].replace('_', ' ')} {amount} from {clock['anchor']}"


def _options(found: Json) -> Iterator[str]:
    markets = [m["market"] for m in found["markets"]]
    yield html.heading("Options in full", "options")
    yield html.table(
        "The legal floor: duties that no option removes",
        ("market", "number", "rules"),
        ((m["market"].upper(), len(m["floor"]), ", ".join(m["floor"])) for m in found["markets"]),
    )
    yield html.table(
        "Options, the request first",
        (
            "option",
            *(m.upper() for m in markets),
            "saved",
            "kept",
            "added",
            "become open",
            "work",
            "ready",
            "left",
            "proof it needs",
            "dissent",
            "decides",
        ),
        (_option(o, markets) for o in found["options"]),
    )
    if found["options_without_effect"]:
        idle = ", ".join(found["options_without_effect"])
        yield html.paragraph(f"Tried, and changes no duty: {idle}.")
    yield html.paragraph(found["options_note"], "note")


def _option(option: Json, markets: Sequence[str]) -> list[Any]:
    duties, cost, time, left = (option[k] for k in ("duties", "cost", "time", "residual"))
    words = [option["recommendations"][m] for m in markets]
    return [
        option["title"] + (f" ({'; '.join(option['changes'])})" if option["changes"] else ""),
        *(shade(w) if w else ("not entered", "") for w in words),
        len(duties["saved"]),
        len(duties["kept"]),
        len(duties["added"]),
        len(duties["become_open"]),
        f"{cost['band']}: {cost['controls']} controls",
        time["ready"] + ("" if time["in_time"] else " (after the launch day)"),
        f"{left['blockers']} blockers, {left['open']} open, {left['conditions']} on condition",
        option["proof"] or "",
        "; ".join(f"{d['by']}: {d['reason']}" for d in option["dissent"]),
        "; ".join(f"{d['role']} ({', '.join(d['people'])})" for d in option["decider"]),
    ]


def _exceptions(found: Json) -> Iterator[str]:
    yield html.heading("Exceptions in full", "exceptions")
    if not found["exceptions"]:
        yield html.paragraph("None recorded.")
        return
    yield html.table(
        "Exceptions. None of them lifts a recommendation.",
        ("exception", "market", "rule", "standing", "why not", "owner", "granted by", "ends",
         "reason", "compensating controls"),
        (
            (
                e["id"],
                e["market"].upper(),
                e["rule"],
                (e["standing"], "partial" if e["standing"] == "in force" else "open"),
                e["why_not"] or "",
                e["owner"],
                f"{e['granted_by']} ({e['role']}, {e['granted_on']})",
                e["expires"],
                e["reason"],
                "; ".join(e["compensating"]),
            )
            for e in found["exceptions"]
        ),
    )  # fmt: skip


def _limits(found: Json) -> Iterator[str]:
    yield html.heading("Limits in full", "limits")
    yield html.items(
        (
            *found["limits"],
            rests_on(found["content"]),
            *(f"Not covered: {n}" for n in found["not_covered"]),
        )
    )


def _markets(found: Json) -> Iterator[str]:
    for market in found["markets"]:
        yield html.heading(f"{market['market'].upper()} in full")
        yield html.table(
            "Conditions",
            ("id", "why", "what", "by", "owner", "missing evidence"),
            (
                (
                    c["id"],
                    c["why"],
                    c["text"],
                    c["by"],
                    owners(c["owners"]),
                    "; ".join(dict.fromkeys(m["what"] for m in c["missing"])),
                )
                for c in market["conditions"]
            ),
        )
        for caption, key in (
            ("Binds at launch", "binds_at_launch"),
            ("Begins or may begin within the horizon", "within_horizon"),
            ("Contested", "contested"),
            ("Open: not settled whether it binds", "open"),
            ("Shielded by a transition", "shielded"),
        ):
            if market[key]:
                head = ("duty", "entity", "day", "outcome", "state", "note")
                yield html.table(caption, head, (_duty(d) for d in market[key]))
        if market["superseded"]:
            yield html.table(
                "Superseded law",
                ("rule", "until", "reason"),
                (
                    (f"{g['pinpoint']} {g['title']}", g["until"] or "", g["reason"] or "")
                    for g in market["superseded"]
                ),
            )


def _duty(row: Json) -> list[Any]:
    notes = [f"{s['pinpoint']}: ends when {s['ends_when']}" for s in row.get("shielded_by", ())]
    notes += [f"may be shielded by {s['pinpoint']}" for s in row["may_be_shielded_by"]]
    notes += [f"state {need}" for need in row.get("needs", ())]
    notes += [d["question"] for d in row.get("disputes", ())]
    return [
        f"{row['pinpoint']} {row['title']} [{row['id']}]",
        row["party"] or "",
        row["since"],
        row["outcome"].replace("_", " "),
        (row["state"], row["state"].replace(" ", "-")),
        "; ".join(notes),
    ]


def _sign_off(found: Json) -> Iterator[str]:
    yield html.heading("Sign-off by role")
    yield html.table(
        "Sign-off",
        ("role", "people", "of", "markets", "controls", "signed by"),
        (
            (
                s["title"],
                ", ".join(s["people"]) or "nobody named",
                s["of"],
                ", ".join(s["markets"]),
                ", ".join(s["controls"]),
                s["signed_by"] or "",
            )
            for s in found["sign_off"]
        ),
    )
