"""`dutybound documents list`."""

from __future__ import annotations

from typing import Any

import click

from dutybound.cli.options import print_json


@click.command("list")
@click.option("--fields", is_flag=True, help="The fields that documents show, and who can answer.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(fields: bool, as_json: bool) -> int:
    """The documents there are: what each answers and when it is needed."""
    from dutybound.packs.documents_compile import default_documents

    book = default_documents()
    rows: list[dict[str, Any]] = [
        {
            "id": d.id,
            "family": d.family,
            "title": d.title,
            "purpose": d.purpose,
            "answers": [
                {"instrument": a.instrument, "pinpoint": a.pinpoint, "nature": a.nature}
                for a in d.answers
            ],
            "needed": "always" if d.always else list(d.rules),
            "per": d.per,
            "approver": d.approver,
            "points": list(d.points),
            "sections": [
                {"id": s.id, "title": s.title, "authored": s.authored is not None}
                for s in d.sections
            ],
        }
        for d in book.documents.values()
    ]
    asked = [
        {"id": f.id, "ask": f.ask, "type": f.type, "per": f.per, "who": f.who}
        for f in book.fields.values()
    ]
    if as_json:
        print_json({"schema": "dutybound/documents/1", "documents": rows, "fields": asked})
    elif fields:
        for f in asked:
            click.echo(f"{f['id']} ({f['type']}, per {f['per']}; {f['who']})\n    {f['ask']}")
    else:
        for row in sorted(rows, key=lambda r: (r["family"], r["id"])):
            answers = "; ".join(f"{a['instrument']} {a['pinpoint']}" for a in row["answers"])
            click.echo(f"{row['id']:<32} {row['title']}\n    {answers}")
    return 0
