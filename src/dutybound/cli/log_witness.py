"""`dutybound log witness DIR`, and `dutybound log witness --check PUBLIC --state FILE`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dutybound.cli.log_options import JSON, STORE
from dutybound.cli.options import print_json

if TYPE_CHECKING:
    from dutybound.assess.log_witness import Verdict, WitnessReport

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("witness")
@click.argument(
    "record", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path)
)
@click.option("--policy", type=FILE, help="Make this C2SP tlog-policy the policy of the log.")
@click.option("--add", "files", multiple=True, type=FILE, help="Add cosignatures from a file.")
@click.option("-o", "--output", type=FILE, help="Write the newest signed checkpoint here.")
@STORE
@click.option(
    "--check",
    "public",
    metavar="PUBLIC",
    type=click.Path(file_okay=False, path_type=Path),
    help="Be a witness: look at this public folder of a log.",
)
@click.option("--state", type=FILE, help="With --check: where you remember what you saw.")
@click.option(
    "--key",
    "keys",
    metavar="KEY",
    multiple=True,
    help="With --check: the log's verifier key or a file with it; asked for the first time.",
)
@click.option("--checkpoint", type=FILE, help="With --check: look at this one, not at PUBLIC's.")
@click.option("--sign", type=FILE, help="With --check: your key, made if there is none.")
@click.option("--name", help="With --sign: your name as a witness, such as auditor.example/w1.")
@JSON
def command(as_json: bool, **given: Any) -> int:
    """Ask the witnesses of a log for their signatures, or be a witness yourself.

    With DIR: publishes, asks, and says who signed and whether the policy is met. With --check:
    looks at a public folder, and refuses what goes back or is another history than you saw
    before. Then the exit status is 1.
    """
    if given["public"] is None:
        _only(given, ("state", "keys", "checkpoint", "sign", "name"), "--check")
        return _ask(given, as_json)
    _only(given, ("record", "policy", "files", "store"), None)
    return _check(given, as_json)


def _only(given: dict[str, Any], names: tuple[str, ...], needs: str | None) -> None:
    for name in names:
        if given[name]:
            word = {"record": "DIR", "files": "--add", "keys": "--key"}.get(name, f"--{name}")
            why = f"needs {needs}" if needs else "does not go with --check"
            raise click.UsageError(f"{word} {why}.")


def _ask(given: dict[str, Any], as_json: bool) -> int:
    from dutybound.assess.log import open_log
    from dutybound.assess.log_witness import ask_witnesses, install_policy

    if given["record"] is None:
        raise click.UsageError("Name the record folder, or a public folder with --check.")
    with open_log(given["record"], given["store"]) as log:
        if given["policy"] is not None:
            install_policy(log, given["policy"])
        report = ask_witnesses(log, given["files"])
    if given["output"] is not None:
        _write(given["output"], report.published.checkpoint)
    if as_json:
        print_json(_report(report))
        return 0
    for one in report.outcomes:
        when = "" if one.time is None else f" at {_moment(one.time)}"
        click.echo(f"{one.name}  {one.state}{when}{': ' if one.reason else ''}{one.reason}")
    click.echo(_summary(report))
    return 0


def _summary(report: WitnessReport) -> str:
    size = f"{report.published.size:,} entries"
    if report.policy is None:
        return f"{size}: the log has no policy on witnesses. A rewritten log would not be seen."
    if report.published.waiting:
        return f"{size}: the policy is not met. The checkpoint waits; entries are still appended."
    return f"{size}: the policy is met"


def _report(report: WitnessReport) -> dict[str, Any]:
    return {
        "schema": "dutybound/log-witness/1",
        "size": report.published.size,
        "policy": report.policy is not None,
        "waiting": report.published.waiting,
        "witnesses": [
            {
                "name": one.name,
                "state": str(one.state),
                "time": None if one.time is None else _moment(one.time),
                "reason": one.reason or None,
            }
            for one in report.outcomes
        ],
        "checkpoint": report.published.checkpoint.decode(),
    }


def _check(given: dict[str, Any], as_json: bool) -> int:
    from dutybound.assess.log_witness import open_witness, watch

    if given["state"] is None:
        raise click.UsageError("--check needs --state: the file where you remember what you saw.")
    if (given["sign"] is None) != (given["name"] is None):
        raise click.UsageError("--sign and --name go together.")
    signer = None if given["sign"] is None else open_witness(given["sign"], given["name"])
    if signer is not None:
        click.echo(f"Your key as a witness: {signer.key.text}", err=True)
    verdict = watch(
        given["public"],
        given["state"],
        int(datetime.now(UTC).timestamp()),
        keys=given["keys"],
        signer=signer,
        checkpoint=given["checkpoint"],
    )
    if verdict.look is not None and given["output"] is not None:
        _write(given["output"], verdict.look.line.encode())
    if as_json:
        print_json(_verdict(verdict))
    else:
        click.echo(_said(verdict))
    return 0 if verdict.look is not None else 1


def _said(verdict: Verdict) -> str:
    if verdict.look is None:
        return f"REFUSED: {verdict.refusal}"
    look = verdict.look
    seen = "seen for the first time" if look.before is None else f"extends the {look.before:,} seen"
    text = f"{look.head.origin}: {look.head.size:,} entries, {seen}"
    return f"{text}\n{look.line}".rstrip("\n")


def _verdict(verdict: Verdict) -> dict[str, Any]:
    look, refusal = verdict.look, verdict.refusal
    return {
        "schema": "dutybound/log-witness-check/1",
        "accepted": look is not None,
        "origin": None if look is None else look.head.origin,
        "size": None if look is None else look.head.size,
        "before": None if look is None else look.before,
        "cosignature": (look.line or None) if look is not None else None,
        "contradiction": refusal is not None and refusal.contradiction,
        "reason": None if refusal is None else str(refusal),
    }


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _write(path: Path, raw: bytes) -> None:
    from dutybound.errors import BadInput

    try:
        path.write_bytes(raw)
    except OSError as error:
        raise BadInput.one(str(path), f"It cannot be written: {error.strerror}.") from error
