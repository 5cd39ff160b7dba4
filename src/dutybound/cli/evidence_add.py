"""`dutybound evidence add FILE... --to DIR`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dutybound.cli import page
from dutybound.cli.law_list import JSON
from dutybound.cli.options import print_json
from dutybound.terms.evidence import Handling

if TYPE_CHECKING:
    from dutybound.assess.adding import Added

INCLUDE = click.option(
    "--include",
    multiple=True,
    type=click.Choice([str(h) for h in Handling if h is not Handling.ORDINARY]),
    help="Let these into the log too, which stay out of it by default.",
)


@click.command("add")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The record folder; it is made if it is missing.",
)
@click.option(
    "--trust",
    type=click.Path(path_type=Path),
    help="Whose signature counts (default: trust.yaml in the folder).",
)
@INCLUDE
@JSON
def command(
    files: tuple[Path, ...],
    folder: Path,
    trust: Path | None,
    include: tuple[str, ...],
    as_json: bool,
) -> int:
    """Add signed statements, and the files that they speak of, to a record folder.

    Each is checked first: signature, key, person, statement, files beside it. Nothing is written if
    one is refused. If the folder has a log, they are appended to it; self-tests and counsel's work
    are not, unless --include names them.
    """
    from dutybound.assess.adding import add_files
    from dutybound.packs.evidence import read_trust

    handling = frozenset({Handling.ORDINARY, *(Handling(h) for h in include)})
    named = read_trust(trust or folder / "trust.yaml")
    added = add_files(folder, files, named, handling=handling)
    value = {"schema": "dutybound/evidence-added/1", "added": [_plain(a) for a in added]}
    if as_json:
        print_json(value)
    else:
        page.show(_lines(value["added"]))
    return 0


def _plain(added: Added) -> dict[str, Any]:
    return {
        "id": added.claim_id,
        "file": added.file,
        "sha256": added.digest,
        "handling": str(added.handling),
        "new": added.new,
        "kept": list(added.files),
        "missing": list(added.missing),
        "log": _log(added),
        "index": added.index,
    }


def _log(added: Added) -> str:
    if added.kept_out:
        return "kept_out"
    if added.index is None:
        return "no_log"
    return "awaiting_receipt" if added.waiting else "in_log"


def _lines(added: Any) -> Iterator[str]:
    for one in added:
        state = "added" if one["new"] else "was there"
        yield page.wrapped(f"{one['id']}  {state}: {one['file']} ({one['sha256'][:16]}...)")
        if one["kept"]:
            yield page.wrapped(f"kept: {', '.join(one['kept'])}", 2)
        if one["missing"]:
            yield page.wrapped(f"not here, so not kept: {', '.join(one['missing'])}", 2)
        match one["log"]:
            case "in_log":
                yield page.wrapped(f"in the log at index {one['index']}, with a receipt", 2)
            case "awaiting_receipt":
                yield page.wrapped(f"in the log at index {one['index']}; awaiting a receipt", 2)
            case "kept_out":
                yield page.wrapped(f"marked {one['handling']}: not in the log", 2)
