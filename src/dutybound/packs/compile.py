"""The content in one JSON file, read in a few milliseconds. Reproducible; never pickle.

In a checkout the compiled file lies beside the package and is made anew when a YAML file changed.
In a wheel it is made once, at build time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dutybound.errors import ContentError
from dutybound.terms.law import (
    Act,
    Constraint,
    Content,
    Dispute,
    ExceptionText,
    FactType,
    NamedDate,
    Reading,
    Rule,
    RuleText,
    Version,
)

FORMAT: Final = 1
PACKAGE: Final = Path(__file__).resolve().parent.parent
COMPILED: Final = PACKAGE / "_compiled" / "content.json"
SHIPPED: Final = PACKAGE / "_content"
CHECKOUT: Final = PACKAGE.parent.parent / "content"


def content_folder() -> Path:
    """The folder with the YAML of the content: in the package, or in the checkout."""
    folder = SHIPPED if SHIPPED.is_dir() else CHECKOUT
    if not folder.is_dir():
        raise ContentError.one(str(folder), "The content is missing. Install dutybound again.")
    return folder


def default_content(more: Iterable[Path] = ()) -> Content:
    """The content that comes with the package, from its compiled form where that is current.

    more: folders with further acts; then everything is read from YAML.
    """
    folder, extra = content_folder(), tuple(more)
    if extra:
        from dutybound.packs.content import read_content

        return read_content(folder, extra)
    compiled = _load(COMPILED, _stamp(folder))
    if compiled is not None:
        return compiled
    return write_compiled(folder, COMPILED)


def write_compiled(folder: Path, target: Path, *, shipped: bool = False) -> Content:
    """Read the YAML, write the compiled file, return the content. shipped: for a wheel."""
    from dutybound.packs.content import canonical, plain, read_content

    content = read_content(folder)
    body = {
        "format": FORMAT,
        "stamp": _stamp(folder, shipped=shipped),
        "sha256": content.sha256,
        "version": content.version,
        "content": plain(content),
    }
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(canonical(body), encoding="utf-8")
        temporary.replace(target)
    except OSError:  # a read-only installation still answers, only slower
        return content
    return content


def _stamp(folder: Path, *, shipped: bool = False) -> str:
    """A digest of names and sizes, and in a checkout of times, of all content files."""
    in_checkout = folder == CHECKOUT and not shipped
    lines = []
    for path in sorted(folder.rglob("*.yaml")):
        if "cases" in path.parts[len(folder.parts) :]:
            continue
        status = path.stat()
        when = status.st_mtime_ns if in_checkout else 0
        lines.append(f"{path.relative_to(folder)} {status.st_size} {when}")
    return sha256("\n".join(lines).encode()).hexdigest()


def _load(path: Path, stamp: str) -> Content | None:
    try:
        body = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    if body.get("format") != FORMAT or body.get("stamp") != stamp:
        return None
    return from_plain(body["content"], body["sha256"], body["version"])


def from_plain(p: dict[str, Any], digest: str, version: str) -> Content:
    """The content from its JSON values."""
    return Content(
        version=version,
        sha256=digest,
        checked_on=date.fromisoformat(p["checked_on"]),
        facts={k: _fact(v) for k, v in p["facts"].items()},
        events=p["events"],
        constraints=tuple(Constraint(**c) for c in p["constraints"]),
        places=p["places"],
        whole=tuple(p["whole"]),
        acts={k: _act(v) for k, v in p["acts"].items()},
        rules={k: _rule(v) for k, v in p["rules"].items()},
        disputes={k: _dispute(v) for k, v in p["disputes"].items()},
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _fact(p: dict[str, Any]) -> FactType:
    return FactType(**{**p, "exclusive": frozenset(p["exclusive"])})


def _act(p: dict[str, Any]) -> Act:
    versions = tuple(
        Version(
            v["id"],
            date.fromisoformat(v["published"]),
            date.fromisoformat(v["in_force"]),
            v["cite"],
        )
        for v in p["versions"]
    )
    dates = {
        k: NamedDate(
            d["name"],
            d["cite"],
            tuple((name, date.fromisoformat(day)) for name, day in d["values"]),
            tuple((condition, day) for condition, day in d["choose"]),
        )
        for k, d in p["dates"].items()
    }
    changed = {
        "versions": versions,
        "dates": dates,
        "checked_on": date.fromisoformat(p["checked_on"]),
        "until": _day(p["until"]),
    }
    return Act(**{**p, **changed})


_TUPLES: Final = ("over", "targets", "saves", "extent", "disputes")


def _rule(p: dict[str, Any]) -> Rule:
    texts = tuple(
        RuleText(**{**t, "exceptions": tuple(ExceptionText(**e) for e in t["exceptions"])})
        for t in p["texts"]
    )
    return Rule(**{**p, **{k: tuple(p[k]) for k in _TUPLES}, "texts": texts})


def _dispute(p: dict[str, Any]) -> Dispute:
    return Dispute(p["id"], p["question"], tuple(Reading(**r) for r in p["readings"]))
