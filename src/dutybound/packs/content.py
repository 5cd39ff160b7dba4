"""Loads all content and checks that it hangs together."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from dutybound.errors import ContentError, Problem
from dutybound.packs.acts import ActReader
from dutybound.packs.conditions import ConditionReader
from dutybound.packs.soundness import check_content, over_of_term
from dutybound.packs.vocabulary import Vocabulary, read_facts, read_places
from dutybound.terms.law import Constraint, Content


def act_folders(folder: Path) -> list[Path]:
    """Every folder under `law/` that holds an `act.yaml`, in order."""
    return sorted(p.parent for p in (folder / "law").rglob("act.yaml"))


def read_content(
    folder: Path, more: Iterable[Path] = (), *, only: Callable[[Path], bool] | None = None
) -> Content:
    """All content of a folder, with the acts of further folders added.

    only: reads just the act folders for which it holds; for work on one act.
    Raises ContentError with every problem that was found.
    """
    places, whole = read_places(folder)
    facts, events, facts_document = read_facts(folder)
    vocabulary = Vocabulary(facts, events, places)
    reader = ActReader(vocabulary)
    for base in (folder, *more):
        for act_folder in act_folders(base):
            if only is None or only(act_folder):
                reader.collect(act_folder, base)
    acts = {act_id: reader.build_act(act_id) for act_id in sorted(reader.acts)}
    disputes = {d: reader.build_dispute(d) for d in sorted(reader.disputes)}
    rules = {r: reader.build_rule(r) for r in sorted(reader.rules)}
    _fail(reader.problems)
    rules = {
        r: replace(rule, over=over_of_term(rule.id, rules, disputes))
        if rule.kind == "term"
        else rule
        for r, rule in rules.items()
    }
    problems: list[Problem] = []
    constraints = _constraints(facts_document, vocabulary, problems)
    content = Content(
        version="",
        sha256="",
        checked_on=max((a.checked_on for a in acts.values()), default=date.min),
        facts=facts,
        events=events,
        constraints=constraints,
        places=places,
        whole=whole,
        acts=acts,
        rules=rules,
        disputes=disputes,
    )
    problems.extend(check_content(content))
    _fail(problems)
    return stamped(content)


def _fail(problems: list[Problem]) -> None:
    if problems:
        raise ContentError(sorted(set(problems)))


def _constraints(
    document: Any, vocabulary: Vocabulary, problems: list[Problem]
) -> tuple[Constraint, ...]:
    def report(where: tuple[Any, ...], message: str) -> None:
        problems.append(document.problem(where, message))

    reader = ConditionReader(document, vocabulary, lambda _: None, lambda _: None, list, {}, report)
    found = []
    for i, raw in enumerate(document.value.get("constraints", [])):
        when = reader.read(raw.get("when"), ("constraints", i, "when"))
        derives = raw.get("derives", True)
        if not isinstance(derives, bool) or raw.keys() - {"says", "when", "derives"}:
            report(("constraints", i), "A constraint has `says`, `when`, maybe `derives: false`.")
        found.append(Constraint(str(raw.get("says")), when, derives is not False))
    return tuple(found)


def stamped(content: Content) -> Content:
    """The content with its digest and version."""
    digest = sha256(canonical(plain(content)).encode()).hexdigest()
    day = content.checked_on
    return replace(content, sha256=digest, version=f"{day.year}.{day.month:02d}")


def plain(content: Content) -> dict[str, Any]:
    """The content as JSON values, without digest, version and positions."""
    found = asdict(content)
    for key in ("sha256", "version", "behind", "aims"):
        del found[key]
    for rule in found["rules"].values():
        del rule["file"], rule["line"]
    for fact in found["facts"].values():
        fact["exclusive"] = sorted(fact["exclusive"])
    return json.loads(json.dumps(found, default=str, sort_keys=True))  # type: ignore[no-any-return]


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: the same text for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
