"""`dutybound keys rotate KEY -o FILE --trust trust.yaml`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from dutybound.cli.keys_new import PASSPHRASE
from dutybound.cli.law_list import JSON
from dutybound.cli.options import Day, print_json, today


@click.command("rotate")
@click.argument("key")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The new key file."
)
@click.option(
    "--trust", required=True, type=click.Path(path_type=Path), help="The trust.yaml to change."
)
@click.option("--on", type=Day(), help="First day of the new key (default: today).")
@click.option("--valid-until", type=Day(), help="The last day on which the new key may sign.")
@click.option(
    "--compromised", is_flag=True, help="Others may hold the old key: nothing it signed counts."
)
@PASSPHRASE
@JSON
def command(
    key: str,
    output: Path,
    trust: Path,
    on: date | None,
    valid_until: date | None,
    compromised: bool,
    hidden: bool,
    as_json: bool,
) -> int:
    """Replace KEY: make a new one for the same person, and change both entries of trust.yaml.

    KEY is a key file, the URI of a key elsewhere, or the fingerprint of a key that is lost. The old
    key may still have signed on the day of the change, and counts no more from the day after;
    with --compromised nothing that it ever signed counts.
    """
    from dutybound.assess.keys import public_half, write_new_key
    from dutybound.assess.trust_edit import as_written, check_rotation, rotate_entry
    from dutybound.cli.key_options import new_secret, opened_key
    from dutybound.packs.writing import to_yaml

    lost = len(key) == 64 and not Path(key).exists()
    old = key if lost else public_half(opened_key(key)).fingerprint
    day = on or today()
    check_rotation(trust, old, day)
    half = write_new_key(output, new_secret() if hidden else None)
    changed = rotate_entry(trust, old, half, day, valid_until, compromised=compromised)
    if as_json:
        print_json({"schema": "dutybound/key-rotation/1", **changed})
    else:
        entries = [as_written(changed[which]) for which in ("old", "new")]
        click.echo(to_yaml({"keys": entries}), nl=False)
    click.echo(
        f"changed {trust}; the new private key is in {output}. Tell everybody who keeps a trust "
        "file of their own.",
        err=True,
    )
    return 0
