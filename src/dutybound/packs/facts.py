"""Reads the facts of one thing: types, sets, groups, sources, with a position for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from dutybound.errors import Problem, did_you_mean
from dutybound.packs.reading import Document, Where
from dutybound.terms.law import FactType
from dutybound.terms.system import Facts, Position, SetFact

_WRAPPER: Final = frozenset({"value", "source", "note", "basis", "author"})
NOT_SHOWN: Final = frozenset({"ref"})
_YES: Final = {True: True, False: False, "yes": True, "no": False}


@dataclass(slots=True)
class FactsReader:
    """Reads facts of one file.

    types: short name to fact type, by thing. conclusions: words that are computed, not stated.
    """

    document: Document
    types: Mapping[str, Mapping[str, FactType]]
    groups: Mapping[str, frozenset[str]]
    places: Mapping[str, str]
    conclusions: frozenset[str]
    problems: list[Problem] = field(default_factory=list)
    positions: dict[str, Position] = field(default_factory=dict)
    notes: dict[str, dict[str, str]] = field(default_factory=dict)
    about: dict[str, tuple[str, Position]] = field(default_factory=dict)

    def wrong(self, where: Where, message: str) -> None:
        """Report a problem at a path."""
        self.problems.append(self.document.problem(where, message))

    def read(
        self,
        thing: str,
        raw: Mapping[str, Any],
        where: Where,
        path: str,
        other_keys: frozenset[str] = frozenset(),
    ) -> Facts:
        """The facts of a thing. other_keys: keys at the top that are no facts."""
        stated: Facts = {}
        complete: dict[str, tuple[bool, Where]] = {}
        self._walk(thing, raw, where, "", other_keys, stated, complete, path)
        for name, (closed, at) in complete.items():
            self._close(thing, name, closed, at, stated)
        return stated

    def _walk(
        self,
        thing: str,
        raw: Mapping[str, Any],
        where: Where,
        prefix: str,
        other_keys: frozenset[str],
        stated: Facts,
        complete: dict[str, tuple[bool, Where]],
        path: str,
    ) -> None:
        types = self.types[thing]
        for key, value in raw.items():
            if not prefix and key in other_keys:
                self._said(path, key, value, (*where, key))
                continue
            name, here = prefix + key, (*where, key)
            fact = types.get(name)
            if fact is not None:
                found = self._fact(fact, value, here, f"{path}.{name}")
                if found is not None:
                    stated[name] = found
                    line, _ = self.document.at(here)
                    self.positions[f"{path}.{name}"] = Position(self.document.file, line)
            elif key.endswith("_complete") and self._is_set(thing, name):
                complete[name.removesuffix("_complete")] = (value is True, here)
                if not isinstance(value, bool):
                    self.wrong(here, f"`{key}` is true or false.")
            elif name in self.groups[thing] and isinstance(value, Mapping):
                self._walk(thing, value, here, name + ".", other_keys, stated, complete, path)
            else:
                self._unknown(thing, name, here, other_keys)

    def _said(self, path: str, key: str, value: Any, where: Where) -> None:
        """Keep what is no fact of law but stands in documents, such as a name or an address."""
        members = value if isinstance(value, list) else [value]
        if key not in NOT_SHOWN and all(isinstance(m, str | int | float) for m in members):
            line, _ = self.document.at(where)
            text = self.document.respelled.get(where) or "; ".join(str(m) for m in members)
            self.about[f"{path}.{key}"] = (text, Position(self.document.file, line))

    def _is_set(self, thing: str, name: str) -> bool:
        fact = self.types[thing].get(name.removesuffix("_complete"))
        return fact is not None and fact.type == "set"

    def _unknown(self, thing: str, name: str, where: Where, other: frozenset[str]) -> None:
        if name.replace("_", "-") in self.conclusions:
            self.wrong(
                where,
                f"`{name}` is a conclusion; it is computed. State the plain facts instead "
                "(see content/facts.yaml).",
            )
            return
        hint = did_you_mean(name, [*self.types[thing], *other])
        if not hint:
            elsewhere = [t for t, types in self.types.items() if name in types]
            hint = f" It is a fact of a {elsewhere[0]}." if elsewhere else ""
        self.wrong(where, f"Unknown fact `{thing}.{name}`.{hint}")

    def _close(self, thing: str, name: str, closed: bool, where: Where, stated: Facts) -> None:
        current = stated.get(name)
        if current is None:
            if closed:
                stated[name] = SetFact(frozenset(), frozenset(), True)
            return
        if closed:
            stated[name] = SetFact(current.yes, current.no, True)
        elif current.closed and not self._exclusive(thing, name, current):
            self.wrong(where, f"`{name}` is closed and open at once.")

    def _exclusive(self, thing: str, name: str, stated: SetFact) -> bool:
        return bool(self.types[thing][name].exclusive & stated.yes)

    # ------------------------------------------------------------------ one fact
    def _fact(self, fact: FactType, value: Any, where: Where, path: str) -> Any:
        if isinstance(value, Mapping) and "value" in value and set(value) <= _WRAPPER:
            self.notes[path] = {k: str(v) for k, v in value.items() if k != "value"}
            return self._fact(fact, value["value"], (*where, "value"), path)
        if value is None or value == "unknown":
            return None
        reader: Callable[[FactType, Any, Where], Any] = getattr(self, f"_{fact.type}")
        return reader(fact, value, where)

    def _yes_no(self, fact: FactType, value: Any, where: Where) -> bool | None:
        if isinstance(value, bool | str) and value in _YES:
            return _YES[value]
        self.wrong(where, f"`{fact.id}` is true or false, not `{value}`. {fact.ask}")
        return None

    def _choice(self, fact: FactType, value: Any, where: Where) -> str | None:
        if isinstance(value, str) and value in fact.values:
            return value
        self._no_value(fact, value, where)
        return None

    def _no_value(self, fact: FactType, value: Any, where: Where) -> None:
        hint = did_you_mean(str(value), fact.values)
        if not hint and len(fact.values) <= 12:
            hint = f" It is one of {', '.join(fact.values)}."
        self.wrong(where, f"`{shorten(value)}` is no value of `{fact.id}`.{hint}")

    def _set(self, fact: FactType, value: Any, where: Where) -> SetFact | None:
        if isinstance(value, str):
            value = [value]
        if isinstance(value, list):
            yes, no = self._members(fact, value, where), frozenset[str]()
        elif isinstance(value, Mapping):
            yes, no = self._sides(fact, value, where)
        else:
            self.wrong(where, f"`{fact.id}` is a list of values, or a mapping to true and false.")
            return None
        alone = fact.exclusive & yes
        if alone and len(yes) > 1:
            name = min(alone)
            self.wrong(where, f"`{fact.id}`: `{name}` excludes the other values.")
        if yes and not alone:
            no |= fact.exclusive
        return SetFact(yes, no, bool(alone))

    def _members(self, fact: FactType, value: list[Any], where: Where) -> frozenset[str]:
        seen: set[str] = set()
        for i, member in enumerate(value):
            if not isinstance(member, str) or member not in fact.values:
                self._no_value(fact, member, (*where, i))
            elif member in seen:
                self.wrong((*where, i), f"`{member}` stands twice in `{fact.id}`.")
            else:
                seen.add(member)
        return frozenset(seen)

    def _sides(
        self, fact: FactType, value: Mapping[str, Any], where: Where
    ) -> tuple[frozenset[str], frozenset[str]]:
        yes: set[str] = set()
        no: set[str] = set()
        for member, side in value.items():
            if member not in fact.values:
                self._no_value(fact, member, (*where, member))
            elif side is None or side == "unknown":
                continue
            elif not isinstance(side, bool | str) or side not in _YES:
                self.wrong((*where, member), f"`{member}` is true or false.")
            else:
                (yes if _YES[side] else no).add(member)
        return frozenset(yes), frozenset(no)

    def _number(self, fact: FactType, value: Any, where: Where) -> float | None:
        if isinstance(value, str) and value.replace("_", "").isdigit():
            value = int(value.replace("_", ""))
        if isinstance(value, bool) or not isinstance(value, int | float):
            unit = fact.detail.get("unit", "a number")
            self.wrong(where, f"`{fact.id}` is a number ({unit}), not `{shorten(value)}`.")
            return None
        if value < 0:
            self.wrong(where, f"`{fact.id}` cannot be below zero.")
            return None
        return value

    def _date(self, fact: FactType, value: Any, where: Where) -> date | None:
        found = as_date(value)
        if found is None:
            self.wrong(where, f"`{fact.id}` is a date as YYYY-MM-DD, not `{shorten(value)}`.")
        return found

    def _place(self, fact: FactType, value: Any, where: Where) -> str | None:
        if isinstance(value, str) and value in self.places:
            return value
        self.no_place(value, where)
        return None

    def no_place(self, value: Any, where: Where) -> None:
        """Report an unknown place code."""
        hint = did_you_mean(str(value), self.places)
        by_name = [c for c, n in self.places.items() if n.lower() == str(value).lower()]
        if by_name:
            hint = f" Did you mean `{by_name[0]}`?"
        self.wrong(where, f"Unknown place `{shorten(value)}`.{hint} See content/places.yaml.")

    def _text(self, fact: FactType, value: Any, where: Where) -> str:
        return str(value)

    def _refs(self, fact: FactType, value: Any, where: Where) -> tuple[str, ...]:
        values = value if isinstance(value, list) else [value]
        return tuple(str(v) for v in values)


def as_date(value: Any) -> date | None:
    """A date from YYYY-MM-DD text."""
    if not isinstance(value, str) or len(value) != len("YYYY-MM-DD"):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def shorten(value: Any, limit: int = 60) -> str:
    """A value for an error message, cut to a readable length."""
    text = str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
