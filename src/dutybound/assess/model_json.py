"""`dutybound/model-explanation/1`: an explanation of a model as JSON values."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Any, Final

import numpy as np

from dutybound.assess.measures import measures
from dutybound.assess.model_lines import counts_of
from dutybound.assess.model_reasons import Given
from dutybound.assess.model_run import Case, Explained
from dutybound.measure.intervals import rate
from dutybound.measure.reasons import NONE, Stability
from dutybound.models.counterfactuals import NoneFound
from dutybound.models.model import SamplePlan
from dutybound.models.reasons import ReasonTable
from dutybound.models.robustness import Disturbed
from dutybound.terms.measure import Interval, Measured, Threshold, Undefined
from dutybound.terms.table import ChosenThreshold

SCHEMA: Final = "dutybound/model-explanation/1"
DIGITS: Final = 12  # the last digits of a double differ from machine to machine
Json = dict[str, Any]


def as_json(
    found: Explained,
    content: dict[str, str],
    *,
    system: str | None = None,
    version: str | None = None,
    reasons_file: Json | None = None,
    with_cases: bool = True,
) -> Json:
    """The run as JSON values. with_cases: single decisions too, which are about persons."""
    return {
        "schema": SCHEMA,
        "name": found.config.name,
        "system": system,
        "version": version,
        "content": content,
        "model": _model(found),
        "table": {
            "name": found.table,
            "rows": found.rows,
            "labelled": found.labelled,
            "adverse": measured(found.adverse),
        },
        "reasons": None if found.given is None else _reasons(found, found.given, reasons_file),
        "importance": _importance(found),
        "dependence": [_dependence(f, p) for f, p in found.overview.pieces.items()],
        "cohorts": _cohorts(found),
        "decisions": _decisions(found, with_cases=with_cases),
        "stability": _stability(found.stable),
        "robustness": _robustness(found),
        "thresholds": [_chosen(t) for t in found.config.thresholds],
        "unused_thresholds": [_chosen(t) for t in found.unused],
        "counts": counts_of(found.lines),
        "controls": controls_of(found),
        "lines": [
            {
                "measure": x.measure,
                "over": x.over,
                **measured(x.found),
                "judged_on": _interval(x.judged_on),
                "threshold": _threshold(x.threshold),
                "verdict": str(x.judgement.verdict),
                "why": x.judgement.why,
            }
            for x in found.lines
        ],
        "limits": list(found.limits),
    }


def controls_of(found: Explained) -> list[Json]:
    """The controls that ask for a judged measure: by which, and what else they ask for. verdict:
    the worst of the judged lines."""
    judged, result = found.judged, []
    for control, asked in sorted(measures().asked.items()):
        mine = [x for x in judged if x.measure in asked]
        if mine:
            seen = sorted({x.measure for x in mine})
            result.append(
                {
                    "id": control,
                    "verdict": str(mine[0].judgement.verdict),
                    "judged": seen,
                    "not_judged": [m for m in asked if m not in seen],
                }
            )
    return result


# ---------------------------------------------------------------------- parts
def _model(found: Explained) -> Json:
    config = found.config
    return {
        "form": config.model.form,
        "name": found.scorer.name,
        "sha256": found.scorer.sha256,
        "threshold": config.decision.threshold,
        "adverse": config.decision.adverse,
        "refits": len(config.refits),
        "features": [
            {
                "name": f.name,
                "column": f.column,
                "low": number(f.low),
                "high": number(f.high),
                "values": [number(v) for v in f.values],
                "change": f.change,
                "protected": f.protected,
                "notice": str(f.notice) or None,
                "reference": number(float(found.reference[j])),
                "spread": number(float(found.spread[j])),
            }
            for j, f in enumerate(config.features)
        ],
    }


def _reasons(found: Explained, given: Given, file: Json | None) -> Json:
    table, screened = given.table, given.screened
    deletion, compared = table.deletion, table.compared
    return {
        "method": table.method,
        "unit": table.unit,
        "note": table.note or None,
        "places": found.config.reasons.places,
        "decisions": len(table),
        "without_reason": int((table.order[:, 0] == NONE).sum()),
        "withheld": {"decisions": found.withheld, **measured(withheld_rate(found))},
        "by_feature": list(_by_feature(found, table)),
        "deletion": deletion
        and {
            "moved": measured(deletion.moved),
            "size": measured(deletion.size),
            "beats": measured(deletion.beats),
            "turned": measured(deletion.changed),
        },
        "agreement": compared
        and {
            "beside": compared.with_method,
            "sample": _sample(compared.plan, compared.rows),
            "first": measured(compared.found.same_first),
            "shared": measured(compared.found.overlap),
            "without": compared.found.without,
        },
        "screening": screened
        and {
            "tried": number(screened.tried),
            "features": screened.features,
            "same_list": measured(screened.same_list),
        },
        "file": file,
    }


def withheld_rate(found: Explained) -> Measured:
    """Share of adverse decisions in which a feature that may not be named is a reason."""
    if found.given is None:
        return Undefined("there is no adverse decision")
    if not found.config.protected:
        return Undefined("no feature of the model is marked as protected")
    return rate(float(found.withheld), float(len(found.given.table)))


def _by_feature(found: Explained, table: ReasonTable) -> Iterator[Json]:
    """How often each feature is the first reason, and a reason at all; most often named first."""
    width = len(table.names)
    first = np.bincount(table.order[:, 0][table.order[:, 0] != NONE], minlength=width)
    named = np.bincount(table.order[table.order != NONE], minlength=width)
    for j in np.argsort(-named, kind="stable"):
        yield {
            "feature": table.names[j],
            "first": int(first[j]),
            "named": int(named[j]),
            "notice": str(found.config.features[j].notice) or None,
            "protected": bool(table.never[j]),
        }


def _importance(found: Explained) -> Json:
    o, s = found.overview, found.config.sampling
    errors = o.value_error
    return {
        "method": o.of.method,
        "unit": o.of.unit,
        "note": o.of.note or None,
        "sample": _sample(SamplePlan(s.importance, s.seed), o.rows),
        "features": [
            {
                "feature": i.feature,
                **measured(i.size),
                "value_error": None if errors is None else number(errors[i.feature]),
            }
            for i in o.importance
        ],
    }


def _dependence(feature: str, pieces: Any) -> Json:
    return {
        "feature": feature,
        "pieces": [
            {
                "low": number(p.low),
                "high": number(p.high),
                "rows": p.rows,
                "effect": measured(p.effect),
            }
            for p in pieces
        ],
    }


def _cohorts(found: Explained) -> Json:
    s = found.config.sampling
    if isinstance(found.cohorts, Undefined):
        return {"undefined": found.cohorts.reason, "sample": None, "found": []}
    known = found.labelled or 0
    return {
        "undefined": None,
        "sample": _sample(SamplePlan(s.cohorts, s.seed), min(s.cohorts, known)),
        "found": [
            {
                "parts": [
                    {"feature": f, "low": number(low), "high": number(high)}
                    for f, low, high in c.parts
                ],
                "rows": c.rows,
                "error": measured(c.error),
                "rest": number(c.rest),
                "higher": c.higher,
            }
            for c in found.cohorts
        ],
    }


def _decisions(found: Explained, *, with_cases: bool) -> Json:
    s, given = found.config.sampling, found.given
    shown = found.cases if with_cases and given is not None else ()
    return {
        "sample": _sample(SamplePlan(s.counterfactuals, s.seed), len(found.cases)),
        "changeable": measured(found.changeable),
        "cases": [] if given is None else [_case(found, given.table, c) for c in shown],
    }


def _case(found: Explained, given: ReasonTable, case: Case) -> Json:
    said = given.decision(case.at)
    return {
        "row": said.row,
        "id": id_of(found, said.row),
        "score": number(said.score),
        "reasons": [
            {
                "feature": r.feature,
                "contribution": number(r.contribution),
                "value": number(r.value),
                "reference": number(r.reference),
            }
            for r in said.reasons
        ],
        "moved": number(said.moved),
        "turned": said.turned,
        "withheld": said.withheld,
        "change": _change(case),
    }


def id_of(found: Explained, row: int) -> str | None:
    """The id of a row as it stands in the table; None without a column of ids."""
    return None if found.ids is None else str(found.ids[row].as_py())


def _change(case: Case) -> Json:
    c = case.change
    if isinstance(c, NoneFound):
        return {"found": [], "none": c.why, "score": None, "cost": None, "exact": c.exact,
                "tried": c.tried}  # fmt: skip
    return {
        "found": [
            {"feature": one.feature, "old": number(one.old), "new": number(one.new)}
            for one in c.changes
        ],
        "none": None,
        "score": number(c.score),
        "cost": number(c.cost),
        "exact": c.exact,
        "tried": c.tried,
    }


def _stability(found: Stability | Undefined) -> Json:
    if isinstance(found, Undefined):
        return {"undefined": found.reason, "models": 0, "ranking": None, "first": None,
                "without": 0}  # fmt: skip
    return {
        "undefined": None,
        "models": found.refits,
        "ranking": measured(found.correlation),
        "first": measured(found.same_first),
        "without": found.without,
    }


def _robustness(found: Explained) -> Json:
    s, near = found.config.sampling, found.near
    return {
        "sample": _sample(SamplePlan(s.robustness, s.seed), min(s.robustness, found.rows)),
        "tests": [_disturbed(d) for d in found.disturbed],
        "near_threshold": {
            "margin": near.margin,
            "how": near.how,
            "share": measured(near.share),
            "near": measured(near.near),
            "far": measured(near.far),
        },
    }


def _disturbed(d: Disturbed) -> Json:
    return {
        "test": d.test,
        "feature": d.feature,
        "how": d.how,
        "changed": measured(d.changed),
        "moved": measured(d.moved),
        "worst": number(d.worst),
        "refused": measured(d.refused),
    }


# ---------------------------------------------------------------------- values
def number(value: float | None) -> float | None:
    """A number with 12 digits; None if there is none."""
    if value is None or not isfinite(value):
        return None
    return float(f"{value:.{DIGITS}g}")


def measured(found: Measured) -> Json:
    """A value, or why there is none."""
    if isinstance(found, Undefined):
        return {"value": None, "undefined": found.reason, "interval": None, "n": None}
    return {
        "value": number(found.value),
        "undefined": None,
        "interval": _interval(found.interval),
        "n": number(found.n),
    }


def _interval(found: Interval | None) -> Json | None:
    if found is None:
        return None
    return {
        "low": number(found.low),
        "high": number(found.high),
        "level": number(found.level),
        "method": found.method,
    }


def _sample(plan: SamplePlan, rows: int) -> Json:
    return {"rows": rows, "seed": plan.seed, "how": plan.how}


def _threshold(t: Threshold | None) -> Json | None:
    if t is None:
        return None
    return {"value": t.value, "side": str(t.side), "nature": t.nature, "why": t.why}


def _chosen(t: ChosenThreshold) -> Json:
    return {
        "measure": t.measure,
        "at_most": t.at_most,
        "at_least": t.at_least,
        "over": list(t.over),
        "why": t.why,
    }
