"""Roles and classes as rows for documents, and the transitions that keep duties from biting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from dutybound.assess.assess import Assessment
from dutybound.terms.finding import Outcome

WORDS: Final = {
    Outcome.APPLIES: "holds",
    Outcome.NOT_YET: "will hold",
    Outcome.CONTESTED: "contested",
    Outcome.UNDETERMINED: "not settled",
}


def class_rows(
    result: Assessment,
    starts: tuple[str, ...],
    party: str | None,
    use: str | None,
    name: Callable[[str | None], str],
) -> list[dict[str, Any]]:
    """Roles and classes that hold, will hold or are open; all if no beginning of an id is named.

    One row for each term, party and use, whatever the places. name: the name of a party.
    """
    seen: dict[tuple[str, str], dict[str, Any]] = {}
    for found in result.classifications:
        about = found["scope"].get("use")
        if party is not None and found["party"] not in (None, party):
            continue
        if use is not None and about not in (None, use):
            continue
        if starts and not any(begins(found["id"], s) for s in starts):
            continue
        row = _row(result, found, about, name(found["party"]))
        seen.setdefault((row["key"], row["outcome"]), row)
    return list(seen.values())


def _row(result: Assessment, found: Mapping[str, Any], use: str | None, by: str) -> dict[str, Any]:
    rule = result.content.rules[found["id"]]
    return {
        "key": " ".join(str(v) for v in (found["id"], found["party"], use) if v),
        "id": found["id"],
        "title": found["title"],
        "cite": f"{result.content.acts[rule.act].title}, {rule.texts[-1].pinpoint}",
        "by": by,
        "use": use,
        "outcome": found["outcome"],
        "stands": WORDS[Outcome(found["outcome"])],
        "when": _when(Outcome(found["outcome"]), found["applies_from"]),
        "since": found["applies_from"],
        "because": [_named(result, term) for term in found["because"]],
        "needs": [_ask(result, fact) for fact in found["needs"]],
    }


def _when(outcome: Outcome, day: str | None) -> str:
    """How a class stands, with its day. Never a day that the verdict does not carry."""
    if day is None:
        return WORDS[outcome]
    return {
        Outcome.APPLIES: f"{WORDS[outcome]} since {day}",
        Outcome.NOT_YET: f"{WORDS[outcome]} from {day}",
    }.get(outcome, WORDS[outcome])


def _named(result: Assessment, term: str) -> str:
    rule = result.content.rules[term]
    return f"{rule.title} ({rule.texts[-1].pinpoint})"


def _ask(result: Assessment, fact: str) -> str:
    """The question of a fact, or the fact where it has none."""
    known = result.content.facts.get(fact)
    return fact if known is None else known.ask


def begins(rule: str, start: str) -> bool:
    """Whether an id is another one, or begins with it and a dot."""
    return rule == start or rule.startswith(f"{start}.")


def shields(finding: Mapping[str, Any]) -> Iterator[str]:
    """The transitions that keep a duty from biting, each with what ends it."""
    for t in finding.get("transitions", []):
        if t["effect"] == "shield" and t["holds"] == "yes":
            ends = t["ends_when"]
            yield (
                t["pinpoint"] if ends is None else f"{t['pinpoint']}, ends with: {ends.rstrip('.')}"
            )
