"""Truth values: false, unknown, contested, true.

Kleene's logic with a fourth value for law on which sources disagree. In a conjunction the order
is false < unknown < contested < true; in a disjunction false < contested < unknown < true. So a
contested result never hides an unknown fact, and answering an unknown never changes a value that
was false, true or contested. Source for the three values: Kleene, Introduction to Metamathematics,
section 64.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

FALSE: Final = 0
UNKNOWN: Final = 1
CONTESTED: Final = 2
TRUE: Final = 3

NAMES: Final = ("no", "unknown", "contested", "yes")
NEGATION: Final = (TRUE, UNKNOWN, CONTESTED, FALSE)
_ANY_RANK: Final = (0, 2, 1, 3)
_ANY_BACK: Final = (FALSE, CONTESTED, UNKNOWN, TRUE)


def negate(value: int) -> int:
    """Swap true and false; unknown and contested stay."""
    return NEGATION[value]


def conjunction(values: Iterable[int]) -> int:
    """The value of "all of these". True for no values."""
    return min(values, default=TRUE)


def disjunction(values: Iterable[int]) -> int:
    """The value of "any of these". False for no values."""
    return _ANY_BACK[max((_ANY_RANK[v] for v in values), default=0)]


def at_least(count: int, values: Iterable[int]) -> int:
    """The value of "at least `count` of these"."""
    seen = list(values)
    true = seen.count(TRUE)
    contested = seen.count(CONTESTED)
    unknown = seen.count(UNKNOWN)
    if true >= count:
        return TRUE
    if true + contested + unknown < count:
        return FALSE
    return UNKNOWN if unknown else CONTESTED
