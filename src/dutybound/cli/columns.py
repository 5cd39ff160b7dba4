"""Texts side by side, wrapped in columns of equal width."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

import click

from dutybound.cli import page

GAP = 3
SIGNS = {
    "equal-to": "=",
    "equivalent-to": "=",
    "superset-of": ">",
    "subset-of": "<",
    "intersects-with": "~",
    "no-relationship": "x",
}
LEGEND = "= same   > contains it   < is part of it   ~ shares a part   (strength 1 to 10)"
COLOURS = {
    "full": "green",
    "partial": "yellow",
    "none": "red",
    "unknown coverage": "magenta",
}


def side_by_side(
    headings: Sequence[str], columns: Sequence[Sequence[str]], *, bullet: str = ""
) -> Iterator[str]:
    """Lists in columns under their headings. bullet: what stands before each entry."""
    count = len(headings)
    width = (page.width() - GAP * (count - 1)) // count
    wrapped = [
        [
            line
            for item in column
            for line in textwrap.wrap(
                item, width, initial_indent=bullet, subsequent_indent=" " * len(bullet)
            )
        ]
        for column in columns
    ]
    yield _row([click.style(h[:width], bold=True) for h in headings], width)
    for i in range(max(map(len, wrapped), default=0)):
        yield _row([column[i] if i < len(column) else "" for column in wrapped], width)


def _row(cells: Sequence[str], width: int) -> str:
    padded = (cell + " " * (width - len(click.unstyle(cell))) for cell in cells)
    return (" " * GAP).join(padded).rstrip()


def covered(word: str) -> str:
    """A coverage as a coloured word."""
    return click.style(word, fg=COLOURS.get(word))
