"""Words and numbers that the page and the terminal share."""

from __future__ import annotations

from typing import Final

from dutybound.terms.measure import Measured, Undefined, Verdict

WORDS: Final = {
    Verdict.BREACH: ("outside", "red"),
    Verdict.NOT_ENOUGH_DATA: ("not enough data", "yellow"),
    Verdict.UNDEFINED: ("no value", "magenta"),
    Verdict.NO_BREACH: ("inside", "green"),
    Verdict.NOT_JUDGED: ("not judged", "bright_black"),
}


def value(found: Measured) -> str:
    """A value with four digits, or why there is none."""
    return f"no value: {found.reason}" if isinstance(found, Undefined) else f"{found.value:.4g}"


def span(found: Measured) -> str:
    """An interval; empty without one."""
    if isinstance(found, Undefined) or found.interval is None:
        return ""
    return f"{found.interval.low:.4g} to {found.interval.high:.4g}"


def both(found: Measured) -> str:
    """A value with its interval."""
    reach = span(found)
    return f"{value(found)} ({reach})" if reach else value(found)


def plural(count: int, one: str) -> str:
    """A count of things."""
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"
