"""Ranked reasons of adverse decisions, with the method's name and a test that they mattered."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from dutybound.measure.reasons import (
    NONE,
    Agreement,
    Deletion,
    agreement,
    deletion_test,
    rank_reasons,
)
from dutybound.models.contributions import Contributions
from dutybound.models.model import (
    Array,
    DecisionRule,
    Flags,
    ModelError,
    SamplePlan,
    Scorer,
)

PLACES: Final = 4
Order = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of one decision.

    contribution: how far the feature pushed to the adverse side, above 0, in `unit`. value: of
    the feature in this decision, `nan` if missing. reference: what it was compared with.
    method: how the contribution was found.
    """

    feature: str
    contribution: float
    value: float
    reference: float
    method: str
    unit: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Agreement with another method on rows that a plan drew."""

    with_method: str
    rows: int
    plan: SamplePlan
    found: Agreement


@dataclass(frozen=True, slots=True)
class DecisionReasons:
    """The reasons of one adverse decision, first to last.

    row: its position in the table. moved: how far the score moves to the favourable side when the
    stated reasons are put at the reference together; None if that was not tried. turned: whether
    that makes the decision favourable. compared: how the method fares beside another one.
    withheld: whether a feature that may not be named pushed enough to stand among the reasons.
    """

    row: int
    score: float
    reasons: tuple[Reason, ...]
    moved: float | None
    turned: bool | None
    compared: Compared | None
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class ReasonTable:
    """Reasons of all adverse decisions, as arrays.

    rows: shape (n,), positions in the table. x: shape (n, d). scores: shape (n,). order: shape
    (n, k), positions of features, -1 where there is no further reason. pushed: shape (n, k), in
    `unit`. moved, turned: shape (n,), from the deletion test. never: shape (d,), features that no
    reason may name. withheld: shape (n,), where one of them pushed enough to be a reason: what is
    stated is then not the whole. Read one decision with `decision`.
    """

    names: tuple[str, ...]
    method: str
    unit: str
    note: str
    rule: DecisionRule
    reference: Array
    rows: Order
    x: Array
    scores: Array
    order: Order
    pushed: Array
    never: Flags
    withheld: Flags
    moved: Array | None = None
    turned: Flags | None = None
    deletion: Deletion | None = None
    compared: Compared | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def decision(self, i: int) -> DecisionReasons:
        """The reasons of the i-th adverse decision."""
        return DecisionReasons(
            int(self.rows[i]),
            float(self.scores[i]),
            tuple(self._reasons(i)),
            None if self.moved is None else float(self.moved[i]),
            None if self.turned is None else bool(self.turned[i]),
            self.compared,
            bool(self.withheld[i]),
        )

    def _reasons(self, i: int) -> Iterator[Reason]:
        for j, push in zip(self.order[i], self.pushed[i], strict=True):
            if j != NONE:
                value, reference = float(self.x[i, j]), float(self.reference[j])
                yield Reason(self.names[j], float(push), value, reference, self.method, self.unit)


def adverse_rows(scorer: Scorer, x: Array, rule: DecisionRule) -> tuple[Order, Array]:
    """Positions of adverse decisions, and their scores."""
    scores = scorer.score(scorer.rows(x))
    found = np.flatnonzero(rule.is_adverse(scores))
    return found, scores[found]


def reason_table(
    scorer: Scorer,
    x: Array,
    rule: DecisionRule,
    contributions: Contributions,
    reference: Array,
    *,
    rows: Order | None = None,
    places: int = PLACES,
    least: float = 0.0,
    never: Collection[str] = (),
    scores: Array | None = None,
) -> ReasonTable:
    """Rank the contributions of decisions that are adverse.

    x, contributions: shape (n, d), of adverse decisions only. rows: their positions in a larger
    table. reference: shape (d,). least: a smaller push is no reason. never: features that no
    reason may name. scores: of x, if known. Raises ModelError if a decision is not adverse.
    """
    cases = scorer.rows(x)
    scores = scorer.score(cases) if scores is None else scores
    if not rule.is_adverse(scores).all():
        raise ModelError("Reasons are given for adverse decisions only. See `adverse_rows`.")
    if contributions.values.shape != cases.shape:
        raise ModelError("The contributions belong to other rows.")
    toward = rule.sign * contributions.values
    hidden = np.zeros(cases.shape[1], dtype=np.bool_)
    hidden[[scorer.position(name) for name in never]] = True
    order, withheld = _ranked(toward, places, least, hidden)
    pushed = np.where(order == NONE, 0.0, np.take_along_axis(toward, order, axis=1))
    where = np.arange(len(cases)) if rows is None else rows
    c = contributions
    return ReasonTable(
        scorer.names,
        c.method,
        c.unit,
        c.note,
        rule,
        reference,
        where,
        cases,
        scores,
        order,
        pushed,
        hidden,
        withheld,
    )


def _ranked(toward: Array, places: int, least: float, hidden: Flags) -> tuple[Order, Flags]:
    """The reasons without hidden features, and where a hidden one would have stood among them."""
    order = rank_reasons(toward, places, least)
    if not hidden.any():
        return order, np.zeros(len(order), dtype=np.bool_)
    withheld: Flags = (hidden[order] & (order != NONE)).any(axis=1)
    return rank_reasons(np.where(hidden, 0.0, toward), places, least), withheld


def with_deletion_test(
    table: ReasonTable,
    scorer: Scorer,
    *,
    least: float = 0.0,
    seed: int = 20_240_601,
    level: float = 0.95,
) -> ReasonTable:
    """Take the stated reasons away and score again: two scorings of all rows.

    The control takes as many features away, drawn under `seed` from those that were not named.
    least: a smaller move does not count as one.
    """
    after = scorer.score(_put(table, _mask(table.order, table.x.shape)))
    moved = table.rule.sign * (table.scores - after)
    turned: Flags = ~table.rule.is_adverse(after)
    others = scorer.score(_put(table, _other_mask(table, seed)))
    control = table.rule.sign * (table.scores - others)
    found = deletion_test(moved, control, turned.astype(float), least=least, level=level)
    return replace(table, moved=moved, turned=turned, deletion=found)


def _mask(order: Order, shape: tuple[int, ...]) -> Flags:
    named = np.zeros(shape, dtype=np.bool_)
    for column in order.T:
        some = np.flatnonzero(column != NONE)
        named[some, column[some]] = True
    return named


def _other_mask(table: ReasonTable, seed: int) -> Flags:
    """As many features as there are reasons, from the rest: all of the rest if it is smaller."""
    named = _mask(table.order, table.x.shape)
    drawn = np.random.default_rng(seed).random(table.x.shape, dtype=np.float32)
    drawn[named] = 2.0  # after all others
    place = drawn.argsort(axis=1)
    wanted = named.sum(axis=1)
    chosen = np.zeros(table.x.shape, dtype=np.bool_)
    for k in range(table.order.shape[1]):
        some = np.flatnonzero((wanted > k) & (table.x.shape[1] - wanted > k))
        chosen[some, place[some, k]] = True
    return chosen


def _put(table: ReasonTable, mask: Flags) -> Array:
    found: Array = np.where(mask, table.reference, table.x)
    return found


def with_agreement(
    table: ReasonTable, other: Contributions, plan: SamplePlan, level: float = 0.95
) -> ReasonTable:
    """Store how far another method names the same reasons.

    other: contributions of the rows `plan.draw(len(table))` of the table, in that order. Values
    need no common unit: only the ranks are compared. Raises ModelError.
    """
    drawn = plan.draw(len(table))
    if other.values.shape != (len(drawn), table.x.shape[1]):
        raise ModelError("The other contributions do not belong to the rows that the plan draws.")
    order, _ = _ranked(table.rule.sign * other.values, table.order.shape[1], 0.0, table.never)
    found = agreement(table.order[drawn], order, level)
    return replace(table, compared=Compared(other.method, len(drawn), plan, found))
