"""`dutybound documents reviewed RECORD REVIEW... --trust trust.yaml`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from dutybound.cli.options import print_json

TIME = click.DateTime(["%Y-%m-%dT%H:%M:%SZ"])


@click.command("reviewed")
@click.argument("record", type=click.Path(path_type=Path))
@click.argument(
    "reviews", nargs=-1, required=True, metavar="REVIEW...",
    type=click.Path(exists=True, path_type=Path),
)  # fmt: skip
@click.option(
    "--trust", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Whose signature counts.",
)  # fmt: skip
@click.option("--at", type=TIME, help="The time asked about (default: now).")
@click.option(
    "--fail-on", type=click.Choice(["unreleased"]), help="Exit 1 unless an outcome takes effect."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    record: Path,
    reviews: tuple[Path, ...],
    trust: Path,
    at: datetime | None,
    fail_on: str | None,
    as_json: bool,
) -> int:
    """What the signed reviews of the decision in RECORD amount to.

    REVIEW: statements or record folders. A review counts if it is bound to this record, was signed
    in time and by a key of the trust file, once for each person. Too few in time: denied.
    """
    from dutybound.assess.review_record import read_decided
    from dutybound.assess.reviewed import lines, open_reviews, reviewed
    from dutybound.packs.evidence import read_trust

    decided = read_decided(record)
    items, refused = open_reviews(reviews, read_trust(trust))
    now = datetime.now(UTC) if at is None else at.replace(tzinfo=UTC)
    found = reviewed(decided, items, now)
    found = replace(found, refused=(*refused, *found.refused))
    if as_json:
        print_json(
            {
                "schema": "dutybound/reviewed/1",
                "id": decided.record.id,
                "system": decided.record.system,
                "version": decided.record.version,
                "record_sha256": decided.sha256,
                "output": decided.record.output.decision,
                "at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "expires_at": decided.expires_at,
                "state": found.state,
                "takes_effect": found.takes_effect,
                "needed": found.needed,
                "reviews": [r.as_json() for r in found.reviews],
                "refused": [
                    {"file": Path(r.file).name, "code": r.code, "reason": r.reason}
                    for r in found.refused
                ],
            }
        )
    else:
        for line in lines(found, decided):
            click.echo(line)
    return 1 if fail_on and found.takes_effect is None else 0
