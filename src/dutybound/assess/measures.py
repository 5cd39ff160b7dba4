"""`measures`: the measures, one of them, and those that a finding can be answered with."""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from typing import Any, Final

from dutybound.assess.catalogue import controls_of
from dutybound.errors import BadInput, ContentError, did_you_mean
from dutybound.packs.measures_compile import default_measures
from dutybound.terms.law import Content, Rule
from dutybound.terms.measure import (
    ComparisonPolicy,
    DefaultThreshold,
    MeasureCatalogue,
    MeasureEntry,
    NamedByLaw,
)

LIST_SCHEMA: Final = "dutybound/measure-list/1"
SHOW_SCHEMA: Final = "dutybound/measure-entry/1"
UNRECORDED: Final = "not_recorded"
OPEN: Final = (
    "No metric and no threshold is recorded in this text. Choose measures and thresholds "
    "yourself, and say why."
)


@lru_cache(maxsize=1)
def measures() -> MeasureCatalogue:
    """The measures that come with the package."""
    return default_measures()


def measure_list(
    *, family: str | None = None, control: str | None = None, how: str | None = None
) -> dict[str, Any]:
    """The measures as JSON values. family, control, how: only those."""
    found = measures()
    if family is not None and family not in found.families:
        hint = did_you_mean(family, found.families)
        raise BadInput.one(family, f"There is no such family of measures.{hint}")
    if control is not None and control not in found.asked:
        hint = did_you_mean(control, found.asked)
        raise BadInput.one(control, f"No such control asks for a measure.{hint}")
    chosen = [
        m
        for m in found.entries.values()
        if family in (None, m.family)
        and how in (None, m.how)
        and (control is None or m.id in found.asked[control])
    ]
    return {
        "schema": LIST_SCHEMA,
        "families": found.families,
        "measures": [_short(m, found) for m in chosen],
    }


def _short(m: MeasureEntry, found: MeasureCatalogue) -> dict[str, Any]:
    return {
        **{k: getattr(m, k) for k in ("id", "family", "name", "unit", "range", "better", "how")},
        "controls": _controls(m.id, found),
        "named_by": _named_by(m.id, found),
    }


def _controls(name: str, found: MeasureCatalogue) -> list[str]:
    return sorted(c for c, ids in found.asked.items() if name in ids)


def _named_by(name: str, found: MeasureCatalogue) -> list[str]:
    return sorted(r for r, line in found.named.items() if name in line.measures)


def measure_show(content: Content, name: str) -> dict[str, Any]:
    """One measure as JSON values, with the controls and rules that ask for it."""
    found = measures()
    m = found.entries.get(name)
    if m is None:
        hint = did_you_mean(name, found.entries)
        text = f"There is no such measure.{hint} See `dutybound measures list`."
        raise BadInput.one(name, text)
    keys = ("id", "name", "says", "unit", "range", "better", "how", "function", "origin")
    rules = [r for r in content.rules.values() if name in _of_rule(r)]
    return {
        "schema": SHOW_SCHEMA,
        "family": m.family,
        "family_title": found.families[m.family],
        **{k: getattr(m, k) for k in keys},
        "sources": list(m.sources),
        "limits": list(m.limits),
        "undefined": list(m.undefined),
        "thresholds": [_threshold(t) for t in m.thresholds],
        "named_by": [_named(found.named[r]) for r in _named_by(name, found)],
        "controls": _controls(name, found),
        "rules": [_rule(r, content) for r in rules],
    }


def _of_rule(rule: Rule) -> tuple[str, ...]:
    return tuple(rule.texts[-1].detail.get("measures") or ())


def _rule(rule: Rule, content: Content) -> dict[str, Any]:
    return {
        "id": rule.id,
        "market": content.acts[rule.act].market,
        "pinpoint": rule.texts[-1].pinpoint,
        "title": rule.title,
        "nature": rule.nature,
    }


def _threshold(t: DefaultThreshold) -> dict[str, Any]:
    return {
        **asdict(t),
        "side": str(t.side),
        "since": t.since and t.since.isoformat(),
        "only_for": list(t.only_for),
    }


def _named(line: NamedByLaw) -> dict[str, Any]:
    return {
        "rule": line.rule,
        "cite": line.cite,
        "since": line.since.isoformat(),
        "threshold": line.threshold,
        "only_for": list(line.only_for),
        "policy": line.policy and asdict(line.policy),
        "grade": line.grade,
        "note": line.note,
    }


# ------------------------------------------------------------------ choosing a threshold
def offered(measure_id: str, field: str | None) -> tuple[DefaultThreshold, ...]:
    """The thresholds on offer for a measure in a field such as `employment` or `credit`."""
    found = measures().entries[measure_id].thresholds
    return tuple(t for t in found if not t.only_for or field in t.only_for)


def check_chosen(measure_id: str, value: float, field: str | None, file: str) -> None:
    """Refuse a threshold of law that was borrowed for a field in which it has no meaning.

    file: where it was chosen, for the error. Raises BadInput. A value of one's own that differs
    is house policy, and its reason is the chooser's.
    """
    text = borrowed(measures().entries[measure_id], value, field)
    if text is not None:
        raise BadInput.one(file, text)


def borrowed(entry: MeasureEntry, value: float, field: str | None) -> str | None:
    """Why a threshold of law has no place in a field; None if it is not one, or fits."""
    for t in entry.thresholds:
        if t.rule and t.value == value and field not in t.only_for:
            where = " or ".join(t.only_for)
            stated = "is not stated" if field is None else f"is {field}"
            return (
                f"The threshold {value:g} for `{entry.id}` comes from {t.cite} and is for {where} "
                f"only; the `field` of this table {stated}. Choose a threshold that fits the "
                "field, and say why."
            )
    return None


def comparison_policy(rule_id: str) -> ComparisonPolicy | None:
    """How a rule wants groups compared; None if it does not say."""
    line = measures().named.get(rule_id)
    return line.policy if line else None


def measurable(rule: Rule, detail: dict[str, Any]) -> dict[str, Any] | None:
    """What a finding can be measured with, and what its text names; None if with nothing.

    Measures that are not sound are no reason to give no verdict: `law lint` says what is wrong.
    """
    if rule.kind == "term":
        return None
    try:
        found = measures()
    except ContentError:
        return None
    through: dict[str, list[str]] = {}
    own = list(detail.get("measures") or ())
    for control in controls_of(rule.id, detail):
        if found.asked.get(control):
            through[control] = list(found.asked[control])
    usable = list(dict.fromkeys([*own, *(m for ids in through.values() for m in ids)]))
    if not usable and rule.id not in found.named:
        return None
    line = found.named.get(rule.id)
    return {
        "usable": usable or list(line.measures if line else ()),
        "through": list(through),
        "law_names": list(line.measures) if line else [],
        "threshold": line.threshold if line else UNRECORDED,
        "cite": line.cite if line else None,
        "grade": line.grade if line else None,
        "note": line.note if line else OPEN,
    }
