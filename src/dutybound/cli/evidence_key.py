"""`dutybound evidence key -o FILE`."""

from __future__ import annotations

from pathlib import Path

import click

from dutybound.cli.options import Day, today


@click.command("key")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The new key file."
)
@click.option("--person", required=True, help="Short name of the person who holds the key.")
@click.option("--organisation", required=True, help="Short name of the organisation.")
@click.option("--role", required=True, help="What the person is there.")
@click.option("--valid-until", type=Day(), help="The last day on which the key may sign.")
def command(output: Path, person: str, organisation: str, role: str, valid_until: object) -> int:
    """Make a key to sign with, and print its entry for trust.yaml.

    The private key goes into the file, readable by its owner alone; it is never printed, and a
    file that is there is never overwritten.
    """
    from dutybound.assess.signing import write_new_key
    from dutybound.packs.writing import to_yaml

    made = write_new_key(output)
    entry = {
        "fingerprint": made.fingerprint,
        "public_key": made.public_key,
        "person": person,
        "organisation": organisation,
        "role": role,
        "valid_from": str(today()),
        "valid_until": None if valid_until is None else str(valid_until),
    }
    click.echo(to_yaml({"keys": [entry]}), nl=False)
    click.echo(f"The private key is in {output}. Keep it; add the entry to trust.yaml.", err=True)
    return 0
