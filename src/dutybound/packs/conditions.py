"""Reads a condition from YAML: the closed language of docs/reference/language.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from dutybound.errors import did_you_mean
from dutybound.packs.reading import Document, Where
from dutybound.packs.vocabulary import Vocabulary
from dutybound.rules.conditions import freeze
from dutybound.terms.law import GRADES, Condition, FactType

NOTHING: Final[Condition] = ("any", ())
_COMPARISONS: Final = ("gt", "gte", "lt", "lte", "eq")
_MARKS: Final = ("grade", "reason", "cite")


@dataclass(slots=True)
class ConditionReader:
    """Reads the conditions of one file.

    names: resolves a term or dispute name to a full id, or None. dates: names of the act's dates.
    Problems are given to `report`; a condition that cannot be read becomes one that never holds.
    """

    document: Document
    vocabulary: Vocabulary
    term_id: Callable[[str], str | None]
    dispute_id: Callable[[str], str | None]
    term_names: Callable[[], list[str]]
    dates: Mapping[str, Any]
    report: Callable[[Where, str], None]

    def read(self, raw: Any, where: Where) -> Condition:
        """The condition at a path."""
        if isinstance(raw, str):
            return self._word(raw, where)
        if isinstance(raw, dict):
            return self._form(raw, where)
        self.report(where, "A condition is a name or one of the forms in the language page.")
        return NOTHING

    def _word(self, word: str, where: Where) -> Condition:
        if word == "always":
            return ("always",)
        thing = word.partition(".")[0]
        if thing in self.vocabulary.things and self.term_id(word) is None:
            fact = self._fact(word, where, "yes_no")
            return ("yes", fact.thing, fact.name) if fact else NOTHING
        found = self.term_id(word)
        if found is None:
            hint = did_you_mean(word, self.term_names())
            self.report(where, f"There is no term or yes/no fact `{word}`.{hint}")
            return NOTHING
        return ("term", found)

    def _form(self, raw: dict[str, Any], where: Where) -> Condition:
        for name, (needed, allowed, reader) in _FORMS.items():
            if name in raw:
                complete = self._keys(raw, where, name, needed, allowed)
                return reader(self, raw, where) if complete else NOTHING
        known = ", ".join(_FORMS)
        self.report(where, f"This is no condition. A condition has one of the keys {known}.")
        return NOTHING

    def _keys(
        self,
        raw: dict[str, Any],
        where: Where,
        form: str,
        needed: tuple[str, ...],
        allowed: tuple[str, ...],
    ) -> bool:
        """Report unknown and missing keys; whether none is missing."""
        known = (form, *needed, *allowed)
        for key in raw:
            if key not in known:
                hint = did_you_mean(key, known)
                self.report((*where, key), f"Unknown key `{key}` beside `{form}`.{hint}")
        missing = [key for key in needed if key not in raw]
        for key in missing:
            self.report(where, f"`{form}` needs `{key}`.")
        return not missing

    # ------------------------------------------------------------------ logic
    def _several(self, raw: Any, where: Where) -> tuple[Condition, ...]:
        if not isinstance(raw, list) or not raw:
            self.report(where, "Give a list of conditions.")
            return ()
        return tuple(self.read(m, (*where, i)) for i, m in enumerate(raw))

    def _all(self, raw: dict[str, Any], where: Where) -> Condition:
        return ("all", self._several(raw["all"], (*where, "all")))

    def _any(self, raw: dict[str, Any], where: Where) -> Condition:
        return ("any", self._several(raw["any"], (*where, "any")))

    def _not(self, raw: dict[str, Any], where: Where) -> Condition:
        return ("not", self.read(raw["not"], (*where, "not")))

    def _at_least(self, raw: dict[str, Any], where: Where) -> Condition:
        members = self._several(raw.get("of"), (*where, "of"))
        count = raw["at_least"]
        if not isinstance(count, int) or not 1 <= count <= max(len(members), 1):
            self.report((*where, "at_least"), "`at_least` is a whole number, at most the list.")
            return NOTHING
        return ("atleast", count, members)

    def _marked(self, raw: dict[str, Any], where: Where) -> Condition:
        marks = {k: str(raw[k]) for k in _MARKS if k in raw}
        if not marks:
            self.report(where, "`if` stands beside `grade`, `reason` or `cite`.")
        if marks.get("grade", "A") not in GRADES:
            self.report((*where, "grade"), f"A grade is one of {', '.join(GRADES)}.")
            marks.pop("grade")
        return ("mark", marks, self.read(raw["if"], (*where, "if")))

    def _quantified(self, form: str, raw: dict[str, Any], where: Where) -> Condition:
        thing = raw[form]
        if thing not in ("data", "model", "party", "use"):
            self.report((*where, form), f"`{form}` looks at data, model, party or use.")
            return NOTHING
        return (form, thing, self.read(raw.get("is"), (*where, "is")))

    def _some(self, raw: dict[str, Any], where: Where) -> Condition:
        return self._quantified("some", raw, where)

    def _every(self, raw: dict[str, Any], where: Where) -> Condition:
        return self._quantified("every", raw, where)

    def _reading(self, raw: dict[str, Any], where: Where) -> Condition:
        found = self.dispute_id(str(raw["reading"]))
        if found is None:
            self.report((*where, "reading"), f"There is no dispute `{raw['reading']}`.")
            return NOTHING
        return ("reading", found)

    # ------------------------------------------------------------------ facts
    def _fact(self, name: Any, where: Where, *types: str) -> FactType | None:
        fact = self.vocabulary.facts.get(name) if isinstance(name, str) else None
        if fact is None:
            hint = did_you_mean(str(name), self.vocabulary.facts)
            self.report(where, f"Unknown fact `{name}`.{hint}")
            return None
        if fact.type not in types:
            self.report(where, f"`{name}` is of type {fact.type}; {' or '.join(types)} is needed.")
            return None
        return fact

    def _values(self, fact: FactType, raw: Any, where: Where) -> tuple[str, ...]:
        values = raw if isinstance(raw, list) else [raw]
        for value in values:
            if value not in fact.values:
                hint = did_you_mean(str(value), fact.values)
                self.report(where, f"`{value}` is no value of `{fact.id}`.{hint}")
        return tuple(str(v) for v in values)

    def _has(self, raw: dict[str, Any], where: Where) -> Condition:
        fact = self._fact(raw["has"], (*where, "has"), "set")
        if fact is None:
            return NOTHING
        return ("has", fact.thing, fact.name, self._values(fact, raw.get("value"), where))

    def _has_any(self, raw: dict[str, Any], where: Where) -> Condition:
        fact = self._fact(raw["has_any"], (*where, "has_any"), "set")
        if fact is None:
            return NOTHING
        return ("has", fact.thing, fact.name, self._values(fact, raw.get("values"), where))

    def _only(self, raw: dict[str, Any], where: Where) -> Condition:
        fact = self._fact(raw["only"], (*where, "only"), "set")
        if fact is None:
            return NOTHING
        return ("only", fact.thing, fact.name, self._values(fact, raw.get("values"), where))

    def _is(self, raw: dict[str, Any], where: Where) -> Condition:
        if raw["is"] in self.vocabulary.facts and self.vocabulary.facts[raw["is"]].type == "set":
            self.report((*where, "is"), f"`{raw['is']}` is a set: use `has` or `has_any`.")
            return NOTHING
        fact = self._fact(raw["is"], (*where, "is"), "choice")
        if fact is None:
            return NOTHING
        if ("value" in raw) == ("values" in raw):
            self.report(where, "`is` needs either `value` or `values`.")
            return NOTHING
        stated = raw.get("value", raw.get("values"))
        return ("is", fact.thing, fact.name, self._values(fact, stated, where))

    def _number(self, raw: dict[str, Any], where: Where) -> Condition:
        fact = self._fact(raw["number"], (*where, "number"), "number")
        checks = [[op, raw[op]] for op in _COMPARISONS if op in raw]
        bad = [op for op, v in checks if isinstance(v, bool) or not isinstance(v, int | float)]
        if fact is None or not checks or bad:
            self.report(where, "`number` needs one of gt, gte, lt, lte, eq with a number.")
            return NOTHING
        return ("num", fact.thing, fact.name, freeze(checks))

    def _day(self, raw: dict[str, Any], key: str, where: Where) -> str | None:
        value = raw.get(key)
        if value is None:
            return None
        text = str(value)
        if text in self.dates or is_iso_date(text):
            return text
        hint = did_you_mean(text, self.dates)
        self.report((*where, key), f"`{text}` is neither a date nor a date of this act.{hint}")
        return None

    def _date(self, raw: dict[str, Any], where: Where) -> Condition:
        fact = self._fact(raw["date"], (*where, "date"), "date")
        before, start = self._day(raw, "before", where), self._day(raw, "from", where)
        if fact is None or (before is None and start is None):
            self.report(where, "`date` needs `before` or `from`.")
            return NOTHING
        return ("date", fact.thing, fact.name, before, start)

    def _event(self, raw: dict[str, Any], where: Where) -> Condition:
        name = raw["event"]
        if name not in self.vocabulary.events:
            hint = did_you_mean(str(name), self.vocabulary.events)
            self.report((*where, "event"), f"Unknown event `{name}`.{hint}")
            return NOTHING
        own = raw.get("party") == "own"
        if "party" in raw and not own:
            self.report((*where, "party"), "`party` can only be `own`.")
        return ("event", name, self._day(raw, "before", where), self._day(raw, "from", where), own)

    def _within(self, raw: dict[str, Any], where: Where) -> Condition:
        area = raw.get("value")
        if area not in self.vocabulary.places:
            hint = did_you_mean(str(area), self.vocabulary.places)
            self.report((*where, "value"), f"Unknown place `{area}`.{hint}")
            return NOTHING
        if raw["within"] == "place":
            return ("within", "place", area)
        fact = self._fact(raw["within"], (*where, "within"), "place")
        return ("within", (fact.thing, fact.name), area) if fact else NOTHING

    def _judged(self, raw: dict[str, Any], where: Where) -> Condition:
        fact = self._fact(raw["judged"], (*where, "judged"), "yes_no")
        return ("yes", fact.thing, fact.name) if fact else NOTHING


def is_iso_date(text: str) -> bool:
    """Whether a text is a date as YYYY-MM-DD."""
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


_FORMS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...], Any]]] = {
    "all": ((), (), ConditionReader._all),
    "any": ((), (), ConditionReader._any),
    "not": ((), (), ConditionReader._not),
    "if": ((), _MARKS, ConditionReader._marked),
    "at_least": (("of",), (), ConditionReader._at_least),
    "some": (("is",), (), ConditionReader._some),
    "every": (("is",), (), ConditionReader._every),
    "reading": ((), (), ConditionReader._reading),
    "has": (("value",), (), ConditionReader._has),
    "has_any": (("values",), (), ConditionReader._has_any),
    "only": (("values",), (), ConditionReader._only),
    "number": ((), _COMPARISONS, ConditionReader._number),
    "date": ((), ("before", "from"), ConditionReader._date),
    "event": ((), ("before", "from", "party"), ConditionReader._event),
    "within": (("value",), (), ConditionReader._within),
    "judged": ((), (), ConditionReader._judged),
    "is": ((), ("value", "values"), ConditionReader._is),
}
