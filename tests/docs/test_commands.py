"""Every command, subcommand, argument and option stands in docs/reference/commands.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from dutybound.cli.main import cli

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
PAGE = (DOCS / "reference/commands.md").read_text(encoding="utf-8")
HEADS = re.findall(r"^## (dutybound [\w -]+)$", PAGE, re.M)


def names(group: click.Group, before: str = "") -> Iterator[str]:
    """The words of every command, groups before what is in them."""
    for word in group.list_commands(click.Context(group)):
        name = f"{before}{word}"
        yield name
        try:
            found = group.get_command(click.Context(group), word)
        except ModuleNotFoundError:  # its own test fails then
            continue
        if isinstance(found, click.Group):
            yield from names(found, f"{name} ")


NAMES = list(names(cli))
GROUPS = {name.rpartition(" ")[0] for name in NAMES}


def section(name: str) -> str:
    """The text under the heading of a command."""
    return PAGE.partition(f"## dutybound {name}\n")[2].partition("\n## ")[0]


def command(name: str) -> click.Command:
    """A command by its words."""
    found: click.Command = cli
    for word in name.split():
        assert isinstance(found, click.Group)
        inner = found.get_command(click.Context(found), word)
        assert inner is not None
        found = inner
    return found


def words_of(found: click.Command) -> Iterator[str]:
    """The words of its arguments and options, as they are typed."""
    for parameter in found.params:
        if isinstance(parameter, click.Option):
            yield from parameter.opts
        else:
            yield (parameter.metavar or parameter.name or "").strip("[]").upper()


def test_headings_are_the_commands() -> None:
    assert sorted(f"dutybound {name}" for name in NAMES) == sorted(HEADS)


@pytest.mark.parametrize("name", NAMES)
def test_command_is_documented(name: str) -> None:
    text = section(name)
    missing = [
        w for w in words_of(command(name)) if not re.search(rf"(?<![\w-]){w}(?![\w-])", text)
    ]
    assert [] == missing


@pytest.mark.parametrize("name", [n for n in NAMES if n not in GROUPS])
def test_command_has_usage_exit_codes_and_an_example(name: str) -> None:
    text = section(name)
    assert "Exit codes: 0" in text
    blocks = re.findall(r"```\n(.*?)```", text, re.S)
    assert all(b.startswith(f"dutybound {name}") for b in (blocks[0], blocks[-1]))
