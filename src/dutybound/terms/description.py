"""What is said about a dataset without saying anything about a single row. Frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Shown: TypeAlias = Literal["numbers", "categories", "groups", "times", "counts"]


@dataclass(frozen=True, slots=True)
class Few:
    """A number of rows that is not told: more than 0 and fewer than this, or all but so few.

    Of the rows of the whole table, 0 is possible too.
    """

    less_than: int
    all_but: bool = False


Rows: TypeAlias = int | Few


@dataclass(frozen=True, slots=True)
class Group:
    """Rows counted together, at least k.

    label: a value, a declared group, or a span in words. since, until: ends of a span, from
    included, until not; None is open. joined: other cells, of fewer than k rows together, that are
    counted in `rows` too.
    """

    label: str
    since: float | str | None
    until: float | str | None
    rows: int
    joined: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Aside:
    """Cells beside the groups: missing values, values of few rows, infinities. rows: 0, or k and
    more."""

    cells: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Quantile:
    """share: of the rows with a value that lie below. since, until: where it lies; None is open.
    about: its value if rows lie evenly between them, to three digits."""

    share: float
    since: float | None
    until: float | None
    about: float | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    kind: as it was read: number, whole number, text, flag, time, other. shown: what is told of its
    values; `counts` is missing and distinct values only. roles: from the configuration. missing:
    rows without a value. distinct: different values; None if that would tell of few rows. groups,
    aside: a partition of the rows; both empty if `withheld`. hidden_values: values that are not
    named. first, last: the first and the last day, month or year that k rows share. unit: which of
    them.
    """

    name: str
    type: str
    kind: str
    shown: Shown
    missing: Rows
    distinct: int | None
    roles: tuple[str, ...] = ()
    candidate: str | None = None
    groups: tuple[Group, ...] = ()
    aside: tuple[Aside, ...] = ()
    hidden_values: int = 0
    quantiles: tuple[Quantile, ...] = ()
    unit: str | None = None
    first: str | None = None
    last: str | None = None
    withheld: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attribute:
    """A protected attribute of the configuration. grounds: market to the basis that was recorded.
    column: where its groups stand."""

    name: str
    column: str
    grounds: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Rows that are there already, in every column. without: the same but for these columns.

    surplus: rows that would go if each were kept once. why: if they were not counted.
    """

    surplus: Rows | None
    without: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class DatasetDescription:
    """A dataset as a whole. k: the smallest group of rows that is told apart."""

    name: str
    engine: str
    k: int
    rows: Rows
    columns: tuple[Column, ...]
    attributes: tuple[Attribute, ...] = ()
    duplicates: tuple[Duplicates, ...] = ()
    configured: bool = False
    notes: tuple[str, ...] = field(default_factory=tuple)
