"""Reasons of adverse decisions, the deletion test, and agreement with SHAP."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.ensemble import GradientBoostingClassifier

from dutybound.models.contributions import Contributions, linear_points, replacement
from dutybound.models.model import Array, DecisionRule, ModelError, SamplePlan, Scorer
from dutybound.models.reasons import (
    ReasonTable,
    adverse_rows,
    reason_table,
    with_agreement,
    with_deletion_test,
)
from dutybound.models.reference import reference_row
from dutybound.models.shapley import tree_shap
from tests.measure.kit import defined
from tests.models.kit import additive, features, logistic
from tests.models.test_contributions import credit

REFUSE = DecisionRule(0.5, "above")


def small(
    x: list[list[float]], weights: list[float], places: int = 2
) -> tuple[ReasonTable, Scorer]:
    """Reasons of a sum against zeros."""
    scorer = additive(weights)
    rows = np.array(x)
    zeros = np.zeros(len(weights))
    moved = replacement(scorer, rows, zeros)
    return reason_table(scorer, rows, REFUSE, moved, zeros, places=places), scorer


def test_reasons_of_a_decision_by_hand() -> None:
    """0.3 x 2 + 0.1 x 1 - 0.1 x 1 = 0.6: refused for a, then b; c spoke for the person."""
    table, _ = small([[2.0, 1.0, 1.0]], [0.3, 0.1, -0.1], 4)
    decision = table.decision(0)
    assert ["f0", "f1"] == [r.feature for r in decision.reasons]
    assert pytest.approx([0.6, 0.1]) == [r.contribution for r in decision.reasons]
    first = decision.reasons[0]
    assert (2.0, 0.0, "replacement-by-reference", "score") == (
        first.value,
        first.reference,
        first.method,
        first.unit,
    )
    assert decision.moved is None and decision.compared is None


def test_where_low_scores_are_refused_reasons_are_what_lowered_them() -> None:
    scorer = additive([0.3, -0.2], 0.3)
    x, zeros = np.array([[0.2, 1.0]]), np.zeros(2)
    found = reason_table(
        scorer, x, DecisionRule(0.5, "below"), replacement(scorer, x, zeros), zeros
    )
    assert ["f1"] == [r.feature for r in found.decision(0).reasons]


def test_only_adverse_decisions_have_reasons() -> None:
    scorer = additive([0.3])
    x = np.array([[0.0], [3.0], [1.0], [2.0]])
    rows, scores = adverse_rows(scorer, x, REFUSE)
    assert [1, 3] == rows.tolist()
    assert pytest.approx([0.9, 0.6]) == scores.tolist()
    with pytest.raises(ModelError, match="adverse decisions only"):
        reason_table(scorer, x, REFUSE, replacement(scorer, x, np.zeros(1)), np.zeros(1))


def test_deletion_by_hand() -> None:
    """One reason each. a at zero: 0.7 falls by 0.6 and turns; 0.9 falls by 0.5 to 0.4, too.
    The control puts b at zero: 0.1 and 0.4."""
    table, scorer = small([[2.0, 1.0], [5 / 3, 4.0]], [0.3, 0.1], 1)
    found = with_deletion_test(table, scorer)
    assert found.moved is not None and found.turned is not None and found.deletion is not None
    assert pytest.approx([0.6, 0.5]) == found.moved.tolist()
    assert [True, True] == found.turned.tolist()
    assert 1.0 == defined(found.deletion.moved).value == defined(found.deletion.beats).value
    assert pytest.approx(0.6) == found.decision(0).moved


def test_made_up_reasons_fail_the_deletion_test() -> None:
    """Contributions that name the idle feature: nothing moves, and the control does."""
    scorer = additive([0.3, 0.0])
    x, zeros = np.full((40, 2), 2.0), np.zeros(2)
    lies = Contributions(np.tile([0.0, 1.0], (40, 1)), "made-up", "score")
    found = with_deletion_test(reason_table(scorer, x, REFUSE, lies, zeros, places=1), scorer)
    assert found.deletion is not None
    assert 0.0 == defined(found.deletion.moved).value == defined(found.deletion.beats).value


@given(
    arrays(np.float64, (8, 4), elements=st.floats(-2, 2)),
    arrays(np.float64, 4, elements=st.floats(-2, 2)),
)
def test_taking_reasons_of_a_linear_model_away_moves_it_by_their_points(x: Array, w: Array) -> None:
    """On the log-odds, exactly the sum of the points of the reasons."""
    scorer = logistic(w.tolist())
    rows, scores = adverse_rows(scorer, x, REFUSE)
    zeros = np.zeros(4)
    points = linear_points(w, x[rows], zeros)
    found = with_deletion_test(reason_table(scorer, x[rows], REFUSE, points, zeros), scorer)
    assert found.moved is not None
    after = scores - found.moved
    moved = np.log(scores / (1 - scores)) - np.log(after / (1 - after))
    assert pytest.approx(moved.tolist(), abs=1e-6) == found.pushed.sum(axis=1).tolist()


def test_agreement_with_shap_is_stored_with_each_decision() -> None:
    x, y = credit(600)
    fitted = GradientBoostingClassifier(n_estimators=30, max_depth=2, random_state=0).fit(x, y)

    def model(rows: Array) -> Array:
        found: Array = fitted.predict_proba(rows)[:, 1]
        return found

    scorer = Scorer(model, features(5))
    reference = reference_row(scorer, x)
    rows, _ = adverse_rows(scorer, x, REFUSE)
    cases, plan = x[rows], SamplePlan(100, 5)
    table = reason_table(
        scorer, cases, REFUSE, replacement(scorer, cases, reference), reference, rows=rows
    )
    drawn = cases[plan.draw(len(cases))]
    table = with_agreement(table, tree_shap(fitted, drawn, unit="log-odds"), plan)
    compared = table.decision(7).compared
    assert compared is not None
    assert ("tree-shap-path-dependent", 100, plan) == (
        compared.with_method,
        compared.rows,
        compared.plan,
    )
    # Chance alone names the same first of five features in a fifth of the decisions.
    interval = defined(compared.found.same_first).interval
    assert interval is not None and interval.low > 0.4


def test_contributions_of_other_rows_are_refused() -> None:
    table, scorer = small([[2.0, 1.0]], [0.3, 0.1])
    other = Contributions(np.zeros((3, 2)), "x", "score")
    with pytest.raises(ModelError, match="other rows"):
        reason_table(scorer, np.array([[2.0, 1.0]]), REFUSE, other, np.zeros(2))
    with pytest.raises(ModelError, match="rows that the plan draws"):
        with_agreement(table, other, SamplePlan())


def test_no_adverse_decision_gives_an_empty_table() -> None:
    scorer = additive([0.1])
    x = np.zeros((0, 1))
    table = reason_table(scorer, x, REFUSE, replacement(scorer, x, np.zeros(1)), np.zeros(1))
    assert 0 == len(with_deletion_test(table, scorer))


@pytest.mark.parametrize(("threshold", "side"), [(1.5, "above"), (0.5, "over")])
def test_rule_that_is_none(threshold: float, side: str) -> None:
    with pytest.raises(ModelError, match="threshold lies in"):
        DecisionRule(threshold, side)
