"""`dutybound measure`: decision tables."""

from __future__ import annotations

from typing import Final

import click

from dutybound.cli.lazy import LazyGroup

COMMANDS: Final = {
    "init": "Propose a configuration for a table.",
    "profile": "Count the windows of a table and keep the counts.",
    "merge": "Add profiles, such as those of days.",
}


@click.group("measure", cls=LazyGroup, known=COMMANDS, prefix="measure_")
def command() -> None:
    """Decision tables become counts: bins, groups, scores. Rows stay where they are."""
