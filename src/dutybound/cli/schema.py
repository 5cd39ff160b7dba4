"""`dutybound schema NAME`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from dutybound.cli import page
from dutybound.cli.law_list import CONTENT, JSON
from dutybound.cli.options import load_content, print_json


@click.command("schema")
@click.argument("name", required=False)
@CONTENT
@JSON
def command(name: str | None, content_dirs: tuple[Path, ...], as_json: bool) -> None:
    """Print the JSON Schema of a file or of an output; without NAME, list them.

    profile and organisation are for editors and are made from the facts; predicate-... are what
    signed statements hold. Most others describe what a command prints with --json.
    """
    from dutybound.assess.schema import schema, schema_names

    if name is not None:
        print_json(schema(name, lambda: load_content(content_dirs)))
    elif as_json:
        print_json(list(schema_names()))
    else:
        page.show(_names(schema_names()))


def _names(names: tuple[str, ...]) -> Iterator[str]:
    yield page.title("JSON Schemas (2020-12)")
    yield from page.rows((name, f"dutybound schema {name}") for name in names)
