"""`dutybound launch PROFILE --market eu,us,uk --on DATE`."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from dutybound.cli import page
from dutybound.cli.evidence_options import looking_at_evidence
from dutybound.cli.options import Day, Markets, load_content, print_json, today
from dutybound.cli.sign_output import sealing, sign_output, signing

STOPS = ("blocked", "undetermined")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class LaunchMarkets(Markets):
    """Markets that a system can be launched in."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        found = super().convert(value, param, ctx)
        if "own" in found or not found:
            self.fail("name one or several of eu, us, uk.", param, ctx)
        return tuple(dict.fromkeys(found))


@click.command("launch")
@click.argument("profile", type=click.Path(path_type=Path))
@click.option(
    "--market", "markets", type=LaunchMarkets(), default="eu,us,uk", show_default=True,
    help="The markets to launch in.",
)  # fmt: skip
@click.option("--on", type=Day(), help="The launch day (default: today).")
@looking_at_evidence
@click.option("--governance", type=FILE, help="Who decides what: governance.yaml.")
@click.option("--exceptions", type=FILE, help="Exceptions, besides those of governance.yaml.")
@click.option("--decision", type=FILE, help="The decision that a named person signed.")
@click.option("--known-on", type=Day(), help="Texts published up to this day.")
@click.option(
    "--content", "content_dirs", type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True, help="A folder with acts of your own, added to the content.",
)  # fmt: skip
@signing
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page.")
@click.option(
    "--fail-on", "fail_on", type=click.Choice(STOPS), multiple=True,
    help="Exit 1 if a market has this recommendation.",
)  # fmt: skip
def command(
    profile: Path,
    markets: tuple[str, ...],
    on: date | None,
    evidence: Path | None,
    trust: Path | None,
    horizon: timedelta,
    governance: Path | None,
    exceptions: Path | None,
    decision: Path | None,
    known_on: date | None,
    content_dirs: tuple[Path, ...],
    as_json: bool,
    html: Path | None,
    fail_on: tuple[str, ...],
    sign: str | None,
    to: Path | None,
) -> int:
    """Whether a system can be launched: a recommendation per market, and room for a decision.

    The recommendation is computed. The decision is a named person's: it is read from --decision and
    checked against --governance, and is empty otherwise.
    """
    from dutybound.assess.dossier_json import as_json as plain
    from dutybound.assess.launch import Asked
    from dutybound.assess.prepare_launch import Files, prepare

    seal = sealing(sign, to, evidence, trust)
    now = today()
    asked = Asked(markets, on or now, horizon, now)
    files = Files(profile, evidence, trust, governance, exceptions, decision)
    found = plain(prepare(load_content(content_dirs), files, asked, known_on=known_on))
    if html is not None:
        from dutybound.assess.launch_html import launch_page

        html.write_text(launch_page(found), encoding="utf-8")
        click.echo(f"wrote {html}", err=True)
    if as_json:
        print_json(found)
    elif html is None:
        from dutybound.cli.launch_page import lines

        page.show(lines(found))
    if seal is not None:
        sign_output("launch", found, seal, found["version"])
    return 1 if {m["recommendation"] for m in found["markets"]} & set(fail_on) else 0
