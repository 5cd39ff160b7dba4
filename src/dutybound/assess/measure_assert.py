"""Values of a table asserted against thresholds: which lines are meant, and what fails."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from dutybound.assess.measure import Report, measure_profiles
from dutybound.assess.measure_lines import Line
from dutybound.assess.measure_table import profile_table_of, profiles_in_memory
from dutybound.assess.measures import measures
from dutybound.errors import BadInput, DutyboundError, did_you_mean
from dutybound.packs.measure_config import measure_config_of, read_measure_config
from dutybound.terms.measure import Measured, Threshold, Undefined, Verdict
from dutybound.terms.table import ChosenThreshold, TableConfig
from dutybound.warehouse.profile import Profiles

WHERE: Final = "assert_measure"
FAIL_ON: Final = {
    "breach": (Verdict.BREACH,),
    "not_enough_data": (Verdict.BREACH, Verdict.NOT_ENOUGH_DATA, Verdict.UNDEFINED),
}
WORDS: Final = {
    Verdict.BREACH: "outside",
    Verdict.NO_BREACH: "inside",
    Verdict.NOT_ENOUGH_DATA: "not enough data",
    Verdict.UNDEFINED: "no value",
}
MOST: Final = 20  # lines of a message or summary


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asserted: see `dutybound.testing.assert_measure`."""

    measure: str | None
    over: str | None
    group: str | None
    at_least: float | None
    at_most: float | None
    why: str
    fail_on: str


@dataclass(frozen=True)
class AssertedTable:
    """The lines that were looked at, worst first. failure: what a failed assertion says, or None.

    summary: one line of text for each, at most so many.
    """

    report: Report
    lines: tuple[Line, ...]
    fail_on: str

    def with_verdict(self, *verdicts: Verdict) -> tuple[Line, ...]:
        """The lines with one of the verdicts."""
        return tuple(x for x in self.lines if x.judgement.verdict in verdicts)

    @property
    def failure(self) -> str | None:
        """Why the assertion does not hold."""
        failed = self.with_verdict(*FAIL_ON[self.fail_on])
        if not failed:
            failed = () if self._tested() else self.lines
        if not failed:
            return None
        return "\n".join(self._message(failed))

    @property
    def summary(self) -> tuple[str, ...]:
        """A line of text for each value."""
        shown = tuple(
            f"{x.key}: {WORDS[x.judgement.verdict]}: {_value(x.found)}" for x in self.lines[:MOST]
        )
        return (*shown, *_more(len(self.lines)))

    def _tested(self) -> bool:
        return any(x.judgement.verdict is not Verdict.UNDEFINED for x in self.lines)

    def _message(self, failed: tuple[Line, ...]) -> Iterator[str]:
        name = self.report.config.name
        yield f"{len(failed)} of {len(self.lines)} asserted values of `{name}` failed:"
        for line in failed[:MOST]:
            yield from _lines(line)
        yield from (f"  {text}" for text in _more(len(failed)))


def measured(table: object, config: object, reference: object) -> Report:
    """The report of a table. Raises BadInput, DutyboundError."""
    read = _config(config)
    profiles = _profiles(table, read, reference)
    return measure_profiles(read, profiles)


def check(table: object, config: object, reference: object, asked: Asked) -> AssertedTable:
    """The lines that are asked for. Raises BadInput if there is none with a threshold."""
    asked = replace(asked, fail_on=asked.fail_on.replace("-", "_"))
    _check(asked)
    own = _own(asked)
    if isinstance(table, Report):
        if config is not None or reference is not None:
            raise BadInput.one(WHERE, "A report was measured already: leave out `config`.")
        report = table if own is None else _again(table, own)
    else:
        if config is None:
            raise BadInput.one(WHERE, "Give `config`: a measures.yaml, or its keys as a mapping.")
        read = _config(config)
        read = read if own is None else replace(read, thresholds=(own,))
        report = measure_profiles(read, _profiles(table, read, reference))
    found = tuple(x for x in report.judged if _meant(x, asked))
    if not found:
        raise BadInput.one(WHERE, _nothing(report, asked))
    return AssertedTable(report, found, asked.fail_on)


def _again(report: Report, own: ChosenThreshold) -> Report:
    profiles = Profiles(report.current, report.reference, report.outside, report.sampled)
    return measure_profiles(replace(report.config, thresholds=(own,)), profiles)


def _check(asked: Asked) -> None:
    if asked.fail_on not in FAIL_ON:
        raise BadInput.one(WHERE, f"`fail_on` is one of {', '.join(FAIL_ON)}.")
    entries = measures().entries
    if asked.measure is not None and asked.measure not in entries:
        hint = did_you_mean(asked.measure, entries)
        raise BadInput.one(WHERE, f"There is no measure `{asked.measure}`.{hint}")


def _own(asked: Asked) -> ChosenThreshold | None:
    """The threshold that stands in the test itself."""
    limits = (asked.at_least, asked.at_most)
    given = [x for x in limits if x is not None]
    if not given:
        return None
    if len(given) == 2 or asked.measure is None:
        raise BadInput.one(WHERE, "A threshold is `at_least` or `at_most`, of one `measure`.")
    number: object = given[0]  # a caller without types can give anything
    if isinstance(number, bool) or not isinstance(number, int | float) or not isfinite(number):
        raise BadInput.one(WHERE, "A threshold is a number.")
    over = () if asked.over is None else (asked.over,)
    why = asked.why or "stated in the test"
    least, most = (None if x is None else float(x) for x in limits)
    return ChosenThreshold(asked.measure, why, most, least, over)


def _meant(x: Line, asked: Asked) -> bool:
    wanted = ((asked.measure, x.measure), (asked.over, x.over), (asked.group, x.group))
    return all(want is None or want == have for want, have in wanted)


def _nothing(report: Report, asked: Asked) -> str:
    named = [x for x in (asked.measure, asked.over, asked.group) if x is not None]
    what = " / ".join(named) or "any measure"
    judged = list(dict.fromkeys(x.key for x in report.judged))
    if judged:
        some = ", ".join(judged[:MOST])
        return f"No value of {what} met a threshold. Values that did: {some}."
    why = report.not_computed.get(asked.measure or "")
    reason = f" Not computed: {why}." if why else ""
    return f"No value of {what} met a threshold, so nothing would be tested.{reason}"


# ---------------------------------------------------------------------- tables
def _config(config: object) -> TableConfig:
    if isinstance(config, Mapping):
        return measure_config_of(config, "config")
    if isinstance(config, str | os.PathLike):
        return read_measure_config(Path(config))
    raise BadInput.one(WHERE, "`config` is the path of a measures.yaml, or a mapping.")


def _profiles(table: object, config: TableConfig, reference: object) -> Profiles:
    plain = table is None or isinstance(table, str | os.PathLike)
    try:
        if plain and reference is None:
            return profile_table_of(config, None if table is None else str(table))
        with TemporaryDirectory(prefix="dutybound-") as folder:
            return profiles_in_memory(config, table, reference, Path(folder))
    except ImportError as error:
        raise DutyboundError(
            f"Measuring a table needs the extra `warehouse` ({error}): "
            "pip install 'dutybound[warehouse]'."
        ) from error


# ---------------------------------------------------------------------- words
def _more(count: int) -> tuple[str, ...]:
    return (f"... and {count - MOST} more",) if count > MOST else ()


def _value(found: Measured) -> str:
    if isinstance(found, Undefined):
        return found.reason
    if found.interval is None:
        return f"{found.value:.4g}"
    i = found.interval
    return f"{found.value:.4g} ({i.level:.0%} interval {i.low:.4g} to {i.high:.4g})"


def _lines(x: Line) -> Iterator[str]:
    yield f"  {x.key}: {WORDS[x.judgement.verdict]}"
    yield f"    value      {_value(x.found)}"
    if x.against:
        yield f"    against    {x.against}"
    if x.judged_on is not None:
        i = x.judged_on
        yield f"    judged on  {i.low:.4g} to {i.high:.4g}, corrected to a level of {i.level:.4%}"
    if x.threshold is not None:
        yield f"    threshold  {_threshold(x.threshold)}"
    yield f"    because    {x.judgement.why}"
    yield f"    source     {'; '.join(measures().entries[x.measure].sources)}"


def _threshold(t: Threshold) -> str:
    side = {"at_least": "at least ", "at_most": "at most ", "within": "within ±"}[str(t.side)]
    return f"{side}{t.value:g} ({t.nature.replace('_', ' ')}): {t.why}"
