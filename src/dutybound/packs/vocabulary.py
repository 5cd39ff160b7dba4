"""The words a profile may use: facts, events, places."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dutybound.errors import ContentError, Problem, did_you_mean
from dutybound.packs.reading import Document, Where, read_yaml
from dutybound.terms.law import FactType

TYPES: Final = ("yes_no", "choice", "set", "number", "date", "place", "text", "refs")
THINGS: Final = ("system", "party", "model", "data", "use")
_KEYS: Final = (
    "type", "ask", "help", "who", "why", "values", "exclusive", "judgement", "unit", "of",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Facts by id, events and places with what they mean."""

    facts: dict[str, FactType]
    events: dict[str, str]
    places: dict[str, str]

    @property
    def things(self) -> tuple[str, ...]:
        """The things that have facts."""
        return THINGS

    def of_thing(self, thing: str) -> dict[str, FactType]:
        """The facts of a thing, by short name."""
        return {f.name: f for f in self.facts.values() if f.thing == thing}


def read_places(folder: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    """Place code to name, and the codes that stand for all their parts."""
    document = read_yaml(folder / "places.yaml")
    places = document.value.get("places") if isinstance(document.value, dict) else None
    if not isinstance(places, dict):
        raise ContentError([document.problem((), "Needs the key `places`, a mapping.")])
    whole = tuple(document.value.get("means_all_parts") or ())
    for code in whole:
        if code not in places:
            raise ContentError([document.problem(("means_all_parts",), f"No place `{code}`.")])
    return {str(k): str(v) for k, v in places.items()}, whole


def read_facts(folder: Path) -> tuple[dict[str, FactType], dict[str, str], Document]:
    """Facts by id, events, and the document (constraints are read later, with conditions)."""
    document = read_yaml(folder / "facts.yaml")
    problems: list[Problem] = []
    root = document.value
    for key in root:
        if key not in ("facts", "events", "constraints"):
            problems.append(document.problem((key,), f"Unknown key `{key}`."))
    facts = {}
    for fact_id, raw in root.get("facts", {}).items():
        facts[fact_id] = _fact(document, fact_id, raw, problems)
    if problems:
        raise ContentError(problems)
    return facts, {str(k): str(v) for k, v in root.get("events", {}).items()}, document


def _fact(document: Document, fact_id: str, raw: Any, problems: list[Problem]) -> FactType:
    where: Where = ("facts", fact_id)
    thing, _, name = fact_id.partition(".")

    def wrong(message: str, *more: str) -> None:
        problems.append(document.problem((*where, *more), f"`{fact_id}`: {message}"))

    if thing not in THINGS:
        wrong(f"a fact is about one of {', '.join(THINGS)}.")
    if not isinstance(raw, dict):
        wrong("needs a mapping.")
        raw = {}
    for key in raw.keys() - set(_KEYS):
        wrong(f"unknown key `{key}`.{did_you_mean(key, _KEYS)}", key)
    for key in (k for k in ("type", "ask", "who", "why") if not raw.get(k)):
        wrong(f"needs `{key}`.")
    if raw.get("type") not in TYPES:
        wrong(f"type is one of {', '.join(TYPES)}.", "type")
    values = _values(raw)
    if raw.get("type") in ("set", "choice") and not values:
        wrong("needs `values`, a mapping from value to meaning.", "values")
    exclusive = frozenset(raw.get("exclusive", ()))
    if not exclusive <= set(values):
        wrong("`exclusive` names values that are not there.", "exclusive")
    return FactType(
        id=fact_id,
        thing=thing,
        name=name,
        type=str(raw.get("type")),
        ask=str(raw.get("ask")),
        values={str(k): str(v) for k, v in values.items()},
        exclusive=exclusive,
        judgement=bool(raw.get("judgement", False)),
        detail={k: raw[k] for k in ("who", "why", "help", "unit", "of") if k in raw},
    )


def _values(raw: dict[str, Any]) -> dict[str, Any]:
    values = raw.get("values", {})
    return values if isinstance(values, dict) else {}
