"""`dutybound law compile`."""

from __future__ import annotations

import click


@click.command("compile")
def command() -> None:
    """Read the YAML of the content and write the compiled form beside the package."""
    from dutybound.packs.catalogue_compile import write_catalogue
    from dutybound.packs.compile import COMPILED, content_folder, write_compiled
    from dutybound.packs.documents_compile import write_documents
    from dutybound.packs.measures_compile import write_measures

    content = write_compiled(content_folder(), COMPILED)
    catalogue, _ = write_catalogue(content_folder(), COMPILED.parent, content.rules)
    measures = write_measures(content_folder(), COMPILED.parent, content.rules)
    documents = write_documents(
        content_folder(), COMPILED.parent, content.rules.keys(), catalogue.controls.keys()
    )
    click.echo(
        f"content {content.version}: {len(content.acts):,} instruments, "
        f"{len(content.rules):,} rules, {len(content.facts):,} facts, "
        f"{len(catalogue.controls):,} controls, {len(catalogue.frameworks):,} frameworks, "
        f"{len(measures.entries):,} measures, {len(documents.documents):,} documents, "
        f"sha256 {content.sha256}"
    )
