"""`dutybound evidence`: sign it, check it, list it; SOC 2 reports and ISO certificates."""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

COMMANDS: Final = {
    "key": "Make a key to sign with, and its entry for trust.yaml.",
    "sign": "Sign a claim, a SOC 2 summary or an ISO certificate.",
    "check": "Check signed evidence for a system and a day.",
    "list": "What lies in a folder of evidence.",
    "soc2": "Write a SOC 2 summary, and see what the report proves.",
    "iso": "See what an ISO certificate proves.",
}


class _Group(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(f"dutybound.cli.evidence_{cmd_name}").command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group("evidence", cls=_Group)
def command() -> None:
    """Evidence: sign it, check it, list it; SOC 2 reports and ISO certificates."""
