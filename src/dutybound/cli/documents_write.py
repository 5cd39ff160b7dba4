"""`dutybound documents write PROFILE -o DIR`, also without `write`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click

from dutybound.cli.bar import Bar
from dutybound.cli.documents_options import FILE, looking_at_records, opened
from dutybound.cli.evidence_options import Names
from dutybound.cli.options import print_json
from dutybound.errors import BadInput, did_you_mean

FORMATS: Final = ("md", "html", "docx", "pdf")


@click.command("write")
@looking_at_records
@click.option(
    "-o", "--output", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="The folder of the dossier.",
)  # fmt: skip
@click.option(
    "--format", "formats", type=Names(), default=",".join(FORMATS), show_default=True,
    help="Of md, html, docx, pdf.",
)  # fmt: skip
@click.option("--reference", type=FILE, help="A .docx file whose styles are taken.")
@click.option("--replace", is_flag=True, help="Write anew what was changed by hand; keep a copy.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--fail-on", "fail_on", type=click.Choice(["open"]),
    help="Exit 1 if a document has an open question.",
)  # fmt: skip
def command(
    profile: Path,
    output: Path,
    formats: tuple[str, ...],
    reference: Path | None,
    replace: bool,
    as_json: bool,
    fail_on: str | None,
    **given: Any,
) -> int:
    """Write the documents that the system of PROFILE needs, as drafts.

    Records, authored text, evidence and governance are taken from beside the profile unless they
    are named. Writing again keeps what people wrote, and shows what changed and why in `redline/`.
    """
    for name in formats:
        if name not in FORMATS:
            hint = did_you_mean(name, FORMATS)
            raise BadInput.one("--format", f"`{name}` is none of {', '.join(FORMATS)}.{hint}")
    from dutybound.assess.documents_write import write_dossier

    dossier = opened(profile, **given)
    bar = Bar()
    found = write_dossier(
        dossier, output, formats, reference=reference, replace=replace, progress=bar
    )
    bar.end()
    if as_json:
        print_json(found.manifest)
    else:
        _say(output, found)
    opens = any(b.questions for b in found.documents)
    return 1 if fail_on == "open" and opens else 0


def _say(output: Path, found: Any) -> None:
    for built in found.documents:
        state = f"{len(built.questions)} open" if built.questions else "complete"
        changed = found.changed.get(built.wanted.id)
        more = f"; {sum(len(c.changes) for c in changed)} changes, see redline/" if changed else ""
        click.echo(f"{built.wanted.id:<40} {state}{more}")
    count = len(found.documents)
    click.echo(f"{count} documents in {output}; begin with {output / 'index.html'}")
