"""`dutybound law`: the content itself."""

from __future__ import annotations

from typing import Final

import click

from dutybound.cli.lazy import LazyGroup

COMMANDS: Final = {
    "list": "Instruments and rules.",
    "show": "One instrument or rule, with all its texts.",
    "lint": "Check the content and run its cases.",
    "diff": "What changed between two days, and for which systems.",
    "compile": "Make the compiled form that the commands read.",
}


@click.group("law", cls=LazyGroup, known=COMMANDS, prefix="law_")
def command() -> None:
    """The content itself: list, show, lint, diff."""
