"""A small dossier: one system, two parties, one document of our own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from dutybound.assess.documents import Asked, Dossier, Files, open_dossier
from dutybound.documents.build import Built, Materials, Wanted, build
from dutybound.packs.compile import default_content
from dutybound.terms.document import (
    Answered,
    Authored,
    AuthoredText,
    DocumentCatalogue,
    DocumentEntry,
    FieldEntry,
    Section,
)

DAY = date(2026, 11, 25)
WORDS = {
    f"phrase.{k}": v
    for k, v in {
        "open": "Open", "open-questions": "Open questions", "purpose": "Purpose",
        "answers": "Answers", "system": "System", "not-advice": "No advice.",
        "written-by": "Written by", "nothing-added": "Nothing was added here.",
        "sources": "Sources", "sources-say": "Numbers are records.", "section": "Section",
        "question": "Question", "field": "Field", "about": "About", "who": "Who",
        "number": "No.", "kind": "Kind", "record": "Record", "where": "Where",
        "because": "Because of", "state": "State", "document": "Document", "draft": "Draft",
        "open-count": "Open", "overview": "Dossier", "complete": "complete", "stale": "stale",
        "state-open": "open", "formats": "Formats", "family": "Group", "issued": "Issued",
        "issued-by": "Issued by", "version": "Version", "digest": "Digest", "changes": "Changed",
        "fill": "To fill",
    }.items()
}  # fmt: skip
PROFILE = """\
dutybound: profile/1
system: {id: toy, name: "Toy <b>score</b>", version: "1.0", generative: false}
parties:
  - {id: maker, name: Maker Ltd, established_in: eu-de, acts: [develops], places: [eu]}
  - {id: user, name: User plc, established_in: uk-gb-eng, acts: [uses], places: [uk]}
uses:
  - id: lend
    name: Lending
    description: Decides on loans.
    purposes: [evaluate_creditworthiness]
    places:
      eu:
      uk: {involvement: {can_change: true}}
    involvement: {can_change: false}
"""
FIELDS = {
    "purpose.intended": FieldEntry("purpose.intended", "What is it for?", "text", "product-owner"),
    "party.seat": FieldEntry("party.seat", "Where is the seat?", "line", "legal-counsel", "party"),
    "risk.signatory": FieldEntry("risk.signatory", "Who signs?", "line", "legal-counsel"),
    "use.harm": FieldEntry("use.harm", "What can go wrong?", "list", "risk-manager", "use"),
    "risk.register": FieldEntry(
        "risk.register", "Which risks?", "table", "risk-manager", "system",
        {"risk": "Risk", "measure": "Measure"},
    ),
}  # fmt: skip


def section(text: str | None, authored: Authored | None = None, name: str = "one") -> Section:
    return Section(name, name.capitalize(), (), text, authored)


def entry(*sections: Section, **more: Any) -> DocumentEntry:
    return DocumentEntry(
        **{
            "id": "paper", "family": "test", "title": "Paper", "purpose": "To try.",
            "answers": (Answered("eu-ai-act", "Art. 17", "binding_law"),), "readers": ("lawyer",),
            "per": "system", "approver": "compliance-officer", "sections": sections,
            "always": True, "evidence_for": ("DB-DOC-01",), **more,
        }
    )  # fmt: skip


def catalogue(paper: DocumentEntry) -> DocumentCatalogue:
    words = dict(WORDS) | {f"{paper.id}.title": paper.title}
    words |= {f"{paper.id}.{s.id}": s.title for s in paper.sections}
    return DocumentCatalogue({paper.id: paper}, FIELDS, {"en": words, "de": words, "fr": words})


def dossier(
    folder: Path,
    paper: DocumentEntry,
    monkeypatch: Any,
    records: str | None = None,
    profile: str = PROFILE,
    files: Mapping[str, Path] | None = None,
) -> Dossier:
    """A dossier with one document. records: the text under `records:`."""
    given = dict(files or {})
    (folder / "system.yaml").write_text(profile, encoding="utf-8")
    if records is not None:
        head = "dutybound: records/1\nsystem: toy\ndefaults: {by: Ann, on: 2026-11-01}\nrecords:\n"
        (folder / "records.yaml").write_text(head + records, encoding="utf-8")
        given["records"] = folder / "records.yaml"
    book = catalogue(paper)
    monkeypatch.setattr("dutybound.assess.documents.default_documents", lambda: book)
    return open_dossier(default_content(), Files(folder / "system.yaml", **given), Asked(DAY))


def built(found: Dossier, name: str = "paper") -> Built:
    return found.build(next(w for w in found.wanted if w.id == name))


def alone(text: str, authored: AuthoredText | None = None, **values: Any) -> Built:
    """One section from values in hand, without a system."""
    part = None if authored is None else Authored("What do you think?", "legal-counsel")
    paper = entry(section(text, part))
    materials = Materials(
        values=lambda _: values,
        authored={} if authored is None else {("paper", "one"): authored},
        words=catalogue(paper).words["en"],
        language="en",
        content="content 1",
        system="Toy",
        version="1",
    )
    return build(Wanted(paper), materials)
