"""`dutybound portfolio DIR`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dutybound.cli import page
from dutybound.cli.options import judging, load_content, print_json, today

if TYPE_CHECKING:
    from dutybound.assess.portfolio import Portfolio, Row


@click.command("portfolio")
@click.argument("folder", type=click.Path(path_type=Path))
@judging
def command(
    folder: Path,
    as_of: date | None,
    known_on: date | None,
    markets: tuple[str, ...] | None,
    content_dirs: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Assess every profile below FOLDER: one line for each system.

    Reads .yaml, .yml, .json and .jsonl (one profile a line). Use `assess` for the reasons.
    """
    from dutybound.assess.portfolio import portfolio, profile_files

    content = load_content(content_dirs)
    files = profile_files(folder)
    result = portfolio(
        content,
        files,
        today=today(),
        as_of=as_of,
        known_on=known_on,
        markets=markets,
        progress=_progress(len(files)),
    )
    for problem in result.refused:
        click.echo(str(problem), err=True)
    if as_json:
        print_json(result.as_json())
    else:
        page.show(_page(result))
    return 2 if result.refused else 0


def _progress(total: int) -> Callable[[int], None]:
    def show(done: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{done:,} of {total:,} systems", err=True, nl=done >= total)

    return show


def _page(result: Portfolio) -> Iterator[str]:
    yield page.title(f"{page.plural(len(result.rows), 'system')} as of {result.as_of}")
    head = ("system", "prohibited", "binds now", "comes", "unknown", "next day", "classes")
    yield from page.rows([head, *(_row(row) for row in result.rows)], indent=0)
    yield ""
    yield page.wrapped(
        "Numbers are findings on binding rules, by party, use and place. A question mark: a "
        "prohibited practice is not ruled out. This is information about law, not legal advice."
    )


def _row(row: Row) -> tuple[str, ...]:
    def total(*outcomes: str) -> str:
        return str(sum(c.get(o, 0) for c in row.counts.values() for o in outcomes))

    prohibited = click.style("YES", fg="bright_red") if row.prohibited else ""
    prohibited = prohibited or ("?" if row.prohibited_open else "no")
    classes = [c for c, o in sorted(row.classes.items()) if o in ("applies", "not_yet_applicable")]
    return (
        row.system[:24],
        prohibited,
        total("applies"),
        total("not_yet_applicable"),
        total("undetermined", "contested"),
        row.next_day.isoformat() if row.next_day else "",
        ", ".join(_short(c) for c in classes),
    )


def _short(rule_id: str) -> str:
    return rule_id.partition(".")[2] or rule_id
