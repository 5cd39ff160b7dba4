"""`dutybound demo`: the credit-scoring example from end to end."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Final

import click

from dutybound.cli import page
from dutybound.cli.options import Day, load_content, print_json, today

COUNT: Final = 7


@click.command("demo")
@click.option("--as-of", type=Day(), help="The day to judge (default: today).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_of: date | None, as_json: bool) -> None:
    """The credit-scoring example from end to end, in a few seconds.

    A banking group launches a score for loan approvals in the EU, the US and the UK: what it is in
    law, which duties bind whom, from which day, why, what would change it, what is unknown, what is
    missing, what to do first, and whether it may launch.
    """
    steps = _Steps()
    steps("read the content and the example")
    from dutybound.assess.demo import read_script
    from dutybound.assess.demo_json import demo
    from dutybound.cli.demo_page import lines

    now = today()
    content = load_content()
    script = read_script()
    found = demo(
        content,
        script,
        _shown(script.profile),
        today=now,
        as_of=as_of or now,
        step=steps,
    )
    steps("write the page")
    if as_json:
        print_json(found)
    else:
        page.show(lines(found), pager=False)


class _Steps:
    """Says on stderr which step it is."""

    def __init__(self) -> None:
        self._done = 0

    def __call__(self, text: str) -> None:
        self._done += 1
        click.echo(f"step {self._done} of {COUNT}: {text}", err=True)


def _shown(path: Path) -> str:
    """The path as one would type it here."""
    shown = os.path.relpath(path)
    return str(path) if shown.startswith("..") else shown
