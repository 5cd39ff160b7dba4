"""Where a place lies. A code lies in every code that it extends: us-ny-nyc in us-ny in us."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from dutybound.rules.truth import FALSE, TRUE, UNKNOWN, disjunction

ANYWHERE: Final = "anywhere"


def within(code: str, area: str) -> int:
    """Whether a place lies in an area; unknown if the place is wider than the area."""
    if code == ANYWHERE and area != ANYWHERE:
        return UNKNOWN
    if area in (code, ANYWHERE) or code.startswith(area + "-"):
        return TRUE
    return UNKNOWN if area.startswith(code + "-") else FALSE


def any_within(codes: Iterable[str], area: str) -> int:
    """Whether at least one of several places lies in an area."""
    return disjunction(within(code, area) for code in codes)
