"""`dutybound measure profile TABLE --config FILE -o FOLDER`."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dutybound.cli import page
from dutybound.cli.law_list import JSON
from dutybound.cli.options import print_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dutybound.assess.measure_table import Written
    from dutybound.warehouse.client import Progress


@click.command("profile")
@click.argument("table", required=False, type=click.Path(path_type=Path))
@click.option(
    "--config", "config_file", required=True, type=click.Path(path_type=Path),
    help="What the columns mean: measures.yaml.",
)  # fmt: skip
@click.option(
    "-o", "folder", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="Where to write the profiles.",
)  # fmt: skip
@JSON
def command(table: Path | None, config_file: Path, folder: Path, as_json: bool) -> None:
    """Count the windows of TABLE, and write reference.json and current.json into a folder.

    TABLE, a Parquet file or folder, replaces the `source` of the configuration. With a stored
    reference profile only the current window is read.
    """
    from dutybound.warehouse.client import Worker

    with Worker() as worker:  # it starts while the imports below go on
        from dutybound.assess.measure_table import profile_table_of, write_profiles
        from dutybound.packs.measure_config import read_measure_config

        config = read_measure_config(config_file)
        with progress() as report:
            found = profile_table_of(
                config, str(table) if table else None, report=report, worker=worker
            )
    written = write_profiles(found, folder)
    if config.candidates:
        named = ", ".join(f"`{c}`" for c in config.candidates)
        click.echo(f"Candidates that nobody has confirmed were not counted: {named}.", err=True)
    if as_json:
        counted = {"outside": found.outside, "profiles": [plain(w) for w in written]}
        print_json({"schema": "dutybound/measure-profile/1", **counted})
        return
    page.show(page.rows((w.window, f"{w.rows:,} rows", w.stored.path) for w in written))
    click.echo(f"{found.outside:,} rows are in no window.")
    for each in written:
        click.echo(f"{each.window} sha256: {each.stored.sha256}")


def plain(written: Written) -> dict[str, object]:
    """A written profile as plain values."""
    stored = written.stored
    return {
        "window": written.window,
        "rows": written.rows,
        "file": stored.path,
        "sha256": stored.sha256,
    }


@contextmanager
def progress() -> Iterator[Callable[[Progress], None] | None]:
    """Shows on a terminal what runs; None if standard error is not one."""
    stream = sys.stderr
    if not stream.isatty():
        yield None
        return

    def show(now: Progress) -> None:
        text = f"{now.done}/{now.total} {now.statement} {now.seconds:.0f} s"
        stream.write(f"\r\x1b[K{text[:78]}")
        stream.flush()

    try:
        yield show
    finally:
        stream.write("\r\x1b[K")
        stream.flush()
