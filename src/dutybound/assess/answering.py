"""Which measures can be evidence for which duty, and where the text names no metric."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dutybound.assess.measures import UNRECORDED, measures
from dutybound.terms.finding import Outcome
from dutybound.terms.law import MUST_NATURES

KINDS: Final = ("duty", "right", "prohibition")
LIVE: Final = (Outcome.APPLIES, Outcome.NOT_YET, Outcome.CONTESTED, Outcome.UNDETERMINED)
THRESHOLDS: Final = {
    "none": "and sets no threshold",
    "rule_of_thumb": "with a rule of thumb",
    "fixed": "with a fixed threshold",
}


@dataclass(frozen=True, slots=True)
class Answering:
    """A duty and the measures that can be evidence for it.

    through: the controls that ask for them. names: what the text itself names; empty if it names
    no metric that is recorded. threshold: none, rule_of_thumb, fixed, not_recorded.
    """

    rule: str
    market: str
    pinpoint: str
    title: str
    usable: tuple[str, ...]
    through: tuple[str, ...]
    names: tuple[str, ...]
    threshold: str
    cite: str | None
    grade: str | None

    @property
    def computed(self) -> tuple[str, ...]:
        """Those that a run of `measure` or `explain-model` gives; the rest comes from records."""
        entries = measures().entries
        return tuple(m for m in self.usable if m in entries and entries[m].how == "computed")

    @property
    def law_says(self) -> str:
        """What the text names."""
        if not self.names:
            return "names no metric and no threshold that is recorded"
        grade = "" if self.grade in ("A", "B") else f" [source: {self.grade}]"
        named = ", ".join(self.names)
        return f"{self.cite} names {named}, {THRESHOLDS[self.threshold]}{grade}"


def answering(findings: Iterable[Mapping[str, Any]]) -> tuple[Answering, ...]:
    """The duties of an assessment that can be measured, each rule once, in their order."""
    found: dict[str, Answering] = {}
    for f in findings:
        said = f.get("measurable")
        if said is not None and _binds(f) and f["id"] not in found:
            found[f["id"]] = _answering(f, said)
    return tuple(found.values())


def duties_in(findings: Iterable[Mapping[str, Any]]) -> int:
    """How many duties bind, will bind, or may; each rule once."""
    return len({f["id"] for f in findings if _binds(f)})


def _binds(f: Mapping[str, Any]) -> bool:
    return (
        f["kind"] in KINDS
        and f["nature"] in MUST_NATURES
        and f["outcome"] in LIVE
        and not f.get("no_duty_either_way")
    )


def _answering(f: Mapping[str, Any], said: Mapping[str, Any]) -> Answering:
    return Answering(
        rule=f["id"],
        market=f["market"],
        pinpoint=f["pinpoint"],
        title=f["title"],
        usable=tuple(said["usable"]),
        through=tuple(said["through"]),
        names=tuple(said["law_names"]),
        threshold=said["threshold"],
        cite=said["cite"],
        grade=said["grade"],
    )


def in_short(found: tuple[Answering, ...], duties: int) -> str:
    """The count in one or two sentences. duties: how many there are."""
    named = [a for a in found if a.threshold != UNRECORDED]
    fixed = sum(a.threshold == "fixed" for a in named)
    text = f"{len(found)} of {duties} duties can be answered with a measure. "
    if not named:
        return text + (
            "No metric and no threshold is recorded in any of their texts: choose both yourself, "
            "and say why."
        )
    limit = f"{fixed} of them with a fixed threshold" if fixed else "none of them fixes a threshold"
    return text + (
        f"The texts of {len(named)} name a metric, {limit}. For the other "
        f"{len(found) - len(named)} no metric and no threshold is recorded: choose both yourself, "
        "and say why."
    )
