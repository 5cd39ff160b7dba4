"""`dutybound log init DIR --origin NAME`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from dutybound.cli.log_options import JSON, RECORD, STORE, key_value
from dutybound.cli.options import print_json


@click.command("init")
@RECORD
@click.option("--origin", required=True, metavar="NAME", help="Its name, such as log.example.com.")
@STORE
@click.option("--signer", "folder", metavar="FOLDER", help="Where the signer's key is made.")
@click.option("--signer-socket", "socket", metavar="SOCKET", help="A signer that runs apart.")
@JSON
def command(
    record: Path,
    origin: str,
    store: str | None,
    folder: str | None,
    socket: str | None,
    as_json: bool,
) -> int:
    """Make the log of a record folder: its key, its database, its first checkpoint.

    The private key goes into a folder that only its owner can read; it is never printed. A
    connection string is not written down: set DUTYBOUND_LOG_DSN for the other commands.
    """
    from dutybound.assess.log import Place, init_log

    place = Place(store, folder, socket)
    with init_log(record, origin, datetime.now(UTC), place) as log:
        key = log.current_key()
    if "/" in origin:
        click.echo(f"Note: cosign reads no log whose name has a path, such as {origin}.", err=True)
    if as_json:
        print_json({"schema": "dutybound/log-init/1", "origin": origin, "key": key_value(key)})
    else:
        click.echo(key.text)
        click.echo(f"The log is in {record / 'log'}. The line above is its public key.", err=True)
    return 0
