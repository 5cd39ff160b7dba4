"""`dutybound card import FILE --system PROFILE -o records.yaml`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dutybound.cli import page
from dutybound.cli.law_list import JSON
from dutybound.cli.options import Day, json_text, load_content, print_json, today
from dutybound.errors import BadInput

if TYPE_CHECKING:
    from dutybound.assess.card_import import Imported

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("file", type=FILE)
@click.option(
    "--system", "system_file", required=True, type=FILE,
    help="The profile of the system that the card is about.",
)  # fmt: skip
@click.option("--by", required=True, help="Who takes the answers over: the name of a person.")
@click.option("--on", type=Day(), help="On which day (default: today).")
@click.option("--model", help="The model, if a CycloneDX file has several.")
@click.option("-o", "target", required=True, type=FILE, help="Write the answers: records.yaml.")
@click.option("--facts", type=FILE, help="Write the facts that it states, for your profile.")
@click.option("--extra", type=FILE, help="Keep the whole card, for an export without loss.")
@click.option("--force", is_flag=True, help="Write over existing files.")
@JSON
def command(
    file: Path,
    system_file: Path,
    by: str,
    on: date | None,
    model: str | None,
    target: Path,
    facts: Path | None,
    extra: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Take over what FILE says: a README.md with a metadata block, or a CycloneDX ML-BOM in JSON.

    Answers go to a new records.yaml, word for word and with their place. Facts are those that the
    card states; nothing is concluded from it.
    """
    from dutybound.assess.card_import import facts_text, import_card, records_text
    from dutybound.cli.evidence_options import write_page
    from dutybound.packs.cards import default_card_map
    from dutybound.packs.documents_compile import default_documents
    from dutybound.packs.profile import ProfileReader

    for path in (target, facts, extra):
        if path is not None and path.exists() and not force:
            raise BadInput.one(str(path), "The file exists. Use --force to write over it.")
    content, book = load_content(), default_documents()
    profile = ProfileReader(content).read(system_file, today=today())
    mapping = default_card_map(book.fields, content.facts)
    found = import_card(file, mapping, book.fields, model)
    models = profile.models
    write_page(target, records_text(found, profile.id, by, on or today()))
    if facts is not None:
        write_page(facts, facts_text(found, models[0].id if models else "model"))
    if extra is not None:
        write_page(extra, json_text(found.extra()))
    if as_json:
        print_json(_plain(found))
    else:
        page.show(_lines(found))


def _plain(found: Imported) -> dict[str, Any]:
    return {
        "schema": "dutybound/card-import/1",
        "format": found.format,
        "file": found.file,
        "sha256": found.sha256,
        "name": found.name,
        "answers": [{"field": a.field, "place": a.place, "value": a.value} for a in found.answers],
        "facts": [
            {"fact": f.fact, "value": f.value, "place": f.place, "says": f.says}
            for f in found.facts
        ],
        "kept": list(found.kept),
    }


def _lines(found: Imported) -> list[str]:
    from dutybound.terms.visible import visible

    lines = [page.title(f"{visible(found.name or found.file)}: what the card says"), ""]
    lines.append(page.heading(f"Answers ({len(found.answers)})"))
    lines += page.rows((a.field, visible(a.place)) for a in found.answers)
    lines += ["", page.heading(f"Facts ({len(found.facts)})")]
    lines += page.rows((f.fact, f.value, f"{f.place}: {visible(f.says)}") for f in found.facts)
    lines += ["", page.heading(f"Kept as it is, since no field asks for it ({len(found.kept)})")]
    lines += [page.wrapped(visible(k), 2) for k in found.kept]
    return lines
