"""Reasons of a model in a decision record."""

from __future__ import annotations

from pathlib import Path

from dutybound.assess.review_reasons import explanation_of
from dutybound.assess.review_record import read_decided
from dutybound.models.reasons import DecisionReasons, Reason
from tests.review.test_record import SMALL, write

METHOD = ("replacement-by-reference", "score")


def test_ranked_reasons_go_into_a_record(tmp_path: Path) -> None:
    """First to last; a value that was missing is null."""
    debt = Reason("debt", 0.4, 9100.0, 3200.0, *METHOD)
    years = Reason("years", 0.1, float("nan"), 4.5, *METHOD)
    found = explanation_of(DecisionReasons(7, 0.8, (debt, years), 0.5, True, None))
    assert {
        "method": "replacement-by-reference",
        "unit": "score",
        "moved": 0.5,
        "turned": True,
        "reasons": [
            {"feature": "debt", "contribution": 0.4, "value": 9100.0, "reference": 3200.0},
            {"feature": "years", "contribution": 0.1, "value": None, "reference": 4.5},
        ],
    } == found
    read = read_decided(write(tmp_path, SMALL | {"explanation": found})).record
    assert read.explanation is not None
    assert [None, 4.5] == [getattr(read.explanation.reasons[1], k) for k in ("value", "reference")]


def test_nothing_that_was_not_tried_is_said() -> None:
    assert {"reasons": []} == explanation_of(DecisionReasons(0, 0.8, (), None, None, None))
