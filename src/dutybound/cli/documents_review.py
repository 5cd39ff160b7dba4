"""`dutybound documents review RECORD -o PAGE.html`."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import click

from dutybound.cli.options import print_json
from dutybound.errors import BadInput


@click.command("review")
@click.argument("record", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="The page to write.",
)  # fmt: skip
@click.option(
    "--procedure", type=click.Path(exists=True, path_type=Path),
    help="The oversight procedure: a dossier folder, or a file in Markdown.",
)  # fmt: skip
@click.option("--reviewer", default="", help="Who reviews, by id; filled in.")
@click.option("--organisation", default="", help="Of the reviewer, by id; filled in.")
@click.option(
    "--trust", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take only keys that this trust.yaml names.",
)  # fmt: skip
@click.option("--control", "controls", multiple=True, help="A control that the review is for.")
@click.option("--party", "parties", multiple=True, help="A party that the review is about.")
@click.option("--with-record", is_flag=True, help="Write the canonical record beside the page.")
@click.option("--force", is_flag=True, help="Overwrite what is there.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    record: Path,
    output: Path,
    procedure: Path | None,
    reviewer: str,
    organisation: str,
    trust: Path | None,
    controls: tuple[str, ...],
    parties: tuple[str, ...],
    with_record: bool,
    force: bool,
    as_json: bool,
) -> int:
    """Write one page on which a person reviews the decision in RECORD and signs the outcome.

    The page is static: no server, no network. It shows the decision, its explanation and the
    oversight procedure, and saves a signed statement for `evidence add`.
    """
    from dutybound.assess.review import ReviewFor, review_page
    from dutybound.assess.review_procedure import read_procedure
    from dutybound.assess.review_record import read_decided
    from dutybound.packs.evidence import read_trust

    found = read_decided(record)
    wanted = ReviewFor(
        procedure=None if procedure is None else read_procedure(procedure),
        controls=_known(controls),
        parties=parties,
        trust=None if trust is None else read_trust(trust),
        reviewer=reviewer,
        organisation=organisation,
    )
    page = review_page(found, wanted).encode()
    _write(output, page, force)
    if with_record:
        _write(output.with_name(found.file), found.raw, force)
    if procedure is None:
        click.echo("No --procedure: the page says that the procedure is missing.", err=True)
    late = found.asked.expires_at <= datetime.now(UTC)
    if late:
        click.echo("The review has expired: the page shows, and records nothing.", err=True)
    if as_json:
        print_json(
            {
                "schema": "dutybound/review-page/1",
                "page": output.name,
                "sha256": sha256(page).hexdigest(),
                "record": found.file,
                "record_sha256": found.sha256,
                "expires_at": found.expires_at,
                "expired": late,
                "reviewers": found.asked.reviewers,
            }
        )
        return 0
    click.echo(f"review page: {output}, sha256 {sha256(page).hexdigest()}")
    click.echo(f"decision record: sha256 {found.sha256}, review until {found.expires_at}")
    return 0


def _known(controls: tuple[str, ...]) -> tuple[str, ...]:
    """The controls, if there are such."""
    if not controls:
        return ()
    from dutybound.errors import did_you_mean
    from dutybound.packs.catalogue_compile import default_catalogue

    book = default_catalogue().controls
    for name in controls:
        if name not in book:
            hint = did_you_mean(name, book)
            raise BadInput.one("--control", f"There is no control `{name}`.{hint}")
    return tuple(dict.fromkeys(controls))


def _write(path: Path, page: bytes, force: bool) -> None:
    try:
        with path.open("wb" if force else "xb") as file:
            file.write(page)
    except FileExistsError as error:
        raise BadInput.one(
            str(path), "The file is there already. Name another, or add --force."
        ) from error
    except OSError as error:
        raise BadInput.one(str(path), f"It cannot be written: {error.strerror}.") from error
