"""Single decisions on the page: their reasons, and what a person could change."""

from __future__ import annotations

from collections.abc import Iterator

from dutybound.assess.html import heading, paragraph, table
from dutybound.assess.model_json import id_of
from dutybound.assess.model_run import Case, Explained
from dutybound.assess.model_words import both
from dutybound.models.counterfactuals import NoneFound
from dutybound.models.reasons import Reason, ReasonTable


def decisions(found: Explained) -> Iterator[str]:
    """Reasons and changes of the sampled decisions."""
    if found.given is None:
        return
    yield heading("Single decisions")
    if not found.cases:
        yield paragraph("No feature may change, so no change was looked for.")
        return
    yield paragraph(
        f"{len(found.cases)} adverse decisions, drawn under the seed "
        f"{found.config.sampling.seed}. Share for which an allowed change turns the decision: "
        f"{both(found.changeable)}."
    )
    head = ("Decision", "Score", "Reasons", "Whole", "Score moves by", "Change that turns it")
    yield table(
        "Reasons and changes", head, (_case(found, found.given.table, c) for c in found.cases)
    )


def _case(found: Explained, given: ReasonTable, case: Case) -> tuple[object, ...]:
    said = given.decision(case.at)
    name = id_of(found, said.row) or f"row {said.row}"
    reasons = "; ".join(f"{i}. {_reason(r)}" for i, r in enumerate(said.reasons, 1))
    moved = "" if said.moved is None else f"{said.moved:.4g}"
    whole = "no: a feature is not named" if said.withheld else "yes"
    return name, f"{said.score:.4g}", reasons or "none", whole, moved, _change(case)


def _reason(r: Reason) -> str:
    held = "missing" if r.value != r.value else f"{r.value:.4g}"
    return f"{r.feature} ({held}, against {r.reference:.4g})"


def _change(case: Case) -> str:
    if isinstance(case.change, NoneFound):
        return f"none found: {case.change.why}"
    parts = ", ".join(f"{c.feature} {c.old:.4g} to {c.new:.4g}" for c in case.change.changes)
    how = "" if case.change.exact else " (not all were tried)"
    return f"{parts}; score {case.change.score:.4g}{how}"
