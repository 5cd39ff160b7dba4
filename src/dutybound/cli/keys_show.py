"""`dutybound keys show KEY`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from dutybound.cli import page
from dutybound.cli.law_list import JSON
from dutybound.cli.options import print_json


@click.command("show")
@click.argument("key")
@click.option("--trust", type=click.Path(path_type=Path), help="Look the key up in a trust.yaml.")
@JSON
def command(key: str, trust: Path | None, as_json: bool) -> int:
    """The public half of KEY: a key file, or the URI of a key elsewhere.

    The private half is never printed.
    """
    from dutybound.assess.keys import public_half, public_pem
    from dutybound.assess.trust_edit import find_entry
    from dutybound.cli.key_options import opened_key

    half = public_half(opened_key(key))
    found = None if trust is None else find_entry(trust, half.fingerprint)
    value = {
        "schema": "dutybound/key-shown/1",
        "fingerprint": half.fingerprint,
        "public_key": half.public_key,
        "pem": public_pem(half),
        "entry": found,
    }
    if as_json:
        print_json(value)
    else:
        page.show(_lines(value, trust))
    return 0


def _lines(value: dict[str, Any], trust: Path | None) -> Iterator[str]:
    yield page.title(f"Key {value['fingerprint'][:16]}...")
    yield from page.rows((k, value[k]) for k in ("fingerprint", "public_key"))
    yield ""
    yield from value["pem"].splitlines()
    if trust is not None:
        yield ""
        if value["entry"] is None:
            yield page.wrapped(f"{trust} does not name this key.")
        else:
            yield from page.rows(
                (k, str(v)) for k, v in value["entry"].items() if k not in value and v is not None
            )
