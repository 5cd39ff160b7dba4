"""The catalogue in JSON beside the content, read in a few milliseconds and only when needed.

Two files: the whole catalogue, and a small one from rule ids to the controls that answer them.
Both name the digest of the catalogue and of the house policies beside it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from collections.abc import Mapping as Table
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dutybound.errors import BadInput, ContentError
from dutybound.packs.compile import COMPILED, content_folder, default_content, stamp
from dutybound.terms.control import (
    Catalogue,
    Control,
    ControlObject,
    Element,
    EvidenceNeed,
    Framework,
    Mapping,
    Rationale,
    Relationship,
    Soc2Note,
)
from dutybound.terms.evidence import EvidenceKind, Rung
from dutybound.terms.law import Rule

FORMAT: Final = 5
FOLDERS: Final = ("controls", "frameworks", "crosswalks")
POLICIES: Final = (
    "controls/policy.yaml",
    "conflicts.yaml",
    "launch.yaml",
    "plan.yaml",
    "rmf-target.yaml",
)
CATALOGUE: Final = COMPILED.with_name("catalogue.json")
ANSWERS: Final = COMPILED.with_name("answers.json")


def default_catalogue() -> Catalogue:
    """The catalogue that comes with the package, from its compiled form where that is current."""
    folder = content_folder()
    body = _load(CATALOGUE, stamp(folder))
    if body is not None:
        return from_plain(body["catalogue"])
    return write_catalogue(folder, COMPILED.parent, default_content().rules)[0]


def default_answers() -> dict[str, list[str]]:
    """Rule id to the ids of the controls that answer it."""
    folder = content_folder()
    body = _load(ANSWERS, stamp(folder))
    if body is not None:
        found: dict[str, list[str]] = body["answers"]
        return found
    return write_catalogue(folder, COMPILED.parent, default_content().rules)[1]


def default_controls_sha256() -> str:
    """The digest of `controls_digest` for the content that comes with the package."""
    folder = content_folder()
    body = _load(ANSWERS, stamp(folder))
    if body is not None:
        found: str = body["controls_sha256"]
        return found
    return controls_digest(folder, default_catalogue())


def controls_digest(folder: Path, catalogue: Catalogue) -> str:
    """sha256 over controls, frameworks, crosswalks, security lists and house policies.

    Of what they say: comments and layout of the YAML do not count, order does in lists only. Raises
    ContentError if a policy is no YAML.
    """
    whole = {"catalogue": plain(catalogue), "policies": dict(_policies(folder))}
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return sha256(text.encode()).hexdigest()


def _policies(folder: Path) -> Iterator[tuple[str, Any]]:
    from dutybound.packs.reading import read_yaml

    paths = [folder / name for name in POLICIES]
    paths += sorted((folder / "security").glob("*.yaml"))
    for path in paths:
        name = path.relative_to(folder).as_posix()
        if path.is_file():
            try:
                yield name, read_yaml(path, name).value
            except BadInput as error:
                raise ContentError(error.problems) from error


def write_catalogue(
    folder: Path, target: Path, rules: Table[str, Rule], *, shipped: bool = False
) -> tuple[Catalogue, dict[str, list[str]]]:
    """Read the YAML, write the two compiled files into a folder, return what they hold.

    shipped: for a wheel, where times of files say nothing.
    """
    from dutybound.packs.catalogue import read_catalogue

    catalogue = read_catalogue(folder, rules, complete=False)
    answers = answers_of(catalogue, rules)
    head = {
        "format": FORMAT,
        "stamp": stamp(folder, shipped=shipped),
        "controls_sha256": controls_digest(folder, catalogue),
    }
    try:
        target.mkdir(parents=True, exist_ok=True)
        _write(target / CATALOGUE.name, {**head, "catalogue": plain(catalogue)})
        _write(target / ANSWERS.name, {**head, "answers": answers})
    except OSError:  # a read-only installation still answers, only slower
        pass
    return catalogue, answers


def answers_of(catalogue: Catalogue, rules: Table[str, Rule]) -> dict[str, list[str]]:
    """Rule id to the ids of the controls that answer it, for rules that have any."""
    by_stem: dict[str, list[str]] = {}
    for control in catalogue.controls.values():
        for stem in control.answers:
            by_stem.setdefault(stem, []).append(control.id)
    found: dict[str, list[str]] = {}
    for rule_id in sorted(rules):
        parts = rule_id.split(".")
        stems = [".".join(parts[: i + 1]) for i in range(len(parts))]
        names = {name for stem in stems for name in by_stem.get(stem, ())}
        if names:
            found[rule_id] = sorted(names)
    return found


def _write(path: Path, body: dict[str, Any]) -> None:
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=False)
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def _load(path: Path, stamp: str) -> dict[str, Any] | None:
    try:
        body: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return body if body.get("format") == FORMAT and body.get("stamp") == stamp else None


# ------------------------------------------------------------------ to and from plain values
_CONTROL: Final = tuple(f for f in Control.__slots__ if f not in ("needs", "soc2", "required"))


def plain(catalogue: Catalogue) -> dict[str, Any]:
    """The catalogue as JSON values."""
    return {
        "domains": catalogue.domains,
        "controls": [_plain_control(c) for c in catalogue.controls.values()],
        "frameworks": [
            {
                **{k: getattr(f, k) for k in ("id", "title", "version", "nature", "effect")},
                **{k: getattr(f, k) for k in ("source", "short", "column")},
                "elements": [
                    [e.id, e.title, e.summary, e.level, e.parent, e.assessable, e.detail]
                    for e in f.elements.values()
                ],
            }
            for f in catalogue.frameworks.values()
        ],
        "crosswalks": {
            name: [[m.source, m.target, m.relationship, m.rationale, m.why, m.strength] for m in ms]
            for name, ms in catalogue.crosswalks.items()
        },
    }


def _plain_control(c: Control) -> dict[str, Any]:
    return {
        **{k: getattr(c, k) for k in _CONTROL},
        "required": int(c.required),
        "needs": [[n.kind, n.what, n.freshness_days, int(n.rung), n.any_of] for n in c.needs],
        "soc2": [c.soc2.evidence, c.soc2.note],
    }


def from_plain(p: dict[str, Any]) -> Catalogue:
    """The catalogue from its JSON values."""
    relationship = {str(r): r for r in Relationship}
    rationale = {str(r): r for r in Rationale}
    frameworks = {
        f["id"]: Framework(**{**f, "elements": {e[0]: Element(*e) for e in f["elements"]}})
        for f in p["frameworks"]
    }
    crosswalks = {
        name: tuple(
            Mapping(s, t, relationship[rel], rationale[basis], why, strength)
            for s, t, rel, basis, why, strength in lines
        )
        for name, lines in p["crosswalks"].items()
    }
    controls = {c["id"]: _control(c) for c in p["controls"]}
    return Catalogue(p["domains"], controls, frameworks, crosswalks)


_TUPLES: Final = (
    "applies_to", "answers", "technical", "organisational", "documents", "measures", "after",
)  # fmt: skip


def _control(p: dict[str, Any]) -> Control:
    changed: dict[str, Any] = {k: tuple(p[k]) for k in _TUPLES}
    changed["required"] = Rung(p["required"])
    changed["object"] = ControlObject(p["object"])
    changed["needs"] = tuple(
        EvidenceNeed(EvidenceKind(kind), what, days, Rung(rung), any_of)
        for kind, what, days, rung, any_of in p["needs"]
    )
    changed["soc2"] = Soc2Note(*p["soc2"])
    changed["security"] = {k: tuple(v) for k, v in p["security"].items()}
    return Control(**{**p, **changed})
