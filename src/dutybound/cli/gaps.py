"""`dutybound gaps PROFILE --evidence DIR`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dutybound.cli import page
from dutybound.cli.evidence_options import Asked, Names, gaps_for, looking_at_evidence, write_page
from dutybound.cli.options import judging, print_json
from dutybound.cli.sign_output import sealing, sign_output, signing


@click.command("gaps")
@click.argument("profile", type=click.Path(path_type=Path))
@looking_at_evidence
@judging
@signing
@click.option(
    "--framework",
    "frameworks",
    type=Names(),
    help="Only these frameworks, separated by commas (default: all).",
)
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page.")
@click.option(
    "--fail-on", "fail_on", type=click.Choice(["gap"]), help="Exit 1 if a sure duty has a gap."
)
def command(
    profile: Path,
    as_json: bool,
    frameworks: tuple[str, ...] | None,
    html: Path | None,
    fail_on: str | None,
    sign: str | None,
    to: Path | None,
    **asked: Any,
) -> int:
    """What is missing: duties, the controls that answer them, and the evidence there is."""
    from dutybound.assess.gaps import as_json as plain
    from dutybound.assess.gaps import has_gap

    seal = sealing(sign, to, asked["evidence"], asked["trust"])
    found = gaps_for(profile, Asked(**asked), frameworks)
    if html is not None:
        from dutybound.assess.gaps_html import gaps_page

        write_page(html, gaps_page(found))
    if as_json:
        print_json(plain(found))
    elif html is None:
        from dutybound.cli.gaps_page import lines

        page.show(lines(found))
    if seal is not None:
        version = found.assessment.profile.detail.get("version")
        sign_output("gaps", plain(found), seal, version)
    return 1 if fail_on and has_gap(found) else 0
