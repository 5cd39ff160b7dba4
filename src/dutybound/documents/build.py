"""Builds one document from its entry and the records: Markdown, sources, open questions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from dutybound.documents.escape import authored as escape_authored
from dutybound.documents.escape import inline
from dutybound.documents.page import Picture
from dutybound.documents.shown import (
    CLOSE_MARK,
    OPEN_MARK,
    Ledger,
    Open,
    Question,
    Source,
)
from dutybound.documents.tables import Writer, pipe_table
from dutybound.documents.templates import plain, render
from dutybound.terms.document import (
    AuthoredText,
    DocumentEntry,
    Section,
    SectionState,
)

_MARK: Final = re.compile(f"{OPEN_MARK}(\\d+){CLOSE_MARK}")
_LINE_ITEM: Final = re.compile(r"\s*([-*]|\d+[.)]) ")
_UNCITED: Final = re.compile(r"(#|:::|\||!\[|>|```)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document that a dossier needs: for one party, or for the system if party is None."""

    entry: DocumentEntry
    party: str | None = None

    @property
    def id(self) -> str:
        """The stem of its files."""
        return self.entry.id if self.party is None else f"{self.entry.id}.{self.party}"


@dataclass(frozen=True, slots=True)
class Materials:
    """What documents are made from.

    values: the names that templates know, for a party or for the system. authored: by document and
    section. words: fixed phrases and headings in the language asked for. content: the version and
    day of the content, as it is cited. titles: of instruments and frameworks, by id.
    """

    values: Callable[[str | None], Mapping[str, Any]]
    authored: Mapping[tuple[str, str], AuthoredText]
    words: Mapping[str, str]
    language: str
    content: str
    system: str
    version: str
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BuiltSection:
    """One section. text: its Markdown before sources were numbered, which tells what changed."""

    id: str
    title: str
    text: str
    sources: tuple[Source, ...]
    questions: tuple[Question, ...]
    pictures: Mapping[str, Picture] = field(default_factory=dict)

    @property
    def state(self) -> SectionState:
        """Complete, or open."""
        return SectionState.OPEN if self.questions else SectionState.COMPLETE

    @property
    def sha256(self) -> str:
        """The digest of what it shows."""
        return sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Built:
    """One document. body: Markdown with numbered sources, from the first section on."""

    wanted: Wanted
    title: str
    sections: tuple[BuiltSection, ...]
    body: str
    sources: tuple[Source, ...]
    front: Mapping[str, Any] = field(default_factory=dict)

    @property
    def pictures(self) -> dict[str, Picture]:
        """The charts by the names that the body uses."""
        return {name: p for s in self.sections for name, p in s.pictures.items()}

    @property
    def questions(self) -> tuple[Question, ...]:
        """What is open in it, each once."""
        found = {(q.key, q.about): q for s in self.sections for q in s.questions}
        return tuple(found.values())

    @property
    def sha256(self) -> str:
        """The digest of the body."""
        return sha256(self.body.encode()).hexdigest()


def build(wanted: Wanted, materials: Materials) -> Built:
    """Build a document. Raises TemplateError if a template asks for what is not there."""
    entry, words = wanted.entry, materials.words
    values = materials.values(wanted.party)
    sections = tuple(_section(wanted, s, values, materials) for s in entry.sections)
    sources: dict[Source, int] = {}
    parts = [_opening(wanted, materials)]
    for section in sections:
        template = Source("template", f"{entry.id}.{section.id}", materials.content, section.id)
        parts.append(_numbered(section, sources, template))
    parts += _closing(sections, sources, words)
    title = words[f"{entry.id}.title"]
    body = "\n\n".join(p for p in parts if p) + "\n"
    front = _front(entry, values)
    return Built(wanted, title, sections, body, tuple(sources), front=front)


def _front(entry: DocumentEntry, values: Mapping[str, Any]) -> dict[str, Any]:
    """Front matter besides the usual one. What is open is left out; the body asks for it."""
    found = {k: plain(v, values, entry.id) for k, v in (entry.front or {}).items()}
    return {k: v for k, v in found.items() if v is not None}


def _section(
    wanted: Wanted, section: Section, values: Mapping[str, Any], materials: Materials
) -> BuiltSection:
    ledger, words = Ledger(), materials.words
    writer = Writer(ledger, words["phrase.open"], words["phrase.fill"])
    where = f"{wanted.entry.id}, section {section.id}"
    parts = []
    if section.text is not None:
        parts.append(render(section.text, values, writer, where).strip("\n"))
    parts.append(_authored(wanted, section, writer, materials))
    title = words[f"{wanted.entry.id}.{section.id}"]
    text = "\n\n".join(p for p in parts if p.strip())
    return BuiltSection(
        section.id,
        title,
        text,
        tuple(ledger.sources),
        tuple(ledger.questions.values()),
        ledger.pictures,
    )


def _authored(wanted: Wanted, section: Section, writer: Writer, materials: Materials) -> str:
    """What a person wrote, apart from what is generated; a gap if it is missing."""
    part, words = section.authored, materials.words
    if part is None:
        return ""
    found = materials.authored.get((wanted.id, section.id))
    if found is None:
        key = f"authored/{wanted.id}/{section.id}.md"
        if part.required:
            return writer.gap(Open(Question(key, part.ask, part.who)))
        return inline(words["phrase.nothing-added"])
    mark = writer.ledger.cite(
        Source("authored", f"{wanted.id}/{section.id}", f"{found.file}, {found.on}", found.sha256)
    )
    said = f"*{inline(words['phrase.written-by'])} {inline(found.by)}, {found.on}.*{mark}"
    return f"::: {{.authored}}\n{said}\n\n{escape_authored(found.text)}\n:::"


def _opening(wanted: Wanted, materials: Materials) -> str:
    """What the document is and what it answers, before its first section."""
    entry, words = wanted.entry, materials.words
    lines = [f"**{inline(words['phrase.purpose'])}:** {inline(entry.purpose)}"]
    names = materials.titles
    answers = "; ".join(
        f"{names.get(a.instrument, a.instrument)}: {a.pinpoint}" for a in entry.answers
    )
    lines.append(f"**{inline(words['phrase.answers'])}:** {inline(answers)}")
    system = f"{materials.system} {materials.version}".strip()
    lines.append(f"**{inline(words['phrase.system'])}:** {inline(system)}")
    lines.append(inline(words["phrase.not-advice"]))
    return "::: {.note}\n" + "\n\n".join(lines) + "\n:::"


def _numbered(section: BuiltSection, sources: dict[Source, int], template: Source) -> str:
    """A section with its heading, its marks replaced by numbers of the whole document."""

    def refs(found: Sequence[Source]) -> str:
        numbers = sorted({sources.setdefault(s, len(sources) + 1) for s in found})
        return "[" + ", ".join(f"[{n}](#s-{n})" for n in numbers) + "]{.src}"

    parts = [f"## {inline(section.title)} {{#{section.id}}}"]
    inside = False
    for block in _blocks(section.text):
        inside = inside or block.startswith("::: {.authored}")
        cited = "\n".join(_cited(block, section.sources, refs, None if inside else template))
        inside = inside and not block.rstrip().endswith(":::")
        parts.append(cited)
    return "\n\n".join(parts)


def _blocks(text: str) -> Iterator[str]:
    """Headings, paragraphs, lists and tables, also where a loop left no empty line between them."""
    block: list[str] = []
    kind = ""
    for line in text.split("\n"):
        now = _kind_of(line, kind)
        if block and (now != kind or now in ("", "heading")):
            yield "\n".join(block)
            block = []
        if now:
            block.append(line)
        kind = now
    if block:
        yield "\n".join(block)


def _kind_of(line: str, before: str) -> str:
    if not line.strip():
        return ""
    if line.startswith("#"):
        return "heading"
    if line.startswith("|"):
        return "table"
    if _LINE_ITEM.match(line):
        return "list"
    return "list" if before == "list" and line.startswith(" ") else "text"


def _cited(
    block: str, known: tuple[Source, ...], refs: Callable[[Sequence[Source]], str],
    template: Source | None,
) -> Iterator[str]:  # fmt: skip
    """The lines of a paragraph, list or table, each piece with the numbers of its records."""
    lines = block.split("\n")
    each = block.startswith("|") or _LINE_ITEM.match(block) is not None
    pieces = lines if each else [block]
    for piece in pieces:
        found = [known[int(n)] for n in _MARK.findall(piece)]
        plain = _MARK.sub("", piece)
        if not found and (template is None or _UNCITED.match(piece.lstrip()) or ".gap}" in piece):
            yield plain
        elif piece.startswith("|"):
            yield f"{plain.rstrip().removesuffix('|').rstrip()} {refs(found)} |"
        else:
            yield _appended(plain, refs(found or [template] if template else found))


def _appended(text: str, ref: str) -> str:
    """A reference at the end of a paragraph, before the end of a division."""
    if text.lstrip().startswith("#"):
        return text
    body, end = (text[: -len("\n:::")], "\n:::") if text.endswith("\n:::") else (text, "")
    return f"{body.rstrip()} {ref}{end}"


def _closing(
    sections: Sequence[BuiltSection], sources: Mapping[Source, int], words: Mapping[str, str]
) -> Iterator[str]:
    """What is open, and the table of sources."""
    questions = {(q.key, q.about): (q, s) for s in sections for q in s.questions}
    if questions:
        yield f"## {inline(words['phrase.open-questions'])} {{#open-questions}}"
        rows = [
            [
                inline(s.title),
                inline(q.ask),
                inline(q.key),
                inline(q.about or ""),
                inline(q.who or ""),
            ]
            for q, s in questions.values()
        ]
        heads = ("section", "question", "field", "about", "who")
        yield pipe_table([inline(words[f"phrase.{h}"]) for h in heads], rows)
    yield f"## {inline(words['phrase.sources'])} {{#sources}}"
    yield inline(words["phrase.sources-say"])
    rows = [
        [f"[{n}]{{#s-{n}}}", inline(s.kind), inline(s.name), inline(s.where)]
        for s, n in sources.items()
    ]
    columns = ("number", "kind", "record", "where")
    yield pipe_table([inline(words[f"phrase.{h}"]) for h in columns], rows)
