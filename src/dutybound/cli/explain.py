"""`dutybound explain PROFILE RULE`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from dutybound.cli import page
from dutybound.cli.options import judging, load_content, print_json, today

SIGNS = {"yes": "+", "no": "-", "unknown": "?", "contested": "~"}
SETTLED = ("exclusion", "exception", "shield")
COLOURS = {"yes": "green", "no": "red", "unknown": "yellow", "contested": "magenta"}


@click.command("explain")
@click.argument("profile", type=click.Path(path_type=Path))
@click.argument("rule")
@judging
@click.option("--full", is_flag=True, help="Show every branch, also those that decide nothing.")
def command(
    profile: Path,
    rule: str,
    as_of: date | None,
    known_on: date | None,
    markets: tuple[str, ...] | None,
    content_dirs: tuple[Path, ...],
    as_json: bool,
    full: bool,
) -> None:
    """The proof tree of RULE for the system: why, and why not."""
    from dutybound.assess.assess import assess
    from dutybound.assess.explain import explain
    from dutybound.packs.profile import ProfileReader

    content = load_content(content_dirs)
    now = today()
    stated = ProfileReader(content).read(profile, today=now)
    result = assess(content, stated, today=now, as_of=as_of, known_on=known_on, markets=markets)
    proofs = explain(result, rule)
    if as_json:
        print_json(proofs)
    else:
        page.show(line for proof in proofs["proofs"] for line in _page(proof, full))


def _page(proof: dict[str, Any], full: bool) -> Iterator[str]:
    yield page.title(proof["title"])
    yield page.wrapped(f"{proof['id']}, {proof['instrument_title']}, {proof['pinpoint']}")
    about = ", ".join(f"{k} {v}" for k, v in proof["about"].items())
    verdict = f"{page.outcome(proof['outcome'])}" + (
        f" ({proof['reason']})" if proof["reason"] else ""
    )
    yield page.wrapped(f"{about}: {verdict}")
    if proof["effective_from"]:
        formal = proof["formal_from"]
        extra = f", formally {page.day(formal)}" if formal != proof["effective_from"] else ""
        yield f"From {page.day(proof['effective_from'])}{extra}."
    if proof["draft_guidance"] and proof["draft_guidance"] != proof["outcome"]:
        yield f"If draft guidance were final: {page.outcome(proof['draft_guidance'])}."
    yield ""
    yield from _tree(proof["proof"], 0, full)
    if proof["says"]:
        yield ""
        yield page.wrapped(proof["says"])
    yield from _sides(proof)
    if proof["controls"]:
        yield ""
        names = ", ".join(proof["controls"])
        yield page.wrapped(f"Controls that answer it: {names} (`dutybound controls show ID`)")
    yield from _measurable(proof["measurable"])
    yield ""


def _measurable(found: dict[str, Any] | None) -> Iterator[str]:
    """Measures that can be evidence, and what the text itself names."""
    if found is None:
        return
    yield ""
    names = ", ".join(found["usable"])
    yield page.wrapped(f"Measures that can be evidence: {names} (`dutybound measures show ID`)")
    if found["law_names"]:
        named = ", ".join(found["law_names"])
        grade = "" if found["grade"] in ("A", "B") else f" [source: {found['grade']}]"
        yield page.wrapped(f"{found['cite']} names {named}{grade}. {found['note']}")
    else:
        yield page.wrapped(found["note"])


def _tree(step: dict[str, Any], depth: int, full: bool) -> Iterator[str]:
    yield page.wrapped(_line(step), 2 * depth, first=f"{_sign(step)} ", hang=2 * depth + 4)
    inner = step.get("steps", ())
    shown = inner if full else [s for s in inner if _matters(step, s)]
    for s in shown:
        yield from _tree(s, depth + 1, full)
    left_out = len(inner) - len(shown)
    if left_out and step.get("reason") not in SETTLED:
        yield " " * (2 * depth + 2) + click.style(
            f"({page.plural(left_out, 'other branch', 'other branches')}; --full)",
            dim=True,
        )


def _sign(step: dict[str, Any]) -> str:
    value = step["value"]
    return click.style(SIGNS[value], fg=COLOURS[value], bold=True)


def _line(step: dict[str, Any]) -> str:
    parts = [step["says"]]
    stated = step.get("stated")
    if stated is not None:
        parts.append(
            "= " + (", ".join(map(str, stated)) if isinstance(stated, list) else str(stated))
        )
    if step.get("file"):
        parts.append(f"({step['file']}:{step['line']})")
    if step.get("cite"):
        parts.append(f"[{step['cite']}]")
    if step.get("grade"):
        parts.append(f"[source: {step['grade']}]")
    if step.get("shown_above"):
        parts.append("(shown above)")
    return " ".join(parts)


def _matters(step: dict[str, Any], inner: dict[str, Any]) -> bool:
    """Whether a branch carries the value of the step above it."""
    if step.get("reason") in SETTLED and step["value"] == "yes":
        return False
    if step["says"] == "not" or step.get("reason") in (*SETTLED, "when", "owed_by", "scope"):
        return True
    if step["says"].count(".") and step["value"] == "yes" and step.get("steps"):
        return bool(inner["value"] in ("yes", "unknown", "contested"))
    return bool(inner["value"] == step["value"])


def _sides(proof: dict[str, Any]) -> Iterator[str]:
    left, right = proof["technical"], proof["organisational"]
    if not left and not right:
        return
    import textwrap

    half = (page.width() - 3) // 2
    yield ""
    yield f"{'Technical':<{half}}   Organisational"
    columns = [
        [
            line
            for item in side
            for line in textwrap.wrap(item, half, initial_indent="- ", subsequent_indent="  ")
        ]
        for side in (left, right)
    ]
    for i in range(max(map(len, columns))):
        cells = [column[i] if i < len(column) else "" for column in columns]
        yield f"{cells[0]:<{half}}   {cells[1]}".rstrip()
