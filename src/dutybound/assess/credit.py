"""What outside reports prove: losses with their reasons, and credit per control."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dutybound.terms.evidence import Rung


@dataclass(frozen=True, slots=True)
class Loss:
    """Why credit is lower than it could be. cap: the rung that is left at most."""

    code: str
    reason: str
    cap: Rung


@dataclass(frozen=True, slots=True)
class ElementCredit:
    """What a report proves for one element. in_period: on a day of the time it speaks of."""

    id: str
    rung: Rung
    in_period: Rung
    losses: tuple[Loss, ...]

    @property
    def code(self) -> str | None:
        """The code of the loss that weighs most; None if nothing was lost."""
        return min(self.losses, key=lambda loss: loss.cap).code if self.losses else None


@dataclass(frozen=True, slots=True)
class ControlCredit:
    """What a report proves for a control. extent: full, partial or none.

    rung holds for the whole control only if the extent is full, else for a part of it.
    """

    control: str
    extent: str
    rung: Rung
    in_period: Rung
    elements: dict[str, Rung]
    reason: str


def credited(
    name: str, losses: Sequence[Loss], of_the_day: Sequence[Loss], best: Rung
) -> ElementCredit:
    """The credit that is left after the losses; those of the day count on the day only."""
    in_period = min([best, *(loss.cap for loss in losses)])
    rung = min([in_period, *(loss.cap for loss in of_the_day)])
    return ElementCredit(name, rung, in_period, (*losses, *of_the_day))


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
