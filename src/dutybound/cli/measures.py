"""`dutybound measures`: what each measure is, and who asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import click

from dutybound.cli import page
from dutybound.cli.options import load_content, print_json

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
SIDES: Final = {"at_least": "at least ", "at_most": "at most ", "within": "within ±"}
BETTER: Final = {
    "higher": "more is better",
    "lower": "less is better",
    "near_zero": "near 0 is better",
    "near_one": "near 1 is better",
    "neither": "neither more nor less is better by itself",
}
STANDING: Final = {
    "none": "no threshold",
    "rule_of_thumb": "a rule of thumb",
    "fixed": "a fixed threshold",
}


@click.group("measures")
def command() -> None:
    """The measures: unit, range, source, limits, and the controls and duties that ask for them."""


@command.command("list")
@click.option("--family", help="Only this family: fairness, drift, performance or operation.")
@click.option("--control", help="Only measures that this control asks for, such as DB-FAI-01.")
@click.option("--how", type=click.Choice(["computed", "reported"]), help="Only these.")
@JSON
def list_command(family: str | None, control: str | None, how: str | None, as_json: bool) -> None:
    """All measures, by family."""
    from dutybound.assess.measures import measure_list

    found = measure_list(family=family, control=control and control.upper(), how=how)
    if as_json:
        print_json(found)
    else:
        page.show(_list(found))


def _list(found: dict[str, Any]) -> Iterator[str]:
    for family, title in found["families"].items():
        inside = [m for m in found["measures"] if m["family"] == family]
        if not inside:
            continue
        yield page.heading(f"{title} ({family}, {len(inside)})")
        for m in inside:
            asked = page.plural(len(m["controls"]), "control")
            law = ", named by a rule" if m["named_by"] else ""
            facts = f"{m['unit']}, {m['range']}; {m['how']}; {asked}{law}"
            yield page.wrapped(f"{m['name']} [{facts}]", 2, first=f"{m['id']}  ", hang=6)
        yield ""
    yield page.wrapped(
        f"{page.plural(len(found['measures']), 'measure')}. Show one with "
        "`dutybound measures show ID`."
    )


@command.command("show")
@click.argument("measure_id", metavar="ID")
@JSON
def show_command(measure_id: str, as_json: bool) -> None:
    """One measure: what it says, when it is undefined, thresholds on offer, who asks for it."""
    from dutybound.assess.measures import measure_show

    found = measure_show(load_content(), measure_id.lower())
    if as_json:
        print_json(found)
    else:
        page.show(_show(found))


def _show(m: dict[str, Any]) -> Iterator[str]:
    yield page.title(f"{m['id']}  {m['name']}")
    yield page.wrapped(m["says"])
    yield page.wrapped(
        f"Unit: {m['unit']}. Range: {m['range']}. {BETTER[m['better']].capitalize()}."
    )
    if m["how"] == "computed":
        yield page.wrapped(f"Computed by `dutybound.measure.{m['function']}`.")
    else:
        yield page.wrapped(f"Reported, from {m['origin']}.")
    for name, key in (
        ("Limits", "limits"),
        ("Undefined when", "undefined"),
        ("Sources", "sources"),
    ):
        yield ""
        yield page.heading(name)
        for said in m[key]:
            yield page.wrapped(said, 2, first="- ", hang=4)
    yield ""
    yield from _thresholds(m)
    yield ""
    yield from _asked(m)


def _thresholds(m: dict[str, Any]) -> Iterator[str]:
    yield page.heading("Thresholds on offer (none is taken unless you choose it)")
    if not m["thresholds"]:
        yield page.wrapped("none: choose one and say why", 2)
    for t in m["thresholds"]:
        where = f"{t['cite']}, since {page.day(t['since'])}, " if t["cite"] else ""
        only = f"; only for {', '.join(t['only_for'])}" if t["only_for"] else ""
        nature = t["nature"].replace("_", " ")
        said = f"{SIDES[t['side']]}{t['value']:g} ({where}{nature}{only}): {t['why']}"
        yield page.wrapped(said, 2, first="- ", hang=4)
    for line in m["named_by"]:
        only = f" for {', '.join(line['only_for']).replace('_', ' ')}" if line["only_for"] else ""
        grade = "" if line["grade"] in ("A", "B") else f" [source: {line['grade']}]"
        said = f"{line['cite']} names it{only}, with {STANDING[line['threshold']]}{grade}. "
        said += line["note"]
        yield page.wrapped(said, 2, first="- ", hang=4)


def _asked(m: dict[str, Any]) -> Iterator[str]:
    yield page.heading("Who asks for it")
    yield page.wrapped(f"Controls: {', '.join(m['controls']) or 'none'}", 2)
    for market in dict.fromkeys(r["market"] for r in m["rules"]):
        ids = ", ".join(r["id"] for r in m["rules"] if r["market"] == market)
        yield page.wrapped(f"{market.upper()}: {ids}", 2, hang=6)
