"""`dutybound evidence soc2 [REPORT]`."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import click

from dutybound.cli.evidence_check import read_profile
from dutybound.cli.options import Day, load_content, print_json, today
from dutybound.errors import BadInput

HORIZON: Final = timedelta(days=731)  # as `gaps` and `plan`: P24M


@click.command("soc2")
@click.argument("report", required=False, type=click.Path(path_type=Path))
@click.option(
    "--from", "answers", type=click.Path(path_type=Path), help="Answers; nothing is asked."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The summary to write.")
@click.option(
    "--with",
    "others",
    multiple=True,
    type=click.Path(path_type=Path),
    help="The summary of a vendor's report that this one carves out.",
)
@click.option(
    "--system",
    "profile",
    type=click.Path(path_type=Path),
    help="The system's profile: shows its duties and the plan, too.",
)
@click.option("--as-of", type=Day(), help="The day asked about (default: today).")
@click.option("--all", "show_all", is_flag=True, help="List controls without credit, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    report: Path | None,
    answers: Path | None,
    output: Path | None,
    others: tuple[Path, ...],
    profile: Path | None,
    as_of: date | None,
    show_all: bool,
    as_json: bool,
) -> int:
    """Write a SOC 2 summary by answering questions, and see what the report proves.

    With REPORT, a summary written before, nothing is asked. With --system it also shows the duties
    of the system and what to do first, as if the summary were signed and nothing else were there.
    """
    from dutybound.packs.catalogue_compile import default_catalogue
    from dutybound.packs.evidence import kind_of_file, read_soc2

    if (report is None) == (output is None):
        raise click.UsageError("Give a REPORT to look at, or -o FILE to write one.")
    catalogue = default_catalogue()
    if report is not None:
        found = read_soc2(kind_of_file(report)[0])
    else:
        assert output is not None  # noqa: S101 - said above
        found = _write(output, answers, catalogue)
    more = [read_soc2(kind_of_file(p)[0]) for p in others]
    day = as_of or today()
    system, asked = _asked(profile, day)
    value = _value(found, more, catalogue, system, day)
    used = _reuse(found, more, catalogue, system, day, asked)
    if as_json:
        print_json({**value, **_reuse_json(used)})
    else:
        from dutybound.cli.evidence_reports import soc2_page
        from dutybound.cli.soc2_reuse_page import lines

        for line in soc2_page(value, lines(used, value, everything=show_all), everything=show_all):
            click.echo(line)
    return 0


def _asked(profile: Path | None, as_of: date) -> tuple[Any, Any]:
    """The system, and how it stands in law on the day; (None, None) for the organisation."""
    if profile is None:
        return None, None
    from dutybound.assess.assess import assess
    from dutybound.assess.soc2_reuse import Asked
    from dutybound.packs.plan_policy import read_plan_policy

    stated = read_profile(profile)
    result = assess(load_content(), stated, today=today(), as_of=as_of)
    return stated, Asked(result, HORIZON, read_plan_policy())


def _reuse(
    report: Any, others: list[Any], catalogue: Any, system: Any, as_of: date, asked: Any
) -> Any:
    from dutybound.assess.soc2_reuse import reuse
    from dutybound.packs.policy import read_policy

    name, known = None if system is None else system.id, {r.id: r for r in others}
    policy = read_policy()
    return reuse(report, catalogue, as_of, policy, system=name, others=known, asked=asked)


def _reuse_json(used: Any) -> dict[str, Any]:
    from dutybound.assess import gaps, plan
    from dutybound.assess.soc2_reuse import frameworks_json

    return {
        "frameworks": frameworks_json(used),
        "gaps": None if used.gaps is None else gaps.as_json(used.gaps),
        "plan": None if used.plan is None else plan.as_json(used.plan),
    }


def _write(output: Path, answers: Path | None, catalogue: Any) -> Any:
    from dutybound.assess.soc2 import known_criteria
    from dutybound.assess.soc2_interview import completed, interview, summary_of, unanswered
    from dutybound.packs.evidence import kind_of_file, read_soc2
    from dutybound.packs.reading import Document
    from dutybound.packs.writing import to_yaml

    if output.exists():
        raise BadInput.one(str(output), "The file is there already. Name another.")
    known, now = known_criteria(catalogue), str(today())
    if answers is None:
        values = interview(known, now, _prompt, lambda text: click.confirm(text, default=False))
        document = Document(str(output), values)
    else:
        document = kind_of_file(answers)[0]
        if not isinstance(document.value, dict):
            raise BadInput.one(str(answers), "Answers are a mapping: question to answer.", 1, 1)
        missing = unanswered(document.value)
        if missing:
            raise BadInput(
                document.problem((), f"`{a.path}` is missing: {a.text}?") for a in missing
            )
        document.value = completed(document.value, known, now)
    found = read_soc2(document)
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(to_yaml(summary_of(found)))
    except OSError as error:
        raise BadInput.one(str(output), f"It cannot be written: {error.strerror}.") from error
    click.echo(f"written: {output}; sign it with `dutybound evidence sign`", err=True)
    return found


def _prompt(ask: Any) -> str:
    """Ask until the answer is one that can be taken."""
    hint = f" ({', '.join(ask.choices)})" if ask.choices else ""
    more = ", separated by commas" if ask.many else ""
    while True:
        answer = str(click.prompt(f"{ask.text}{hint}{more}", default="", show_default=False))
        parts = (
            [p.strip() for p in answer.split(",") if p.strip()] if ask.many else [answer.strip()]
        )
        if not answer.strip() and not ask.optional:
            click.echo("An answer is needed here.", err=True)
        elif answer.strip() and ask.choices and not set(parts) <= set(ask.choices):
            click.echo(f"Please answer with {', '.join(ask.choices)}.", err=True)
        else:
            return answer


def _value(report: Any, others: list[Any], catalogue: Any, system: Any, as_of: date) -> Any:
    from dutybound.assess.reports import soc2_value
    from dutybound.packs.policy import read_policy

    name = None if system is None else system.id
    return soc2_value(report, catalogue, as_of, read_policy(), name, {r.id: r for r in others})
