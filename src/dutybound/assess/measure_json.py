"""`dutybound/measure-report/1`: a measuring run as JSON values, the same for the same counts."""

from __future__ import annotations

from dataclasses import asdict
from hashlib import sha256
from math import isfinite
from typing import Any, Final

from dutybound.assess.measure import Report
from dutybound.assess.measure_alternatives import plain as alternative
from dutybound.assess.measure_estimated import Test
from dutybound.assess.measure_lines import PARTS, LeftOut, Line, PValue
from dutybound.assess.measure_performance import CURVE_BINS, POSITIVE
from dutybound.assess.measure_proxies import Pair
from dutybound.assess.measure_watch import Watched
from dutybound.assess.measures import measures
from dutybound.packs.measure_watch import watch_sha256
from dutybound.terms.measure import Interval, Measured, Threshold, Undefined
from dutybound.terms.table import ChosenThreshold, Protected
from dutybound.warehouse.profile import SCORE_BINS, Profile
from dutybound.warehouse.profile_file import profile_bytes

SCHEMA: Final = "dutybound/measure-report/1"
DIGITS: Final = 12  # the last digits of a double differ from machine to machine


def as_json(
    report: Report, content: dict[str, str], system: str | None = None, version: str | None = None
) -> dict[str, Any]:
    """The report as JSON values. content: version and sha256. system, version: what was measured,
    if the run is about a system with a profile."""
    config = report.config
    return {
        "schema": SCHEMA,
        "name": config.name,
        "system": system,
        "version": version,
        "field": config.field,
        "weights": _weights(report),
        "content": content,
        "windows": {
            "current": _window(report.current),
            "reference": None if report.reference is None else _window(report.reference),
            "outside": report.outside,
        },
        "thresholds": [_chosen(t) for t in config.thresholds],
        "unused_thresholds": [_chosen(t) for t in report.unused],
        "protected": [_ground(p) for p in config.protected],
        "candidates": list(config.candidates),
        "counts": report.counts,
        "controls": controls_of(report),
        "lines": [_line(x) for x in report.lines],
        "left_out": [_left_out(x) for x in report.left_out],
        "reliability": _curve(report),
        "estimated": None if report.estimated is None else _estimated(report.estimated),
        "proxies": [_proxy(p) for p in report.proxies],
        "alternatives": [alternative(a) for a in report.alternatives],
        "watch": None if report.watched is None else _watch(report.watched),
        "not_computed": [{"measure": k, "why": v} for k, v in report.not_computed.items()],
        "limits": list(report.limits),
        "notes": list(report.current.notes),
    }


def controls_of(report: Report) -> list[dict[str, Any]]:
    """The controls that ask for a measure which was judged: by which, and what else they ask for.

    verdict: the worst of the judged lines.
    """
    judged = report.judged
    found = []
    for control, asked in sorted(measures().asked.items()):
        mine = [x for x in judged if x.measure in asked]
        if mine:
            seen = sorted({x.measure for x in mine})
            found.append(
                {
                    "id": control,
                    "verdict": str(mine[0].judgement.verdict),
                    "judged": seen,
                    "not_judged": [m for m in asked if m not in seen],
                }
            )
    return found


def _window(profile: Profile) -> dict[str, Any]:
    return {
        "rows": profile.rows,
        "first": profile.first,
        "last": profile.last,
        "profile_sha256": sha256(profile_bytes(profile)).hexdigest(),
    }


def _weights(report: Report) -> dict[str, Any] | None:
    """The column, and for each window the sum of its weights, Kish's effective size, and the rows
    of weight 0, which are left out."""
    if report.config.weights is None:
        return None
    windows = {"current": report.current, "reference": report.reference}
    return {
        "column": report.config.weights,
        **{name: None if p is None else _weighed(p) for name, p in windows.items()},
    }


def _weighed(profile: Profile) -> dict[str, Any]:
    return {
        "sum": number(profile.weight),
        "effective": number(profile.effective),
        "rows_left_out": profile.weightless,
    }


def _chosen(t: ChosenThreshold) -> dict[str, Any]:
    return {
        "measure": t.measure,
        "at_most": t.at_most,
        "at_least": t.at_least,
        "preset": t.preset,
        "over": list(t.over),
        "calm": t.calm,
        "why": t.why,
    }


def _ground(p: Protected) -> dict[str, Any]:
    return {
        "name": p.by.name,
        "reference": p.reference,
        "grounds": [
            {
                "market": g.market,
                "basis": g.basis,
                "recorded_by": g.recorded_by,
                "recorded_on": g.recorded_on,
            }
            for g in p.grounds
        ],
    }


def _line(x: Line) -> dict[str, Any]:
    return {
        "part": x.part,
        "measure": x.measure,
        "over": x.over,
        "group": x.group or None,
        "against": x.against or None,
        **_measured(x.found),
        "rate": None if x.rate is None else _measured(x.rate),
        "before": None if x.before is None else _measured(x.before),
        "rows": x.rows,
        "needed": number(x.needed),
        "judged_on": _interval(x.judged_on),
        "p": None if x.p is None else _p(x.p),
        "threshold": _threshold(x.threshold),
        "verdict": str(x.judgement.verdict),
        "why": x.judgement.why,
    }


def _measured(found: Measured) -> dict[str, Any]:
    if isinstance(found, Undefined):
        return {"value": None, "undefined": found.reason, "interval": None, "bound": None,
                "n": None, "method": None, "note": None}  # fmt: skip
    bound = None if found.bound is None else [number(b) for b in found.bound]
    return {
        "value": number(found.value),
        "undefined": None,
        "interval": _interval(found.interval),
        "bound": bound,
        "n": number(found.n),
        "method": found.method,
        "note": found.note or None,
    }


def _interval(found: Interval | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "low": number(found.low),
        "high": number(found.high),
        "level": number(found.level),
        "method": found.method,
    }


def _threshold(t: Threshold | None) -> dict[str, Any] | None:
    if t is None:
        return None
    return {"value": t.value, "side": str(t.side), "nature": t.nature, "why": t.why}


def _left_out(x: LeftOut) -> dict[str, Any]:
    return {
        "measure": x.measure,
        "over": x.over,
        "reference": x.reference,
        "comparisons": x.comparisons,
        "each_level": number(x.each_level),
        "share": number(x.share),
        "unknown_rows": x.unknown,
    }


def _proxy(p: Pair) -> dict[str, Any]:
    return {
        "feature": p.feature,
        "attribute": p.attribute,
        "category": p.category,
        "left_out": number(p.left_out),
        "cramers_v": _measured(p.found.cramers_v),
        "information": _measured(p.found.information),
        "explained": _measured(p.found.explained),
        "auc": _measured(p.found.auc),
    }


def _p(p: PValue) -> dict[str, Any]:
    return {
        "value": number(p.value),
        "corrected": number(p.corrected),
        "test": p.test,
        "tests": p.tests,
    }


def _estimated(test: Test) -> dict[str, Any]:
    return {
        "tolerance": test.tolerance,
        "why": test.why,
        "window": test.window,
        "rows": test.rows,
        "verdict": str(test.assumption.judgement.verdict),
        "because": test.assumption.judgement.why,
        "error": _measured(test.assumption.error),
        "bias": _measured(test.assumption.bias),
        "labelled_rows": [
            {"metric": m, "estimated": _measured(test.estimated[m]), "measured": _measured(found)}
            for m, found in test.measured.items()
        ],
    }


def _watch(watched: Watched) -> dict[str, Any]:
    record = watched.record
    return {
        **asdict(record.watching),
        "look": len(record.looks),
        "repeated": watched.repeated,
        "used": number(watched.used),
        "spent": number(watched.spent),
        "families": watched.families,
        "level": number(watched.level),
        "config_sha256": record.config_sha256,
        "reference_sha256": record.reference_sha256,
        "state_sha256": watch_sha256(record),
        "alarms": list(watched.alarms),
        "lines": [{"line": key, **asdict(state)} for key, state in watched.lines.items()],
    }


def _curve(report: Report) -> list[dict[str, Any]] | None:
    curve, cells = report.curve, report.current.scores
    if isinstance(curve, Undefined) or cells is None:
        return None
    labelled = cells.over("label", "bin")[:2, :SCORE_BINS].reshape(2, CURVE_BINS, -1).sum(axis=2)
    rows = zip(labelled.sum(axis=0), labelled[POSITIVE], curve.n, curve.score, curve.positives,
               strict=True)  # fmt: skip
    return [
        {
            "rows": int(n),
            "score": number(float(score)),
            "positives": int(k),
            "share": number(float(positives / effective)),
            "effective": number(float(effective)),
        }
        for n, k, effective, score, positives in rows
        if n
    ]


def number(value: float | None) -> float | None:
    """A number to 12 digits; None for what JSON cannot hold."""
    if value is None or not isfinite(value):
        return None
    return float(f"{value:.{DIGITS}g}")


__all__ = ["PARTS", "SCHEMA", "as_json", "controls_of", "number"]
