"""`dutybound log checkpoint DIR`."""

from __future__ import annotations

from pathlib import Path

import click

from dutybound.cli.log_options import JSON, RECORD, STORE
from dutybound.cli.options import print_json


@click.command("checkpoint")
@RECORD
@STORE
@click.option("--size", type=click.IntRange(min=0), help="The published one of this size.")
@click.option("--since", type=click.IntRange(min=0), help="The consistency proof from this size.")
@JSON
def command(
    record: Path, store: str | None, size: int | None, since: int | None, as_json: bool
) -> int:
    """Print the newest published checkpoint.

    With --since, print the proof that it extends the tree of an earlier size: one hash a line.
    """
    from dutybound.assess.log import open_log
    from dutybound.assess.log_proof import checkpoint_of, consistency
    from dutybound.ledger.encoding import encode

    with open_log(record, store) as log:
        shown = checkpoint_of(log, size)
        proof = None if since is None else consistency(log, since, shown.head.size)
    if as_json:
        print_json(
            {
                "schema": "dutybound/log-checkpoint/1",
                "origin": shown.head.origin,
                "size": shown.head.size,
                "root": encode(shown.head.root),
                "signatures": [{"name": s.name, "id": s.id.hex()} for s in shown.note.signatures],
                "checkpoint": shown.note.raw.decode(),
                "since": since,
                "consistency": None if proof is None else proof.split(),
            }
        )
    else:
        click.echo(shown.note.raw.decode() if proof is None else proof, nl=False)
    return 0
