"""The page of a measuring run: verdicts first, charts with their tables beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from dutybound.assess import charts
from dutybound.assess.html import heading, items, page, paragraph, table
from dutybound.assess.measure import Report, weight_words
from dutybound.assess.measure_alternatives import SHOWN, Found, words
from dutybound.assess.measure_estimated import estimated_words
from dutybound.assess.measure_lines import PARTS, Line
from dutybound.assess.measure_watch import watch_words
from dutybound.terms.measure import Estimate, Measured, Threshold, Undefined, Verdict
from dutybound.warehouse.profile import Profile

WORDS: Final = {
    Verdict.BREACH: ("outside", "open"),
    Verdict.NOT_ENOUGH_DATA: ("not enough data", "partial"),
    Verdict.UNDEFINED: ("no value", "unassessed"),
    Verdict.NO_BREACH: ("inside", "met"),
    Verdict.NOT_JUDGED: ("not judged", ""),
}
DRIFT: Final = ("ks-distance", "total-variation")
CHARTED: Final = ("impact-ratio", "statistical-parity")
NO_EFFECT: Final = {"impact-ratio": 1.0, "statistical-parity": 0.0}
MOST: Final = 40  # rows of a chart; its table has them all


def measure_page(report: Report, plain: dict[str, Any]) -> str:
    """A whole page. plain: the JSON values of the report."""
    return page(f"{report.config.name}: what was measured", _parts(report, plain))


def _parts(report: Report, plain: dict[str, Any]) -> Iterator[str]:
    yield from _windows(report)
    yield heading("Verdicts")
    yield from _watch(report)
    yield from _verdicts(report, plain)
    yield from _fairness(report)
    yield from _proxies(report)
    yield from _alternatives(report)
    yield from _drift(report)
    yield from _performance(report)
    yield from _estimated(report)
    yield from _time(report)
    yield from _p_values(report)
    yield heading("Every value")
    for part, title in PARTS.items():
        mine = [x for x in report.lines if x.part == part]
        if mine:
            yield table(title, _head(report), map(_row, mine))
    yield from _end(report)


def _windows(report: Report) -> Iterator[str]:
    if report.config.weights is not None:
        yield paragraph(
            f"Every value is weighted by {report.config.weights}. Rows are shown as they are; "
            "effective rows are what intervals rest on."
        )
    yield paragraph(f"Current window: {_window(report.current)}.")
    if report.reference is None:
        yield paragraph("There is no reference window, so drift is not measured.")
    else:
        yield paragraph(f"Reference window: {_window(report.reference)}.")
    if report.outside:
        yield paragraph(f"{report.outside:,} rows are in no window.")


def _window(profile: Profile) -> str:
    span = "" if profile.first is None else f", {profile.first[:10]} to {str(profile.last)[:10]}"
    return f"{profile.rows:,} rows{weight_words(profile)}{span}"


def _verdicts(report: Report, plain: dict[str, Any]) -> Iterator[str]:
    if not report.judged:
        yield paragraph("Nothing was judged: no threshold that was chosen met a value.")
    else:
        yield table(
            "Against the thresholds you chose, worst first",
            ("Value of", "Verdict", "Value", "Interval it is judged on", "Why"),
            map(_judged, report.judged),
        )
    rows = [
        (c["id"], WORDS[Verdict(c["verdict"])][0], ", ".join(c["judged"]), len(c["not_judged"]))
        for c in plain["controls"]
    ]
    head = ("Control", "Worst verdict", "Judged by", "Measures it asks for that were not judged")
    yield table("Controls that ask for what was judged", head, rows)
    out = [
        (f"{x.measure}, {x.over}", x.reference, x.comparisons, _share(x.share), x.unknown)
        for x in report.left_out
    ]
    columns = (
        "Comparison", "Against", "Comparisons corrected for", "Rows without verdict",
        "Rows without group, decision or label",
    )  # fmt: skip
    yield table("Rows left out", columns, out)


def _watch(report: Report) -> Iterator[str]:
    """The look among others: what it may spend, and the alarms."""
    watched = report.watched
    if watched is None:
        return
    yield paragraph(" ".join(watch_words(watched)))
    rows = [
        (key, "alarm" if s.alarm else "calm", s.since or "", s.run, s.why)
        for key, s in watched.lines.items()
    ]
    head = ("Line", "State", "Alarm since look", "Looks in a row for the other state", "Why")
    yield table("Alarms of repeated checks, as they stand after this look", head, rows)


def _share(found: float | None) -> str:
    return "not judged" if found is None else f"{found:.1%}"


def _judged(x: Line) -> tuple[object, ...]:
    joint = x.judged_on
    span = _span(x.found) if joint is None else f"{joint.low:.4g} to {joint.high:.4g}"
    return x.key, WORDS[x.judgement.verdict], _value(x.found), span, x.judgement.why


# ---------------------------------------------------------------------- charts
def _fairness(report: Report) -> Iterator[str]:
    first = True
    for measure in CHARTED:
        for over in dict.fromkeys(x.over for x in report.lines if x.measure == measure):
            mine = [x for x in report.lines if (x.measure, x.over) == (measure, over)]
            rows = [d for d in map(_dot, mine) if d is not None]
            if not rows:
                continue
            if first:
                yield heading("Fairness by group")
                first = False
            marks = [NO_EFFECT[measure], *_limits(mine[0].threshold)]
            name = f"{measure} by {over}, against {mine[0].against}, with 95 % intervals"
            yield charts.dots(name, rows[:MOST], marks)
            head = ("Group", "Rows", "Rate", "Value", "95 % interval", "Verdict")
            yield table(name, head, map(_group, mine))


def _limits(threshold: Threshold | None) -> Iterator[float]:
    if threshold is not None:
        yield threshold.value
        if threshold.side == "within":
            yield -threshold.value


def _dot(x: Line) -> charts.Dot | None:
    if isinstance(x.found, Undefined):
        return None
    interval = x.found.interval
    ends = (None, None) if interval is None else (interval.low, interval.high)
    return charts.Dot(x.group or x.over, x.found.value, *ends)


def _group(x: Line) -> tuple[object, ...]:
    rate = "" if x.rate is None else _value(x.rate)
    rows = "" if x.rows is None else f"{int(x.rows)}{_effective(x)}"
    word = WORDS[x.judgement.verdict]
    return x.group, rows, rate, _value(x.found), _span(x.found), word


def _effective(x: Line) -> str:
    """Effective rows of a group, where they are others than its rows."""
    n = x.rate.n if isinstance(x.rate, Estimate) else x.rows
    return "" if n == x.rows else f" ({n:.0f} effective)"


def _proxies(report: Report) -> Iterator[str]:
    if not report.proxies:
        return
    yield heading("Proxies for protected attributes")
    yield paragraph(
        "How well one feature tells a protected attribute. A proxy can be legitimate, and several "
        "weak ones can be strong together."
    )
    rows = [
        charts.Dot(f"{p.attribute}: {p.feature}", v.value)
        for p in report.proxies
        if isinstance(v := p.found.cramers_v, Estimate)
    ]
    name = "Cramér's V of feature and protected attribute, strongest first"
    yield charts.bars(name, rows[:MOST])
    head = (
        "Feature", "Attribute", "Cramér's V", "95 % interval", "Share of the attribute explained",
        "Area under the curve", "95 % interval", "for", "Rows left out",
    )  # fmt: skip
    cells = (
        (
            p.feature, p.attribute, _value(p.found.cramers_v), _span(p.found.cramers_v),
            _value(p.found.explained), _value(p.found.auc), _span(p.found.auc), p.category or "",
            f"{p.left_out:.1%}",
        )
        for p in report.proxies
    )  # fmt: skip
    yield table(name, head, cells)


def _alternatives(report: Report) -> Iterator[str]:
    for one in report.alternatives:
        yield heading(f"Less discriminatory alternatives by {one.over}")
        for text in words(one):
            yield paragraph(text)
        if isinstance(one.found, Undefined):
            continue
        curve = [*one.found.curve][::-1]  # from the least gain to the most
        gains = [o.gain for o in curve]
        width = (max(gains) - min(gains)) or 1.0
        points = [charts.Point((o.gain - min(gains)) / width, o.lowest_ratio) for o in curve]
        name = f"What is given up for what, by {one.over}: lowest ratio over gain a row"
        ends = (f"gain {min(gains):.4g}", f"gain {max(gains):.4g}")
        yield charts.series(name, points, ends)
        head = ("Threshold", "Lowest ratio", "Gain a row", "Selected", *one.found.labels, "Remark")
        yield table(name, head, _options(one))


def _options(one: Found) -> Iterator[tuple[object, ...]]:
    """The curve from the most gain on, with the threshold in use."""
    found = one.found
    if isinstance(found, Undefined):
        return
    better = {o.cut for o in found.better}
    shown = list(found.curve[:SHOWN])
    if found.current.cut not in {o.cut for o in shown}:
        shown.append(found.current)
    for o in sorted(shown, key=lambda o: -o.gain):
        mark = "in use" if o.cut == found.current.cut else ""
        mark = "within what may be given up" if o.cut in better else mark
        rates = (f"{r:.1%}" for r in o.rates)
        yield (
            f"{one.at(o):.4g}", f"{o.lowest_ratio:.4g}", f"{o.gain:.4g}",
            f"{o.selection_rate:.1%}", *rates, mark,
        )  # fmt: skip


def _drift(report: Report) -> Iterator[str]:
    mine = [x for x in report.lines if x.measure in DRIFT and isinstance(x.found, Estimate)]
    mine.sort(key=lambda x: -_number(x))
    rows = [d for d in map(_dot_over, mine) if d is not None]
    if not rows:
        return
    yield heading("Drift")
    name = "Share of rows that moved since the reference window, by feature"
    yield charts.bars(name, rows[:MOST])
    head = ("Feature", "Measure", "Value", "95 % interval", "Verdict")
    cells = (
        (x.over, x.measure, _value(x.found), _span(x.found), WORDS[x.judgement.verdict])
        for x in mine
    )
    yield table(name, head, cells)


def _number(x: Line) -> float:
    return x.found.value if isinstance(x.found, Estimate) else 0.0


def _dot_over(x: Line) -> charts.Dot | None:
    return charts.Dot(x.over, x.found.value) if isinstance(x.found, Estimate) else None


def _performance(report: Report) -> Iterator[str]:
    if isinstance(report.curve, Undefined) or not report.curve.n.any():
        return
    yield heading("Calibration")
    points, rows = [], []
    for score, share in report.curve.curve:
        if isinstance(share, Estimate) and share.interval is not None:
            low, high = share.interval.low, share.interval.high
            points.append(charts.Point(score, share.value, low, high))
            rows.append((f"{score:.4f}", int(share.n), _value(share), _span(share)))
    name = "Share of positive labels by mean score, with 95 % intervals"
    yield charts.diagonal(name, points)
    head = ("Mean score", _rows_of(report, "labelled"), "Share of positives", "Interval")
    yield table(name, head, rows)


def _estimated(report: Report) -> Iterator[str]:
    test = report.estimated
    if test is None:
        return
    yield heading("Performance estimated without labels")
    for text in estimated_words(test):
        yield paragraph(text)
    mine = {x.over: x.found for x in report.lines if x.part == "estimated"}
    rows = [
        (
            m, _value(mine[m]), _span(mine[m]), _value(test.estimated[m]), _value(found),
            _span(found),
        )
        for m, found in test.measured.items()
    ]  # fmt: skip
    head = (
        "Figure", "Estimate, rows without a label", "Interval", "Estimate, labelled rows",
        "Measured, labelled rows", "Interval",
    )  # fmt: skip
    yield table("Estimates, and how they do on the rows whose labels are known", head, rows)


def _p_values(report: Report) -> Iterator[str]:
    rows = [
        (x.key, _value(x.found), _span(x.found), f"{x.p.value:.3g}", f"{x.p.corrected:.3g}",
         x.p.tests, x.p.test)
        for x in report.lines if x.p is not None
    ]  # fmt: skip
    if rows:
        yield heading("P-values, as asked for")
        head = ("Effect size", "Value", "95 % interval", "p", "corrected", "of tests", "Test")
        yield table("Beside the effect sizes; nothing is judged by them", head, rows)


def _time(report: Report) -> Iterator[str]:
    mine = [x for x in report.lines if x.part == "time"]
    if not mine:
        return
    yield heading("Over time")
    for measure in dict.fromkeys(x.measure for x in mine):
        found = [x for x in mine if x.measure == measure]
        points = [
            charts.Point(float(i), d.value, d.low, d.high)
            for i, d in enumerate(map(_dot, found))
            if d is not None
        ]
        name = f"{measure} over time"
        if points:
            yield charts.series(name, points, (found[0].group, found[-1].group))
        head = ("From", "Rows", "Value", "95 % interval")
        cells = (
            (x.group, "" if x.rows is None else int(x.rows), _value(x.found), _span(x.found))
            for x in found
        )
        yield table(name, head, cells)


# ---------------------------------------------------------------------- the rest
def _head(report: Report) -> tuple[str, ...]:
    return (
        "Value of", "Value", "95 % interval", _rows_of(report), "In the reference", "Verdict",
    )  # fmt: skip


def _rows_of(report: Report, kind: str = "") -> str:
    """The head of a column of rows that an interval rests on."""
    name = f"{kind} rows".strip()
    return f"Effective {name.lower()}" if report.config.weights else name.capitalize()


def _row(x: Line) -> tuple[object, ...]:
    before = "" if x.before is None else _value(x.before)
    rows = int(x.found.n) if isinstance(x.found, Estimate) else ""
    word = WORDS[x.judgement.verdict]
    return x.key, _value(x.found), _span(x.found), rows, before, word


def _value(found: Measured) -> str:
    return f"no value: {found.reason}" if isinstance(found, Undefined) else f"{found.value:.4g}"


def _span(found: Measured) -> str:
    if isinstance(found, Undefined) or found.interval is None:
        return ""
    return f"{found.interval.low:.4g} to {found.interval.high:.4g}"


def _end(report: Report) -> Iterator[str]:
    yield heading("Not computed")
    yield table("Measures without a value, and why", ("Measure", "Why"), _why(report))
    yield heading("Limits")
    yield items(report.limits)
    if report.config.protected:
        yield heading("Grounds for using protected attributes")
        rows = [
            (p.by.name, g.market, g.basis, g.recorded_by, g.recorded_on)
            for p in report.config.protected
            for g in p.grounds
        ]
        head = ("Attribute", "Market", "Ground", "Recorded by", "Recorded on")
        yield table("As recorded before their use", head, rows)


def _why(report: Report) -> Iterable[tuple[str, str]]:
    yield from report.not_computed.items()
    for chosen in report.unused:
        yield chosen.measure, "a threshold was chosen, and no value met it"
