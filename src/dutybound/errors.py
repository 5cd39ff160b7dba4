"""The error tree. Every error says where, what, why and what next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


class DutyboundError(Exception):
    """Base of all errors that dutybound raises on purpose."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with an input.

    file: as the user named it. line, column: from 1; 0 if there is no position.
    """

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{where}: {self.message}"


class BadInput(DutyboundError):
    """An input cannot be used. Holds every problem that was found, in order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))

    @classmethod
    def one(cls, file: str, message: str, line: int = 0, column: int = 0) -> BadInput:
        """A single problem."""
        return cls([Problem(file, line, column, message)])


class ContentError(BadInput):
    """The content itself (law, facts, places) is not sound."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return " Did you mean `x`?" for the closest known word, else an empty string."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean `{close[0]}`?" if close else ""
