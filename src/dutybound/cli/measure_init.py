"""`dutybound measure init TABLE`."""

from __future__ import annotations

from pathlib import Path

import click

from dutybound.cli import page
from dutybound.cli.law_list import JSON
from dutybound.cli.options import print_json
from dutybound.errors import BadInput


@click.command("init")
@click.argument("table", type=click.Path(path_type=Path))
@click.option(
    "-o", "target", type=click.Path(dir_okay=False, path_type=Path), default=Path("measures.yaml"),
    help="The file to write (default: measures.yaml).",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Write over an existing file.")
@JSON
def command(table: Path, target: Path, force: bool, as_json: bool) -> None:
    """Look at TABLE, a Parquet file or folder, and propose a configuration.

    Columns that look like protected attributes are listed as candidates and are not used.
    """
    from dutybound.assess.measure_table import propose_config

    if target.exists() and not force:
        raise BadInput.one(str(target), "The file exists. Use --force to write over it.")
    found = propose_config(table, target.parent)
    target.write_text(found.text, encoding="utf-8")
    if as_json:
        found_json = {"file": str(target), "notes": list(found.notes)}
        print_json({"schema": "dutybound/measure-init/1", **found_json})
        return
    lines = [f"Wrote {target}. Check every line of it.", ""]
    lines += [page.wrapped(note, 2, hang=4) for note in found.notes]
    page.show([*lines, "", f"Next: dutybound measure profile {table} --config {target} -o FOLDER"])
