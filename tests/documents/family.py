"""Builds documents of the content for examples, with records of a test's own."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from dutybound.assess.documents import Asked, Dossier, Files, open_dossier
from dutybound.documents.build import Built
from dutybound.packs.compile import default_content

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
DAY = date(2026, 11, 25)
PROFILES = tuple(sorted(p.parent.name for p in EXAMPLES.glob("*/system.yaml")))
BARE = """\
dutybound: profile/1
system: {id: bare, name: Bare}
parties: [{id: someone}]
uses: [{id: something, places: [eu, us-ca, uk]}]
"""
GIVEN = ("records", "records.yaml", "authored", "evidence", "governance.yaml", "decision.yaml")
KEYS = ("records", "records", "authored", "evidence", "governance", "decision")


def example(name: str, leave_out: tuple[str, ...] = (), **other: Path) -> Files:
    """The files of an example. leave_out: names of those that are not given."""
    folder = EXAMPLES / name
    found: dict[str, Path] = {}
    for file, key in zip(GIVEN, KEYS, strict=True):
        if file not in leave_out and (folder / file).exists():
            found.setdefault(key, folder / file)
    return Files(folder / "system.yaml", **{**found, **other})


def bare(folder: Path) -> Files:
    """A profile of which nothing is known but its parties and places."""
    path = folder / "system.yaml"
    path.write_text(BARE)
    return Files(path)


@lru_cache(maxsize=16)
def opened(files: Files, only: tuple[str, ...] | None = None) -> Dossier:
    """A dossier on the day of the tests."""
    return open_dossier(default_content(), files, Asked(DAY, only=only))


def documents(files: Files, *only: str) -> list[Built]:
    """The documents that are named, built."""
    dossier = opened(files, only)
    return [dossier.build(w) for w in dossier.wanted]


def changed(folder: Path, name: str, edits: Mapping[str, Mapping[str, str]]) -> Files:
    """A copy of an example with text replaced, by file below its folder."""
    target = folder / name
    shutil.copytree(EXAMPLES / name, target)
    for file, pairs in edits.items():
        path = target / file
        text = path.read_text()
        for old, new in pairs.items():
            assert old in text, f"{file} does not hold {old!r}"
            text = text.replace(old, new)
        path.write_text(text)
    found: dict[str, Path] = {}
    for file, key in zip(GIVEN, KEYS, strict=True):
        if (target / file).exists():
            found.setdefault(key, target / file)
    return Files(target / "system.yaml", **found)
