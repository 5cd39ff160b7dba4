"""`dutybound documents`: the dossier of a system."""

from __future__ import annotations

from typing import Final

import click

from dutybound.cli.lazy import LazyGroup

COMMANDS: Final = {
    "write": "Write the documents of a system into a folder.",
    "status": "Which sections are complete, open or stale.",
    "issue": "Issue a document: stamped copies and a signed statement.",
    "list": "The documents there are: what each answers and when it is needed.",
    "review": "A page on which a person reviews a decision and signs the outcome.",
    "reviewed": "What the signed reviews of a decision amount to.",
}


class DocumentsGroup(LazyGroup):
    """The group, where `documents PROFILE -o DIR` stands for `documents write`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and not args[0].startswith("-") and args[0] not in self.known and "-o" in args:
            args = ["write", *args]
        return super().parse_args(ctx, args)


@click.group("documents", cls=DocumentsGroup, known=COMMANDS, prefix="documents_")
def command() -> None:
    """The dossier of a system: `documents PROFILE -o DIR`, or a step of it.

    Documents are views of records: every paragraph names its record, what nobody answered is
    visible, and a document with an open question cannot be issued.
    """
