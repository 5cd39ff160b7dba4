"""`dutybound describe TABLE`."""

from __future__ import annotations

from pathlib import Path

import click

from dutybound.cli import page
from dutybound.cli.law_list import JSON
from dutybound.cli.measure_profile import progress
from dutybound.cli.options import json_text, print_json

LEAST = 3


@click.command("describe")
@click.argument("table", required=False, type=click.Path(path_type=Path))
@click.option(
    "--config", "config_file", type=click.Path(dir_okay=False, path_type=Path),
    help="What the columns mean: measures.yaml.",
)  # fmt: skip
@click.option(
    "--k", "k", type=click.IntRange(min=LEAST), default=10, show_default=True,
    help="The smallest group of rows that is told apart.",
)  # fmt: skip
@click.option("--no-duplicates", "skip", is_flag=True, help="Do not look for equal rows.")
@click.option(
    "-o", "target", type=click.Path(dir_okay=False, path_type=Path),
    help="Write the JSON to a file.",
)  # fmt: skip
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page.")
@JSON
def command(
    table: Path | None,
    config_file: Path | None,
    k: int,
    skip: bool,
    target: Path | None,
    html: Path | None,
    as_json: bool,
) -> None:
    """Describe TABLE, a Parquet file or folder: columns, types, missing, distributions, equal rows.

    Nothing is told about a single row: no value that fewer than k rows share, no least or largest
    value, no identifier, no free text. With --config the columns have their roles, and TABLE may
    be left out if the configuration has a `source`.
    """
    from dutybound.assess.describe import as_json as plain
    from dutybound.assess.describe import describe
    from dutybound.cli.evidence_options import write_page
    from dutybound.packs.measure_config import read_measure_config

    config = read_measure_config(config_file) if config_file else None
    with progress() as report:
        found = describe(
            str(table) if table else None, config, k, duplicates=not skip, report=report
        )
    if target is not None:
        write_page(target, json_text(plain(found)))
    if html is not None:
        from dutybound.assess.describe_html import description_page

        write_page(html, description_page(found))
    if as_json:
        print_json(plain(found))
    elif target is None and html is None:
        from dutybound.cli.describe_page import lines

        page.show(lines(found))
