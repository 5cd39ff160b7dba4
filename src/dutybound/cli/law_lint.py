"""`dutybound law lint`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dutybound.cli.options import print_json, today

if TYPE_CHECKING:
    from dutybound.assess.lint import Note, Report, Selection
    from dutybound.packs.cases import Case
    from dutybound.terms.law import Content

TENTHS = 10


@click.command("lint")
@click.option("--mutate", "mutating", is_flag=True, help="Flip each condition, exception and date.")
@click.option("--act", "acts", multiple=True, help="Only this act: its id or its folder.")
@click.option("-f", "--file", "files", multiple=True, help="Only rules in files named like this.")
@click.option(
    "--content",
    "folders",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    help="A folder with acts of your own, added to the content.",
)
@click.option("--strict", is_flag=True, help="A missing case makes the check fail.")
@click.option("--sample", type=click.IntRange(min=1), help="With --mutate: only so many flips.")
@click.option("--seed", type=int, default=1, show_default=True, help="Chooses the sample.")
@click.option("--jobs", type=click.IntRange(min=1), help="With --mutate: processes at once.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    mutating: bool,
    acts: tuple[str, ...],
    files: tuple[str, ...],
    folders: tuple[Path, ...],
    strict: bool,
    sample: int | None,
    seed: int,
    jobs: int | None,
    as_json: bool,
) -> int:
    """Check the content and run its cases.

    Names each case that comes out otherwise, and each case that is missing. With --mutate: flips
    every condition, exception and date, and names each flip that no case notices.

    Exit 1: a case fails, a text has a flaw, a flip survives, or with --strict a case is missing.
    """
    from dutybound.assess.lint import selection
    from dutybound.packs.compile import content_folder
    from dutybound.packs.content import read_content

    root = content_folder()
    content = read_content(root, folders)
    roots = (root, *folders)
    paths = [str(p.relative_to(r)) for r in roots for p in (r / "law").glob("*/*/*.yaml")]
    chosen = selection(content, acts, files, paths)
    cases = _cases(roots, content, chosen)
    if mutating:
        return _mutate(roots, content, cases, chosen, (sample, seed, jobs), as_json)
    flaws = () if acts or files else _catalogue_flaws(root, content, complete=not folders)
    return _lint(content, cases, chosen, strict, as_json, flaws)


def _catalogue_flaws(root: Path, content: Content, *, complete: bool) -> tuple[Note, ...]:
    """Flaws of controls, frameworks and crosswalks: dead pinpoints, duties without a control."""
    from dutybound.assess.catalogue import catalogue_problems
    from dutybound.assess.lint import Note

    found = catalogue_problems(root, content, complete=complete)
    return tuple(Note("catalogue", str(p), p.file, p.line) for p in found)


def _cases(roots: tuple[Path, ...], content: Content, chosen: Selection) -> list[Case]:
    """All cases; a broken file of an act that was not asked for is passed over with a note."""
    from dutybound.errors import ContentError
    from dutybound.packs.cases import read_cases
    from dutybound.packs.content import act_folders

    if chosen.acts is None:
        return [case for root in roots for case in read_cases(root, content)]
    names = {rule.file.split("/")[-2] for rule in content.rules.values() if chosen.has(rule)}
    found: list[Case] = []
    for root in roots:
        for name in dict.fromkeys(folder.name for folder in act_folders(root)):
            try:
                found.extend(read_cases(root, content, [name]))
            except ContentError as error:
                if name in names:
                    raise
                click.echo(f"passed over: {error.problems[0]}", err=True)
    return found


def _lint(
    content: Content,
    cases: list[Case],
    chosen: Selection,
    strict: bool,
    as_json: bool,
    flaws: tuple[Note, ...] = (),
) -> int:
    from dataclasses import replace

    from dutybound.assess.lint import cases_about, lint

    count = len(cases_about(cases, content, chosen))
    with _progress("running cases", count) as step:
        report = lint(content, cases, today=today(), chosen=chosen, progress=step)
    report = replace(report, flaws=(*report.flaws, *flaws))
    if as_json:
        print_json(report.as_json())
    else:
        for line in _lines(report):
            click.echo(line)
    return 1 if report.failed(strict=strict) else 0


def _lines(report: Report) -> Iterator[str]:
    yield from (f"FAILED {failure}" for failure in report.failures)
    yield from (f"flaw: {note}" for note in report.flaws)
    yield from (str(note) for note in (*report.gaps, *report.stale))
    yield report.summary


def _mutate(
    roots: tuple[Path, ...],
    content: Content,
    cases: list[Case],
    chosen: Selection,
    how: tuple[int | None, int, int | None],
    as_json: bool,
) -> int:
    from dutybound.assess.mutate import Mutation, read_accepted

    sample, seed, jobs = how
    mutation = Mutation(content, cases, chosen, roots)
    accepted = read_accepted(roots)
    mutants = mutation.sample(sample, seed)
    for failure in mutation.failures:
        click.echo(f"fails already, notices nothing: {failure}", err=True)
    with _progress("flipping", len(mutants)) as step:
        report = mutation.run(mutants, accepted, jobs=jobs, progress=step)
    if as_json:
        print_json(report.as_json())
    else:
        for line in report.lines():
            click.echo(line)
    return 1 if report.failed else 0


@contextmanager
def _progress(what: str, count: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, else a line for every tenth; on stderr, so that results stay clean."""
    if sys.stderr.isatty():
        with click.progressbar(length=count, label=what, file=sys.stderr) as bar:
            yield bar.update
        return
    done = 0

    def step(more: int) -> None:
        nonlocal done
        tenth = done * TENTHS // max(count, 1)
        done += more
        if done * TENTHS // max(count, 1) > tenth:
            click.echo(f"{what}: {done:,} of {count:,}", err=True)

    yield step
