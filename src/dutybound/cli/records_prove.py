"""`dutybound records prove RECORD ID --system ID`."""

from __future__ import annotations

from pathlib import Path

import click

from dutybound.cli.evidence_options import trust_of, write_page
from dutybound.cli.options import json_text
from dutybound.errors import BadInput


@click.command("prove")
@click.argument("record", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("name", metavar="ID")
@click.option("--system", required=True, help="The system that decided, by id.")
@click.option("--trust", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write (default: stdout).",
)  # fmt: skip
def command(record: Path, name: str, system: str, trust: Path | None, output: Path | None) -> int:
    """One decision record, by id or sequence number, with the proof that it was sealed.

    The JSON holds the record, and the hashes that lead from it to the root in the signed manifest;
    nothing of any other record.
    """
    from dutybound.assess.record_proof import prove_record

    keys = trust_of(record, trust)
    if keys is None:
        raise BadInput.one(str(record), "No trust.yaml names the keys. Give --trust FILE.")
    text = json_text(prove_record(record, keys, system, name))
    if output is None:
        click.echo(text, nl=False)
    else:
        write_page(output, text)
        click.echo(f"wrote {output}", err=True)
    return 0
