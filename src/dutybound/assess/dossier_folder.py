"""The folder of a dossier: what was written into it, what was issued, what was changed by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dutybound.documents.build import Built
from dutybound.errors import BadInput, Problem
from dutybound.packs.reading import read_bytes

MANIFEST: Final = "dossier.json"
SCHEMA: Final = "dutybound/dossier/1"
LARGEST: Final = 50_000_000


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a dossier says of itself. files: path in the folder to sha256."""

    documents: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    issued: tuple[dict[str, Any], ...] = ()

    @property
    def files(self) -> dict[str, str]:
        """Every file that was written, with its digest."""
        return {
            f["path"]: f["sha256"] for d in self.documents.values() for f in d["files"].values()
        }

    def last_issued(self, document: str) -> dict[str, Any] | None:
        """The newest issue of a document."""
        mine = [i for i in self.issued if i["id"] == document]
        return mine[-1] if mine else None


def read_manifest(folder: Path) -> Manifest:
    """What a folder says; empty if nothing was written there. Raises BadInput for another file."""
    path = folder / MANIFEST
    if not path.exists():
        return Manifest()
    try:
        value = json.loads(read_bytes(path, str(path), LARGEST))
    except ValueError as error:
        raise BadInput.one(str(path), f"It is no JSON: {error}. Move it away.") from error
    if not isinstance(value, dict) or value.get("schema") != SCHEMA:
        raise BadInput.one(str(path), f"It is not a `{SCHEMA}`. Choose another folder.")
    return Manifest({d["id"]: d for d in value["documents"]}, tuple(value["issued"]))


def changed_by_hand(folder: Path, manifest: Manifest, only: Iterable[str]) -> list[str]:
    """Files of documents that are no longer as they were written. only: ids of documents."""
    found = []
    for name in only:
        for file in manifest.documents.get(name, {"files": {}})["files"].values():
            path = folder / file["path"]
            if path.exists() and sha256(path.read_bytes()).hexdigest() != file["sha256"]:
                found.append(file["path"])
    return sorted(found)


def refuse_changed(found: Iterable[str]) -> None:
    """Raise BadInput for files that were changed by hand, so that nobody loses what they wrote."""
    text = (
        "It was changed by hand since it was written. What people write belongs into "
        "authored/DOCUMENT/SECTION.md. Move your text there, or give --replace: the changed file "
        "is then kept beside it, with `.changed` in its name."
    )
    problems = [Problem(name, 0, 0, text) for name in found]
    if problems:
        raise BadInput(problems)


def section_json(built: Built) -> list[dict[str, Any]]:
    """The sections of a document: state, digest, what they show, what is open."""
    return [
        {
            "id": s.id,
            "title": s.title,
            "state": str(s.state),
            "sha256": s.sha256,
            "records": {x.key: x.sha256 for x in s.sources},
            "shown": {x.key: x.shortened for x in s.sources},
            "questions": [question_json(q) for q in s.questions],
        }
        for s in built.sections
    ]


def question_json(question: Any) -> dict[str, Any]:
    """An open question."""
    return {
        "field": question.key,
        "about": question.about,
        "ask": question.ask,
        "who": question.who,
    }


def document_json(built: Built, files: Mapping[str, dict[str, str]]) -> dict[str, Any]:
    """One document of the manifest."""
    entry = built.wanted.entry
    return {
        "id": built.wanted.id,
        "document": entry.id,
        "party": built.wanted.party,
        "family": entry.family,
        "title": built.title,
        "answers": [f"{a.instrument} {a.pinpoint}" for a in entry.answers],
        "natures": sorted({a.nature for a in entry.answers}),
        "state": "open" if built.questions else "complete",
        "open": len(built.questions),
        "sha256": built.sha256,
        "sections": section_json(built),
        "files": dict(files),
    }
