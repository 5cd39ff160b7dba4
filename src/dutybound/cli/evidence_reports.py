"""How the credit of SOC 2 reports and ISO certificates is printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import click

from dutybound.cli.evidence_page import rung
from dutybound.cli.page import heading, rows, title, wrapped


def soc2_page(value: dict[str, Any], reuse: Iterable[str], *, everything: bool) -> Iterator[str]:
    """What a SOC 2 report proves, what it does not and why, and what to ask.

    reuse: lines on what that means for frameworks, duties and the plan.
    """
    yield title(f"SOC 2 Type {value['type']} report of {value['report_of']} ({value['report']})")
    auditor = value["auditor"] or "an auditor who is not named"
    yield wrapped(
        f"{value['from']} to {value['to']}, opinion {value['opinion']}, by {auditor}; as of "
        f"{value['as_of']}" + (f" for {value['system']}" if value["system"] else "")
    )
    for part in ("boundary", "time"):
        if value[part] is not None:
            yield click.style(wrapped(value[part]["reason"]), fg="yellow")
    yield from _controls(value, everything=everything)
    yield from _criteria(value)
    yield from reuse
    if value["questions"]:
        yield ""
        yield heading("Questions to put")
        yield from rows(
            (q["to"], q["ask"] + (f" [{' '.join(q['criteria'])}]" if q["criteria"] else ""))
            for q in value["questions"]
        )
    yield from _end(value)


def iso_page(value: dict[str, Any], *, everything: bool) -> Iterator[str]:
    """What a certificate proves, and what it does not and why."""
    yield title(f"{value['standard']} certificate of {value['certificate_of']}")
    accredited = f", accredited by {value['accredited_by']}" if value["accredited_by"] else ""
    yield wrapped(
        f"{value['from']} to {value['to']}, by {value['body']}{accredited}; as of {value['as_of']}"
        + (f" for {value['system']}" if value["system"] else "")
    )
    if value["time"] is not None:
        yield click.style(wrapped(value["time"]["reason"]), fg="yellow")
    yield from _controls(value, everything=everything)
    yield from _end(value)


def _controls(value: dict[str, Any], *, everything: bool) -> Iterator[str]:
    yield ""
    yield heading("Controls: on this day, and on a day of the time it speaks of")
    whole = [c for c in value["controls"] if c["extent"] == "full"]
    yield from rows(
        (c["id"], rung(c["rung"]), _then(c), c["title"]) for c in value["controls"] if c in whole
    )
    parts: dict[tuple[str, str], list[str]] = {}
    for control in value["controls"]:
        credited = control["extent"] == "partial" or control["in_period"] != "unassessed"
        if credited and control not in whole:
            parts.setdefault((control["rung"], _then(control)), []).append(control["id"])
    for (word, then), names in parts.items():
        yield from rows([("a part", rung(word), then, " ".join(names))])
    if not whole and not parts:
        yield "  none"
    if everything:
        yield from rows((c["id"], c["extent"], c["reason"]) for c in value["controls"])
    counts = value["summary"]
    yield wrapped(
        f"{counts['full']} of {counts['controls']} controls as a whole, {counts['partial']} in "
        f"part, {counts['never_tested']} that it never tests. A part does not stand for the whole."
    )


def _then(control: dict[str, Any]) -> str:
    now, then = control["rung"], control["in_period"]
    return "" if now == then else f"then {then}"


def _criteria(value: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield heading("Criteria that count for less, and why")
    reasons: dict[str, list[str]] = {}
    whole = {value[p]["reason"] for p in ("time", "boundary") if value[p] is not None}
    for criterion in value["criteria"]:
        if criterion["code"] == "not_in_scope":
            reasons.setdefault("Not among the criteria in scope.", []).append(criterion["id"])
            continue
        for reason in criterion["reasons"]:
            if reason not in whole:
                reasons.setdefault(reason, []).append(criterion["id"])
    if not reasons:
        yield "  none"
    for reason, names in reasons.items():
        yield wrapped(f"{reason} [{' '.join(names)}]", 2, hang=4)


def _end(value: dict[str, Any]) -> Iterator[str]:
    yield ""
    for limit in value["limits"]:
        yield wrapped(limit)
