"""`dutybound evidence iso CERTIFICATE`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from dutybound.cli.evidence_check import read_profile
from dutybound.cli.options import Day, print_json, today


@click.command("iso")
@click.argument("certificate", type=click.Path(path_type=Path))
@click.option("--system", "profile", type=click.Path(path_type=Path), help="The system's profile.")
@click.option("--as-of", type=Day(), help="The day asked about (default: today).")
@click.option("--all", "show_all", is_flag=True, help="List controls without credit, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    certificate: Path, profile: Path | None, as_of: date | None, show_all: bool, as_json: bool
) -> int:
    """See what an ISO/IEC 42001 or 27001 certificate proves for the controls on a day."""
    from dutybound.assess.reports import iso_value
    from dutybound.packs.catalogue_compile import default_catalogue
    from dutybound.packs.evidence import kind_of_file, read_iso
    from dutybound.packs.policy import read_policy

    found = read_iso(kind_of_file(certificate)[0])
    system = read_profile(profile)
    name = None if system is None else system.id
    day = as_of or today()
    value = iso_value(found, default_catalogue(), day, read_policy(), name)
    if as_json:
        print_json(value)
    else:
        from dutybound.cli.evidence_reports import iso_page

        for line in iso_page(value, everything=show_all):
            click.echo(line)
    return 0
