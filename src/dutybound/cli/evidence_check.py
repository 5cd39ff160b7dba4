"""`dutybound evidence check FILE... --trust trust.yaml`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from dutybound.cli.evidence_page import check_page, json_of
from dutybound.cli.options import Day, print_json, today


def read_profile(path: Path | None) -> Any:
    """The profile of a system, or None for the whole organisation."""
    if path is None:
        return None
    from dutybound.cli.options import load_content
    from dutybound.packs.profile import ProfileReader

    return ProfileReader(load_content()).read(path, today=today())


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--trust", required=True, type=click.Path(path_type=Path), help="Whose signature counts."
)
@click.option(
    "--system",
    "profile",
    type=click.Path(path_type=Path),
    help="The profile of the system; without it, the whole organisation.",
)
@click.option("--as-of", type=Day(), help="The day asked about (default: today).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--fail-on",
    type=click.Choice(["refused"]),
    help="Exit 1 if any evidence is refused as a whole.",
)
def command(
    files: tuple[Path, ...],
    trust: Path,
    profile: Path | None,
    as_of: date | None,
    as_json: bool,
    fail_on: str | None,
) -> int:
    """Check signed evidence: signature, key, person, system, version, day, rung."""
    from dutybound.assess.in_log import standings
    from dutybound.assess.intake import check_evidence
    from dutybound.assess.opening import open_files
    from dutybound.packs.catalogue_compile import default_catalogue
    from dutybound.packs.evidence import read_trust
    from dutybound.terms.evidence import Handling

    opened = open_files(files, read_trust(trust))
    system = read_profile(profile)
    day = as_of or today()
    found = check_evidence(
        opened, default_catalogue(), system, day, today=today(), handling=frozenset(Handling)
    )
    logged = standings(opened.items, None, opened.trust)
    value = json_of("dutybound/evidence-check/1", *found, system=system, as_of=day, logged=logged)
    if as_json:
        print_json(value)
    else:
        for line in check_page(value):
            click.echo(line)
    return 1 if fail_on and _any_refused(value) else 0


def _any_refused(value: dict[str, Any]) -> bool:
    counted = {piece["id"] for piece in value["evidence"]}
    return any(r["control"] is None and r["claim"] not in counted for r in value["refused"])
