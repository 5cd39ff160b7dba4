"""`dutybound evidence show FILE|DIGEST`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from dutybound.cli import page
from dutybound.cli.law_list import JSON
from dutybound.cli.options import json_text, print_json


@click.command("show")
@click.argument("which", metavar="FILE|DIGEST")
@click.option(
    "--in",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    help="The record folder in which a digest is looked up (default: this folder).",
)
@click.option("--trust", type=click.Path(path_type=Path), help="Whose signature counts.")
@JSON
def command(which: str, folder: Path, trust: Path | None, as_json: bool) -> int:
    """One signed statement, whole: type, signer, subject, claim, and what other tools read.

    FILE is an envelope; DIGEST the sha256 of one, or the first eight digits of it or more.
    """
    from dutybound.assess.showing import find_envelope, shown
    from dutybound.packs.evidence import read_trust

    found = find_envelope(which, folder)
    value = shown(found, None if trust is None else read_trust(trust))
    if as_json:
        print_json(value)
    else:
        page.show(_lines(value))
    return 0


def _lines(value: dict[str, Any]) -> Iterator[str]:
    yield page.title(f"{value['claim']['id']}  {value['claim']['kind']}")
    yield page.wrapped(str(value["claim"]["what"]))
    yield ""
    yield from page.rows((k, str(value[k])) for k in ("file", "sha256", "predicate_type", "key"))
    yield from page.rows([("signature", _signature(value["signature"]))])
    for one in value["subject"]:
        yield from page.rows([("subject", f"{one['name']}  {one['sha256']}")])
    yield ""
    yield page.heading("Claim, as it was signed")
    yield from json_text(value["claim"]).splitlines()
    if value["others_read"]:
        yield ""
        yield page.heading("What other tools read")
        yield from json_text(value["others_read"]).splitlines()


def _signature(found: dict[str, Any]) -> str:
    if not found["checked"]:
        return "not checked: nobody is trusted without --trust"
    return f"by {found['person']}" if found["holds"] else f"{found['code']}: {found['reason']}"
