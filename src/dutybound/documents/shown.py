"""What a template may show: a value with the record it comes from, or an open question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from dutybound.documents.page import Picture
from dutybound.errors import DutyboundError

OPEN_MARK, CLOSE_MARK = "\ue000", "\ue001"  # around the number of a source; escaping removes others
LONGEST_SHOWN: Final = 200


class TemplateError(DutyboundError):
    """A template that asks for something that is not there, or decides on what is not known."""


@dataclass(frozen=True, slots=True)
class Source:
    """A record. kind: fact, record, finding, control and so on. where: file and line, or a digest.

    value: what was shown of it, to tell later whether it changed.
    """

    kind: str
    name: str
    where: str
    value: str = field(compare=False, default="")

    @property
    def key(self) -> str:
        """Its name among all records."""
        return f"{self.kind} {self.name}"

    @property
    def sha256(self) -> str:
        """The digest of what is shown of it."""
        return sha256(self.value.encode("utf-8", "replace")).hexdigest()

    @property
    def shortened(self) -> str:
        """What is shown of it, for a line in a redline."""
        text = self.value
        return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that nobody has answered. key: the fact or field; about: the party or use."""

    key: str
    ask: str
    who: str | None = None
    about: str | None = None


class Shown:
    """A known value in words. members: the words of a list, one for each member; () if it is empty.

    It has no truth: a template says `is yes` or `is no`, which are both false of other values.
    """

    __slots__ = ("members", "source", "text", "value")

    def __init__(
        self, text: str, source: Source, value: Any = None, members: tuple[str, ...] | None = None
    ) -> None:
        self.text = text
        self.source = source
        self.value = text if value is None else value
        self.members = members

    def __iter__(self) -> Iterator[Shown]:
        for member in self.members if self.members is not None else (self.text,):
            yield Shown(member, self.source)

    def __getitem__(self, index: Any) -> Any:
        return list(self)[index]

    def __len__(self) -> int:
        """How many members a list has."""
        return 1 if self.members is None else len(self.members)

    def __bool__(self) -> bool:
        raise TemplateError(
            f"`{self.source.name}`: say `is yes`, `is no`, `is known` or `is open`."
        )

    def __eq__(self, other: object) -> bool:
        raise TemplateError(f"`{self.source.name}`: say `is value(...)` or `is having(...)`.")

    __hash__ = object.__hash__


class Open:
    """A value that is not known. It shows as its question, and keeps the document from issue."""

    __slots__ = ("question",)

    def __init__(self, question: Question) -> None:
        self.question = question

    def __iter__(self) -> Iterator[Open]:
        yield self

    def __getattr__(self, name: str) -> Open:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __bool__(self) -> bool:
        text = f"`{self.question.key}` is not known: say `is known` or `is open`."
        raise TemplateError(text)

    def __eq__(self, other: object) -> bool:
        return bool(self)

    __hash__ = object.__hash__


class Md(str):
    """Text that is Markdown already, made from escaped parts."""

    __slots__ = ()


@dataclass(slots=True)
class Ledger:
    """What one section showed: records in order of first use, and open questions."""

    sources: list[Source] = field(default_factory=list)
    questions: dict[tuple[str, str | None], Question] = field(default_factory=dict)
    pictures: dict[str, Picture] = field(default_factory=dict)

    def cite(self, source: Source) -> str:
        """The mark of a record, to be replaced when the paragraph is complete."""
        if source not in self.sources:
            self.sources.append(source)
        return f"{OPEN_MARK}{self.sources.index(source)}{CLOSE_MARK}"

    def ask(self, question: Question) -> None:
        """Note an open question."""
        self.questions.setdefault((question.key, question.about), question)
