"""Progress in one line of stderr, for people only."""

from __future__ import annotations

import sys

import click


class Bar:
    """Progress on stderr, if a person looks."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._width = 0

    def __call__(self, done: int, count: int, name: str) -> None:
        if not self._shown:
            return
        text = f"{done}/{count} {name}"
        click.echo(f"\r{text:<{self._width}}", nl=False, err=True)
        self._width = len(text)

    def end(self) -> None:
        """Clear the line."""
        if self._shown:
            click.echo(f"\r{'':<{self._width}}\r", nl=False, err=True)
