"""`dutybound log rotate DIR`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from dutybound.cli.log_options import JSON, RECORD, STORE, key_value
from dutybound.cli.options import print_json


@click.command("rotate")
@RECORD
@STORE
@JSON
def command(record: Path, store: str | None, as_json: bool) -> int:
    """Change the log's key.

    The old key signs a record that names the new one; the record becomes an entry; both keys sign
    a checkpoint over it; then the old private key is removed. Stopped, run it again.
    """
    from dutybound.assess.log import open_log
    from dutybound.assess.log_rotate import rotate_key

    with open_log(record, store) as log:
        done = rotate_key(log, datetime.now(UTC))
    if as_json:
        print_json(
            {
                "schema": "dutybound/log-rotate/1",
                "old": key_value(done.old),
                "new": key_value(done.new),
                "index": done.index,
                "size": done.size,
            }
        )
    else:
        click.echo(done.new.text)
        click.echo(
            f"Entry {done.index:,} names the new key; both signed {done.size:,} entries. Give the"
            " line above to those who check the log.",
            err=True,
        )
    return 0
