"""The measures in JSON beside the content, read in a few milliseconds and only when needed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Final

from dutybound.packs.compile import COMPILED, content_folder, default_content, stamp
from dutybound.terms.law import Rule
from dutybound.terms.measure import (
    ComparisonPolicy,
    DefaultThreshold,
    MeasureCatalogue,
    MeasureEntry,
    NamedByLaw,
    Side,
)

FORMAT: Final = 2
MEASURES: Final = COMPILED.with_name("measures.json")


def default_measures() -> MeasureCatalogue:
    """The measures that come with the package, from their compiled form where that is current."""
    folder = content_folder()
    try:
        body: dict[str, Any] = json.loads(MEASURES.read_bytes())
    except (OSError, ValueError):
        body = {}
    if body.get("format") == FORMAT and body.get("stamp") == stamp(folder):
        return from_plain(body["measures"])
    return write_measures(folder, COMPILED.parent, default_content().rules)


def write_measures(
    folder: Path, target: Path, rules: Mapping[str, Rule], *, shipped: bool = False
) -> MeasureCatalogue:
    """Read the YAML, write the compiled file into a folder, return what it holds."""
    from dutybound.packs.measures import read_measures

    found = read_measures(folder, rules)
    body = {"format": FORMAT, "stamp": stamp(folder, shipped=shipped), "measures": plain(found)}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    path = target / MEASURES.name
    try:
        target.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError:  # a read-only installation still answers, only slower
        pass
    return found


def plain(found: MeasureCatalogue) -> dict[str, Any]:
    """The measures as JSON values."""
    value: dict[str, Any] = json.loads(json.dumps(asdict(found), default=str))
    return value


def from_plain(p: dict[str, Any]) -> MeasureCatalogue:
    """The measures from their JSON values."""
    return MeasureCatalogue(
        families=p["families"],
        entries={k: _entry(v) for k, v in p["entries"].items()},
        named={k: _named(v) for k, v in p["named"].items()},
        asked={k: tuple(v) for k, v in p["asked"].items()},
        checked_on=date.fromisoformat(p["checked_on"]),
    )


def _entry(p: dict[str, Any]) -> MeasureEntry:
    lists = {k: tuple(p[k]) for k in ("sources", "limits", "undefined")}
    return MeasureEntry(**{**p, **lists, "thresholds": tuple(map(_threshold, p["thresholds"]))})


def _threshold(p: dict[str, Any]) -> DefaultThreshold:
    since = None if p["since"] is None else date.fromisoformat(p["since"])
    changed = {"side": Side(p["side"]), "since": since, "only_for": tuple(p["only_for"])}
    return DefaultThreshold(**{**p, **changed})


def _named(p: dict[str, Any]) -> NamedByLaw:
    changed: dict[str, Any] = {k: tuple(p[k]) for k in ("measures", "only_for")}
    changed["since"] = date.fromisoformat(p["since"])
    changed["policy"] = p["policy"] and ComparisonPolicy(**p["policy"])
    return NamedByLaw(**{**p, **changed})
