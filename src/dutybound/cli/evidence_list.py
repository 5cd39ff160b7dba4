"""`dutybound evidence list DIR`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from dutybound.cli.evidence_check import read_profile
from dutybound.cli.evidence_page import check_page, json_of, refusal, refused_lines
from dutybound.cli.options import Day, print_json, today
from dutybound.cli.page import plural, rows, title, wrapped
from dutybound.terms.evidence import Claim, Handling, Refused

UNCHECKED = "Signatures were not checked: nobody is trusted without --trust."


@click.command("list")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--trust", type=click.Path(path_type=Path), help="Whose signature counts.")
@click.option("--system", "profile", type=click.Path(path_type=Path), help="The system's profile.")
@click.option("--as-of", type=Day(), help="The day asked about (default: today).")
@click.option(
    "--include",
    multiple=True,
    type=click.Choice([str(h) for h in Handling if h is not Handling.ORDINARY]),
    help="List these too, which are left out by default.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    folder: Path,
    trust: Path | None,
    profile: Path | None,
    as_of: date | None,
    include: tuple[str, ...],
    as_json: bool,
) -> int:
    """What lies in a folder of evidence; with --trust, what counts of it.

    Self-tests and counsel's work are left out unless --include names them.
    """
    shown = frozenset({Handling.ORDINARY, *(Handling(h) for h in include)})
    day = as_of or today()
    if trust is None:
        value = _peeked(folder, shown, day)
    else:
        value = _checked(folder, trust, profile, day, shown)
    if as_json:
        print_json(value)
        return 0
    for line in _peek_page(value) if trust is None else check_page(value):
        click.echo(line)
    return 0


def _checked(
    folder: Path, trust: Path, profile: Path | None, day: date, shown: frozenset[Handling]
) -> dict[str, Any]:
    from dutybound.assess.in_log import standings
    from dutybound.assess.intake import check_evidence
    from dutybound.assess.opening import open_folder
    from dutybound.packs.catalogue_compile import default_catalogue
    from dutybound.packs.evidence import read_trust

    system = read_profile(profile)
    opened = open_folder(folder, read_trust(trust))
    checked, refused = check_evidence(
        opened,
        default_catalogue(),
        system,
        day,
        today=today(),
        handling=shown,
        name_marked=True,
    )
    value = json_of(
        "dutybound/evidence-list/1",
        checked,
        refused,
        system=system,
        as_of=day,
        logged=standings(opened.items, folder, opened.trust),
    )
    return {**value, "signatures": "checked"}


def _peeked(folder: Path, shown: frozenset[Handling], day: date) -> dict[str, Any]:
    from dutybound.assess.opening import envelopes_in, peek

    claims: list[tuple[str, Claim]] = []
    refused: list[Refused] = []
    for name, raw in envelopes_in(folder):
        found = peek(raw, name)
        if isinstance(found, Refused):
            refused.append(found)
        elif found.handling in shown:
            claims.append((name, found))
        else:
            reason = f"It is marked {found.handling} and is not listed by default."
            refused.append(Refused(found.id, name, None, "handling", reason))
    return {
        "schema": "dutybound/evidence-list/1",
        "system": None,
        "version": None,
        "as_of": str(day),
        "evidence": [_plain(name, claim) for name, claim in claims],
        "refused": [refusal(r) for r in refused],
        "limits": [UNCHECKED],
        "signatures": "not_checked",
    }


def _plain(name: str, claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.id,
        "file": name,
        "kind": str(claim.kind),
        "what": claim.what,
        "system": claim.system,
        "version": claim.version,
        "author": claim.author,
        "issuer": claim.issuer,
        "made_on": str(claim.made_on),
        "valid_from": str(claim.valid_from),
        "valid_until": None if claim.valid_until is None else str(claim.valid_until),
        "handling": str(claim.handling),
        "claims": claim.rung.word,
        "controls": list(claim.controls),
    }


def _peek_page(value: dict[str, Any]) -> Iterator[str]:
    yield title(plural(len(value["evidence"]), "claim"))
    yield from rows(
        (e["id"], e["kind"], f"claims {e['claims']}", e["what"]) for e in value["evidence"]
    )
    yield from refused_lines(value["refused"])
    yield ""
    yield wrapped(UNCHECKED)
