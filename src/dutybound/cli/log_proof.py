"""`dutybound log proof DIR WHICH`."""

from __future__ import annotations

from pathlib import Path

import click

from dutybound.cli.log_options import JSON, RECORD, STORE
from dutybound.cli.options import print_json


@click.command("proof")
@RECORD
@click.argument("which")
@STORE
@click.option("--sigstore", is_flag=True, help="A Sigstore bundle instead of a tlog-proof.")
@JSON
def command(record: Path, which: str, store: str | None, sigstore: bool, as_json: bool) -> int:
    """Print the receipt of an entry under the newest published checkpoint.

    WHICH is the sha256 of an envelope's bytes, or an index.
    """
    from dutybound.assess.log import open_log
    from dutybound.assess.log_proof import prove, prove_for_sigstore
    from dutybound.ledger.encoding import encode
    from dutybound.ledger.merkle import leaf_hash

    with open_log(record, store) as log:
        proof = prove(log, which)
        bundle = prove_for_sigstore(log, proof) if sigstore else None
    if bundle is not None:
        click.echo(bundle.decode(), nl=False)
    elif as_json:
        receipt = proof.receipt
        print_json(
            {
                "schema": "dutybound/log-proof/1",
                "sha256": proof.name,
                "index": receipt.index,
                "size": receipt.checkpoint.size,
                "root": encode(receipt.checkpoint.root),
                "leaf_hash": encode(leaf_hash(proof.entry)),
                "hashes": [encode(h) for h in receipt.hashes],
                "entry": encode(proof.entry),
                "checkpoint": receipt.note.raw.decode(),
            }
        )
    else:
        click.echo(proof.receipt.raw.decode(), nl=False)
    return 0
