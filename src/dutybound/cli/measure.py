"""`dutybound measure`: decision tables."""

from __future__ import annotations

from typing import Final

import click

from dutybound.cli.lazy import LazyGroup

COMMANDS: Final = {
    "run": "Measure a table: data quality, drift, fairness, performance.",
    "init": "Propose a configuration for a table.",
    "profile": "Count the windows of a table and keep the counts.",
    "merge": "Add profiles, such as those of days.",
}
OPTION: Final = "--config"


class MeasureGroup(LazyGroup):
    """The group, where `measure TABLE --config FILE` stands for `measure run`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = any(a == OPTION or a.startswith(f"{OPTION}=") for a in args)
        if named and args[0] not in self.known:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group("measure", cls=MeasureGroup, known=COMMANDS, prefix="measure_")
def command() -> None:
    """Measure a decision table: `measure TABLE --config measures.yaml`, or a step of it.

    Rows become counts where they lie; every number comes from the counts.
    """
