"""`dutybound log append DIR ENVELOPE...`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dutybound.cli.log_options import JSON, RECORD, STORE
from dutybound.cli.options import print_json
from dutybound.errors import BadInput

if TYPE_CHECKING:
    from dutybound.assess.log_append import Receipt

MOST = 2_000_000


@click.command("append")
@RECORD
@click.argument("envelopes", nargs=-1, required=True, type=click.Path(path_type=Path))
@STORE
@click.option("--no-publish", is_flag=True, help="Leave the checkpoint to `log publish`.")
@click.option(
    "--include",
    multiple=True,
    type=click.Choice(["self_test", "counsel"]),
    help="Append these too, which stay out of the log by default.",
)
@JSON
def command(
    record: Path,
    envelopes: tuple[Path, ...],
    store: str | None,
    no_publish: bool,
    include: tuple[str, ...],
    as_json: bool,
) -> int:
    """Append signed envelopes to the log and write their receipts.

    Their keys must stand in trust.yaml of the folder. The same envelope again gives the same
    index. If one is refused, none is appended.
    """
    from dutybound.assess.log import open_log
    from dutybound.assess.log_append import ORDINARY, append_to
    from dutybound.terms.evidence import Handling

    raws = [_read(path) for path in envelopes]
    with open_log(record, store) as log:
        receipts = append_to(
            log,
            raws,
            handling=ORDINARY | {Handling(name) for name in include},
            publish=not no_publish,
        )
    for note in log.notes:
        click.echo(note, err=True)
    if as_json:
        print_json({"schema": "dutybound/log-append/1", "receipts": [value(r) for r in receipts]})
        return 0
    for path, receipt in zip(envelopes, receipts, strict=True):
        state = "awaiting receipt" if receipt.proof is None else str(receipt.proof)
        click.echo(f"{receipt.index}  {path}  {state}")
    return 0


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST)
    except OSError as error:
        raise BadInput.one(str(path), f"It cannot be read: {error.strerror}.") from error


def value(receipt: Receipt) -> dict[str, Any]:
    """A receipt for JSON."""
    return {
        "sha256": receipt.digest,
        "index": receipt.index,
        "state": "awaiting_receipt" if receipt.size is None else "in_log",
        "size": receipt.size,
        "proof": None if receipt.proof is None else str(receipt.proof),
        "bundle": None if receipt.bundle is None else str(receipt.bundle),
    }
