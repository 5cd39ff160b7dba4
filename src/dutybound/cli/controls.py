"""`dutybound controls`: the unified controls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click

from dutybound.cli import page
from dutybound.cli.columns import LEGEND, SIGNS, side_by_side
from dutybound.cli.options import load_content, print_json

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
MARKETS: Final = ("eu", "us", "uk", "own")
FEW: Final = 8


@click.group("controls")
def command() -> None:
    """The unified controls: what they ask for, which duties and frameworks they answer."""


@command.command("list")
@click.option("--domain", help="Only this domain, such as DB-SEC.")
@click.option("--find", "text", help="Only controls that mention this text.")
@JSON
def list_command(domain: str | None, text: str | None, as_json: bool) -> None:
    """All controls, by domain, with the number of binding duties each answers."""
    from dutybound.assess.catalogue import catalogue
    from dutybound.assess.controls import control_list

    found = control_list(catalogue(), load_content(), domain=domain, text=text)
    if as_json:
        print_json(found)
    else:
        page.show(_list(found))


def _list(found: dict[str, Any]) -> Iterator[str]:
    for domain, title in found["domains"].items():
        inside = [c for c in found["controls"] if c["domain"] == domain]
        if not inside:
            continue
        yield page.heading(f"{title} ({domain}, {len(inside)})")
        for c in inside:
            duties = " ".join(f"{m.upper()} {n}" for m, n in c["duties"].items()) or "no duties"
            facts = f"{c['owner']}, effort {c['effort']}, {c['required']}; {duties}"
            yield page.wrapped(f"{c['title']} [{facts}]", 2, first=f"{c['id']}  ", hang=13)
        yield ""
    yield page.wrapped(
        f"{page.plural(len(found['controls']), 'control')}. Numbers count binding duties, "
        "prohibitions and rights. Show one with `dutybound controls show ID`."
    )


@command.command("show")
@click.argument("control_id", metavar="ID")
@click.option("--all", "everything", is_flag=True, help="All duties, and why each element maps.")
@click.option(
    "--framework",
    "own",
    type=click.Path(dir_okay=False, path_type=Path),
    multiple=True,
    help="A framework of your own (.yaml, .csv or .xlsx), shown too.",
)
@JSON
def show_command(control_id: str, everything: bool, own: tuple[Path, ...], as_json: bool) -> None:
    """One control: AI Act, NIST AI RMF, ISO/IEC 42001 and SOC 2 side by side, and its duties."""
    from dutybound.assess.controls import control_show
    from dutybound.cli.framework import load_catalogue

    content = load_content()
    found = control_show(load_catalogue(own), content, control_id.upper())
    if as_json:
        print_json(found)
    else:
        page.show(_show(found, everything))


def _show(c: dict[str, Any], everything: bool) -> Iterator[str]:
    yield page.title(f"{c['id']}  {c['title']}")
    yield page.wrapped(c["objective"])
    scope = "" if c["scope"] == "all" else f" Made for {c['scope']} systems."
    yield page.wrapped(
        f"Owner: {c['owner']}. Effort: {c['effort']}. For: {', '.join(c['applies_to'])}.{scope} "
        f"Evidence is about the {c['object']}. "
        f"A duty needs it at `{c['required']}`."
    )
    for other in c["after"]:
        yield page.wrapped(f"Waits for {other['id']}: {other['title']}.")
    yield ""
    yield from _frameworks(c, everything)
    yield ""
    yield from side_by_side(
        ("Technical", "Organisational"), (c["technical"], c["organisational"]), bullet="- "
    )
    yield ""
    yield from _evidence(c)
    yield ""
    yield from _duties(c, everything)


def _frameworks(c: dict[str, Any], everything: bool) -> Iterator[str]:
    columns = sorted((f for f in c["frameworks"] if f["column"]), key=lambda f: int(f["column"]))
    if columns:
        yield from side_by_side(
            [f["short"] for f in columns],
            [[_line(m) for m in f["mappings"]] or ["(none)"] for f in columns],
        )
    yield click.style(LEGEND, dim=True)
    for f in c["frameworks"]:
        if not f["column"] and f["mappings"]:
            lines = ", ".join(_line(m) for m in f["mappings"])
            yield page.wrapped(f"{f['title']}: {lines}")
    if everything:
        for f in c["frameworks"]:
            if f["mappings"]:
                yield ""
                yield page.heading(f["title"])
                yield page.wrapped(f["effect"], 2)
                for m in f["mappings"]:
                    yield page.wrapped(f"{_line(m)}  {m['element_title']}: {m['why']}", 2, hang=4)


def _line(m: dict[str, Any]) -> str:
    strength = "" if m["strength"] is None else f" ({m['strength']})"
    return f"{SIGNS[m['relationship']]} {m['element']}{strength}"


def _evidence(c: dict[str, Any]) -> Iterator[str]:
    yield page.heading("Evidence that shows it")
    yield from page.rows(
        (
            n["rung"],
            n["kind"].replace("_", " "),
            f"{n['freshness_days']} days" if n["freshness_days"] else "no limit",
            n["what"] + (f" (one of: {n['any_of']})" if n["any_of"] else ""),
        )
        for n in c["needs"]
    )
    yield page.wrapped(f"SOC 2 Type II report: {c['soc2']['evidence']}. {c['soc2']['note']}", 2)
    for name in ("documents", "measures"):
        if c[name]:
            yield page.wrapped(f"{name.capitalize()}: {', '.join(c[name])}", 2)
    for name, ids in c["security"].items():
        yield page.wrapped(f"{name}: {', '.join(ids)}", 2)


def _duties(c: dict[str, Any], everything: bool) -> Iterator[str]:
    yield page.heading("Binding duties that it answers")
    if not c["duties"]:
        yield "  none: it serves frameworks and other controls"
    for market in MARKETS:
        inside = [d for d in c["duties"] if d["market"] == market]
        if not inside:
            continue
        shown = inside if everything else inside[:FEW]
        yield f"  {market.upper()} ({len(inside)})"
        for d in shown:
            gone = f" [{d['legal_status']}]" if d["legal_status"] != "in_force" else ""
            yield page.wrapped(f"{d['id']}: {d['title']}{gone}", 4, hang=6)
        if len(shown) < len(inside):
            yield f"    and {len(inside) - len(shown)} more (--all)"
    if c["guidance"]:
        names = ", ".join(dict.fromkeys(d["instrument"] for d in c["guidance"]))
        yield page.wrapped(f"Also serves guidance and permissions in: {names}.", 2)
