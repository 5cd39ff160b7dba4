"""Texts that go out with what dutybound writes, kept as files beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent
AUDITOR: Final = FOLDER.parent.parent / "auditor"


def filled(name: str, values: Mapping[str, str]) -> str:
    """A text with each `{{word}}` replaced once. Raises KeyError if one has no value."""
    parts = (FOLDER / name).read_text(encoding="utf-8").split("{{")
    made = [parts[0]]
    for part in parts[1:]:
        word, _, rest = part.partition("}}")
        made += [values[word], rest]
    return "".join(made)


def auditor_programs() -> dict[str, bytes]:
    """The programs that check evidence with the software of others, by file name."""
    return {p.name: p.read_bytes() for p in sorted(AUDITOR.iterdir()) if p.is_file()}


def plain(name: str) -> str:
    """A text as it stands."""
    return (FOLDER / name).read_text(encoding="utf-8")
