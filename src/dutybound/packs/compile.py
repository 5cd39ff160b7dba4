"""The content in one JSON file, read in a few milliseconds. Reproducible; never pickle.

In a checkout the compiled file lies beside the package and is made anew when a YAML file changed.
In a wheel it is made once, at build time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dutybound import __version__
from dutybound.errors import ContentError
from dutybound.rules.program import Program
from dutybound.rules.targets import Targets
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

FORMAT: Final = 3
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
    compiled = _load(COMPILED, stamp(folder))
    if compiled is not None:
        return compiled
    return write_compiled(folder, COMPILED)


def write_compiled(folder: Path, target: Path, *, shipped: bool = False) -> Content:
    """Read the YAML, write the compiled file, return the content. shipped: for a wheel."""
    from dutybound.packs.content import canonical, plain, read_content

    content = read_content(folder)
    body = {
        "format": FORMAT,
        "stamp": stamp(folder, shipped=shipped),
        "sha256": content.sha256,
        "version": content.version,
        "content": plain(content),
        "behind": _behind(content),
        "aims": _aims(content),
    }
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(canonical(body), encoding="utf-8")
        temporary.replace(target)
    except OSError:  # a read-only installation still answers, only slower
        return content
    return content


def stamp(folder: Path, *, shipped: bool = False) -> str:
    """What tells whether a compiled file is current.

    A digest of names, sizes and times of all content files but cases. In a wheel nothing changes,
    so its version is enough. shipped: the stamp for a wheel that is being built.
    """
    if shipped or folder == SHIPPED:
        return f"shipped {__version__}"
    return sha256("\n".join(sorted(_files(str(folder), ""))).encode()).hexdigest()


def _files(folder: str, inside: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = f"{inside}/{entry.name}"
            if entry.is_dir():
                if entry.name != "cases":
                    yield from _files(entry.path, name)
            elif entry.name.endswith(".yaml"):
                status = entry.stat()
                yield f"{name} {status.st_size} {status.st_mtime_ns}"


def _load(path: Path, stamp: str) -> Content | None:
    try:
        body = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    if body.get("format") != FORMAT or body.get("stamp") != stamp:
        return None
    behind = {k: (tuple(d), weak, timed) for k, (d, weak, timed) in body["behind"].items()}
    found = from_plain(body["content"], body["sha256"], body["version"])
    return replace(found, behind=behind, aims=body["aims"])


def _behind(content: Content) -> dict[str, Any]:
    """What stands behind each rule: it costs time and does not change with a profile."""
    program = Program(content, date.max)
    found = {rule_id: program.behind(rule_id) for rule_id in content.rules}
    return {k: (b.disputes, b.weak, b.timed) for k, b in found.items()}


def _aims(content: Content) -> dict[str, dict[str, list[str]]]:
    """By kind, rule id to the ids of what targets it; rules that nothing targets are left out."""
    targets = Targets(content)
    found: dict[str, dict[str, list[str]]] = {}
    for kind in ("exclusion", "transition", "relief"):
        aimed = ((r.id, [o.id for o in targets.of(r, kind)]) for r in content.rules.values())
        found[kind] = {rule_id: ids for rule_id, ids in aimed if ids}
    return found


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
