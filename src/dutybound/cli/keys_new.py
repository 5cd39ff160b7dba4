"""`dutybound keys new -o FILE`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from dutybound.cli.law_list import JSON
from dutybound.cli.options import Day, print_json, today

PASSPHRASE = click.option(
    "--passphrase",
    "hidden",
    is_flag=True,
    help="Protect the key with a passphrase, from DUTYBOUND_KEY_PASSPHRASE or asked for.",
)


@click.command("new")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The new key file."
)
@click.option("--person", required=True, help="Short name of the person who holds the key.")
@click.option("--organisation", required=True, help="Short name of the organisation.")
@click.option("--role", required=True, help="What the person is there.")
@click.option("--valid-until", type=Day(), help="The last day on which the key may sign.")
@PASSPHRASE
@click.option("--trust", type=click.Path(path_type=Path), help="Add the entry to this trust.yaml.")
@JSON
def command(
    output: Path,
    person: str,
    organisation: str,
    role: str,
    valid_until: date | None,
    hidden: bool,
    trust: Path | None,
    as_json: bool,
) -> int:
    """Make a key to sign with, and print its entry for trust.yaml.

    The private key goes into a new file that only its owner can read, in a folder that only its
    owner can look into. It is never printed, and a file that is there is never overwritten.
    """
    from dutybound.assess.keys import write_new_key
    from dutybound.assess.trust_edit import add_entry, as_written, entry_of
    from dutybound.cli.key_options import new_secret
    from dutybound.packs.writing import to_yaml

    half = write_new_key(output, new_secret() if hidden else None)
    entry = entry_of(half, person, organisation, role, today(), valid_until)
    if trust is not None:
        add_entry(trust, entry)
        click.echo(f"added to {trust}", err=True)
    if as_json:
        print_json({"schema": "dutybound/key/1", **entry, "protected": hidden})
    else:
        click.echo(to_yaml({"keys": [as_written(entry)]}), nl=False)
    rest = "" if trust else " Add the entry to trust.yaml."
    click.echo(f"The private key is in {output}. Keep it safe.{rest}", err=True)
    return 0
