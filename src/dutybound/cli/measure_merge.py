"""`dutybound measure merge FILES -o FILE`."""

from __future__ import annotations

from pathlib import Path

import click

from dutybound.cli.law_list import JSON
from dutybound.cli.measure_profile import plain
from dutybound.cli.options import print_json


@click.command("merge")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o", "target", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write.",
)  # fmt: skip
@JSON
def command(files: tuple[Path, ...], target: Path, as_json: bool) -> None:
    """Add profiles FILES into one, as if their rows had been read together.

    They must have the same bins: profile each with the same stored reference profile.
    """
    from dutybound.assess.measure_table import merge_profiles

    found = merge_profiles(files, target)
    if as_json:
        print_json({"schema": "dutybound/measure-merge/1", **plain(found)})
        return
    click.echo(f"{found.window} {found.rows:,} rows {found.stored.path}")
    click.echo(f"{found.window} sha256: {found.stored.sha256}")
