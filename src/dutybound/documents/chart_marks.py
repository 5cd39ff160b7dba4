"""What charts show: values with intervals and verdicts, taken from JSON of `dutybound measure`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any, Final, TypeAlias

from dutybound.terms.visible import visible

Report: TypeAlias = Mapping[str, Any]
Line: TypeAlias = Mapping[str, Any]

# Verdict: the word that stands beside it. Its shape is in `chart_drawing`.
WORDS: Final = {
    "breach": "outside",
    "no_breach": "inside",
    "not_enough_data": "not enough data",
    "not_judged": "not judged",
    "undefined": "no value",
}
SIDES: Final = {"at_least": "at least", "at_most": "at most", "within": "within"}
LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True)
class Mark:
    """A value of a chart. label: of its row or its place in time. series: of a line.

    low, high: of the interval. limits: of the threshold that somebody chose. rows: that it rests
    on. value is None if there is none; `why` says why.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    verdict: str = "not_judged"
    limits: tuple[float, ...] = ()
    side: str = ""
    rows: float | None = None
    rate: float | None = None
    against: str = ""
    why: str = ""
    series: str = ""


def lines_of(report: Report, part: str, measures: Iterable[str] | None = None) -> list[Line]:
    """Lines of one part of a report, of some measures or of all."""
    wanted = None if measures is None else set(measures)
    return [
        x
        for x in report.get("lines", ())
        if x["part"] == part and (wanted is None or x["measure"] in wanted)
    ]


def mark_of(line: Line, label: str, series: str = "") -> Mark:
    """A line as a mark."""
    interval = line["interval"] or {}
    threshold = line["threshold"]
    rate = line["rate"] or {}
    return Mark(
        label=visible(label, 80),
        value=line["value"],
        low=interval.get("low"),
        high=interval.get("high"),
        verdict=line["verdict"],
        limits=_limits(threshold),
        side="" if threshold is None else SIDES[threshold["side"]],
        rows=line["rows"] if line["rows"] is not None else line["n"],
        rate=rate.get("value"),
        against=visible(line["against"] or "", 80),
        why=visible(line["undefined"] or "", 200),
        series=visible(series, 40),
    )


def _limits(threshold: Mapping[str, Any] | None) -> tuple[float, ...]:
    if threshold is None:
        return ()
    value = threshold["value"]
    return (-value, value) if threshold["side"] == "within" else (value,)


def drawn(marks: Sequence[Mark]) -> list[Mark]:
    """Marks that have a value."""
    return [m for m in marks if m.value is not None]


def share_mark(score: float, positives: int, rows: int) -> Mark:
    """The share of positives of a bin, with Wilson's interval (Wilson 1927). rows >= 1."""
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    share, spread = positives / rows, z * z / rows
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / rows + spread / (4 * rows)) / (1 + spread)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Mark(f"{score:.4f}", share, low, high, rows=rows, rate=score)


# ---------------------------------------------------------------------- words
def number(value: float | None) -> str:
    """Four digits; empty if there is none."""
    return "" if value is None else f"{value:.4g}"


def interval(mark: Mark) -> str:
    """`0.4606 to 0.5427`; empty without an interval."""
    if mark.low is None or mark.high is None:
        return ""
    return f"{mark.low:.4g} to {mark.high:.4g}"


def count(value: float | None) -> str:
    """Rows."""
    return "" if value is None else f"{value:,.0f}"


def threshold(mark: Mark) -> str:
    """`at least 0.8`; empty if nobody chose one."""
    return f"{mark.side} {mark.limits[-1]:g}" if mark.limits else ""


def value_cell(mark: Mark) -> str:
    """The value, or why there is none."""
    return f"no value: {mark.why}" if mark.value is None else number(mark.value)


def words_of(measure: str) -> str:
    """The id of a measure in words."""
    return measure.replace("-", " ")


def verdicts(marks: Sequence[Mark]) -> str:
    """`2 outside, 3 inside`, in a fixed order; empty if nothing was judged."""
    parts = []
    for verdict, word in WORDS.items():
        found = sum(m.verdict == verdict for m in marks)
        if found:
            parts.append(f"{found} {word}")
    return ", ".join(parts)


def extremes(marks: Sequence[Mark]) -> str:
    """The lowest and the highest value, in words. marks: with values, not empty."""
    low = min(marks, key=lambda m: m.value or 0.0)
    high = max(marks, key=lambda m: m.value or 0.0)
    if low is high:
        return f"{low.label} {number(low.value)}"
    return f"lowest {low.label} {number(low.value)}, highest {high.label} {number(high.value)}"
