"""How groups are compared: the smallest share of rows that a group needs, by choice or by rule."""

from __future__ import annotations

from collections.abc import Iterator

from dutybound.assess.measures import comparison_policy, measures
from dutybound.errors import BadInput, did_you_mean
from dutybound.measure.groups import HIGHEST
from dutybound.terms.table import TableConfig

WHERE = "comparison"


def minimum_share(config: TableConfig) -> float:
    """The share of the rows below which a group is left out of comparisons, in [0, 1).

    Raises BadInput for a rule that says nothing of comparing, or that is for another field.
    """
    asked = config.comparison
    if asked is None:
        return 0.0
    if asked.rule is None:
        return asked.minimum_share or 0.0
    policy = comparison_policy(asked.rule)
    if policy is None:
        known = [r for r, line in measures().named.items() if line.policy is not None]
        hint = did_you_mean(asked.rule, known)
        text = (
            f"No way of comparing is recorded for `{asked.rule}`.{hint} Known: {', '.join(known)}."
        )
        raise BadInput.one(WHERE, text)
    fields = measures().named[asked.rule].only_for
    if fields and config.field not in fields:
        stated = "is not stated" if config.field is None else f"is {config.field}"
        where = " or ".join(fields)
        text = f"`{asked.rule}` is for {where} only; the `field` of this table {stated}."
        raise BadInput.one(WHERE, text)
    fixed = [p.by.name for p in config.protected if p.reference is not None]
    if policy.reference == HIGHEST and fixed:
        text = (
            f"`{asked.rule}` compares with the group of the highest rate: leave out `reference` "
            f"of {', '.join(fixed)}."
        )
        raise BadInput.one(WHERE, text)
    return policy.minimum_share


def comparison_words(config: TableConfig) -> Iterator[str]:
    """What a reader has to know of it."""
    asked = config.comparison
    if asked is None:
        return
    cite = "" if asked.rule is None else f" ({measures().named[asked.rule].cite})"
    yield (
        f"Groups with under {minimum_share(config):.1%} of the rows{cite} are left out of "
        f"comparisons and are no reference: {asked.why}. Their rows and rates stay listed."
    )
