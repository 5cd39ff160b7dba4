"""Options that the commands on documents share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from dutybound.cli.evidence_options import Names
from dutybound.cli.options import Day, Markets, load_content, today

if TYPE_CHECKING:
    from dutybound.assess.documents import Dossier

F = TypeVar("F", bound=Callable[..., Any])
FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER: Final = click.Path(exists=True, file_okay=False, path_type=Path)
BESIDE: Final = {
    "records": ("records", "records.yaml"),
    "authored": ("authored",),
    "evidence": ("evidence",),
    "governance": ("governance.yaml",),
    "decision": ("decision.yaml",),
}


def looking_at_records(command: F) -> F:
    """What a dossier is made from; what is not named is taken from beside the profile."""
    options = (
        click.option("--market", "markets", type=Markets(), help="Only these markets."),
        click.option(
            "--language", type=click.Choice(["en", "de", "fr"]), default="en", show_default=True,
            help="Of headings and fixed phrases.",
        ),
        click.option("--known-on", type=Day(), help="Texts published up to this day."),
        click.option("--as-of", type=Day(), help="The day to judge (default: today)."),
        click.option("--decision", type=FILE, help="The decision on the launch."),
        click.option("--governance", type=FILE, help="Who decides what: governance.yaml."),
        click.option("--trust", type=FILE, help="Whose signatures count."),
        click.option("--evidence", type=FOLDER, help="The folder of evidence."),
        click.option("--authored", type=FOLDER, help="Sections that people wrote."),
        click.option(
            "--records", type=click.Path(exists=True, path_type=Path),
            help="Answers: records.yaml, or a folder of such files.",
        ),
        click.option(
            "--only", type=Names(), help="Only these documents, by id, separated by commas."
        ),
        click.argument("profile", type=click.Path(path_type=Path)),
    )  # fmt: skip
    for option in options:
        command = option(command)
    return command


def opened(profile: Path, **given: Any) -> Dossier:
    """The dossier that the options ask for."""
    from dutybound.assess.documents import Asked, Files, open_dossier

    folder = profile.parent
    files = {name: given[name] or _beside(folder, BESIDE[name]) for name in BESIDE}
    asked = Asked(
        today=today(),
        as_of=given["as_of"],
        known_on=given["known_on"],
        markets=given["markets"],
        language=given["language"],
        only=given["only"],
    )
    return open_dossier(load_content(()), Files(profile, trust=given["trust"], **files), asked)


def beside(profile: Path, as_of: date | None = None) -> Dossier:
    """The dossier of a profile with everything that lies beside it."""
    names = ("records", "authored", "evidence", "trust", "governance", "decision")
    plain = dict.fromkeys((*names, "known_on", "markets", "only"))
    return opened(profile, **plain, as_of=as_of, language="en")


def _beside(folder: Path, names: tuple[str, ...]) -> Path | None:
    return next((folder / n for n in names if (folder / n).exists()), None)
