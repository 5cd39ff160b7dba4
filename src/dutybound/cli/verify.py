"""`dutybound verify PACK|DIR|BUNDLE --trust trust.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from dutybound.cli.options import print_json

EXIT: Final = {"verified": 0, "condition_failed": 1, "refused": 2}
INPUT: Final = click.Path(path_type=Path)


@click.command("verify")
@click.argument("input_path", metavar="INPUT", type=INPUT)
@click.option("--trust", required=True, type=INPUT, help="Whose keys count; your own file.")
@click.option("--checkpoint", type=INPUT, help="A checkpoint of the log that you kept.")
@click.option("--at", help="The time asked about, YYYY-MM-DDThh:mm:ssZ (default: now).")
@click.option("--system", help="NAME or NAME@VERSION that it must be about.")
@click.option(
    "--require",
    multiple=True,
    type=click.Choice(["trusted", "recorded", "witnessed"]),
    help="Exit 1 unless every signer is trusted, every time recorded, the log witnessed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    input_path: Path,
    trust: Path,
    checkpoint: Path | None,
    at: str | None,
    system: str | None,
    require: tuple[str, ...],
    as_json: bool,
) -> int:
    """Check an audit pack, a record folder or a bundle with the verifier that needs no dutybound.

    Exit 0: verified; 1: verified, but what --require names does not hold; 2: refused.
    """
    import dutybound_verify as verifier
    from dutybound.errors import BadInput

    try:
        time, about = verifier.read_options(at, system)
        trusted = verifier.read_trust(verifier.read_small(trust))
        earlier = verifier.read_small(checkpoint) if checkpoint else None
    except verifier.Refused as error:
        raise BadInput.one(error.file or str(trust), error.what) from error
    found = verifier.verify(input_path, trusted, time, earlier, about, require)
    if as_json:
        print_json(found)
    else:
        for line in verifier.page(found):
            click.echo(line)
    return EXIT[found["verdict"]]
