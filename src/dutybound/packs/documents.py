"""Reads `content/documents/`: documents with their sections, fields and words. Closed, linted."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dutybound.errors import ContentError, Problem, did_you_mean
from dutybound.packs.documents_schema import (
    DocumentFile,
    FieldModel,
    FieldsFile,
    SectionModel,
    WordsFile,
)
from dutybound.packs.reading import Document, Where, read_yaml
from dutybound.packs.validation import validate
from dutybound.terms.document import (
    Answered,
    Authored,
    DocumentCatalogue,
    DocumentEntry,
    FieldEntry,
    IssueRule,
    Section,
)

FOLDER: Final = "documents"
FIELDS: Final = "fields"
MESSAGES: Final = "messages"
LANGUAGES: Final = ("en", "de", "fr")
CARDS: Final = "cards.yaml"
# Calls in templates, with their leading arguments that are plain names.
_CALL: Final = re.compile(
    r"\b(field|row_of|duties|classes|clocks|controls)\(\s*((?:'[^'\n]*'\s*(?:,\s*)?)+)"
)
_FIELDS: Final = ("field", "row_of")
_NAME: Final = re.compile(r"'([^'\n]*)'")


@dataclass(slots=True)
class _Reader:
    """Collects files, then checks what points where. rules: ids, of all rules."""

    rules: Collection[str]
    controls: Collection[str]
    problems: list[Problem] = field(default_factory=list)
    fields: dict[str, FieldEntry] = field(default_factory=dict)
    documents: dict[str, DocumentEntry] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=lambda: {x: {} for x in LANGUAGES})
    shown: set[str] = field(default_factory=set)

    def wrong(self, document: Document, where: Where, message: str) -> None:
        self.problems.append(document.problem(where, message))

    def take_fields(self, document: Document) -> None:
        """One file of fields."""
        model = validate(FieldsFile, document, self.problems)
        for name, entry in (model.fields if model else {}).items():
            where: Where = ("fields", name)
            if name in self.fields:
                self.wrong(document, where, f"The field `{name}` stands here again.")
            if (entry.type == "table") != (entry.columns is not None):
                self.wrong(document, where, "A table has `columns`, and nothing else has.")
            self.fields[name] = _field(name, entry)

    def take_words(self, document: Document, language: str) -> None:
        """One file of words."""
        model = validate(WordsFile, document, self.problems)
        if model is None:
            return
        if model.language != language:
            self.wrong(document, ("language",), f"It lies in the folder of `{language}`.")
        for key, text in model.words.items():
            if key in self.words[language]:
                self.wrong(document, ("words", key), f"`{key}` stands here again.")
            self.words[language][key] = text

    def take_document(self, document: Document) -> None:
        """One document."""
        model = validate(DocumentFile, document, self.problems)
        if model is None:
            return
        if model.document in self.documents:
            self.wrong(document, ("document",), f"`{model.document}` stands in two files.")
        self.documents[model.document] = _entry(model)
        for where, message in self._wrong(model):
            self.wrong(document, where, message)

    def _wrong(self, model: DocumentFile) -> Iterator[tuple[Where, str]]:
        yield from self._wrong_needs(model)
        ids = [s.id for s in model.sections]
        for i, section in enumerate(model.sections):
            if section.id in ids[:i]:
                yield ("sections", i, "id"), f"`{section.id}` stands here again."
            if section.text is None and section.authored is None:
                yield ("sections", i), "A section has a `text`, or a part that is `authored`."
            yield from self._wrong_calls(section.text or "", ("sections", i, "text"))
        for key, text in (model.front or {}).items():
            yield from self._wrong_calls(text, ("front", key))
        yield from _wrong_points(model)

    def _wrong_calls(self, text: str, where: Where) -> Iterator[tuple[Where, str]]:
        """Names that a template asks for and that are not there: nothing would show."""
        for what, given in _CALL.findall(text):
            names = _NAME.findall(given)
            for name in names[:1] if what in _FIELDS else names:
                known = self._known(what, name)
                if known is not None:
                    hint = did_you_mean(name, known)
                    yield where, f"`{what}` finds no `{name}`.{hint}"
                elif what in _FIELDS:
                    self.shown.add(name)

    def _known(self, what: str, name: str) -> Collection[str] | None:
        """What there is, if the name is not among it."""
        if what in _FIELDS:
            return None if name in self.fields else self.fields
        if what == "controls":
            return None if name in self.controls else self.controls
        starts = any(r == name or r.startswith(f"{name}.") for r in self.rules)
        return None if starts else self.rules

    def _wrong_needs(self, model: DocumentFile) -> Iterator[tuple[Where, str]]:
        if not model.needed.always and not model.needed.rules:
            yield ("needed",), "It is never asked for: name `rules`, or say `always: true`."
        for i, start in enumerate(model.needed.rules):
            if not any(r == start or r.startswith(f"{start}.") for r in self.rules):
                hint = did_you_mean(start, self.rules)
                yield ("needed", "rules", i), f"No rule begins with `{start}`.{hint}"
        rule = model.before_issue
        for key in rule.fields if rule else ():
            if key not in self.fields:
                hint = did_you_mean(key, self.fields)
                yield ("before_issue", "fields"), f"There is no field `{key}`.{hint}"
        if rule and rule.signatory and rule.signatory not in self.fields:
            yield ("before_issue", "signatory"), f"There is no field `{rule.signatory}`."
        named = {"before_issue": rule.controls if rule else (), "evidence_for": model.evidence_for}
        for where, keys in named.items():
            for key in (k for k in keys if k not in self.controls):
                hint = did_you_mean(key, self.controls)
                yield (where,), f"There is no control `{key}`.{hint}"

    def finish(self) -> DocumentCatalogue:
        """Everything that was read, with English headings as words. Raises ContentError."""
        for entry in self.documents.values():
            self.words["en"].setdefault(f"{entry.id}.title", entry.title)
            for s in entry.sections:
                self.words["en"].setdefault(f"{entry.id}.{s.id}", s.title)
        if self.problems:
            raise ContentError(sorted(set(self.problems)))
        return DocumentCatalogue(
            dict(sorted(self.documents.items())), dict(sorted(self.fields.items())), self.words
        )


def read_documents(
    folder: Path, rules: Collection[str], controls: Collection[str]
) -> DocumentCatalogue:
    """The documents of a content folder. Raises ContentError with every problem."""
    return _read(folder, rules, controls).finish()


def document_problems(
    folder: Path, rules: Collection[str], controls: Collection[str], asked: Collection[str] = ()
) -> tuple[Problem, ...]:
    """What is wrong with the documents, headings without a translation included. For the lint.

    asked: documents that controls name. An issued document has to be evidence for something.
    """
    reader = _read(folder, rules, controls)
    if not reader.problems:
        catalogue = reader.finish()
        reader.problems += _untranslated(catalogue)
        needed = {k for d in catalogue.documents.values() for k in _before(d)}
        for name in sorted(reader.fields.keys() - reader.shown - needed):
            text = f"No document shows the field `{name}`."
            reader.problems.append(Problem(f"{FOLDER}/{FIELDS}", 1, 1, text))
        for entry in catalogue.documents.values():
            if entry.id not in asked and not entry.evidence_for:
                text = f"No control names `{entry.id}` in `documents`: name one in `evidence_for`."
                reader.problems.append(Problem(f"{FOLDER}/{entry.id}.yaml", 1, 1, text))
    return tuple(sorted(set(reader.problems)))


def _read(folder: Path, rules: Collection[str], controls: Collection[str]) -> _Reader:
    reader = _Reader(rules, controls)
    root = folder / FOLDER
    for path in sorted((root / FIELDS).glob("*.yaml")):
        reader.take_fields(read_yaml(path, f"{FOLDER}/{FIELDS}/{path.name}"))
    for language in LANGUAGES:
        for path in sorted((root / MESSAGES / language).glob("*.yaml")):
            shown = f"{FOLDER}/{MESSAGES}/{language}/{path.name}"
            reader.take_words(read_yaml(path, shown), language)
    for path in sorted(root.glob("*.yaml")):
        if path.name != CARDS:
            reader.take_document(read_yaml(path, f"{FOLDER}/{path.name}"))
    return reader


def _before(entry: DocumentEntry) -> tuple[str, ...]:
    """The fields that have to be answered before a document is issued."""
    rule = entry.before_issue
    return () if rule is None else (*rule.fields, *((rule.signatory,) if rule.signatory else ()))


def _untranslated(catalogue: DocumentCatalogue) -> Iterator[Problem]:
    english = catalogue.words["en"]
    for language in LANGUAGES[1:]:
        place = f"{FOLDER}/{MESSAGES}/{language}"
        words = catalogue.words[language]
        for key in sorted(english.keys() - words.keys()):
            yield Problem(place, 1, 1, f"`{key}` has no word in `{language}`.")
        for key in sorted(words.keys() - english.keys()):
            hint = did_you_mean(key, english)
            yield Problem(place, 1, 1, f"`{key}` is nowhere used.{hint}")


def _wrong_points(model: DocumentFile) -> Iterator[tuple[Where, str]]:
    """Each point of the source is answered by a section, or it is said why it is not asked."""
    skipped = model.not_asked or {}
    answered = {p for s in model.sections for p in s.points}
    for point in model.points:
        if point not in answered and point not in skipped:
            yield ("points",), f"No section answers `{point}`, and `not_asked` does not say why."
    for point in sorted((answered | skipped.keys()) - set(model.points)):
        yield ("points",), f"`{point}` is answered, but is not among `points`."


def _field(name: str, entry: FieldModel) -> FieldEntry:
    return FieldEntry(
        id=name,
        ask=entry.ask,
        type=entry.type,
        who=entry.who,
        per=entry.per,
        columns=entry.columns,
        help=entry.help,
    )


def _section(model: SectionModel) -> Section:
    part = model.authored
    authored = None if part is None else Authored(part.ask, part.who, part.required)
    return Section(model.id, model.title, model.points, model.text, authored)


def _entry(m: DocumentFile) -> DocumentEntry:
    rule = m.before_issue
    return DocumentEntry(
        id=m.document,
        family=m.family,
        title=m.title,
        purpose=m.purpose,
        answers=tuple(Answered(a.instrument, a.pinpoint, a.nature) for a in m.answers),
        readers=m.readers,
        per=m.per,
        approver=m.approver,
        sections=tuple(_section(s) for s in m.sections),
        always=m.needed.always,
        rules=m.needed.rules,
        points=m.points,
        not_asked=m.not_asked,
        before_issue=None
        if rule is None
        else IssueRule(rule.why, rule.fields, rule.controls, rule.signatory),
        landscape=m.landscape,
        short=m.short,
        evidence_for=m.evidence_for,
        front=m.front,
    )


def words_of(catalogue: DocumentCatalogue, language: str) -> Mapping[str, str]:
    """All words of a language, English where one is missing."""
    return {**catalogue.words["en"], **catalogue.words[language]}
