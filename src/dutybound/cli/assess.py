"""`dutybound assess PROFILE`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from dutybound.assess.failing import Condition, holding
from dutybound.cli.options import FailOn, judging, load_content, print_json, today
from dutybound.cli.sign_output import sealing, sign_output, signing


@click.command("assess")
@click.argument("profile", type=click.Path(path_type=Path))
@judging
@signing
@click.option(
    "--fail-on",
    "fail_on",
    multiple=True,
    type=FailOn(),
    help="Exit 1 if this holds: prohibited, undetermined, contested, due:P90D.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    help="An earlier --json result: --fail-on counts only what is new since then.",
)
@click.option("--all", "show_all", is_flag=True, help="List every finding, also every no.")
@click.option(
    "--measures", "by_measure", is_flag=True,
    help="List the measures that can be evidence for each duty, and what its text names.",
)  # fmt: skip
def command(
    profile: Path,
    as_of: date | None,
    known_on: date | None,
    markets: tuple[str, ...] | None,
    content_dirs: tuple[Path, ...],
    as_json: bool,
    fail_on: tuple[Condition, ...],
    baseline: Path | None,
    show_all: bool,
    by_measure: bool,
    sign: str | None,
    to: Path | None,
) -> int:
    """What the system is in law, which duties bind whom, from which day, and why."""
    from dutybound.assess.assess import assess
    from dutybound.packs.profile import ProfileReader

    seal = sealing(sign, to)
    content = load_content(content_dirs)
    now = today()
    stated = ProfileReader(content).read(profile, today=now)
    result = assess(content, stated, today=now, as_of=as_of, known_on=known_on, markets=markets)
    if as_json:
        print_json(result.as_json())
    elif by_measure:
        from dutybound.cli.measures_lines import by_duty
        from dutybound.cli.page import show

        show(by_duty(result))
    else:
        from dutybound.cli.assessment_page import page_lines
        from dutybound.cli.page import show

        show(page_lines(result, everything=show_all))
    if seal is not None:
        sign_output("assess", result.as_json(), seal, stated.detail.get("version"))
    return _exit_code(result, fail_on, baseline)


def _exit_code(result: Any, fail_on: tuple[Condition, ...], baseline: Path | None) -> int:
    if not fail_on:
        return 0
    reasons = holding(result.as_json(), fail_on, baseline)
    for line in reasons:
        click.echo(line, err=True)
    return 1 if reasons else 0
