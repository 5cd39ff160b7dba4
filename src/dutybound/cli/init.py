"""`dutybound init DIR`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from dutybound.cli import page
from dutybound.cli.law_list import CONTENT, JSON
from dutybound.cli.options import Day, Markets, load_content, print_json, today
from dutybound.errors import BadInput

if TYPE_CHECKING:
    from dutybound.assess.interview import Interview, Unattended
    from dutybound.rules.questions import Question

PROFILE: Final = "system.yaml"
ANSWERS: Final = "answers.yaml"
UNKNOWN: Final = "unknown"


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--from",
    "answers",
    type=click.Path(path_type=Path),
    help="Answers by fact path; nothing is asked.",
)
@click.option("--market", "markets", type=Markets(), help="Ask only what matters in these markets.")
@click.option("--as-of", "as_of", type=Day(), help="The day to judge (default: today).")
@click.option("--force", is_flag=True, help="Write over an existing profile.")
@CONTENT
@JSON
def command(
    folder: Path,
    answers: Path | None,
    markets: tuple[str, ...] | None,
    as_of: date | None,
    force: bool,
    content_dirs: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Ask the fewest questions and write DIR/system.yaml.

    Answers are kept in DIR/answers.yaml after each question, so that Ctrl-C loses none: call the
    command again to go on. With --from nothing is asked.
    """
    from dutybound.assess.interview import Ids, Interview, full_paths, unattended
    from dutybound.packs.reading import read_yaml
    from dutybound.rules.program import Program

    target = folder / PROFILE
    if target.exists() and not force:
        raise BadInput.one(str(target), "The profile exists. Use --force to write over it.")
    content = load_content(content_dirs)
    now = today()
    given: dict[str, Any] = {}
    kept = folder / ANSWERS
    source = answers or (kept if kept.exists() else None)
    if source is not None:
        document = read_yaml(source)
        given = full_paths(content, document.value, str(source), document)
    elif not as_json:
        given = _things()
    program = Program(content, max(now, content.checked_on))
    interview = Interview(
        content, program, Ids.of(given), given, as_of=as_of or now, markets=markets
    )
    if answers is not None or as_json:
        result = unattended(interview, given)
        _write(folder, interview)
        if as_json:
            print_json(result.as_json())
        else:
            page.show(_report(result, target))
    else:
        _ask(folder, interview, given)


def _write(folder: Path, interview: Interview) -> None:
    from dutybound.packs.writing import to_yaml

    folder.mkdir(parents=True, exist_ok=True)
    (folder / PROFILE).write_text(to_yaml(interview.document()), encoding="utf-8")


def _report(result: Unattended, target: Path) -> list[str]:
    asked = result.interview.count
    lines = [f"Wrote {target} after {page.plural(asked, 'question')}."]
    if result.not_needed:
        lines += ["", page.heading(f"ANSWERS THAT WERE NOT NEEDED ({len(result.not_needed)})")]
        lines.append(page.wrapped(", ".join(result.not_needed), 2))
        lines.append(page.wrapped("They are written into the profile all the same.", 2))
    if result.open:
        from dutybound.assess.interview import ask_of

        lines += ["", page.heading(f"QUESTIONS THAT STAY OPEN ({len(result.open)})")]
        for question in result.open:
            lines.append(page.wrapped(f"{', '.join(question.paths)}", 2, hang=4))
            lines.append(page.wrapped(" / ".join(ask_of(question)), 4, hang=6))
    lines += ["", f"Next: dutybound assess {target}"]
    return lines


# ---------------------------------------------------------------------- at the terminal
def _things() -> dict[str, Any]:
    """Ask for the names of the system, the organisations and the uses."""
    click.echo(
        page.wrapped(
            "Answer with numbers, separated by commas. Enter alone means: I do not know. Type ? "
            "for help, stop to end early."
        )
    )
    click.echo("")
    given: dict[str, Any] = {"system.id": click.prompt("Short name of the system", "new-system")}
    for question, plural, default in (
        ("Organisations that take part (short names, with commas)", "parties", "organisation"),
        ("Uses of the system (short names, with commas)", "uses", "main"),
    ):
        names = click.prompt(question, default)
        for name in filter(None, (part.strip() for part in names.split(","))):
            given[f"{plural}.{name}.id"] = name
    return given


def _ask(folder: Path, interview: Interview, given: Mapping[str, Any]) -> None:
    from dutybound.cli.questions import Stop, ask

    word = "Done: no further answer would settle more"
    try:
        while (question := interview.next()) is not None:
            if any(path in given for path in question.paths):
                interview.answer(question, given)
                continue
            click.echo("")
            head = f"Question {interview.count + 1}"
            if question.findings:
                head += f", {page.plural(question.findings, 'open finding')} look at it"
            click.echo(page.heading(head + (f" ({question.about})" if question.about else "")))
            _put(interview, question, partial(ask, interview.content, question))
            _keep(folder, interview, given)
    except Stop:
        word = "Stopped"
    except (click.Abort, KeyboardInterrupt):
        click.echo("")
        if interview.count:
            kept = folder / ANSWERS
            click.echo(f"Stopped. The answers are in {kept}; call the command again to go on.")
        raise click.Abort from None
    if not interview.answers:
        click.echo("Nothing was answered; nothing was written.", err=True)
        return
    _write(folder, interview)
    click.echo(f"{word}. Wrote {folder / PROFILE} and {folder / ANSWERS}.")
    click.echo(f"Next: dutybound assess {folder / PROFILE}")


def _put(interview: Interview, question: Question, answer: Callable[[], dict[str, Any]]) -> None:
    while True:
        try:
            interview.put(question, answer())
        except BadInput as error:
            for problem in error.problems:
                click.echo(f"  {problem.message}", err=True)
        else:
            return


def _keep(folder: Path, interview: Interview, given: Mapping[str, Any]) -> None:
    from dutybound.packs.writing import to_yaml

    names = {p: v for p, v in given.items() if p.rpartition(".")[2] == "id"}
    unknown = {p: UNKNOWN for p in interview.asked if p not in interview.answers}
    folder.mkdir(parents=True, exist_ok=True)
    text = to_yaml({**names, **interview.answers, **unknown})
    (folder / ANSWERS).write_text(text, encoding="utf-8")
