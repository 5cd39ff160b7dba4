"""`dutybound log`: the transparency log of a record folder."""

from __future__ import annotations

from typing import Final

import click

from dutybound.cli.lazy import LazyGroup

COMMANDS: Final = {
    "init": "Make the log of a record folder.",
    "append": "Append signed envelopes and write their receipts.",
    "publish": "Publish what was appended: tiles, checkpoint, receipts.",
    "fsck": "Compute the whole log again and account for every byte.",
    "proof": "The receipt of an entry.",
    "checkpoint": "The newest published checkpoint, or the proof from an older one.",
    "witness": "Ask witnesses for their signatures, or be a witness.",
    "timestamp": "Have signatures stamped by a time-stamp authority.",
    "rotate": "Change the log's key.",
    "erase": "Erase an envelope or a file; its digest and every proof stay.",
    "signer": "Run the signer in a process of its own.",
}


@click.group("log", cls=LazyGroup, known=COMMANDS, prefix="log_")
def command() -> None:
    """The transparency log of a record folder: what was appended stays as it was.

    It does not show that what was appended is true, or that it is everything.
    """
