"""`dutybound documents issue PROFILE DOCUMENT --dossier DIR --by PERSON --sign KEY`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from dutybound.cli.documents_options import FOLDER, looking_at_records, opened
from dutybound.cli.evidence_options import trust_of
from dutybound.cli.key_options import opened_key
from dutybound.cli.options import print_json
from dutybound.errors import BadInput


@click.command("issue")
@looking_at_records
@click.argument("document")
@click.option("--dossier", type=FOLDER, required=True, help="The folder of the dossier.")
@click.option("--by", required=True, help="The person who issues it, by id in governance.yaml.")
@click.option("--sign", "key", required=True, metavar="KEY", help="The key of that person.")
@click.option(
    "--to", type=click.Path(file_okay=False, path_type=Path),
    help="The record folder for the statement (default: the evidence folder).",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    profile: Path,
    document: str,
    dossier: Path,
    by: str,
    key: str,
    to: Path | None,
    as_json: bool,
    **given: Any,
) -> int:
    """Issue DOCUMENT (such as fria.bank-eu): stamped copies in `issued/`, signed by a person.

    Refused while a question in it is open, while something that must come first is not on record,
    and by anyone who does not hold the role or wrote in it.
    """
    from dutybound.assess.documents_issue import Issuing, issue

    found = opened(profile, **given)
    record = to or found.files.evidence
    if record is None:
        raise BadInput.one("--to", "Where does the signed statement go? Name a record folder.")
    trust = trust_of(record, found.files.trust)
    if trust is None:
        raise BadInput.one(str(record), "No trust.yaml names the key. Give --trust FILE.")
    asked = Issuing(document, by, datetime.now(UTC))
    done = issue(found, dossier, record, asked, opened_key(key), trust)
    if as_json:
        print_json(
            {
                "schema": "dutybound/document-issued/1",
                "id": done.id,
                "version": done.version,
                "sha256": done.sha256,
                "folder": done.folder,
                "files": dict(done.files),
                "controls": list(done.controls),
                "statement": done.added.file,
                "log_index": done.added.index,
            }
        )
        return 0
    click.echo(f"issued: {done.id}, version {done.version}, in {dossier / done.folder}")
    where = "" if done.added.index is None else f"; entry {done.added.index} of the log"
    click.echo(f"signed: {record / done.added.file}{where}")
    return 0
