"""`dutybound security PROFILE`, `dutybound security import REPORT`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from dutybound.cli import page
from dutybound.cli.evidence_options import Asked, gaps_for, looking_at_evidence, write_page
from dutybound.cli.options import Day, judging, print_json
from dutybound.cli.sign_output import sealing, sign_output, signing
from dutybound.errors import BadInput

VIEW = "view"


class _Group(click.Group):
    """Shows the view of a profile unless the first word is a command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in super().list_commands(ctx) if name != VIEW]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in self.list_commands(ctx):
            return super().resolve_command(ctx, args)
        return "", self.commands[VIEW], args

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.commands[VIEW].format_options(ctx, formatter)
        self.format_commands(ctx, formatter)


@click.group(
    "security",
    cls=_Group,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    subcommand_metavar="PROFILE [OPTIONS] | import REPORT ...",
)
def command() -> None:
    """Controls of security, availability and confidentiality; threats; open findings of scans."""


@command.command(VIEW, hidden=True)
@click.argument("profile", type=click.Path(path_type=Path))
@looking_at_evidence
@judging
@signing
@click.option(
    "--sarif",
    "--scan",
    "named",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A scan report to show; those of the evidence folder are shown anyway.",
)
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page.")
@click.option(
    "--fail-on",
    type=click.Choice(["findings"]),
    help="Exit 1 if a grave finding, or one of unknown severity, is open.",
)
def view(
    profile: Path,
    named: tuple[Path, ...],
    as_json: bool,
    html: Path | None,
    fail_on: str | None,
    sign: str | None,
    to: Path | None,
    **asked: Any,
) -> int:
    """Threats by list and entry: the controls that answer them, their rung, open findings."""
    from dutybound.assess.scans import read_scan_file
    from dutybound.assess.security import as_json as plain
    from dutybound.assess.security import reports_of, security
    from dutybound.packs.security import read_security

    seal = sealing(sign, to, asked["evidence"], asked["trust"])
    reports = reports_of(asked["evidence"], [read_scan_file(p) for p in named])
    found = security(gaps_for(profile, Asked(**asked)), read_security(), reports)
    if html is not None:
        from dutybound.assess.security_html import security_page

        write_page(html, security_page(found))
    if as_json:
        print_json(plain(found))
    elif html is None:
        from dutybound.cli.security_page import lines

        page.show(lines(found))
    if seal is not None:
        version = found.gaps.assessment.profile.detail.get("version")
        sign_output("security", plain(found), seal, version)
    return 1 if fail_on and found.blocking else 0


@command.command("import")
@click.argument("report", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="The claim file to write, beside the report.",
)  # fmt: skip
@click.option(
    "--system", "profile", required=True, type=click.Path(path_type=Path), help="Its profile."
)
@click.option("--author", required=True, help="Who signs: the name of the person in trust.yaml.")
@click.option("--issuer", required=True, help="Whose claim it is: the organisation in trust.yaml.")
@click.option("--control", "controls", multiple=True, help="A control that it is evidence for.")
@click.option("--tool-version", help="The version of the tool, if the report is silent.")
@click.option("--date", "made_on", type=Day(), help="The day of the scan, if the report is silent.")
@click.option("--target", help="What was scanned, if the report is silent.")
@click.option("--scope", help="What of it was looked at, if the report is silent.")
@click.option("--completed", is_flag=True, help="It ran to its end, where the report is silent.")
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
def import_(
    report: Path,
    output: Path,
    profile: Path,
    author: str,
    issuer: str,
    controls: tuple[str, ...],
    tool_version: str | None,
    made_on: date | None,
    target: str | None,
    scope: str | None,
    completed: bool,
    force: bool,
) -> int:
    """Make a claim file from a scan REPORT: SARIF 2.1.0, scan/1 or garak. Sign it afterwards."""
    from dutybound.assess.catalogue import catalogue
    from dutybound.assess.scan_claim import claim_text
    from dutybound.assess.scans import Stated, read_scan_file
    from dutybound.cli.evidence_check import read_profile
    from dutybound.packs.security import read_security

    if report.resolve().parent != output.resolve().parent:
        text = "The claim names the report as a file beside it. Put both into one folder."
        raise BadInput.one(str(output), text)
    stated = Stated(made_on, tool_version, target, scope, completed)
    found = claim_text(
        read_scan_file(report), read_profile(profile), read_security(), catalogue(),
        stated, author, issuer, controls,
    )  # fmt: skip
    try:
        with output.open("w" if force else "x", encoding="utf-8") as file:
            file.write(found.text)
    except FileExistsError as error:
        text = "The file is there already. Name another, or add --force."
        raise BadInput.one(str(output), text) from error
    except OSError as error:
        raise BadInput.one(str(output), f"It cannot be written: {error.strerror}.") from error
    click.echo(f"wrote {output}: {found.result}")
    if found.objection is not None:
        click.echo(f"It will not count as a passed test. {found.objection}", err=True)
    return 0
