"""`dutybound framework`: frameworks, their elements, and how far controls cover them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dutybound.cli import page
from dutybound.cli.columns import LEGEND, SIGNS, covered
from dutybound.cli.options import Day, load_content, print_json, today

if TYPE_CHECKING:
    from dutybound.terms.control import Catalogue

F = TypeVar("F", bound=Callable[..., Any])
FEW = 12
ORDER = ("none", "unknown coverage", "partial", "full")


def load_catalogue(own: tuple[Path, ...] = ()) -> Catalogue:
    """The catalogue, with frameworks of the user's own added."""
    from dutybound.assess.catalogue import catalogue

    if not own:
        return catalogue()
    from dutybound.packs.own_framework import with_frameworks

    return with_frameworks(catalogue(), own, load_content().rules)[0]


def _options(command: F) -> F:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option(
            "--framework",
            "own",
            type=click.Path(dir_okay=False, path_type=Path),
            multiple=True,
            help="A framework of your own: .yaml, .csv or .xlsx.",
        ),
    ):
        command = option(command)
    return command


@click.group("framework")
def command() -> None:
    """Frameworks: list them, show their elements, and see what the controls cover."""


@command.command("list")
@_options
def list_command(own: tuple[Path, ...], as_json: bool) -> None:
    """All frameworks, with their nature and legal effect."""
    from dutybound.assess.frameworks import framework_list

    found = framework_list(load_catalogue(own))
    if as_json:
        print_json(found)
    else:
        page.show(_list(found))


def _list(found: dict[str, Any]) -> Iterator[str]:
    for f in found["frameworks"]:
        yield page.title(f"{f['id']}  {f['title']}")
        yield page.wrapped(f"{f['version']}; {f['nature'].replace('_', ' ')}", 2)
        yield page.wrapped(f["effect"], 2)
        counts = ", ".join(f"{n} {word}" for word, n in f["structural"].items() if n)
        yield page.wrapped(
            f"{f['elements']} elements, {f['mappings']} mappings; if every control stood: {counts}",
            2,
        )
        yield ""
    yield "Show one with `dutybound framework show ID`."


@command.command("show")
@click.argument("framework_id", metavar="ID")
@click.argument("element", required=False)
@_options
def show_command(
    framework_id: str, element: str | None, own: tuple[Path, ...], as_json: bool
) -> None:
    """A framework as a tree, or one ELEMENT with the reason for each mapping."""
    from dutybound.assess.frameworks import framework_show

    found = framework_show(load_catalogue(own), framework_id, element)
    if as_json:
        print_json(found)
    else:
        page.show(_show(found, whys=element is not None))


def _show(found: dict[str, Any], *, whys: bool) -> Iterator[str]:
    yield page.title(f"{found['title']}, {found['version']}")
    yield page.wrapped(found["effect"])
    yield page.wrapped(found["source"])
    yield ""
    depths: dict[str, int] = {}
    for e in found["elements"]:
        depth = depths.get(e["parent"] or "", -1) + 1
        depths[e["id"]] = depth
        first = click.style(e["id"], bold=not e["assessable"]) + "  "
        yield page.wrapped(e["title"], 2 * depth, first=first, hang=2 * depth + 4)
        if whys:
            yield from _whys(e, 2 * depth + 2)
        elif e["controls"]:
            lines = ", ".join(f"{SIGNS[m['relationship']]} {m['control']}" for m in e["controls"])
            yield page.wrapped(lines, 2 * depth + 4)
    yield click.style(LEGEND, dim=True)


def _whys(e: dict[str, Any], indent: int) -> Iterator[str]:
    if e["summary"] and e["summary"] != e["title"]:
        yield page.wrapped(e["summary"], indent)
    for name, value in e["detail"].items():
        shown = ", ".join(value) if isinstance(value, list) else value
        yield page.wrapped(f"{name}: {shown}", indent)
    for m in e["controls"]:
        strength = "" if m["strength"] is None else f" ({m['strength']})"
        head = f"{SIGNS[m['relationship']]} {m['control']}{strength}"
        yield page.wrapped(f"{head}  {m['why']}", indent, hang=indent + 2)
    if e["assessable"] and not e["controls"]:
        yield " " * indent + covered("unknown coverage") + ": no control is mapped to it"


@command.command("coverage")
@click.argument("framework_id", metavar="ID")
@_options
@click.option(
    "--evidence",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with signed evidence; without it, what the controls could cover.",
)
@click.option(
    "--trust",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Whose signatures count (default: trust.yaml in the evidence folder).",
)
@click.option(
    "--profile",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The system that the evidence is about; without it, the whole organisation.",
)
@click.option("--as-of", type=Day(), help="The day to judge (default: today).")
@click.option("--all", "everything", is_flag=True, help="Elements that are covered whole, too.")
def coverage_command(
    framework_id: str,
    own: tuple[Path, ...],
    as_json: bool,
    evidence: Path | None,
    trust: Path | None,
    profile: Path | None,
    as_of: date | None,
    everything: bool,
) -> None:
    """How far controls cover a framework: full, partial, none or unknown coverage."""
    from dutybound.assess.frameworks import coverage_json

    book = load_catalogue(own)
    held = None if evidence is None else _held(book, evidence, trust, profile, as_of)
    found = coverage_json(book, framework_id, held)
    if as_json:
        print_json(found)
    else:
        page.show(_coverage(found, everything))


def _held(
    book: Catalogue, evidence: Path, trust: Path | None, profile: Path | None, as_of: date | None
) -> frozenset[str]:
    """The controls that are met for every party of the system, or for the organisation."""
    from dutybound.assess.intake import read_evidence
    from dutybound.assess.whom import parties_of
    from dutybound.controls.states import State, states_by_party
    from dutybound.packs.evidence import read_trust
    from dutybound.packs.profile import ProfileReader

    now = today()
    stated = ProfileReader(load_content()).read(profile, today=now) if profile else None
    named = trust or evidence / "trust.yaml"
    keys = read_trust(named) if trust is not None or named.exists() else None
    checked, refused = read_evidence(evidence, keys, book, stated, as_of or now, today=now)
    states = states_by_party(book, checked, refused, parties_of(stated)).lowest
    click.echo(
        f"{page.plural(len(checked), 'piece')} of evidence counted, {len(refused)} refused "
        "(see `dutybound evidence list`)",
        err=True,
    )
    return frozenset(name for name, s in states.items() if s.state is State.MET)


def _coverage(found: dict[str, Any], everything: bool) -> Iterator[str]:
    yield page.title(f"{found['title']}, {found['version']}")
    yield page.wrapped(found["effect"])
    yield page.wrapped(found["note"])
    yield ""
    n, of = found["controls"]["with_valid_evidence"], found["controls"]["of"]
    if found["basis"] == "evidence":
        yield f"Controls with valid evidence: {n} of {of}"
    else:
        yield f"Controls mapped to it: {of}"
    yield from page.rows(
        (covered(word), str(count), _means(word)) for word, count in found["counts"].items()
    )
    if found["parts"]:
        yield ""
        heads = tuple(w for w in found["counts"])
        yield from page.rows(
            [("", *(h.split()[0] for h in heads), ""), *(_part(p, heads) for p in found["parts"])]
        )
    yield ""
    yield from _elements(found, everything)


def _part(part: dict[str, Any], heads: tuple[str, ...]) -> tuple[str, ...]:
    return (part["id"], *(str(part["counts"][h]) for h in heads), part["title"])


def _means(word: str) -> str:
    return {
        "full": "a control with it equals or contains the element",
        "partial": "controls touch it; parts are never added up to the whole",
        "none": "no control mapped to it stands",
        "unknown coverage": "no mapping says anything about it",
    }[word]


def _elements(found: dict[str, Any], everything: bool) -> Iterator[str]:
    for word in ORDER:
        inside = [e for e in found["elements"] if e["coverage"] == word]
        if not inside or (word == "full" and not everything):
            continue
        yield covered(f"{word} ({len(inside)})")
        shown = inside if everything else inside[:FEW]
        for e in shown:
            controls = ", ".join(e["held"] or e["open"])
            lead = "has" if e["held"] else "waits for"
            tail = f" [{lead} {controls}]" if controls else ""
            yield page.wrapped(f"{e['id']}  {e['title']}{tail}", 2, hang=4)
        if len(shown) < len(inside):
            yield f"  and {len(inside) - len(shown)} more (--all)"


@command.command("pairs")
@click.argument("left")
@click.argument("right")
@_options
def pairs_command(left: str, right: str, own: tuple[Path, ...], as_json: bool) -> None:
    """Elements of two frameworks that share a control, and what follows from it, if anything."""
    from dutybound.assess.frameworks import pairs_json

    found = pairs_json(load_catalogue(own), left, right)
    if as_json:
        print_json(found)
    else:
        page.show(_pairs(found))


def _pairs(found: dict[str, Any]) -> Iterator[str]:
    yield page.wrapped(
        f"{found['left']} and {found['right']}: {len(found['pairs'])} pairs share a control; for "
        f"{found['concluded']} a relationship follows. The others are hints for a reader and "
        "prove nothing."
    )
    yield from page.rows(
        (
            p["left"],
            SIGNS[p["relationship"]] if p["relationship"] else "?",
            p["right"],
            ", ".join(p["through"]),
        )
        for p in found["pairs"]
    )
