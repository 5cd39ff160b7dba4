"""Reads the tables in `scenarios/`: what must come out for an example or a small variant of it.

A table names an example, a day and rows. A row finds a rule, an instrument or a class and says
what must come out. `scenarios/README.md` explains every key to those who write the law down.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from dutybound.assess.assess import Assessment, assess
from dutybound.packs.compile import default_content
from dutybound.packs.facts import as_date
from dutybound.packs.profile import ProfileReader
from dutybound.packs.reading import Document, read_yaml
from dutybound.terms.law import Content

ROOT: Final = Path(__file__).resolve().parents[2]
EXAMPLES: Final = ROOT / "examples"
TABLES: Final = Path(__file__).parent / "scenarios"
TODAY: Final = date(2026, 11, 25)
TABLE_KEYS: Final = {"source", "example", "as_of", "given", "rows"}
SCOPE_KEYS: Final = ("party", "use", "place")
ROW_KEYS: Final = {
    "row", "find", "class", "expect", "reason", "from", "formal", "until", "nature", "grade",
    "enforcement", "verify", "shielded", "transition", "owed_by", "as_of", "known_on", "set",
    "unset", "gap", *SCOPE_KEYS,
}  # fmt: skip
DUTIES: Final = ("duty", "prohibition", "right")
LIVE: Final = {"applies", "not_yet_applicable", "contested", "undetermined", "excepted"}
Finding = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One expectation. where: file and line of the table. says: the keys of the row."""

    where: str
    example: str
    as_of: date
    says: Mapping[str, Any]

    def __str__(self) -> str:
        target = self.says.get("find") or self.says.get("class")
        return f"{self.where} {self.says['row']} [{target}]"


def rows() -> Iterator[Row]:
    """All rows of all tables, in order."""
    for path in sorted(TABLES.glob("*.yaml")):
        document = read_yaml(path, path.name)
        table = document.value
        assert not table.keys() - TABLE_KEYS, f"{path.name}: {table.keys() - TABLE_KEYS}"
        for i, raw in enumerate(table["rows"]):
            line = document.at(("rows", i))[0]
            unknown = raw.keys() - ROW_KEYS
            assert not unknown, f"{path.name}:{line}: unknown keys {sorted(unknown)}"
            says = {**table.get("given", {}), **raw}
            day = as_date(says.get("as_of", table["as_of"]))
            assert day is not None, f"{path.name}:{line}: `as_of` is not a date"
            yield Row(f"{path.name}:{line}", table["example"], day, says)


def failures(row: Row) -> list[str]:
    """What comes out otherwise than the row says."""
    says = row.says
    result = assessed(
        row.example,
        _market(says),
        row.as_of,
        as_date(says.get("known_on")) if "known_on" in says else None,
        json.dumps(says.get("set", {}), sort_keys=True),
        json.dumps(says.get("unset", [])),
    )
    if "class" in says:
        return list(_class_failures(result, says))
    return list(_finding_failures(result, says))


def _market(says: Mapping[str, Any]) -> str:
    """The market of the rule, class or act; judging only that one saves time."""
    name = says.get("find") or says["class"]
    rule = content().rules.get(name)
    return content().acts[rule.act if rule else name].market


# ---------------------------------------------------------------------- expectations
def _class_failures(result: Assessment, says: Mapping[str, Any]) -> Iterator[str]:
    assert says["class"] in result.content.rules, f"there is no class {says['class']}"
    found = [c for c in result.classifications if c["id"] == says["class"] and _within(c, says)]
    if says["expect"] == "does_not_apply":
        yield from (f"{c['outcome']} for {c['party']} {c['scope']}" for c in found)
        return
    if not found:
        yield "does not hold"
    for c in found:
        if c["outcome"] != says["expect"]:
            yield f"{c['outcome']} for {c['party']} {c['scope']}"
        if "from" in says and c["applies_from"] != says["from"]:
            yield f"from {c['applies_from']} for {c['party']} {c['scope']}"


def _finding_failures(result: Assessment, says: Mapping[str, Any]) -> Iterator[str]:
    name = says["find"]
    content = result.content
    assert name in content.rules or name in content.acts, f"there is no rule or act {name}"
    found = [f for f in _findings(result, name) if _within(f, says)]
    if name in content.acts:
        found = [f for f in found if f["kind"] in DUTIES] or found
        if says["expect"] == "does_not_apply":  # of an act that is there; what is gone counts apart
            found = [f for f in found if f["outcome"] != "no_longer_applicable"]
    if says["expect"] == "no_finding":
        yield from (f"{f['id']} {f['party']} {f['scope']}: {f['outcome']}" for f in found)
        return
    if not found:
        yield "nothing is found for it in this scope"
        return
    of_act = name in content.acts and says["expect"] != "does_not_apply"
    checked = [f for f in found if f["outcome"] == says["expect"]] if of_act else found
    if not checked:
        yield f"outcomes are {sorted({f['outcome'] for f in found})}"
    if of_act and says["expect"] == "not_yet_applicable":
        checked += [f for f in found if f["outcome"] == "applies"]
    for f in checked:
        yield from (f"{f['id']} {f['party']} {f['scope']}: {w}" for w in _wrong(f, says))


def _findings(result: Assessment, name: str) -> Iterator[Finding]:
    """The findings of a rule or an act. Only these are proved: that saves most of the time."""
    rules = result.content.rules
    for verdict in result.verdicts:
        act = rules[verdict.rule].act if verdict.rule in rules else verdict.rule
        if name in (verdict.rule, act) and result.is_finding(verdict):
            yield result.finding(verdict)


def _wrong(f: Finding, says: Mapping[str, Any]) -> Iterator[str]:
    if f["outcome"] != says["expect"]:
        yield f"{f['outcome']} ({f['reason']})"
        return
    if "reason" in says and f["reason"] not in _listed(says["reason"]):
        yield f"reason {f['reason']}"
    for key, field in (
        ("from", "effective_from"),
        ("formal", "formal_from"),
        ("until", "until"),
        ("nature", "nature"),
        ("grade", "grade"),
        ("enforcement", "enforcement_status"),
        ("verify", "verify"),
        ("owed_by", "owed_by"),
    ):
        if key in says and f[field] != says[key]:
            yield f"{key} {f[field]}"
    if "transition" in says:
        held = {t["pinpoint"] for t in f["transitions"] if t["holds"] == "yes"}
        if says["transition"] not in held:
            yield f"transitions that hold: {sorted(held)}"
    if "shielded" in says:
        held = {t["holds"] for t in f["transitions"] if t["effect"] == "shield"}
        if ("yes" in held) is not says["shielded"]:
            yield f"shields {sorted(held)}"


def _within(f: Finding, says: Mapping[str, Any]) -> bool:
    if f.get("kind") == "instrument":  # an act outside whose territory everything happens
        return True
    have = {"party": f["party"], **f["scope"]}
    asked = [k for k in SCOPE_KEYS if k in says and (have.get(k) or "show" not in f)]
    return all(have.get(k) in _listed(says[k]) for k in asked)  # some classes have no party


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# ---------------------------------------------------------------------- examples and variants
@cache
def content() -> Content:
    """The content, read once."""
    return default_content()


@cache
def assessed(
    example: str, market: str, as_of: date, known_on: date | None, changes: str, removed: str
) -> Assessment:
    """An example, or a variant of it, on a day. changes, removed: as JSON, to be hashable."""
    profile = _plain(example)
    for path, value in json.loads(changes).items():
        _set(profile, path.split("."), deepcopy(value))
    for path in json.loads(removed):
        _unset(profile, path.split("."))
    document = Document(f"{example} (variant)", profile)
    stated = ProfileReader(content()).build(document, EXAMPLES / example, "0" * 64, TODAY)
    return assess(content(), stated, today=TODAY, as_of=as_of, known_on=known_on, markets=(market,))


def _plain(example: str) -> dict[str, Any]:
    """The profile with the facts of its organisation file written out."""
    folder = EXAMPLES / example
    profile: dict[str, Any] = deepcopy(read_yaml(folder / "system.yaml").value)
    parties = []
    for party in profile["parties"]:
        entity = {}
        if "ref" in party:
            file, _, name = party.pop("ref").partition("#")
            entities = read_yaml(folder / file).value["entities"]
            entity = next(e for e in entities if e["id"] == name)
        parties.append(entity | party)
    profile["parties"] = parties
    return profile


def _set(profile: dict[str, Any], path: list[str], value: Any) -> None:
    owner, last = _owner(profile, path)
    if last == "+":
        owner["list"].append(value)
    else:
        owner[last] = value


def _unset(profile: dict[str, Any], path: list[str]) -> None:
    owner, last = _owner(profile, path)
    del owner[last]


def _owner(profile: dict[str, Any], path: list[str]) -> tuple[Any, str]:
    here: Any = profile
    for i, key in enumerate(path[:-1]):
        if i == 1 and isinstance(here, list):
            here = next(thing for thing in here if thing["id"] == key)
        elif key == "places" and isinstance(here["places"], list):
            here["places"] = {code: None for code in here["places"]}
            here = here["places"]
        else:
            if here.get(key) is None:
                here[key] = {}
            here = here[key]
    if path[-1] == "+":
        return {"list": here}, "+"
    return here, path[-1]
