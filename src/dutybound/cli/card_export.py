"""`dutybound card export PROFILE --format hf|cyclonedx -o FILE`."""

from __future__ import annotations

from pathlib import Path

import click

from dutybound.cli.law_list import JSON
from dutybound.cli.options import load_content, print_json, today

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("export")
@click.argument("profile", type=FILE)
@click.option(
    "--format", "form", required=True, type=click.Choice(["hf", "cyclonedx"]),
    help="A Hugging Face card, or a CycloneDX 1.6 ML-BOM in JSON.",
)  # fmt: skip
@click.option("-o", "target", required=True, type=FILE, help="The file to write.")
@click.option(
    "--records", "records_file", type=click.Path(path_type=Path),
    help="Answers: records.yaml, or a folder of such files.",
)  # fmt: skip
@click.option("--measures", "report_file", type=FILE, help="Figures: JSON of `dutybound measure`.")
@click.option(
    "--extra", "extra_file", type=FILE, help="The card that was imported: its extra part."
)
@JSON
def command(
    profile: Path,
    form: str,
    target: Path,
    records_file: Path | None,
    report_file: Path | None,
    extra_file: Path | None,
    as_json: bool,
) -> None:
    """Write the card of the system of PROFILE from its records and figures.

    With --extra the card that was imported is the base: what no field asks for stays as it was.
    The same inputs give the same bytes.
    """
    from hashlib import sha256

    from dutybound.assess import card_export
    from dutybound.cli.evidence_options import write_page
    from dutybound.packs.cards import default_card_map
    from dutybound.packs.documents_compile import default_documents
    from dutybound.packs.profile import ProfileReader
    from dutybound.packs.records import Records, read_records

    content, book = load_content(), default_documents()
    found = ProfileReader(content).read(profile, today=today())
    about = {
        "party": tuple(p.id for p in found.parties), "use": tuple(u.id for u in found.uses),
    }  # fmt: skip
    records = Records()
    if records_file is not None:
        records = read_records(records_file, book.fields, about, found.id)
    material = card_export.Material(
        name=found.name,
        version=found.detail.get("version"),
        says=found.detail.get("description"),
        records=records,
        mapping=default_card_map(book.fields, content.facts),
        fields=book.fields,
        report=card_export.read_report(report_file) if report_file else None,
        base=card_export.read_extra(extra_file, card_export.FORMATS[form]) if extra_file else None,
    )
    text = card_export.export(material, form)
    write_page(target, text)
    if as_json:
        digest = sha256(text.encode()).hexdigest()
        print_json(
            {
                "schema": "dutybound/card-export/1",
                "format": card_export.FORMATS[form],
                "file": str(target),
                "sha256": digest,
            }
        )
