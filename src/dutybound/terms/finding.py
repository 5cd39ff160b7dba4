"""What an assessment finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from dutybound.terms.system import Facts


class Outcome(StrEnum):
    """How a rule stands to a binding of what it ranges over, on a day."""

    APPLIES = "applies"
    NOT_YET = "not_yet_applicable"
    NO_LONGER = "no_longer_applicable"
    EXCEPTED = "excepted"
    DOES_NOT_APPLY = "does_not_apply"
    UNDETERMINED = "undetermined"
    CONTESTED = "contested"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a rule was judged for. None where the rule does not range over the thing."""

    party: str | None = None
    use: str | None = None
    place: str | None = None
    data: str | None = None
    model: str | None = None

    def as_dict(self) -> dict[str, str]:
        """The things that are set, in a fixed order."""
        pairs = (
            ("use", self.use),
            ("place", self.place),
            ("data", self.data),
            ("model", self.model),
        )
        return {k: v for k, v in pairs if v is not None}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for one rule in one scope, without its proof.

    text: index of the text that decided; -1 if none. start, end: the span of that text in days
    on which it binds; start_latest differs from start when the day depends on unknown facts.
    no_duty_either_way: an exception holds whatever the unknown facts are.
    only_day_open: it is sure that the rule binds, only its first day depends on unknown facts.
    relevant: for a text that no longer binds, whether it could have bound here.
    """

    rule: str
    scope: Scope
    outcome: Outcome
    text: int = -1
    formal: date | None = None
    start: date | None = None
    start_latest: date | None = None
    end: date | None = None
    reason: str | None = None
    no_duty_either_way: bool = False
    relevant: bool = True
    only_day_open: bool = False
    draft: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A node of a proof: a condition, its value on the facts and what it rests on.

    about: the facts of the thing that a leaf read, which need not be the thing of the finding.
    """

    value: str
    says: str
    fact: str | None = None
    stated: Any = None
    reason: str | None = None
    cite: str | None = None
    grade: str | None = None
    steps: tuple[Step, ...] = field(default=())
    about: Facts | None = field(default=None, compare=False, repr=False)
