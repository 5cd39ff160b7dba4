"""`dutybound documents status PROFILE --dossier DIR`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dutybound.cli.documents_options import FOLDER, looking_at_records, opened
from dutybound.cli.options import print_json


@click.command("status")
@looking_at_records
@click.option("--dossier", type=FOLDER, help="The folder that was written, to see what is stale.")
@click.option("--questions", is_flag=True, help="List every open question.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--fail-on", "fail_on", type=click.Choice(["open", "stale"]), multiple=True,
    help="Exit 1 if a document is open, or no longer shows what the records say.",
)  # fmt: skip
def command(
    profile: Path,
    dossier: Path | None,
    questions: bool,
    as_json: bool,
    fail_on: tuple[str, ...],
    **given: Any,
) -> int:
    """Which sections of the documents are complete, open or stale."""
    from dutybound.assess.documents_status import status

    found = status(opened(profile, **given), dossier)
    if as_json:
        print_json(found)
    else:
        for document in found["documents"]:
            _document(document, questions)
        for name in found["changed_by_hand"]:
            click.echo(f"changed by hand: {name}")
        for name in found["no_longer_needed"]:
            click.echo(f"no longer needed: {name}")
    states = {s["state"] for d in found["documents"] for s in d["sections"]}
    if any(d["issued"] and d["issued"]["stale"] for d in found["documents"]):
        states.add("stale")
    return 1 if states & set(fail_on) else 0


def _document(found: dict[str, Any], questions: bool) -> None:
    counts = {
        state: sum(s["state"] == state for s in found["sections"])
        for state in ("complete", "open", "stale")
    }
    said = ", ".join(f"{n} {state}" for state, n in counts.items() if n)
    written = "" if found["written"] else "; not written yet"
    issued = found["issued"]
    more = "" if issued is None else f"; version {issued['version']} issued {issued['on']}"
    if issued and issued["stale"]:
        more += ", STALE: " + ", ".join(issued["stale_sections"])
    click.echo(f"{found['id']:<40} {said}{written}{more}")
    for section in found["sections"]:
        for why in section["because"]:
            text = f"{why['record']}: {why['was'] or '-'} -> {why['is'] or '-'}"
            click.echo(f"    {section['id']}: {text}")
        for q in section["questions"] if questions else ():
            about = f" ({q['about']})" if q["about"] else ""
            click.echo(f"    {section['id']}: {q['ask']}{about} [{q['field']}]")
