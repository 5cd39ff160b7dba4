"""The page of an explained model: charts as SVG, each with a table beside it, and no script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from dutybound.assess import charts
from dutybound.assess.html import heading, items, page, paragraph, table
from dutybound.assess.model_html_cases import decisions
from dutybound.assess.model_lines import ModelLine
from dutybound.assess.model_reasons import Given
from dutybound.assess.model_run import Explained
from dutybound.assess.model_words import WORDS, plural, span, value
from dutybound.models.overview import Piece
from dutybound.terms.measure import Estimate, Measured, Undefined, Verdict

KINDS: Final = {
    Verdict.BREACH: "open",
    Verdict.NOT_ENOUGH_DATA: "partial",
    Verdict.UNDEFINED: "unassessed",
    Verdict.NO_BREACH: "met",
    Verdict.NOT_JUDGED: "",
}
MOST: Final = 30  # rows of a chart; the table beside it has them all
MOST_SHAPES: Final = 8  # features whose dependence is drawn


def model_page(found: Explained, plain: dict[str, Any]) -> str:
    """The whole page. plain: the JSON of the run."""
    parts = [
        *_about(found),
        *_verdicts(found, plain),
        *_reasons(found, plain),
        *decisions(found),
        *_importance(found),
        *_dependence(found),
        *_cohorts(found),
        *_stability(found),
        *_robustness(found),
        *_end(found, plain),
    ]
    return page(f"{found.config.name}: how it decides", parts)


def _about(found: Explained) -> Iterator[str]:
    c = found.config
    at = f"{c.decision.threshold:g}"
    side = f"of {at} or more" if c.decision.adverse == "above" else f"under {at}"
    yield paragraph(
        f"Model {found.scorer.name} ({c.model.form}), {plural(found.rows, 'row')} of "
        f"{found.table}. A score {side} is adverse: "
        f"{value(found.adverse)} of the rows ({span(found.adverse)})."
    )
    if found.scorer.sha256 is not None:
        yield paragraph(f"sha256 of the model: {found.scorer.sha256}", "note")


def _verdicts(found: Explained, plain: dict[str, Any]) -> Iterator[str]:
    if not found.judged:
        yield paragraph("Nothing was judged: the configuration chooses no threshold that applies.")
        return
    yield table(
        "Against the thresholds you chose, worst first",
        ("Value of", "Verdict", "Value", "Interval it is judged on", "Why"),
        map(_judged, found.judged),
    )
    rows = [
        (c["id"], _cell(Verdict(c["verdict"])), ", ".join(c["judged"]),
         ", ".join(c["not_judged"]) or "none")
        for c in plain["controls"]
    ]  # fmt: skip
    head = ("Control", "Worst verdict", "Judged by", "Asked for and not judged here")
    yield table("Controls that ask for what was judged", head, rows)


def _judged(x: ModelLine) -> tuple[object, ...]:
    joint = x.judged_on
    reach = span(x.found) if joint is None else f"{joint.low:.4g} to {joint.high:.4g}"
    return x.key, _cell(x.judgement.verdict), value(x.found), reach, x.judgement.why


def _cell(verdict: Verdict) -> tuple[str, str]:
    """A verdict in words, with its colour."""
    return WORDS[verdict][0], KINDS[verdict]


# ---------------------------------------------------------------------- reasons
def _reasons(found: Explained, plain: dict[str, Any]) -> Iterator[str]:
    yield heading("Reasons of adverse decisions")
    said = plain["reasons"]
    if found.given is None or said is None:
        yield paragraph("There is no adverse decision in this table.")
        return
    given = found.given
    note = f" ({said['note']})" if said["note"] else ""
    yield paragraph(
        f"{plural(said['decisions'], 'adverse decision')}, at most {said['places']} reasons each, "
        f"by {said['method']}{note}, in {said['unit']}."
    )
    if found.config.protected:
        yield paragraph(
            f"Not to be named: {', '.join(found.config.protected)}. In "
            f"{plural(said['withheld']['decisions'], 'decision')} such a feature stood among the "
            "reasons. What is stated there is not the whole: do not send it as if it were."
        )
    yield table("Checks of the reasons", ("Check", "Value", "95 % interval"), _checks(given))
    named = [r for r in said["by_feature"] if r["named"]]
    rows = [charts.Dot(r["feature"], r["named"] / max(said["decisions"], 1)) for r in named]
    name = "Share of adverse decisions in which a feature is named"
    yield charts.bars(name, rows[:MOST])
    head = ("Feature", "Named", "First reason", "Words for a notice")
    cells = [(r["feature"], r["named"], r["first"], r["notice"] or "") for r in said["by_feature"]]
    yield table("How often each feature is a reason", head, cells)


def _checks(given: Given) -> Iterator[tuple[object, ...]]:
    t = given.table
    if t.deletion is not None:
        d = t.deletion
        yield _check("taking the reasons away moved the score to the favourable side", d.moved)
        yield _check("it moved the score more than taking away others", d.beats)
        yield _check("mean move of the score", d.size)
        yield _check("it turned the decision", d.changed)
    if t.compared is not None:
        c = t.compared
        yield _check(f"first reason is that of {c.with_method}, {c.rows} rows", c.found.same_first)
        yield _check(f"reasons that {c.with_method} names too", c.found.overlap)
    s = given.screened
    if s is not None:
        text = f"same list as by trying all features ({s.tried:.1f} of {s.features} tried)"
        yield _check(text, s.same_list)


def _check(name: str, found: Measured) -> tuple[object, ...]:
    return name, value(found), span(found)


# ---------------------------------------------------------------------- the whole model
def _importance(found: Explained) -> Iterator[str]:
    o = found.overview
    yield heading("What the model uses")
    note = f" {o.of.note}." if o.of.note else ""
    yield paragraph(f"Mean absolute {o.of.method} in {o.of.unit}, {plural(o.rows, 'row')}.{note}")
    name = f"Mean absolute contribution in {o.of.unit}, with 95 % intervals"
    rows = [d for d in (_dot(i.feature, i.size) for i in o.importance) if d is not None]
    yield charts.dots(name, rows[:MOST], (0.0,))
    errors = o.value_error
    cells = (
        (i.feature, value(i.size), span(i.size),
         "exact" if errors is None else f"{errors[i.feature]:.2g}")
        for i in o.importance
    )  # fmt: skip
    head = ("Feature", "Size", "95 % interval", "Standard error of a value")
    yield table("Importance of features", head, cells)


def _dot(label: str, found: Measured) -> charts.Dot | None:
    if isinstance(found, Undefined):
        return None
    if found.interval is None:
        return charts.Dot(label, found.value)
    return charts.Dot(label, found.value, found.interval.low, found.interval.high)


def _dependence(found: Explained) -> Iterator[str]:
    o = found.overview
    yield heading("How the score depends on each feature")
    for n, (feature, pieces) in enumerate(o.pieces.items()):
        name = f"{feature}: mean contribution by value, with 95 % intervals"
        rows = [d for d in (_dot(_piece(p), p.effect) for p in pieces) if d is not None]
        if n < MOST_SHAPES and rows:
            yield charts.dots(name, rows[:MOST], (0.0,))
        cells = ((_piece(p), p.rows, value(p.effect), span(p.effect)) for p in pieces)
        yield table(name, ("Value", "Rows", "Mean contribution", "95 % interval"), cells)


def _piece(p: Piece) -> str:
    if p.low != p.low:
        return "missing"
    return f"{p.low:.4g}" if p.low == p.high else f"{p.low:.4g} to {p.high:.4g}"


def _cohorts(found: Explained) -> Iterator[str]:
    yield heading("Where the model errs most")
    if isinstance(found.cohorts, Undefined):
        yield paragraph(f"Not computed: {found.cohorts.reason}.")
        return
    yield paragraph(
        "Mean of |label - score|. Cohorts were chosen on one half of the rows and judged on the "
        "other."
    )
    names = [
        " and ".join(f"{f} {_range(low, high)}" for f, low, high in c.parts) for c in found.cohorts
    ]
    pairs = list(zip(names, found.cohorts, strict=True))
    rows = [d for d in (_dot(n, c.error) for n, c in pairs) if d is not None]
    if rows:
        yield charts.dots("Mean error of each cohort, with intervals for all at once", rows)
    cells = (
        (n, c.rows, value(c.error), span(c.error), f"{c.rest:.4g}", "yes" if c.higher else "no")
        for n, c in pairs
    )
    head = ("Cohort", "Rows", "Mean error", "Interval", "Rest", "Higher than the rest")
    yield table("Cohorts with high error", head, cells)


def _range(low: float, high: float) -> str:
    return f"= {low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"


def _stability(found: Explained) -> Iterator[str]:
    yield heading("Stability over refits")
    s = found.stable
    if isinstance(s, Undefined):
        yield paragraph(f"Not computed: {s.reason}.")
        return
    rows = (
        _check("rank correlation of contributions (Kendall's tau-b)", s.correlation),
        _check("same first reason", s.same_first),
    )
    yield table(f"{s.refits} models on the same decisions", ("What", "Value", "Interval"), rows)


def _robustness(found: Explained) -> Iterator[str]:
    yield heading("Disturbed inputs")
    rows = []
    for d in found.disturbed:
        label = d.test if d.feature is None else f"{d.test}: {d.feature}"
        rows.append((label, d))
    known = [(n, d) for n, d in rows if isinstance(d.changed, Estimate)]
    known.sort(key=lambda r: -r[1].changed.value if isinstance(r[1].changed, Estimate) else 0.0)
    dots = [x for x in (_dot(n, d.changed) for n, d in known[:MOST]) if x is not None]
    yield charts.dots("Share of decisions that changed, with 95 % intervals", dots, (0.0,))
    cells = (
        (n, value(d.changed), span(d.changed), value(d.moved), f"{d.worst:.4g}", value(d.refused),
         d.how)
        for n, d in rows
    )  # fmt: skip
    head = ("Disturbance", "Decisions changed", "95 % interval", "Mean move", "Largest move",
            "Rows refused", "How")  # fmt: skip
    yield table("What each disturbance did", head, cells)
    n = found.near
    near: Sequence[tuple[object, ...]] = (
        _check(f"rows within {n.margin:g} of the threshold", n.share),
        _check("of those, decisions that noise changed", n.near),
        _check("of all others", n.far),
    )
    yield table("Decisions near the threshold", ("What", "Share", "95 % interval"), near)
    yield paragraph(n.how, "note")


def _end(found: Explained, plain: dict[str, Any]) -> Iterator[str]:
    yield heading("Features")
    rows = (
        (f["name"], f["column"], _shown(f["reference"]), _allowed(f), f["change"],
         "yes" if f["protected"] else "no")
        for f in plain["model"]["features"]
    )  # fmt: skip
    head = ("Feature", "Column", "Reference", "Range or values", "May change", "Not to be named")
    yield table("What the model reads", head, rows)
    for t in found.unused:
        yield paragraph(f"The threshold on {t.measure} met no value.")
    yield heading("Limits")
    yield items(found.limits)


def _shown(found: float | None) -> str:
    return "" if found is None else f"{found:.6g}"


def _allowed(f: dict[str, Any]) -> str:
    if f["values"]:
        return ", ".join(_shown(v) for v in f["values"])
    if f["low"] is None and f["high"] is None:
        return "not stated"
    return f"{_shown(f['low']) or 'no end'} to {_shown(f['high']) or 'no end'}"
