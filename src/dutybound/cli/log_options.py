"""Options of the commands of the log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from dutybound.ledger.keys import NoteKey
    from dutybound.store.publisher import Published

RECORD: Final = click.argument(
    "record", metavar="DIR", type=click.Path(file_okay=False, path_type=Path)
)
STORE: Final = click.option(
    "--store",
    metavar="STORE",
    help="Where the database is, if not where log.yaml says: a file, or postgresql://...",
)
JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def key_value(key: NoteKey) -> dict[str, str]:
    """A key of the log for JSON."""
    return {"name": key.name, "id": key.id.hex(), "verifier_key": key.text}


def waits(done: Published) -> str:
    """What is said where witnesses are missing."""
    return (
        f"The checkpoint over {done.size:,} entries is signed, but waits for witnesses. Run"
        " `dutybound log publish` again."
    )
