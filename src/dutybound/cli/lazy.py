"""Command groups that import a command only when it is called."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """A group that knows its commands by name.

    known: command to its help in one line. prefix: what stands before the command in the name of
    its module in `dutybound.cli`; the module holds it as `command`.
    """

    def __init__(self, *args: Any, known: Mapping[str, str], prefix: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        self.known = known
        self.prefix = prefix

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.known)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.known:
            return None
        name = cmd_name.replace("-", "_")
        module = import_module(f"dutybound.cli.{self.prefix}{name}")
        found: click.Command = module.command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from dutybound.errors import did_you_mean

        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in self.known:
            raise click.UsageError(f"No such command `{name}`.{did_you_mean(name, self.known)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(self.known.items()))
