"""Options that several commands share, and what they read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from dutybound.assess.failing import NAMES, Condition, parse
from dutybound.packs.facts import as_date
from dutybound.terms.law import Content

F = TypeVar("F", bound=Callable[..., Any])
MARKETS = ("eu", "us", "uk", "own")


class Day(click.ParamType[date]):
    """A day as YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        found = value if isinstance(value, date) else as_date(value)
        if found is None:
            self.fail(f"`{value}` is not a date as YYYY-MM-DD.", param, ctx)
        return found


class Markets(click.ParamType[tuple[str, ...]]):
    """One or several of eu, us, uk, separated by commas."""

    name = "eu,us,uk"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        found = tuple(part.strip() for part in str(value).split(",") if part.strip())
        for part in found:
            if part not in MARKETS:
                self.fail(f"`{part}` is not one of {', '.join(MARKETS)}.", param, ctx)
        return found


class FailOn(click.ParamType[Condition]):
    """A condition under which the command ends with exit code 1."""

    name = "CONDITION"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Condition:
        found = value if isinstance(value, Condition) else parse(str(value))
        if found is None:
            known = ", ".join(NAMES)
            self.fail(f"`{value}` is not one of {known} (due:P90D).", param, ctx)
        return found


def judging(command: F) -> F:
    """--as-of, --known-on, --market, --content, --json."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option(
            "--content",
            "content_dirs",
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            multiple=True,
            help="A folder with acts of your own, added to the content.",
        ),
        click.option("--market", "markets", type=Markets(), help="Only these markets."),
        click.option("--known-on", type=Day(), help="Texts published up to this day."),
        click.option("--as-of", type=Day(), help="The day to judge (default: today)."),
    ):
        command = option(command)
    return command


def load_content(folders: tuple[Path, ...] = ()) -> Content:
    """The content, with further folders added."""
    from dutybound.packs.compile import default_content

    return default_content(folders)


def today() -> date:
    """The clock is read here, at the edge, and nowhere else."""
    return date.today()


def json_text(value: Any) -> str:
    """A value as JSON, in a stable order; it ends with a newline."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n"


def print_json(value: Any) -> None:
    """Print a value as JSON, in a stable order."""
    click.echo(json_text(value), nl=False)
