"""`dutybound oscal`: export to OSCAL, import of catalogs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dutybound.cli.evidence_options import Asked, gaps_for, looking_at_evidence
from dutybound.cli.options import judging, load_content, print_json


@click.group("oscal")
def command() -> None:
    """OSCAL 1.2.3: export our catalog, mappings and a system's state; import catalogs."""


@command.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--profile",
    type=click.Path(path_type=Path),
    help="Also write component definition, assessment results and POA&M of this system.",
)
@looking_at_evidence
@judging
def export(folder: Path, profile: Path | None, as_json: bool, **asked: Any) -> None:
    """Write OSCAL documents into FOLDER."""
    from dutybound.assess.catalogue import catalogue
    from dutybound.assess.oscal import framework_documents, system_documents, write_all
    from dutybound.assess.plan import plan
    from dutybound.packs.plan_policy import read_plan_policy

    documents = framework_documents(catalogue(), load_content())
    if profile is not None:
        found = gaps_for(profile, Asked(**asked))
        documents |= system_documents(found, plan(found, read_plan_policy()))
    written = [str(p) for p in write_all(folder, documents)]
    if as_json:
        print_json({"schema": "dutybound/oscal-export/1", "written": written})
    else:
        for name in written:
            click.echo(name)


@command.command("import")
@click.argument("catalog", type=click.Path(path_type=Path))
@click.argument("framework_id", metavar="ID")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
def import_(catalog: Path, framework_id: str, output: Path, force: bool) -> None:
    """Turn an OSCAL CATALOG into a framework file of your own, named ID.

    Use it with `--framework FILE`; add `mappings` to say which controls cover its elements.
    """
    from dutybound.assess.oscal import as_framework, load_catalog
    from dutybound.packs.writing import to_yaml

    if output.exists() and not force:
        raise click.UsageError(f"{output} exists; --force overwrites it.")
    found = as_framework(load_catalog(catalog), framework_id)
    output.write_text(to_yaml(found), encoding="utf-8")
    click.echo(f"wrote {output}: {len(found['elements'])} elements")
