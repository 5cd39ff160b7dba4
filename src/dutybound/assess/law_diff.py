"""`law diff`: what changed in the law between two days, and what that changed for systems."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from dutybound.assess.law_change import Change, Changes, Days, View
from dutybound.assess.portfolio import CHUNK, read_profiles
from dutybound.assess.standing import NONE, Standing, Standings, standings
from dutybound.errors import Problem
from dutybound.packs.profile import ProfileReader
from dutybound.terms.finding import Scope
from dutybound.terms.law import Content, Rule
from dutybound.terms.system import Profile

SCHEMA: Final = "dutybound/law-diff/1"


@dataclass(frozen=True, slots=True)
class Moved:
    """A rule that stands differently to a system than before."""

    rule: Rule
    scope: Scope
    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True)
class LawDiff:
    """The changes of the law, and for each system what changed for it."""

    content: Content
    axis: str
    start: date
    end: date
    as_of: tuple[date, date]
    changes: tuple[Change, ...]
    systems: tuple[tuple[Profile, tuple[Moved, ...]], ...]
    refused: tuple[Problem, ...]

    def as_json(self) -> dict[str, Any]:
        """The diff as JSON values."""
        return {
            "schema": SCHEMA,
            "axis": self.axis,
            "from": self.start.isoformat(),
            "to": self.end.isoformat(),
            "judged_on": {"from": self.as_of[0].isoformat(), "to": self.as_of[1].isoformat()},
            "content": {"version": self.content.version, "sha256": self.content.sha256},
            "rules": [_change(self.content, c) for c in self.changes],
            "systems": [
                {
                    "file": profile.file,
                    "system": profile.id,
                    "name": profile.name,
                    "profile_sha256": profile.sha256,
                    "changed": [_moved(m) for m in moved],
                }
                for profile, moved in self.systems
            ],
            "refused": [str(p) for p in self.refused],
        }


def law_diff(
    content: Content,
    *,
    axis: str,
    start: date,
    end: date,
    files: Sequence[Path] = (),
    today: date | None = None,
    as_of: date | None = None,
    markets: Collection[str] | None = None,
) -> LawDiff:
    """The difference between the law on two days.

    axis: `known` compares the texts published up to each day, judged on one day (as_of, or the
    later one); `in_force` compares the texts in force on each day, each judged on its own day
    unless as_of is given. files: profiles to look at.
    """
    before, after = View(content, axis, start), View(content, axis, end)
    changes = [
        c
        for c in Changes(before, after).all()
        if markets is None or content.acts[c.rule.act].market in markets
    ]
    days = (as_of or (end if axis == "known" else start), as_of or end)
    ids = frozenset(c.rule.id for c in changes)
    refused: list[Problem] = []
    systems: list[tuple[Profile, tuple[Moved, ...]]] = []
    for part in _chunks(read_profiles(ProfileReader(content), files, refused, today)):
        old = standings(before.program, part, days[0], ids)
        new = standings(after.program, part, days[1], ids)
        for profile, was, now in zip(part, old, new, strict=True):
            systems.append((profile, tuple(_differences(content, was, now))))
    return LawDiff(content, axis, start, end, days, tuple(changes), tuple(systems), tuple(refused))


def _chunks(profiles: Iterable[Profile]) -> Iterator[list[Profile]]:
    pending: list[Profile] = []
    for profile in profiles:
        pending.append(profile)
        if len(pending) == CHUNK:
            yield pending
            pending = []
    if pending:
        yield pending


def _differences(content: Content, before: Standings, after: Standings) -> Iterator[Moved]:
    keys = sorted({*before, *after}, key=lambda k: (k[0], str(k[1])))
    for key in keys:
        was, now = before.get(key, NONE), after.get(key, NONE)
        if was != now:
            yield Moved(content.rules[key[0]], key[1], was, now)


# ---------------------------------------------------------------------- as JSON values
def _change(content: Content, change: Change) -> dict[str, Any]:
    rule, face = change.rule, change.after or change.before
    before, after = change.before, change.after
    return {
        "id": rule.id,
        "title": rule.title,
        "kind": rule.kind,
        "nature": rule.nature,
        "instrument": rule.act,
        "market": content.acts[rule.act].market,
        "pinpoint": face.pinpoint if face else "",
        "changes": list(change.kinds),
        "parts": list(change.parts),
        "through": list(change.through),
        "versions": {
            "from": list(before.versions) if before else [],
            "to": list(after.versions) if after else [],
        },
        "formal": {
            "from": _days(before.formal if before else ()),
            "to": _days(after.formal if after else ()),
        },
        "effective": {
            "from": _days(before.effective if before else ()),
            "to": _days(after.effective if after else ()),
        },
    }


def _days(days: Days) -> list[str]:
    return [d.isoformat() for d in days]


def _moved(moved: Moved) -> dict[str, Any]:
    return {
        "id": moved.rule.id,
        "kind": moved.rule.kind,
        "party": moved.scope.party,
        "scope": moved.scope.as_dict(),
        "from": _standing(moved.before),
        "to": _standing(moved.after),
    }


def _standing(standing: Standing) -> dict[str, Any]:
    outcome, start = standing
    return {
        "outcome": str(outcome),
        "effective_from": start.isoformat() if start else None,
    }
