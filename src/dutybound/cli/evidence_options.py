"""Options of the commands that look at evidence, and what they read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dutybound.assess.failing import period_days
from dutybound.cli.options import load_content, today

if TYPE_CHECKING:
    from dutybound.assess.gaps import Gaps

F = TypeVar("F", bound=Callable[..., Any])


class Period(click.ParamType[timedelta]):
    """A period such as P24M, P90D or P2Y."""

    name = "P24M"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        if isinstance(value, timedelta):
            return value
        days = period_days(str(value))
        if days is None:
            self.fail(f"`{value}` is not a period such as P24M, P90D or P2Y.", param, ctx)
        return timedelta(days=days)


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
            type=click.Path(file_okay=False, path_type=Path),
            help="A folder with signed evidence; without it, nothing is shown.",
        ),
    ):
        command = option(command)
    return command


def gaps_for(
    profile: Path,
    evidence: Path | None,
    trust: Path | None,
    horizon: timedelta,
    *,
    as_of: date | None,
    known_on: date | None,
    markets: tuple[str, ...] | None,
    content_dirs: tuple[Path, ...],
) -> Gaps:
    """The gap report that the options ask for."""
    from dutybound.assess.assess import assess
    from dutybound.assess.catalogue import answering, catalogue
    from dutybound.assess.gaps import gaps
    from dutybound.assess.intake import read_evidence
    from dutybound.packs.evidence import read_trust
    from dutybound.packs.profile import ProfileReader

    content = load_content(content_dirs)
    now = today()
    stated = ProfileReader(content).read(profile, today=now)
    result = assess(content, stated, today=now, as_of=as_of, known_on=known_on, markets=markets)
    book = catalogue()
    checked, refused = [], []
    if evidence is not None:
        found = trust or evidence / "trust.yaml"
        keys = read_trust(found) if trust is not None or found.exists() else None
        checked, refused = read_evidence(evidence, keys, book, stated, result.as_of, today=now)
    return gaps(result, book, answering, checked, refused, horizon)
