"""`dutybound demo`: the credit-scoring example from end to end."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Final

import click

from dutybound.cli import page
from dutybound.cli.bar import Bar
from dutybound.cli.options import Day, load_content, print_json, today

COUNT: Final = 7


@click.command("demo")
@click.option("--as-of", type=Day(), help="The day to judge (default: today).")
@click.option(
    "--dossier", type=click.Path(file_okay=False, path_type=Path),
    help="Write the documents of the example into this folder too.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_of: date | None, dossier: Path | None, as_json: bool) -> None:
    """The credit-scoring example from end to end, in a few seconds.

    A banking group launches a score for loan approvals in the EU, the US and the UK: what it is in
    law, which duties bind whom, from which day, why, what would change it, what is unknown, what is
    missing, what to do first, and whether it may launch.
    """
    steps = _Steps(COUNT if dossier is None else COUNT + 1)
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
    if dossier is not None:
        steps("write the dossier")
        _write(script.profile, dossier, as_of)
    steps("write the page")
    if as_json:
        print_json(found)
    else:
        page.show(lines(found), pager=False)


def _write(profile: Path, folder: Path, as_of: date | None) -> None:
    """The documents of the example, with progress and one line of result on stderr."""
    from dutybound.assess.documents_write import FORMATS, write_dossier
    from dutybound.cli.documents_options import beside

    bar = Bar()
    found = write_dossier(beside(profile, as_of), folder, FORMATS, replace=True, progress=bar)
    bar.end()
    opens = sum(bool(b.questions) for b in found.documents)
    click.echo(
        f"{len(found.documents)} documents, {opens} with open questions: {folder / 'index.html'}",
        err=True,
    )


class _Steps:
    """Says on stderr which step it is."""

    def __init__(self, count: int) -> None:
        self._done, self._count = 0, count

    def __call__(self, text: str) -> None:
        self._done += 1
        click.echo(f"step {self._done} of {self._count}: {text}", err=True)


def _shown(path: Path) -> str:
    """The path as one would type it here."""
    shown = os.path.relpath(path)
    return str(path) if shown.startswith("..") else shown
