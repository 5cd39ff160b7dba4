"""`dutybound card`: model cards and bills of materials."""

from __future__ import annotations

from typing import Final

import click

from dutybound.cli.lazy import LazyGroup

COMMANDS: Final = {
    "import": "Take over what a model card or a CycloneDX model says.",
    "export": "Write a model card or a CycloneDX model.",
}


@click.group("card", cls=LazyGroup, known=COMMANDS, prefix="card_")
def command() -> None:
    """Model cards of the Hugging Face Hub and CycloneDX ML-BOMs: import and export."""
