"""`dutybound records seal JOURNAL --to RECORD --system ID --control C --sign KEY`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from dutybound.cli.evidence_options import Names, trust_of
from dutybound.cli.key_options import opened_key
from dutybound.cli.options import print_json
from dutybound.errors import BadInput


@click.command("seal")
@click.argument("journal", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--to", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="The record folder; the manifests enter its log, if it has one.",
)  # fmt: skip
@click.option("--system", required=True, help="The system that decided, by id.")
@click.option("--version", help="Its version, if all records are of one.")
@click.option(
    "--control", "controls", required=True, type=Names(),
    help="The controls for which the records are evidence, separated by commas.",
)  # fmt: skip
@click.option("--party", "parties", type=Names(), help="Whose practice the records show.")
@click.option("--sign", "key", required=True, metavar="KEY", help="The key to sign with.")
@click.option("--trust", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--all", "everything", is_flag=True, help="Also what is not a full part yet.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    journal: Path,
    to: Path,
    system: str,
    version: str | None,
    controls: tuple[str, ...],
    parties: tuple[str, ...] | None,
    key: str,
    trust: Path | None,
    everything: bool,
    as_json: bool,
) -> int:
    """Seal the finished parts of JOURNAL: a Parquet file and a signed manifest for each.

    What was sealed leaves the journal. The command can be stopped anywhere and called again.
    """
    from dutybound.assess.record_batches import Sealing, seal
    from dutybound.store.journal import Journal

    found = trust_of(to, trust)
    if found is None:
        raise BadInput.one(str(to), "No trust.yaml names the key. Give --trust FILE.")
    if everything:
        opened = Journal(journal)
        opened.roll()
        opened.close()
    asked = Sealing(system, version, controls, parties or (), datetime.now(UTC))
    batches = []
    for batch in seal(journal, to, asked, opened_key(key), found):
        batches.append(batch)
        gaps = f", {batch.gaps:,} MISSING before it" if batch.gaps else ""
        click.echo(f"sealed: {batch.rows:,} records in {batch.file}{gaps}", err=True)
    if as_json:
        rows = [asdict(b) for b in batches]
        print_json({"schema": "dutybound/records-seal/1", "batches": rows})
    else:
        click.echo(f"{len(batches)} batches, {sum(b.rows for b in batches):,} records")
    return 0
