"""`dutybound log fsck DIR`."""

from __future__ import annotations

from pathlib import Path

import click

from dutybound.cli.log_options import JSON, RECORD, STORE
from dutybound.cli.options import print_json
from dutybound.cli.page import plural


@click.command("fsck")
@RECORD
@STORE
@click.option("--fail-on", type=click.Choice(["fault"]), help="Exit with 1 if there is a fault.")
@JSON
def command(record: Path, store: str | None, fail_on: str | None, as_json: bool) -> int:
    """Compute the whole log again: rows, tiles, checkpoints, receipts, objects, signer.

    It needs the log's own files. An auditor who trusts nobody uses a verifier of their own.
    """
    from dutybound.assess.log import open_log
    from dutybound.assess.log_check import check_log

    with open_log(record, store) as log:
        found = check_log(log)
    faults = [{"where": f.where, "what": f.what} for f in found.faults]
    if as_json:
        print_json(
            {
                "schema": "dutybound/log-fsck/1",
                "entries": found.entries,
                "tiles": found.tiles,
                "checkpoints": found.checkpoints,
                "receipts": found.receipts,
                "faults": faults,
            }
        )
    else:
        for fault in found.faults:
            click.echo(f"{fault.where}: {fault.what}")
        click.echo(
            f"{plural(found.entries, 'entry', 'entries')}, {plural(found.tiles, 'tile')},"
            f" {plural(found.checkpoints, 'checkpoint')}, {plural(found.receipts, 'receipt')}:"
            f" {plural(len(faults), 'fault')}"
        )
    return 1 if faults and fail_on else 0
