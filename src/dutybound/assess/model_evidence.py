"""An explanation of a model as a test result: for which controls, with which result."""

from __future__ import annotations

from typing import Any, Final

from dutybound.assess.model_json import controls_of
from dutybound.assess.model_run import Explained
from dutybound.assess.sign_result import TestOf
from dutybound.errors import BadInput
from dutybound.terms.measure import Verdict

METHOD: Final = (
    "dutybound explain-model: reasons with a deletion test and their agreement with SHAP, "
    "stability over refits and disturbed inputs, on seeded samples, judged by the whole interval "
    "against thresholds that the organisation chose"
)
MOST: Final = 200  # names in a statement; the file beside it has them all


def test_of(
    found: Explained, only: tuple[str, ...] = (), parties: tuple[str, ...] = ()
) -> TestOf | None:
    """The test of a run; None if nothing was judged, so that nothing was tested.

    only: the controls that it is signed for; all that ask for a judged measure if empty. Raises
    BadInput for a control that asks for none. fail: a value lies outside a threshold.
    inconclusive: some value has no verdict. pass: every judged value lies inside.
    """
    judged = found.judged
    if not judged:
        return None
    by = {v: [x.key for x in judged if x.judgement.verdict is v] for v in Verdict}
    open_ = [*by[Verdict.NOT_ENOUGH_DATA], *by[Verdict.UNDEFINED]]
    result = "fail" if by[Verdict.BREACH] else "inconclusive" if open_ else "pass"
    controls = _chosen(controls_of(found), only)
    counts = {str(v): len(names) for v, names in by.items() if names}
    part = {
        "method": METHOD,
        "result": result,
        "measured": {
            **counts,
            **{c["id"]: f"judged by {', '.join(c['judged'])}" for c in controls},
        },
        "data": f"{found.rows} rows of {found.table}; model {_model(found)}",
        "passed": _some(by[Verdict.NO_BREACH]),
        "warned": _some(open_),
        "failed": _some(by[Verdict.BREACH]),
    }
    return TestOf(tuple(c["id"] for c in controls), part, parties)


def _model(found: Explained) -> str:
    sha256 = found.scorer.sha256
    return found.scorer.name if sha256 is None else f"{found.scorer.name}, sha256 {sha256}"


def _chosen(found: list[dict[str, Any]], only: tuple[str, ...]) -> list[dict[str, Any]]:
    known = [c["id"] for c in found]
    for name in only:
        if name not in known:
            text = f"Nothing was judged that it asks for. Judged: {', '.join(known)}."
            raise BadInput.one(name, text)
    return [c for c in found if not only or c["id"] in only]


def _some(names: list[str]) -> list[str]:
    return [n[:300] for n in dict.fromkeys(names)][:MOST]
