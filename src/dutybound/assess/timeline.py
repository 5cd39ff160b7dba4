"""`timeline`: what begins and ends when, per market, and the events of the system between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from dutybound.assess.assess import Assessment, assess, key_of, planned_events
from dutybound.assess.details import LIVE
from dutybound.terms.finding import Outcome, Verdict
from dutybound.terms.law import MUST_NATURES

SCHEMA: Final = "dutybound/timeline/1"
DUTIES: Final = ("duty", "prohibition", "right")
MONTHS_IN_QUARTER: Final = 3
SURE: Final = frozenset({str(Outcome.APPLIES), str(Outcome.NOT_YET)})


@dataclass(frozen=True, slots=True)
class Entry:
    """Something on the line of time. what: `begins`, `ends` or `event`."""

    day: date
    what: str
    values: dict[str, Any]

    @property
    def is_duty(self) -> bool:
        """Whether it is about a duty (a prohibition or a right included) of binding law."""
        return self.values.get("kind") in DUTIES and self.values.get("nature") in MUST_NATURES

    def as_json(self) -> dict[str, Any]:
        """The entry as JSON values."""
        return {"day": self.day.isoformat(), "what": self.what, **self.values}


@dataclass(frozen=True)
class Timeline:
    """The entries in order of time, and what a transition shields."""

    result: Assessment
    entries: tuple[Entry, ...]
    shielded: tuple[dict[str, Any], ...]

    @cached_property
    def markets(self) -> tuple[str, ...]:
        """The markets in which something begins or ends, in their usual order."""
        found = {e.values["market"] for e in self.entries if "market" in e.values}
        usual = ("eu", "us", "uk", "own")
        return (*(m for m in usual if m in found), *sorted(found - set(usual)))

    @cached_property
    def quarters(self) -> tuple[dict[str, Any], ...]:
        """Duties that begin in each quarter, by market; `now` for those that bind already.

        A duty that is judged for several parties, uses and places counts once. If only its first
        day is open, the earliest counts.
        """
        counts: dict[str, Counter[str]] = {}
        seen: set[tuple[str, str]] = set()
        for entry in self.entries:
            only_day = entry.values.get("only_day_open")
            sure = only_day or str(entry.values.get("outcome")) in SURE
            if entry.what != "begins" or not entry.is_duty or not sure:
                continue
            quarter = quarter_of(entry.day) if entry.day > self.result.as_of else "now"
            if (quarter, entry.values["id"]) not in seen:
                seen.add((quarter, entry.values["id"]))
                counts.setdefault(quarter, Counter())[entry.values["market"]] += 1
        ordered = sorted(counts, key=lambda q: (q != "now", q))
        return tuple(
            {"quarter": q, "duties": counts[q].total(), "markets": dict(sorted(counts[q].items()))}
            for q in ordered
        )

    def as_json(self) -> dict[str, Any]:
        """The timeline as JSON values."""
        content = self.result.content
        return {
            "schema": SCHEMA,
            "system": self.result.profile.id,
            "name": self.result.profile.name,
            "profile_sha256": self.result.profile.sha256,
            "as_of": self.result.as_of.isoformat(),
            "known_on": self.result.known_on.isoformat(),
            "content": {"version": content.version, "sha256": content.sha256},
            "quarters": list(self.quarters),
            "entries": [e.as_json() for e in self.entries],
            "shielded": list(self.shielded),
        }


def quarter_of(day: date) -> str:
    """The quarter of a day, for example `2027 Q4`."""
    return f"{day.year} Q{(day.month - 1) // MONTHS_IN_QUARTER + 1}"


def quarters_between(first: str, last: str) -> Iterator[str]:
    """Every quarter from one to another, both included."""
    year, number = int(first[:4]), int(first[-1])
    while (quarter := f"{year} Q{number}") <= last:
        yield quarter
        year, number = (year, number + 1) if number < 4 else (year + 1, 1)


def timeline(result: Assessment) -> Timeline:
    """The line of time of an assessed profile.

    Texts that follow when one ends are found by judging again on the day of its end.
    """
    found: dict[tuple[str, str], tuple[Assessment, Verdict]] = {}
    pending, done = [result.as_of], set[date]()
    while pending:
        day = min(pending)
        pending.remove(day)
        done.add(day)
        at = result if day == result.as_of else _on(result, day)
        for verdict in at.verdicts:
            if at.is_finding(verdict) and _shown(verdict):
                key = (key_of(verdict), f"{verdict.text} {verdict.start}")
                found.setdefault(key, (at, verdict))
                if verdict.end and verdict.end > day and verdict.end not in (*done, *pending):
                    pending.append(verdict.end)
    entries = list(_events(result))
    shielded = []
    for at, verdict in found.values():
        values = _values(at, verdict)
        if verdict.outcome is Outcome.EXCEPTED:
            shielded.append(values)
        else:
            entries.extend(_ends(verdict, values))
    entries.sort(key=lambda e: (e.day, e.what != "event", str(e.values.get("id")), str(e.values)))
    return Timeline(result, tuple(entries), tuple(shielded))


def _on(result: Assessment, day: date) -> Assessment:
    run = result.run
    markets = {result.content.acts[a.act].market for a in _rules_in_view(result)}
    return assess(
        result.content,
        result.profile,
        today=result.today,
        as_of=day,
        known_on=result.known_on,
        markets=markets,
        program=run.program,
    )


def _rules_in_view(result: Assessment) -> Iterator[Any]:
    return (result.content.rules[v.rule] for v in result.verdicts if v.rule in result.content.rules)


def _shown(verdict: Verdict) -> bool:
    if verdict.start is None or verdict.no_duty_either_way:
        return False
    if verdict.outcome is Outcome.EXCEPTED:
        return verdict.reason == "transition"
    gone = verdict.outcome is Outcome.NO_LONGER and verdict.relevant
    return verdict.outcome in LIVE or gone


def _values(result: Assessment, verdict: Verdict) -> dict[str, Any]:
    f = result.finding(verdict)
    names = (
        "id", "kind", "nature", "market", "instrument", "pinpoint", "title", "owed_by", "party",
        "scope", "outcome", "formal_from", "effective_from", "effective_latest", "until", "reason",
        "grade", "enforcement_status", "transitions", "only_day_open",
    )  # fmt: skip
    return {name: f[name] for name in names}


def _ends(verdict: Verdict, values: dict[str, Any]) -> Iterator[Entry]:
    if verdict.start is not None:
        yield Entry(verdict.start, "begins", values)
    if verdict.end is not None:
        yield Entry(verdict.end, "ends", values)


def _events(result: Assessment) -> Iterator[Entry]:
    for event in planned_events(result.profile):
        says = result.content.events[event.act]
        values = {
            "act": event.act,
            "says": says,
            "party": event.party,
            "place": event.place,
            "planned": event.planned,
        }
        yield Entry(event.date, "event", values)
