"""The reasons that explaining a model gives, as a decision record holds them."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dutybound.models.reasons import DecisionReasons


def explanation_of(found: DecisionReasons) -> dict[str, Any]:
    """The `explanation` of a decision record. A value that is no number was missing: null."""
    value: dict[str, Any] = {
        "reasons": [
            {
                "feature": r.feature,
                "contribution": r.contribution,
                "value": _number(r.value),
                "reference": _number(r.reference),
            }
            for r in found.reasons
        ]
    }
    if found.reasons:
        value |= {"method": found.reasons[0].method, "unit": found.reasons[0].unit}
    if found.moved is not None:
        value["moved"] = found.moved
    if found.turned is not None:
        value["turned"] = found.turned
    return value


def _number(value: float) -> float | None:
    return value if isfinite(value) else None
