"""Documents: what each one answers, which sections it must have, which fields it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

Per: TypeAlias = Literal["system", "party", "use"]
FieldType: TypeAlias = Literal["line", "text", "list", "date", "number", "flag", "table"]


class SectionState(StrEnum):
    """How far a section is. Stale: a record that it shows has changed since it was written."""

    COMPLETE = "complete"
    OPEN = "open"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Answered:
    """A provision or source that a document answers. instrument: an act, a framework or a name."""

    instrument: str
    pinpoint: str
    nature: str


@dataclass(frozen=True, slots=True)
class FieldEntry:
    """Something that only a person can say, asked once and shown wherever it is needed.

    per: what it is about; a field per party or use has one value for each. columns: of a table,
    name to heading. who: who can answer, as an owner name of controls.
    """

    id: str
    ask: str
    type: FieldType
    who: str
    per: Per = "system"
    columns: Mapping[str, str] | None = None
    help: str | None = None


@dataclass(frozen=True, slots=True)
class Authored:
    """Text that a person writes. required: whether the document is open without it."""

    ask: str
    who: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document. text: a template in Markdown. points: what it answers, by pinpoint."""

    id: str
    title: str
    points: tuple[str, ...] = ()
    text: str | None = None
    authored: Authored | None = None


@dataclass(frozen=True, slots=True)
class IssueRule:
    """What must be on record before a document may be issued.

    fields: that must be answered, shown or not. controls: that need valid evidence. signatory: a
    field with the name of the one person who may issue it.
    """

    why: str
    fields: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    signatory: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """One document. rules: ids or beginnings of ids of rules that ask for it.

    always: whether it belongs to each dossier. per: one for the system or one for each party that
    owes it. approver: the owner name of controls of who may issue it. points: the pinpoints of the
    source that have to be answered; each section names its own. evidence_for: controls for which
    an issued copy is evidence, besides those that name the document themselves. front: keys of
    front matter that the format of the document asks for, each with an expression for its value.
    """

    id: str
    family: str
    title: str
    purpose: str
    answers: tuple[Answered, ...]
    readers: tuple[str, ...]
    per: Per
    approver: str
    sections: tuple[Section, ...]
    always: bool = False
    rules: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    not_asked: Mapping[str, str] | None = None
    before_issue: IssueRule | None = None
    landscape: bool = False
    short: bool = False
    evidence_for: tuple[str, ...] = ()
    front: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class DocumentCatalogue:
    """All documents, the fields they show, and fixed words by language."""

    documents: Mapping[str, DocumentEntry]
    fields: Mapping[str, FieldEntry]
    words: Mapping[str, Mapping[str, str]]

    def word(self, language: str, key: str) -> str:
        """A fixed phrase or heading in a language; the English one where it is the same."""
        return self.words[language].get(key) or self.words["en"][key]


@dataclass(frozen=True, slots=True)
class Record:
    """An answer to a field. value: text, number, list or rows; None if it says why there is none.

    about: the party or use that it is for; None for the system. file, line: where it stands.
    """

    field: str
    value: object
    by: str
    on: str
    file: str
    line: int
    about: str | None = None
    source: str | None = None
    nothing: str | None = None


@dataclass(frozen=True, slots=True)
class AuthoredText:
    """What a person wrote for a section. text: Markdown without its front matter."""

    text: str
    by: str
    on: str
    file: str
    sha256: str
