"""`dutybound log timestamp DIR`."""

from __future__ import annotations

from pathlib import Path

import click

from dutybound.cli.log_options import JSON, RECORD, STORE
from dutybound.cli.options import print_json


@click.command("timestamp")
@RECORD
@click.option("--url", help="Where the authority answers (RFC 3161 over HTTP).")
@click.option("--name", help="What the authority is called.")
@click.option(
    "--chain",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Its certificates in PEM: the signer's first, the root last.",
)
@STORE
@JSON
def command(
    record: Path,
    url: str | None,
    name: str | None,
    chain: Path | None,
    store: str | None,
    as_json: bool,
) -> int:
    """Have signatures stamped by a time-stamp authority (RFC 3161).

    The first time, name the authority with --url, --name and --chain. From then on `log append`
    asks it, and this command stamps what has no stamp yet.
    """
    from dutybound.assess.log import open_log
    from dutybound.assess.log_timestamp import name_authority, stamp_all

    with open_log(record, store) as log:
        if url is not None and name is not None and chain is not None:
            name_authority(log, name, url, chain)
        elif url is not None or name is not None or chain is not None:
            raise click.UsageError("--url, --name and --chain go together.")
        done = stamp_all(log)
    for note in log.notes:
        click.echo(note, err=True)
    if as_json:
        print_json(
            {
                "schema": "dutybound/log-timestamp/1",
                "new": done.new,
                "stamped": done.stamped,
                "missing": done.missing,
            }
        )
    else:
        click.echo(f"{done.stamped:,} stamped, {done.new:,} of them now; {done.missing:,} without")
    return 0
