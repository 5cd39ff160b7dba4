"""`dutybound evidence`: sign it, add it, check it, list it; SOC 2 reports and ISO certificates."""

from __future__ import annotations

from typing import Final

import click

from dutybound.cli.lazy import LazyGroup

COMMANDS: Final = {
    "sign": "Sign a claim of any kind, a SOC 2 summary or an ISO certificate.",
    "add": "Add signed statements and their files to a record folder.",
    "check": "Check signed evidence for a system and a day.",
    "list": "What lies in a folder of evidence.",
    "show": "One signed statement, whole.",
    "soc2": "Write a SOC 2 summary, and see what the report proves.",
    "iso": "See what an ISO certificate proves.",
}


@click.group("evidence", cls=LazyGroup, known=COMMANDS, prefix="evidence_")
def command() -> None:
    """Evidence: sign it, add it, check it, list it; SOC 2 reports and ISO certificates."""
