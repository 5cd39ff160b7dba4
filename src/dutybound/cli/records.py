"""`dutybound records`: decision records, durable and sealed."""

from __future__ import annotations

from typing import Final

import click

from dutybound.cli.lazy import LazyGroup

COMMANDS: Final = {
    "append": "Write decision records into a journal, durably.",
    "seal": "Seal finished parts of a journal in signed batches.",
    "prove": "One record with the proof that it was sealed, and nothing of any other.",
    "check": "Check sealed batches: records, roots, numbers, chain.",
}


@click.group("records", cls=LazyGroup, known=COMMANDS, prefix="records_")
def command() -> None:
    """Decision records: a journal that loses nothing, sealed in signed batches of Parquet files."""
