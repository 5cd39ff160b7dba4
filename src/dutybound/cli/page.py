"""Text that reads well at 80 columns, in colour and without."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

import click

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
COLOURS: Final = {
    "applies": "red",
    "prohibited": "bright_red",
    "contested": "magenta",
    "undetermined": "yellow",
    "not_yet_applicable": "cyan",
    "excepted": "blue",
    "no_longer_applicable": "bright_black",
    "does_not_apply": "bright_black",
}
WORDS: Final = {
    "applies": "applies",
    "contested": "contested",
    "undetermined": "unknown",
    "not_yet_applicable": "not yet",
    "excepted": "excepted",
    "no_longer_applicable": "gone",
    "does_not_apply": "no",
}


def width() -> int:
    """Columns to fill: those of the terminal, between 60 and 100; 80 if there is none."""
    return max(60, min(100, shutil.get_terminal_size((80, 24)).columns))


def title(text: str) -> str:
    """A line that heads the page."""
    return click.style(text, bold=True)


def heading(text: str, *, colour: str | None = None) -> str:
    """A line that heads a part."""
    return click.style(text, bold=True, fg=colour)


def wrapped(text: str, indent: int = 0, *, first: str = "", hang: int | None = None) -> str:
    """A paragraph, broken at the page's width. first: what stands before the first line."""
    hang = indent if hang is None else hang
    return textwrap.fill(
        text,
        width=width(),
        initial_indent=" " * indent + first,
        subsequent_indent=" " * (hang + (len(first) if first and hang == indent else 0)),
        break_long_words=False,
        break_on_hyphens=False,
    )


def rows(lines: Iterable[Sequence[str]], indent: int = 2, gap: int = 2) -> Iterator[str]:
    """A table without rules: the last column is wrapped, the others are as wide as they need."""
    table = [tuple(line) for line in lines]
    if not table:
        return
    columns = len(table[0])
    sizes = [max(len(click.unstyle(line[i])) for line in table) for i in range(columns - 1)]
    start = indent + sum(sizes) + gap * (columns - 1)
    room = max(20, width() - start)
    for line in table:
        head = " " * indent
        for cell, size in zip(line, sizes, strict=False):
            head += cell + " " * (size - len(click.unstyle(cell)) + gap)
        parts = textwrap.wrap(line[-1], room, break_long_words=False, break_on_hyphens=False)
        yield head + (parts[0] if parts else "")
        for part in parts[1:]:
            yield " " * start + part


def outcome(word: str) -> str:
    """An outcome as a short coloured word."""
    return click.style(WORDS.get(word, word), fg=COLOURS.get(word))


def day(iso: str | None) -> str:
    """An ISO date as it is read."""
    if iso is None:
        return ""
    d = date.fromisoformat(iso)
    return f"{d.day} {MONTHS[d.month - 1]} {d.year}"


def show(lines: Iterable[str], *, pager: bool = True) -> None:
    """Print lines; page them if they are longer than the terminal."""
    text = "\n".join(lines) + "\n"
    tall = text.count("\n") > shutil.get_terminal_size((80, 24)).lines
    if pager and tall and sys.stdout.isatty() and sys.stdin.isatty():
        click.echo_via_pager(text)
    else:
        click.echo(text, nl=False)


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 duty`, `2 duties`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
