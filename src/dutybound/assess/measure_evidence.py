"""A measuring run as a test result: for which controls, with which result."""

from __future__ import annotations

from typing import Any, Final

from dutybound.assess.measure import Report
from dutybound.assess.measure_json import controls_of
from dutybound.assess.sign_result import TestOf
from dutybound.errors import BadInput
from dutybound.terms.measure import Verdict

METHOD: Final = (
    "dutybound measure: values from counts of a decision table, judged by the whole interval, "
    "corrected for the number of comparisons, against thresholds that the organisation chose"
)
MOST: Final = 200  # names in a statement; the file beside it has them all


def test_of(
    report: Report, only: tuple[str, ...] = (), parties: tuple[str, ...] = ()
) -> TestOf | None:
    """The test of a run; None if nothing was judged, so that nothing was tested.

    only: the controls that it is signed for; all that ask for a judged measure if empty. parties:
    who measured. Raises BadInput for a control that asks for none.

    fail: a value lies outside a threshold. inconclusive: some value has no verdict. pass: every
    judged value lies inside.
    """
    judged = report.judged
    if not judged:
        return None
    by = {v: [x.key for x in judged if x.judgement.verdict is v] for v in Verdict}
    failed = by[Verdict.BREACH]
    open_ = [*by[Verdict.NOT_ENOUGH_DATA], *by[Verdict.UNDEFINED]]
    result = "fail" if failed else "inconclusive" if open_ else "pass"
    counts = {str(v): len(by[v]) for v in by if by[v]}
    controls = _chosen(controls_of(report), only)
    measured = {**counts, **{c["id"]: f"judged by {', '.join(c['judged'])}" for c in controls}}
    part = {
        "method": METHOD,
        "result": result,
        "measured": measured,
        "data": f"{report.current.rows} rows of {report.config.name}{_weighted(report)}",
        "passed": _some(by[Verdict.NO_BREACH]),
        "warned": _some(open_),
        "failed": _some(failed),
    }
    return TestOf(tuple(c["id"] for c in controls), part, parties)


def _weighted(report: Report) -> str:
    name = report.config.weights
    return "" if name is None else f", weighted by `{name}`"


def _chosen(found: list[dict[str, Any]], only: tuple[str, ...]) -> list[dict[str, Any]]:
    known = [c["id"] for c in found]
    for name in only:
        if name not in known:
            text = f"Nothing was judged that it asks for. Judged: {', '.join(known)}."
            raise BadInput.one(name, text)
    return [c for c in found if not only or c["id"] in only]


def _some(names: list[str]) -> list[str]:
    return [n[:300] for n in dict.fromkeys(names)][:MOST]
