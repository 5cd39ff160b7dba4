"""`dutybound records append JOURNAL [FILE]`."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import click

from dutybound.cli.options import print_json

AT_ONCE = 1000


@click.command("append")
@click.argument("journal", type=click.Path(file_okay=False, path_type=Path))
@click.argument("records", type=click.File("rb"), default="-")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(journal: Path, records: BinaryIO, as_json: bool) -> int:
    """Write RECORDS, one decision record as JSON a line (default: stdin), into JOURNAL.

    Each line is checked. What is counted at the end is on disk, whatever happens next.
    """
    from itertools import islice

    from dutybound.assess.record_batches import append_records
    from dutybound.store.journal import Journal

    opened = Journal(journal)
    first = last = 0
    try:
        while lines := [x for x in islice(records, AT_ONCE) if x.strip()]:
            begin, last = append_records(opened, lines, f"after {last}")
            first = first or begin
    finally:
        opened.close()
    rows = last - first + 1 if last else 0
    if as_json:
        print_json(
            {"schema": "dutybound/records-append/1", "rows": rows, "first": first, "last": last}
        )
    else:
        click.echo(f"{rows:,} records, numbers {first:,} to {last:,}")
    return 0
