"""`dutybound records check RECORD --system ID`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from dutybound.cli.evidence_options import trust_of
from dutybound.cli.options import print_json
from dutybound.errors import BadInput


@click.command("check")
@click.argument("record", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--system", required=True, help="The system that decided, by id.")
@click.option("--trust", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--fail-on", "fail_on", type=click.Choice(["fault", "gap"]), multiple=True,
    help="Exit 1 if something is broken, or numbers are missing.",
)  # fmt: skip
def command(
    record: Path, system: str, trust: Path | None, as_json: bool, fail_on: tuple[str, ...]
) -> int:
    """Check every sealed batch: file, records, root, sequence numbers, chain of manifests."""
    from dutybound.assess.record_batches import check_batches

    keys = trust_of(record, trust)
    if keys is None:
        raise BadInput.one(str(record), "No trust.yaml names the keys. Give --trust FILE.")
    found = check_batches(record, keys, system)
    if as_json:
        print_json({"schema": "dutybound/records-check/1", **asdict(found)})
    else:
        for fault in found.faults:
            click.echo(f"FAULT {fault}")
        said = f"{found.rows:,} records in {found.batches} batches, {found.gaps:,} missing"
        click.echo(f"{said}, {len(found.faults)} faults")
    holds = {"fault": bool(found.faults), "gap": bool(found.gaps)}
    return 1 if any(holds[f] for f in fail_on) else 0
