"""Charts of documents, from the JSON of `dutybound measure` (`dutybound/measure-report/1`).

Each function gives a `Chart`, or None if the report has nothing to show. The table beside a
chart has every row; the picture has at most `MOST`, the worst first where they are judged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from dutybound.documents import chart_drawing as drawing
from dutybound.documents import chart_marks as marks
from dutybound.documents.chart_marks import WORDS, Line, Mark, Report

if TYPE_CHECKING:
    import altair as alt

MOST: Final = 30
MOST_SERIES: Final = 5
FAIRNESS: Final = {"impact-ratio": 1.0, "statistical-parity": 0.0, "equal-opportunity": 0.0}
DRIFT: Final = ("ks-distance", "total-variation")
PERFORMANCE: Final = ("auc", "accuracy", "recall", "precision", "root-mean-squared-error")
Rows: TypeAlias = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with its numbers.

    name: for files and ids, `[a-z-]+`. title: a line above it. alt: sentences for those who do not
    see it. svg, png: the picture, in colours that a print in black and white keeps apart. columns,
    rows: the numbers as text; all of them.
    """

    name: str
    title: str
    alt: str
    svg: bytes
    png: bytes
    columns: tuple[str, ...]
    rows: Rows


def charts_of(report: Report) -> list[Chart]:
    """Every chart that a report has something for."""
    every: tuple[Callable[[Report], Chart | None], ...] = (
        fairness_chart, calibration_chart, drift_chart, segment_chart, time_chart,
    )  # fmt: skip
    return [found for make in every if (found := make(report)) is not None]


def _made(
    name: str, title: str, said: str, chart: alt.TopLevelMixin, columns: tuple[str, ...], rows: Rows
) -> Chart:
    svg = drawing.svg_of(chart, name, title, said)
    return Chart(name, title, said, svg, drawing.png_of(svg), columns, rows)


def _first(report: Report, part: str, wanted: Sequence[str], measure: str | None) -> list[Line]:
    """Lines of the measure asked for, or of the first wanted one that has a value."""
    for one in (measure,) if measure else wanted:
        found = marks.lines_of(report, part, (one,))
        if any(x["value"] is not None for x in found):
            return found
    return []


def _shared(shown: Sequence[Mark]) -> tuple[float, ...]:
    """The threshold that all marks have in common."""
    limits = {m.limits for m in shown}
    return limits.pop() if len(limits) == 1 else ()


def _limit_words(shown: Sequence[Mark]) -> str:
    judged = [m for m in shown if m.limits]
    if not judged:
        return "Nobody chose a threshold for it."
    said = "; ".join(dict.fromkeys(marks.threshold(m) for m in judged))
    return f"Threshold: {said}. {marks.verdicts(judged)}."


def _cut(shown: Sequence[Mark], every: int) -> str:
    return f" The picture shows {len(shown)} of {every}; the table has all." * (len(shown) < every)


# ---------------------------------------------------------------------- fairness
def fairness_chart(report: Report, measure: str | None = None) -> Chart | None:
    """A fairness measure by group with intervals: the impact ratio, or what there is instead.

    measure: another measure that compares groups, such as `equal-opportunity`.
    """
    lines = _first(report, "fairness", tuple(FAIRNESS), measure)
    if not lines:
        return None
    found = [marks.mark_of(x, f"{x['over']}: {x['group'] or 'all'}") for x in lines]
    name = lines[0]["measure"]
    shown = _worst(marks.drawn(found))
    words = marks.words_of(name)
    title = f"{words.capitalize()} by group, with 95 % intervals"
    said = (
        f"{title}: {len(shown)} groups, {marks.extremes(shown)}. {_limit_words(shown)}"
        f"{_cut(shown, len(found))}"
    )
    limits = _shared(shown)
    no_effect = FAIRNESS.get(name)
    chart = drawing.rows_chart(_plain(shown, limits), words, no_effect=no_effect, limits=limits)
    columns = (
        "Group", "Compared with", "Rows", "Rate", words.capitalize(), "95 % interval",
        "Threshold", "Verdict",
    )  # fmt: skip
    rows = tuple(
        (
            m.label, m.against, marks.count(m.rows), marks.number(m.rate), marks.value_cell(m),
            marks.interval(m), marks.threshold(m), WORDS[m.verdict],
        )
        for m in found
    )  # fmt: skip
    return _made("fairness", title, said, chart, columns, rows)


def _worst(found: Sequence[Mark]) -> list[Mark]:
    """At most MOST, by verdict from the worst if there are more; in the order of the report."""
    if len(found) <= MOST:
        return list(found)
    order = list(WORDS)
    ranked = sorted(range(len(found)), key=lambda i: (order.index(found[i].verdict), i))
    return [found[i] for i in sorted(ranked[:MOST])]


def _plain(shown: Sequence[Mark], limits: tuple[float, ...]) -> list[Mark]:
    """Without a tick in each row where one line says it for all."""
    return [replace(m, limits=()) for m in shown] if limits else list(shown)


# ---------------------------------------------------------------------- calibration
def calibration_chart(report: Report) -> Chart | None:
    """The reliability curve: share of positive labels by mean score, in bins of equal width."""
    curve = report.get("reliability")
    if not curve:
        return None
    found = [marks.share_mark(x["score"], x["positives"], x["rows"]) for x in curve if x["rows"]]
    if not found:
        return None
    widest = max(found, key=lambda m: abs((m.value or 0.0) - (m.rate or 0.0)))
    errors = marks.lines_of(report, "calibration", ("calibration",))
    error = next((x["value"] for x in errors if x["value"] is not None), None)
    title = "Calibration: share of positive labels by mean score"
    said = (
        f"{title}, {len(found)} bins with 95 % intervals. Perfect scores lie on the diagonal. "
        f"Farthest from it: at the score {marks.number(widest.rate)} the share is "
        f"{marks.number(widest.value)}."
    )
    if error is not None:
        said += f" Expected calibration error: {marks.number(error)}."
    chart = drawing.square_chart(found, "mean score", "share of positive labels")
    columns = ("Mean score", "Labelled rows", "Share of positives", "95 % interval")
    rows = tuple(
        (m.label, marks.count(m.rows), marks.number(m.value), marks.interval(m)) for m in found
    )
    return _made("calibration", title, said, chart, columns, rows)


# ---------------------------------------------------------------------- drift
def drift_chart(report: Report) -> Chart | None:
    """How far each column moved since the reference window, the farthest first."""
    lines = [x for x in marks.lines_of(report, "drift", DRIFT) if x["value"] is not None]
    if not lines:
        return None
    lines.sort(key=lambda x: (-x["value"], x["over"]))
    found = [marks.mark_of(x, x["over"]) for x in lines]
    shown = found[:MOST]
    title = "Drift by column, with 95 % intervals"
    top = found[0]
    said = (
        f"{title}: share of rows that moved since the reference window. {len(found)} columns, "
        f"farthest {top.label} {marks.number(top.value)}. {_limit_words(found)}"
        f"{_cut(shown, len(found))}"
    )
    limits = _shared(shown)
    chart = drawing.rows_chart(_plain(shown, limits), "share of rows that moved", limits=limits)
    columns = ("Column", "Measure", "Value", "95 % interval", "Threshold", "Verdict")
    rows = tuple(
        (
            m.label, marks.words_of(x["measure"]), marks.number(m.value), marks.interval(m),
            marks.threshold(m), WORDS[m.verdict],
        )
        for m, x in zip(found, lines, strict=True)
    )  # fmt: skip
    return _made("drift", title, said, chart, columns, rows)


def drift_history_chart(reports: Sequence[Report]) -> Chart | None:
    """Drift over time, from several reports: the columns that moved farthest, five at most.

    A report stands at the last day of its current window; one without times is left out.
    """
    found: list[Mark] = []
    dated = [(r["windows"]["current"]["last"], r) for r in reports]
    for last, report in sorted(((d, r) for d, r in dated if d), key=lambda x: str(x[0])):
        for x in marks.lines_of(report, "drift", DRIFT):
            if x["value"] is not None:
                found.append(marks.mark_of(x, str(last)[:10], series=x["over"]))
    if len({m.label for m in found}) < 2:
        return None
    farthest: dict[str, float] = {}
    for m in found:
        farthest[m.series] = max(farthest.get(m.series, 0.0), m.value or 0.0)
    kept = sorted(farthest, key=lambda s: (-farthest[s], s))[:MOST_SERIES]
    shown = [m for name in kept for m in found if m.series == name]
    title = "Drift over time"
    said = (
        f"{title}: share of rows that moved since the reference window, from "
        f"{found[0].label} to {found[-1].label}. Farthest: {kept[0]} "
        f"{marks.number(farthest[kept[0]])}.{_cut(shown, len(found))}"
    )
    chart = drawing.time_chart(shown, "share of rows that moved")
    columns = ("Column", "Day", "Value", "95 % interval", "Verdict")
    rows = tuple(
        (m.series, m.label, marks.number(m.value), marks.interval(m), WORDS[m.verdict])
        for m in found
    )
    return _made("drift-history", title, said, chart, columns, rows)


# ---------------------------------------------------------------------- performance
def segment_chart(report: Report, measure: str | None = None) -> Chart | None:
    """Performance by segment with intervals, and of all rows: AUC, or what there is instead."""
    lines = _first(report, "segments", PERFORMANCE, measure)
    if not lines:
        return None
    name = lines[0]["measure"]
    whole = marks.lines_of(report, "performance", (name,))
    found = [marks.mark_of(x, "all rows") for x in whole]
    found += [marks.mark_of(x, f"{x['over']}: {x['group'] or 'all'}") for x in lines]
    shown = _worst(marks.drawn(found))
    words = marks.words_of(name)
    title = f"Performance by segment: {words}, with 95 % intervals"
    said = (
        f"{title}. {len(shown)} values, {marks.extremes(shown)}. {_limit_words(shown)}"
        f"{_cut(shown, len(found))}"
    )
    limits = _shared(shown)
    chart = drawing.rows_chart(_plain(shown, limits), words, limits=limits)
    columns = ("Segment", "Rows", words.capitalize(), "95 % interval", "Threshold", "Verdict")
    rows = tuple(
        (
            m.label, marks.count(m.rows), marks.value_cell(m), marks.interval(m),
            marks.threshold(m), WORDS[m.verdict],
        )
        for m in found
    )  # fmt: skip
    return _made("performance-segments", title, said, chart, columns, rows)


def time_chart(report: Report, measure: str | None = None) -> Chart | None:
    """Performance over time with intervals."""
    lines = _first(report, "time", PERFORMANCE, measure)
    found = [marks.mark_of(x, x["group"]) for x in lines if x["group"]]
    shown = [m for m in marks.drawn(found) if m.label[:4].isdigit()]
    if len(shown) < 2:
        return None
    words = marks.words_of(lines[0]["measure"])
    title = f"Performance over time: {words}, with 95 % intervals"
    said = (
        f"{title}, from {shown[0].label} to {shown[-1].label}: {marks.extremes(shown)}. "
        f"{_limit_words(shown)}"
    )
    chart = drawing.time_chart(shown, words, limits=_shared(shown))
    columns = ("From", "Rows", words.capitalize(), "95 % interval", "Verdict")
    rows = tuple(
        (m.label, marks.count(m.rows), marks.value_cell(m), marks.interval(m), WORDS[m.verdict])
        for m in found
    )
    return _made("performance-time", title, said, chart, columns, rows)
