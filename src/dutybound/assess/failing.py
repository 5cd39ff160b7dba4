"""`--fail-on`: the conditions under which a command ends with exit code 1."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from dutybound.errors import BadInput

NAMES: Final = ("prohibited", "undetermined", "contested", "due")
_PERIOD = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?\Z")


@dataclass(frozen=True, slots=True)
class Condition:
    """A named condition. days: how far ahead `due` looks."""

    name: str
    days: int = 0


def period_days(text: str) -> int | None:
    """Days in an ISO 8601 period such as P90D, P3M, P1Y (months count 30, years 365 days)."""
    match = _PERIOD.match(text)
    if match is None or text == "P":
        return None
    years, months, weeks, days = (int(g or 0) for g in match.groups())
    return years * 365 + months * 30 + weeks * 7 + days


def parse(text: str) -> Condition | None:
    """A condition from its text, or None."""
    name, _, rest = text.partition(":")
    if name == "due":
        days = period_days(rest)
        return None if days is None else Condition("due", days)
    return Condition(name) if name in NAMES and not rest else None


def holding(
    assessment: dict[str, Any], conditions: Iterable[Condition], baseline: Path | None
) -> list[str]:
    """One line for each finding that makes a condition hold and is not in the baseline."""
    known = _known(baseline)
    as_of = date.fromisoformat(assessment["as_of"])
    lines = []
    for condition in conditions:
        for finding in _matching(assessment, condition, as_of):
            if (finding["key"], finding["outcome"]) not in known:
                lines.append(f"{condition.name}: {finding['key']} ({finding['outcome']})")
    return lines


def _known(baseline: Path | None) -> set[tuple[str, str]]:
    if baseline is None:
        return set()
    try:
        found = json.loads(baseline.read_text(encoding="utf-8"))
        return {(f["key"], f["outcome"]) for f in found["findings"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput.one(
            str(baseline), "This is no result of `assess --json`. Make it again."
        ) from error


def _matching(
    assessment: dict[str, Any], condition: Condition, as_of: date
) -> Iterator[dict[str, Any]]:
    for finding in assessment["findings"]:
        kind, outcome = finding["kind"], finding["outcome"]
        if condition.name == "prohibited":
            hit = kind == "prohibition" and outcome == "applies"
        elif condition.name == "due":
            hit = _is_due(finding, as_of, condition.days)
        else:
            hit = outcome == condition.name and not finding.get("no_duty_either_way")
        if hit:
            yield finding


def _is_due(finding: dict[str, Any], as_of: date, days: int) -> bool:
    if finding["kind"] != "duty" or finding["outcome"] not in ("not_yet_applicable", "applies"):
        return False
    start = date.fromisoformat(finding["effective_from"])
    return as_of < start <= as_of + timedelta(days=days)
