"""`dutybound log erase DIR DIGEST --reason TEXT --key FILE`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from dutybound.cli.key_options import key_option, opened_key
from dutybound.cli.log_options import JSON, RECORD, STORE
from dutybound.cli.options import print_json


@click.command("erase")
@RECORD
@click.argument("digest")
@click.option("--reason", required=True, metavar="TEXT", help="Why. It stays; name no person.")
@key_option
@click.option("--before-retention", is_flag=True, help="Even if log.yaml keeps it longer.")
@STORE
@JSON
def command(
    record: Path,
    digest: str,
    reason: str,
    key: str,
    before_retention: bool,
    store: str | None,
    as_json: bool,
) -> int:
    """Erase an envelope or a file by the sha256 of its bytes.

    First a statement that you sign about it is appended; then the bytes go, and the Sigstore
    bundle with them. The entry, its receipt and every proof stay. Backups are yours to erase.
    """
    from dutybound.assess.log import open_log
    from dutybound.assess.log_erase import erase

    now = datetime.now(UTC)
    signing = opened_key(key)
    with open_log(record, store) as log:
        done = erase(log, digest, reason, signing, now, before_retention=before_retention)
    if as_json:
        print_json(
            {
                "schema": "dutybound/log-erase/1",
                "sha256": done.digest,
                "index": done.index,
                "statement": done.record,
                "statement_index": done.record_index,
                "files": done.files,
            }
        )
    else:
        click.echo(f"erased: {done.digest}, {done.files} files; statement {done.record}")
    return 0
