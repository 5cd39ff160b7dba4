"""`documents`: which documents a system needs, built from its records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from dutybound.assess.assess import assess
from dutybound.assess.catalogue import answering, catalogue
from dutybound.assess.documents_values import LIVE, Values
from dutybound.assess.gaps import Gaps, gaps
from dutybound.assess.intake import read_evidence
from dutybound.documents.build import Built, Materials, Wanted, build
from dutybound.errors import BadInput, did_you_mean
from dutybound.packs.documents import words_of
from dutybound.packs.documents_compile import default_documents
from dutybound.packs.evidence import read_trust
from dutybound.packs.governance import Governance, read_governance
from dutybound.packs.profile import ProfileReader
from dutybound.packs.records import Records, read_authored, read_records
from dutybound.terms.document import AuthoredText, DocumentCatalogue, DocumentEntry
from dutybound.terms.evidence import Checked, Refused
from dutybound.terms.law import Content

RECORDS: Final = "records.yaml"
AUTHORED: Final = "authored"
HORIZON: Final = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Files:
    """The files that a dossier is made from; None where the user gave none.

    authored: a folder with DOCUMENT/SECTION.md, one for each section that a person wrote.
    """

    profile: Path
    records: Path | None = None
    authored: Path | None = None
    evidence: Path | None = None
    trust: Path | None = None
    governance: Path | None = None
    decision: Path | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which documents, on which day, in which language. only: ids of documents; None for all."""

    today: date
    as_of: date | None = None
    known_on: date | None = None
    markets: tuple[str, ...] | None = None
    language: str = "en"
    only: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Dossier:
    """A system with its records, ready to build documents from."""

    asked: Asked
    files: Files
    found: Gaps
    catalogue: DocumentCatalogue
    records: Records
    governance: Governance | None
    authored: Mapping[tuple[str, str], AuthoredText]

    @cached_property
    def wanted(self) -> tuple[Wanted, ...]:
        """The documents that the system needs, in the order of their families."""
        only = self.asked.only
        chosen = [
            w
            for e in self.catalogue.documents.values()
            if only is None or e.id in only
            for w in self._wanted(e, named=only is not None)
        ]
        return tuple(sorted(chosen, key=lambda w: (w.entry.family, w.id)))

    @cached_property
    def needed(self) -> tuple[Wanted, ...]:
        """The documents that the system needs, whichever were asked for."""
        found = [w for e in self.catalogue.documents.values() for w in self._wanted(e, named=False)]
        return tuple(sorted(found, key=lambda w: (w.entry.family, w.id)))

    def _wanted(self, entry: DocumentEntry, *, named: bool) -> Iterator[Wanted]:
        owed = self.owed_by(entry)
        if not (entry.always or owed or named):
            return
        if entry.per == "system":
            yield Wanted(entry)
            return
        everyone = tuple(p.id for p in self.found.assessment.profile.parties)
        parties = everyone if entry.always else tuple(p for p in everyone if p in owed)
        yield from (Wanted(entry, p) for p in parties or (everyone if named else ()))

    def owed_by(self, entry: DocumentEntry) -> frozenset[str]:
        """The parties that a rule asks for the document, now, later, or perhaps."""
        result = self.found.assessment
        return frozenset(
            v.scope.party or ""
            for v in result.verdicts
            if v.outcome in LIVE
            and not v.no_duty_either_way
            and any(v.rule == s or v.rule.startswith(f"{s}.") for s in entry.rules)
        )

    @cached_property
    def materials(self) -> Materials:
        """What the documents are made from."""
        result = self.found.assessment
        profile, content = result.profile, result.content
        words = words_of(self.catalogue, self.asked.language)
        return Materials(
            values=Values(
                self.found, self.catalogue, self.records, self.governance, self._results()
            ),
            authored=self.authored,
            words=words,
            language=self.asked.language,
            content=f"content {content.version}, checked {content.checked_on}",
            system=profile.name,
            version=profile.detail.get("version", ""),
            titles={k: a.title for k, a in content.acts.items()}
            | {k: f.title for k, f in catalogue().frameworks.items()},
        )

    def _results(self) -> Mapping[str, Any]:
        from dutybound.assess.documents_results import results

        return results(self)

    def build(self, wanted: Wanted) -> Built:
        """One document."""
        return build(wanted, self.materials)


def open_dossier(content: Content, files: Files, asked: Asked) -> Dossier:
    """Read everything that documents are made from. Raises BadInput with what cannot be used."""
    book = default_documents()
    _known(asked.only, book)
    profile = ProfileReader(content).read(files.profile, files.profile.name, today=asked.today)
    result = assess(
        content,
        profile,
        today=asked.today,
        as_of=asked.as_of,
        known_on=asked.known_on,
        markets=asked.markets,
    )
    checked: list[Checked] = []
    refused: list[Refused] = []
    if files.evidence is not None:
        path = files.trust or files.evidence / "trust.yaml"
        trust = read_trust(path) if files.trust is not None or path.exists() else None
        checked, refused = read_evidence(
            files.evidence, trust, catalogue(), profile, result.as_of, today=asked.today
        )
    found = gaps(result, catalogue(), answering, checked, refused, HORIZON)
    about = {
        "party": tuple(p.id for p in profile.parties),
        "use": tuple(u.id for u in profile.uses),
    }
    return Dossier(
        asked=asked,
        files=files,
        found=found,
        catalogue=book,
        records=Records()
        if files.records is None
        else read_records(files.records, book.fields, about, profile.id),
        governance=None
        if files.governance is None
        else read_governance(files.governance, files.governance.name),
        authored=_authored(files.authored, book),
    )


def _known(only: Sequence[str] | None, book: DocumentCatalogue) -> None:
    for name in only or ():
        if name not in book.documents:
            hint = did_you_mean(name, book.documents)
            known = ", ".join(book.documents)
            raise BadInput.one(name, f"There is no such document.{hint} Known: {known}.")


def _authored(folder: Path | None, book: DocumentCatalogue) -> dict[tuple[str, str], AuthoredText]:
    """What people wrote, by document and section. Raises BadInput for a file that fits nowhere."""
    found: dict[tuple[str, str], AuthoredText] = {}
    if folder is None or not folder.is_dir():
        return found
    for path in sorted(folder.glob("*/*.md")):
        document = path.parent.name
        entry = book.documents.get(document.partition(".")[0])
        shown = f"{AUTHORED}/{document}/{path.name}"
        if entry is None:
            hint = did_you_mean(document, book.documents)
            raise BadInput.one(shown, f"There is no document `{document}`.{hint}")
        sections = [s.id for s in entry.sections if s.authored is not None]
        if path.stem not in sections:
            known = ", ".join(sections) or "none"
            text = f"No section `{path.stem}` of it is written by a person. Known: {known}."
            raise BadInput.one(shown, text)
        found[document, path.stem] = read_authored(path, shown)
    return found


Progress = Callable[[int, int, str], None]
