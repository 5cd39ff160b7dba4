"""`dutybound keys`: keys to sign evidence with."""

from __future__ import annotations

from typing import Final

import click

from dutybound.cli.lazy import LazyGroup

COMMANDS: Final = {
    "new": "Make a key to sign with, and its entry for trust.yaml.",
    "rotate": "Replace a key: a new one, and both entries of trust.yaml.",
    "show": "The public half of a key.",
}


@click.group("keys", cls=LazyGroup, known=COMMANDS, prefix="keys_")
def command() -> None:
    """Keys to sign evidence with: ECDSA on the curve P-256. Private halves are never printed."""
