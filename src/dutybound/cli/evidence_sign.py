"""`dutybound evidence sign CLAIM --key KEY -o FILE`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from dutybound.cli.key_options import key_option, opened_key
from dutybound.errors import BadInput


@click.command("sign")
@click.argument("claim", type=click.Path(path_type=Path))
@key_option
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The envelope to write."
)
@click.option("--force", is_flag=True, help="Overwrite the envelope if it is there.")
def command(claim: Path, key: str, output: Path, force: bool) -> int:
    """Sign a claim, a SOC 2 summary or an ISO certificate.

    Files that the claim names under `files` are digested; they stay where they are.
    """
    from dutybound.assess.signing import SUFFIX, sign_file

    if not output.name.endswith(SUFFIX):
        raise BadInput.one(str(output), f"The name of an envelope ends with `{SUFFIX}`.")
    envelope = sign_file(claim, opened_key(key), datetime.now(UTC))
    try:
        with output.open("wb" if force else "xb") as file:
            file.write(envelope)
    except FileExistsError as error:
        raise BadInput.one(
            str(output), "The file is there already. Name another, or add --force."
        ) from error
    except OSError as error:
        raise BadInput.one(str(output), f"It cannot be written: {error.strerror}.") from error
    click.echo(f"signed: {output}")
    return 0
