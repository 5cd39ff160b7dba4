"""`dutybound audit-pack PROFILE --evidence DIR -o pack.zip`."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import click

from dutybound import __version__
from dutybound.cli import page
from dutybound.cli.evidence_options import Asked, gaps_for, trust_of
from dutybound.cli.options import Day, print_json
from dutybound.errors import BadInput
from dutybound.terms.evidence import Handling

_AHEAD = timedelta(days=731)


@click.command("audit-pack")
@click.argument("profile", type=click.Path(path_type=Path))
@click.option(
    "--evidence", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The record folder: statements, files, and the log if there is one.",
)  # fmt: skip
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path),
    help="The pack: a zip file if the name ends in .zip, otherwise a new folder.",
)  # fmt: skip
@click.option(
    "--trust", type=click.Path(dir_okay=False, path_type=Path),
    help="Gives the signers' public keys (default: trust.yaml in the record folder).",
)  # fmt: skip
@click.option("--as-of", type=Day(), help="The day of the assessment (default: today).")
@click.option(
    "--checkpoint", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint that the auditor kept: adds the proof that the log only grew since.",
)  # fmt: skip
@click.option(
    "--documents", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with documents to put in.",
)  # fmt: skip
@click.option(
    "--every-version", is_flag=True, help="Statements on other versions of the system, too."
)
@click.option(
    "--include", multiple=True,
    type=click.Choice([str(h) for h in Handling if h is not Handling.ORDINARY]),
    help="Put in what is marked so. It may be privileged: ask counsel first.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the manifest as JSON.")
def command(
    profile: Path,
    evidence: Path,
    output: Path,
    trust: Path | None,
    as_of: date | None,
    checkpoint: Path | None,
    documents: Path | None,
    every_version: bool,
    include: tuple[str, ...],
    as_json: bool,
) -> int:
    """All that an auditor needs to check the evidence on a system without dutybound."""
    from dutybound.assess.audit_pack import Wanted, add_documents, gather
    from dutybound.assess.audit_pack_parts import complete
    from dutybound.assess.pack_writing import write_pack

    keys = trust_of(evidence, trust)
    if keys is None:
        raise BadInput.one(
            str(evidence), "There is no trust.yaml here that names the signers; give --trust."
        )
    found = gaps_for(profile, Asked(evidence, trust, _AHEAD, as_of, None, None, ()))
    day = str(found.assessment.as_of)
    handling = frozenset({Handling.ORDINARY, *(Handling(h) for h in include)})
    earlier = None if checkpoint is None else checkpoint.read_bytes()
    wanted = Wanted(handling, every_version, earlier)
    pack = gather(evidence, keys, found.assessment.profile, day, wanted)
    if documents is not None:
        add_documents(pack, documents)
    manifest = complete(pack, found, keys, f"dutybound {__version__}")
    write_pack(pack.files, output, lambda _: None)
    if pack.marked:
        click.echo(
            f"{page.plural(pack.marked, 'piece')} left out as self_test or counsel. The pack does"
            " not say so.",
            err=True,
        )
    if as_json:
        print_json(manifest)
    else:
        from dutybound.cli.audit_pack_page import lines

        page.show(lines(manifest, str(output)))
    return 0
