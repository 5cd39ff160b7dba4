"""Repeated looks at a table that together keep one level: what a look may use, and what it says.

The look's alpha is shared by all families of judged lines (Bonferroni), and inside a family by its
lines, so the chance of any false alarm on any line at any look is at most alpha. See
`measure.watch` for how alpha is spent over looks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any, Final

from dutybound.assess.measure import Report, measure_profiles
from dutybound.assess.measure_lines import Line
from dutybound.errors import BadInput
from dutybound.measure.watch import Spending, State, advance, look_level
from dutybound.terms.measure import Estimate, Side, Threshold, Verdict
from dutybound.terms.table import TableConfig
from dutybound.terms.watch import LineState, Look, Watching, WatchRecord
from dutybound.warehouse.profile import Profile, Profiles
from dutybound.warehouse.profile_file import profile_bytes

# What may differ between two looks: where the rows lie, words, and what a run may use.
FREE: Final = (
    "name",
    "source",
    "reference",
    "current",
    "candidates",
    "limits",
    "watch",
    "alternatives",
)
ADDED: Final = ("population", "comparison", "shrinkage", "prediction_interval")  # if they are used
JOINT: Final = ("quality", "drift", "fairness", "proxies")  # parts in which a measure is one family
BY_OVER: Final = ("conditional-impact-ratio",)
NOT_WATCHED: Final = ("time",)  # buckets of time are repeated looks by themselves


@dataclass(frozen=True)
class Watched:
    """A look. record: what is to be kept. repeated: the last look's own rows were looked at again,
    so nothing was spent. used, spent: alpha of this look, and of all so far. families: of lines.
    level: of each family. lines: key to state, those with an alarm first."""

    record: WatchRecord
    repeated: bool
    used: float
    spent: float
    families: int
    level: float
    lines: Mapping[str, LineState]

    @property
    def alarms(self) -> tuple[str, ...]:
        """The lines on which an alarm sounds."""
        return tuple(key for key, state in self.lines.items() if state.alarm)


def watch_profiles(
    config: TableConfig,
    profiles: Profiles,
    record: WatchRecord | None,
    file: str,
    *,
    p_values: bool = False,
) -> Report:
    """The report of one more look, with `watched`.

    record: what the last look left; None for the first. file: its name in errors. Raises BadInput
    if the configuration or the reference is another one, the looks are used up, or the window
    was looked at before.
    """
    if config.watch is None:
        raise BadInput.one(config.name, "The configuration has no `watch`: see measures.yaml.")
    now = _begun(config, profiles) if record is None else record
    _check_same(now, config, profiles, file)
    look, repeated = _look(now, config.watch, profiles.current, file)
    families = _families(measure_profiles(config, profiles))
    used = 1 - look.level
    level = 1 - used / max(1, families)
    report = measure_profiles(config, profiles, level=level, p_values=p_values)
    after = now if repeated else _after(now, look, report)
    spent = sum(1 - x.level for x in after.looks)
    shown = dict(sorted(after.lines.items(), key=lambda x: (not x[1].alarm, x[0])))
    watched = Watched(after, repeated, used, spent, families, level, shown)
    return replace(report, watched=watched)


def watch_words(watched: Watched) -> Iterator[str]:
    """What a reader has to know of this look."""
    w, number = watched.record.watching, len(watched.record.looks)
    planned = "" if w.looks is None else f" of {w.looks}"
    again = ", looked at again: nothing more is spent" if watched.repeated else ""
    yield f"Look {number}{planned}{again}."
    yield (
        f"All looks together may raise a false alarm with a chance of {w.alpha:g} "
        f"({w.spending}); this look uses {watched.used:.3g} of it, {watched.spent:.3g} is used so "
        f"far. It is shared by {watched.families} families of lines, so each is judged at a level "
        f"of {watched.level:.5%}."
    )
    yield (
        f"An alarm rises when a verdict is outside at {w.confirm} looks in a row, and ends when "
        "the value is as often at or inside its calm level."
    )
    count = len(watched.alarms)
    yield f"Alarms now: {count}." if count else "There is no alarm."


def agreed_sha256(config: TableConfig) -> str:
    """Digest of what decides a look: roles, groups, thresholds without their reasons, the watch."""
    value: dict[str, Any] = asdict(config)
    value["watching"] = value["watch"]
    for key in FREE:
        del value[key]
    for key in ADDED:
        if not value[key]:
            del value[key]
    for attribute in value["protected"]:
        del attribute["grounds"]
    for threshold in value["thresholds"]:
        del threshold["why"]
    value["categories"] = config.limits.categories
    raw = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    return sha256(raw).hexdigest()


def _digest(profile: Profile | None) -> str | None:
    return None if profile is None else sha256(profile_bytes(profile)).hexdigest()


def _begun(config: TableConfig, profiles: Profiles) -> WatchRecord:
    watching = config.watch or Watching()
    return WatchRecord(watching, agreed_sha256(config), _digest(profiles.reference))


def _check_same(record: WatchRecord, config: TableConfig, profiles: Profiles, file: str) -> None:
    if record.watching != config.watch or record.config_sha256 != agreed_sha256(config):
        raise BadInput.one(
            file,
            "The watch was started with another configuration (columns, groups, thresholds or "
            "`watch`). Its level holds for that one only: go back to it, or start a new watch.",
        )
    if record.reference_sha256 != _digest(profiles.reference):
        raise BadInput.one(
            file,
            "The watch was started with another reference profile. Pin the profile of that time "
            "(`--reference`), or start a new watch.",
        )


def _look(
    record: WatchRecord, watching: Watching, current: Profile, file: str
) -> tuple[Look, bool]:
    """The look to make, and whether it is the last one again."""
    digest = str(_digest(current))
    for look in record.looks:
        if look.profile_sha256 == digest:
            if look is record.looks[-1]:
                return look, True
            raise BadInput.one(
                file, f"These rows were seen at look {look.look}, and others since. Looks go on."
            )
    last = record.looks[-1] if record.looks else None
    if last is not None and last.last and current.last and current.last < last.last:
        raise BadInput.one(
            file,
            f"The window ends at {current.last}, before that of look {last.look} ({last.last}). "
            "Time goes forward between looks.",
        )
    number = len(record.looks) + 1
    if watching.looks is not None and number > watching.looks:
        raise BadInput.one(
            file, f"All {watching.looks} planned looks were made. Start a new watch for more."
        )
    level = look_level(number, watching.looks, watching.alpha, Spending(watching.spending))
    return Look(number, level, current.rows, current.first, current.last, digest), False


def _families(report: Report) -> int:
    """How many families of lines are judged; inside a family the report corrects by itself."""
    found = set()
    for x in report.judged:
        joint = x.part in JOINT and x.measure not in BY_OVER
        found.add((x.part, x.measure, "" if joint else x.over))
    return len(found)


# ---------------------------------------------------------------------- lines
def _after(record: WatchRecord, look: Look, report: Report) -> WatchRecord:
    lines = dict(record.lines)
    for key, x in _watched(report):
        lines[key] = _next(lines.get(key, LineState()), x, look.look, record.watching.confirm)
    return replace(record, looks=(*record.looks, look), lines=lines)


def _watched(report: Report) -> Iterator[tuple[str, Line]]:
    for x in report.judged:
        if x.part not in NOT_WATCHED:
            yield f"{x.part} / {x.key}", x


def _next(was: LineState, x: Line, look: int, confirm: int) -> LineState:
    if x.judgement.verdict is Verdict.UNDEFINED:
        return was
    breach = x.judgement.verdict is Verdict.BREACH
    speaks, why = (_calm(x), _calm_why(x)) if was.alarm else (breach, x.judgement.why)
    state = advance(State(alarm=was.alarm, run=was.run), speaks, why, confirm)
    since = None if not state.alarm else was.since if was.alarm else look
    return LineState(state.alarm, state.run, since, state.why)


def _calm(x: Line) -> bool:
    """Whether the value itself lies at or inside the calm level; without one the threshold's."""
    if not isinstance(x.found, Estimate) or x.threshold is None:
        return False
    return _inside(x.found.value, x.threshold, _level(x.threshold))


def _level(t: Threshold) -> float:
    return t.value if t.calm is None else t.calm


def _inside(value: float, t: Threshold, level: float) -> bool:
    if t.side is Side.AT_LEAST:
        return value >= level
    return (abs(value) if t.side is Side.WITHIN else value) <= level


def _calm_why(x: Line) -> str:
    if not isinstance(x.found, Estimate) or x.threshold is None:
        return x.judgement.why
    level = _level(x.threshold)
    word = "reached" if _calm(x) else "has not reached"
    return f"the value {x.found.value:.4g} {word} the calm level {level:g}"
