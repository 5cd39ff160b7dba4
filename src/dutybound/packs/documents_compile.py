"""The documents in JSON beside the content, read in a few milliseconds and only when needed."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from dutybound.packs.compile import COMPILED, content_folder, default_content, stamp
from dutybound.terms.document import (
    Answered,
    Authored,
    DocumentCatalogue,
    DocumentEntry,
    FieldEntry,
    IssueRule,
    Section,
)

FORMAT: Final = 2
DOCUMENTS: Final = COMPILED.with_name("documents.json")


def default_documents() -> DocumentCatalogue:
    """The documents that come with the package, from their compiled form where that is current."""
    folder = content_folder()
    try:
        body: dict[str, Any] = json.loads(DOCUMENTS.read_bytes())
    except (OSError, ValueError):
        body = {}
    if body.get("format") == FORMAT and body.get("stamp") == stamp(folder):
        return from_plain(body["documents"])
    from dutybound.packs.catalogue_compile import default_catalogue

    rules = default_content().rules
    controls = default_catalogue().controls
    return write_documents(folder, COMPILED.parent, rules.keys(), controls.keys())


def write_documents(
    folder: Path,
    target: Path,
    rules: Collection[str],
    controls: Collection[str],
    *,
    shipped: bool = False,
) -> DocumentCatalogue:
    """Read the YAML, write the compiled file into a folder, return what it holds."""
    from dutybound.packs.documents import read_documents

    found = read_documents(folder, rules, controls)
    made = {"format": FORMAT, "stamp": stamp(folder, shipped=shipped), "documents": asdict(found)}
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
    path = target / DOCUMENTS.name
    try:
        target.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError:  # a read-only installation still answers, only slower
        pass
    return found


def from_plain(p: dict[str, Any]) -> DocumentCatalogue:
    """The documents from their JSON values."""
    return DocumentCatalogue(
        {k: _entry(v) for k, v in p["documents"].items()},
        {k: FieldEntry(**v) for k, v in p["fields"].items()},
        p["words"],
    )


def _entry(p: dict[str, Any]) -> DocumentEntry:
    rule = p["before_issue"]
    changed = {
        "answers": tuple(Answered(**a) for a in p["answers"]),
        "readers": tuple(p["readers"]),
        "rules": tuple(p["rules"]),
        "points": tuple(p["points"]),
        "evidence_for": tuple(p["evidence_for"]),
        "sections": tuple(_section(s) for s in p["sections"]),
        "before_issue": rule
        and IssueRule(
            rule["why"], tuple(rule["fields"]), tuple(rule["controls"]), rule["signatory"]
        ),
    }
    return DocumentEntry(**{**p, **changed})


def _section(p: dict[str, Any]) -> Section:
    authored = p["authored"] and Authored(**p["authored"])
    return Section(p["id"], p["title"], tuple(p["points"]), p["text"], authored)
