"""`dutybound law`: the content itself."""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

COMMANDS: Final = {
    "list": "Instruments and rules.",
    "show": "One instrument or rule, with all its texts.",
    "lint": "Check the content and run its cases.",
    "diff": "What changed between two days, and for which systems.",
    "compile": "Make the compiled form that the commands read.",
}


class _Group(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(f"dutybound.cli.law_{cmd_name}").command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group("law", cls=_Group)
def command() -> None:
    """The content itself: list, show, lint, diff."""
