"""--sign and --to: sign what a command computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dutybound import __version__
from dutybound.cli.options import json_text
from dutybound.errors import BadInput

if TYPE_CHECKING:
    from dutybound.assess.sign_result import TestOf

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Sealing:
    """What --sign and --to say. trusts: where trust.yaml may lie besides the folder itself."""

    key: str
    folder: Path
    trusts: tuple[Path, ...] = ()


def signing(command: F) -> F:
    """--sign, --to."""
    for option in (
        click.option(
            "--to",
            type=click.Path(file_okay=False, path_type=Path),
            help="The record folder for the signed result (default: this folder).",
        ),
        click.option(
            "--sign", metavar="KEY", help="Sign the result with a key, as in `evidence sign`."
        ),
    ):
        command = option(command)
    return command


def sealing(
    sign: str | None, to: Path | None, evidence: Path | None = None, trust: Path | None = None
) -> Sealing | None:
    """What the options ask for; None if nothing is signed."""
    if sign is None:
        if to is not None:
            raise BadInput.one("--to", "Where to put what? Give --sign KEY too.")
        return None
    beside = () if evidence is None else (evidence / "trust.yaml",)
    return Sealing(sign, to or Path(), (*(() if trust is None else (trust,)), *beside))


def sign_output(
    command: str,
    value: Mapping[str, Any],
    asked: Sealing,
    version: str | None,
    verdict: dict[str, int | float | str | bool] | None = None,
    test: TestOf | None = None,
) -> None:
    """Write the JSON of a command and its signed statement, and say so on stderr.

    value: the JSON that --json prints, byte for byte. version: of the system. verdict: its sum, if
    `sign_result.summary` does not know the format. test: what it says as a test, if it is one.
    """
    from dutybound.assess.sign_result import Result, sign_result
    from dutybound.cli.key_options import opened_key
    from dutybound.packs.evidence import read_trust

    places = (asked.folder / "trust.yaml", *asked.trusts)
    found = next((p for p in places if p.exists()), None)
    if found is None:
        text = "Who signs? No trust.yaml names the key: put one into the folder of --to."
        raise BadInput.one(str(places[0]), text)
    result = Result(
        command=command,
        value=value,
        raw=json_text(value).encode(),
        version=version,
        tool=f"dutybound {__version__}",
        verdict=verdict,
        test=test,
    )
    key = opened_key(asked.key)
    added = sign_result(asked.folder, result, key, read_trust(found), datetime.now(UTC))
    where = "" if added.index is None else f"; entry {added.index} of the log"
    click.echo(f"signed: {asked.folder / added.file}{where}", err=True)
