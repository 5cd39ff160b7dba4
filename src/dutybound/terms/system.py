"""Systems as values: what a profile states, with the place where it was said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeAlias


class SetFact:
    """What is known of a set: members that hold, members that do not, and whether it is closed."""

    __slots__ = ("closed", "no", "yes")

    def __init__(
        self, yes: frozenset[str], no: frozenset[str] = frozenset(), closed: bool = False
    ) -> None:
        self.yes = yes
        self.no = no
        self.closed = closed

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SetFact):
            return NotImplemented
        return (self.yes, self.no, self.closed) == (other.yes, other.no, other.closed)

    def __hash__(self) -> int:
        return hash((self.yes, self.no, self.closed))

    def __repr__(self) -> str:
        return f"SetFact({sorted(self.yes)}, no={sorted(self.no)}, closed={self.closed})"


@dataclass(frozen=True, slots=True)
class NotOneOf:
    """A choice of which only some values are ruled out, by what else is stated."""

    values: frozenset[str]


Facts: TypeAlias = dict[str, Any]
NO_FACTS: Final[Facts] = {}


@dataclass(frozen=True, slots=True)
class Position:
    """Where a fact was stated."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to the system on a day."""

    act: str
    date: date
    party: str | None = None
    place: str | None = None
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """A party, model or data set. `facts` maps a fact's short name to its value."""

    kind: str
    id: str
    facts: Facts
    places: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """One use of the system, with its places and what differs there."""

    id: str
    facts: Facts
    places: tuple[str, ...]
    overrides: dict[str, Facts] = field(default_factory=dict)
    parties: tuple[str, ...] | None = None
    data: tuple[str, ...] | None = None
    models: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """One AI system as its owner states it.

    positions: fact path (for example `uses.decide-loans.purposes`) to where it was said. about: the
    same for what is no fact of law, such as names and addresses, with its text.
    """

    id: str
    name: str
    file: str
    sha256: str
    system: Facts
    parties: tuple[Thing, ...]
    models: tuple[Thing, ...]
    data: tuple[Thing, ...]
    uses: tuple[Use, ...]
    events: tuple[Event, ...]
    events_complete: bool
    positions: dict[str, Position] = field(default_factory=dict, compare=False)
    detail: dict[str, Any] = field(default_factory=dict, compare=False)
    about: dict[str, tuple[str, Position]] = field(default_factory=dict, compare=False)
