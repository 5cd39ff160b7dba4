"""`dutybound log publish DIR`."""

from __future__ import annotations

from pathlib import Path

import click

from dutybound.cli.log_options import JSON, RECORD, STORE, waits
from dutybound.cli.options import print_json


@click.command("publish")
@RECORD
@STORE
@JSON
def command(record: Path, store: str | None, as_json: bool) -> int:
    """Publish what was appended: tiles, entry bundles, checkpoint, receipts.

    The order holds at every moment: who reads the checkpoint finds all that it speaks of.
    """
    from dutybound.assess.log import open_log
    from dutybound.assess.log_append import publish_log

    with open_log(record, store) as log:
        done = publish_log(log)
    if as_json:
        print_json(
            {
                "schema": "dutybound/log-publish/1",
                "size": done.size,
                "new": done.new,
                "waiting": done.waiting,
                "checkpoint": done.checkpoint.decode(),
            }
        )
        return 0
    if done.waiting:
        click.echo(waits(done), err=True)
    else:
        click.echo(f"published: {done.size:,} entries, {done.new:,} of them new")
    return 0
