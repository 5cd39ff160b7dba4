"""`documents status`: which sections are complete, open, or no longer show what the records say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from dutybound.assess.documents import Dossier
from dutybound.assess.dossier_folder import (
    Manifest,
    changed_by_hand,
    question_json,
    read_manifest,
)
from dutybound.documents.build import Built, BuiltSection
from dutybound.terms.document import SectionState

SCHEMA: Final = "dutybound/documents-status/1"


def status(dossier: Dossier, folder: Path | None) -> dict[str, Any]:
    """Where the documents stand against the records of today. folder: where they were written."""
    manifest = Manifest() if folder is None else read_manifest(folder)
    result = dossier.found.assessment
    rows = [_document(dossier.build(w), manifest) for w in dossier.wanted]
    names = [r["id"] for r in rows]
    touched = [] if folder is None else changed_by_hand(folder, manifest, names)
    gone = sorted(manifest.documents.keys() - set(names)) if dossier.asked.only is None else []
    return {
        "schema": SCHEMA,
        "system": result.profile.id,
        "name": result.profile.name,
        "version": dossier.materials.version,
        "profile_sha256": result.profile.sha256,
        "as_of": result.as_of.isoformat(),
        "content": {"version": result.content.version, "sha256": result.content.sha256},
        "counts": dict(Counter(r["state"] for r in rows)),
        "documents": rows,
        "changed_by_hand": touched,
        "no_longer_needed": gone,
    }


def _document(built: Built, manifest: Manifest) -> dict[str, Any]:
    old = manifest.documents.get(built.wanted.id)
    before = {} if old is None else {s["id"]: s for s in old["sections"]}
    sections = [_section(s, before.get(s.id)) for s in built.sections]
    states = {s["state"] for s in sections}
    state = next((s for s in (SectionState.STALE, SectionState.OPEN) if s in states), None)
    issued = manifest.last_issued(built.wanted.id)
    return {
        "id": built.wanted.id,
        "document": built.wanted.entry.id,
        "party": built.wanted.party,
        "family": built.wanted.entry.family,
        "title": built.title,
        "written": old is not None,
        "state": str(state or SectionState.COMPLETE),
        "open": len(built.questions),
        "sections": sections,
        "issued": issued and _issued(built, issued),
    }


def _section(section: BuiltSection, old: Mapping[str, Any] | None) -> dict[str, Any]:
    stale = old is not None and old["sha256"] != section.sha256
    return {
        "id": section.id,
        "title": section.title,
        "state": str(SectionState.STALE if stale else section.state),
        "because": _because(section, old) if stale and old is not None else [],
        "questions": [question_json(q) for q in section.questions],
    }


def _because(section: BuiltSection, old: Mapping[str, Any]) -> list[dict[str, str]]:
    """The records that changed; none where the template itself did."""
    now = {s.key: s for s in section.sources}
    found = []
    for key in sorted(now.keys() | old["records"].keys()):
        source = now.get(key)
        if source is None or old["records"].get(key) != source.sha256:
            was = old["shown"].get(key, "")
            found.append({"record": key, "was": was, "is": source.shortened if source else ""})
    return found


def _issued(built: Built, issued: Mapping[str, Any]) -> dict[str, Any]:
    """The newest issue, and whether it still says what the records say."""
    now = {s.id: s.sha256 for s in built.sections}
    stale = sorted(
        name
        for name in now.keys() | issued["sections"].keys()
        if now.get(name) != issued["sections"].get(name)
    )
    keys = ("version", "by", "on", "sha256")
    return {k: issued[k] for k in keys} | {"stale": bool(stale), "stale_sections": stale}
