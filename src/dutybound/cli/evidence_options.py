"""Options of the commands that look at evidence, and what they read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from dutybound.cli.options import load_content, today
from dutybound.errors import BadInput

if TYPE_CHECKING:
    from dutybound.assess.gaps import Gaps
    from dutybound.terms.evidence import Checked, Refused
    from dutybound.terms.trust import Trust

_PERIOD: Final = re.compile(
    r"^P(?:(\d{1,2})Y)?(?:(\d{1,3})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?$", re.ASCII
)
_YEAR: Final = 365.25
F = TypeVar("F", bound=Callable[..., Any])


class Period(click.ParamType[timedelta]):
    """A period such as P24M, P90D or P2Y, in days: years and months by their mean length, up."""

    name = "P24M"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        if isinstance(value, timedelta):
            return value
        match = _PERIOD.match(str(value))
        if match is None or not any(match.groups()):
            self.fail(f"`{value}` is not a period such as P24M, P90D or P2Y.", param, ctx)
        years, months, weeks, days = (int(g or 0) for g in match.groups())
        return timedelta(days=ceil(_YEAR * years + _YEAR / 12 * months) + 7 * weeks + days)


def looking_at_evidence(command: F) -> F:
    """--evidence, --trust, --horizon."""
    for option in (
        click.option(
            "--horizon", type=Period(), default="P24M", show_default=True, help="How far ahead."
        ),
        click.option(
            "--trust",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Whose signatures count (default: trust.yaml in the evidence folder).",
        ),
        click.option(
            "--evidence",
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            help="A folder with signed evidence; without it, everything is unassessed.",
        ),
    ):
        command = option(command)
    return command


class Names(click.ParamType[tuple[str, ...]]):
    """One or several names, separated by commas."""

    name = "ID,ID"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        found = tuple(part.strip() for part in str(value).split(",") if part.strip())
        if not found:
            self.fail("name at least one", param, ctx)
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class Asked:
    """What the options of `judging` and `looking_at_evidence` say."""

    evidence: Path | None
    trust: Path | None
    horizon: timedelta
    as_of: date | None
    known_on: date | None
    markets: tuple[str, ...] | None
    content_dirs: tuple[Path, ...]


def trust_of(evidence: Path, trust: Path | None) -> Trust | None:
    """The trust file that is named, or that of the evidence folder; None if there is none."""
    from dutybound.packs.evidence import read_trust

    found = trust or evidence / "trust.yaml"
    return read_trust(found) if trust is not None or found.exists() else None


def gaps_for(profile: Path, asked: Asked, frameworks: tuple[str, ...] | None = None) -> Gaps:
    """The gap report that the options ask for."""
    from dutybound.assess.assess import assess
    from dutybound.assess.catalogue import answering, catalogue
    from dutybound.assess.gaps import gaps
    from dutybound.assess.intake import read_evidence
    from dutybound.packs.profile import ProfileReader

    content = load_content(asked.content_dirs)
    now = today()
    stated = ProfileReader(content).read(profile, today=now)
    result = assess(
        content,
        stated,
        today=now,
        as_of=asked.as_of,
        known_on=asked.known_on,
        markets=asked.markets,
    )
    book = catalogue()
    checked: list[Checked] = []
    refused: list[Refused] = []
    if asked.evidence is not None:
        keys = trust_of(asked.evidence, asked.trust)
        checked, refused = read_evidence(
            asked.evidence, keys, book, stated, result.as_of, today=now
        )
    return gaps(result, book, answering, checked, refused, asked.horizon, frameworks)


def write_page(path: Path, text: str) -> None:
    """Write a page and say so on stderr. Raises BadInput if it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput.one(str(path), f"The page cannot be written: {error.strerror}.") from error
    click.echo(f"wrote {path}", err=True)
