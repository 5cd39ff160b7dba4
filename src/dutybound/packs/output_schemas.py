"""JSON Schemas of what the commands print with --json, kept as files beside the package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).resolve().parent / "schemas"


def output_names() -> tuple[str, ...]:
    """The names of the formats that have a schema."""
    return tuple(sorted(p.stem for p in FOLDER.glob("*.json")))


def output_schema(name: str) -> dict[str, Any]:
    """The schema of a format."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found
