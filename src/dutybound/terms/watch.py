"""Repeated checks of one table: what was agreed, and what is kept between two looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Watching:
    """How repeated looks share their doubt.

    alpha: chance of any false alarm over all looks, in (0, 1). spending: endless, obrien-fleming or
    pocock. looks: how many are planned; None for `endless`. confirm: looks in a row that have to
    agree before an alarm rises or ends, at least 1.
    """

    alpha: float = 0.05
    spending: str = "endless"
    looks: int | None = None
    confirm: int = 1


@dataclass(frozen=True, slots=True)
class Look:
    """One look. look: from 1. level: that it kept over all lines together. first, last: times of
    the window, or None. profile_sha256: of the window's counts."""

    look: int
    level: float
    rows: int
    first: str | None
    last: str | None
    profile_sha256: str


@dataclass(frozen=True, slots=True)
class LineState:
    """Where one line stands. since: the look at which the alarm rose. run: looks in a row that
    spoke for the other state. why: of the last look that had a value."""

    alarm: bool = False
    run: int = 0
    since: int | None = None
    why: str = ""


@dataclass(frozen=True)
class WatchRecord:
    """The file between two looks. config_sha256: of what was agreed. reference_sha256: of the
    reference profile; None without one. lines: key of a line to its state."""

    watching: Watching
    config_sha256: str
    reference_sha256: str | None
    looks: tuple[Look, ...] = ()
    lines: Mapping[str, LineState] = field(default_factory=dict)
