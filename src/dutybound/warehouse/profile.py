"""The profile of one window: everything that measures need, and no row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from dutybound.warehouse.cells import CellError, Cells, add_cells
from dutybound.warehouse.columns import Numbers, add_numbers

if TYPE_CHECKING:
    from dutybound.warehouse.options import Sampled

SCORE_BINS: Final = 10_000
GROUP_SCORE_BINS: Final = 200


@dataclass(frozen=True)
class Profile:
    """Counts of one window.

    config_sha256: digest of what decides how rows are counted; only like profiles are added.
    first, last: the earliest and latest time, ISO 8601 in UTC, or None. types: column to its type.
    numbers, categories: column to its counts; categories have the dimension `value`.
    groups: names of protected attributes, joined by `, `, to cells by version, attributes, label
    and decision; sums `scored` (rows with a score), `score` and `score_squared` (scores moved to
    [0, 1], in units of 2**-32). scores: by version, label and bin; 10,000 bins over the range,
    then other and missing. group_scores: as groups, by 200 bins. buckets: by version, bucket,
    label and decision. factors: legitimate factor to cells by factor, attributes, label, decision.
    errors: regression, by version and attributes: sums of `errors`, see `ERROR_SUMS`, and of
    predicted intervals, see `INTERVAL_SUMS`. error_buckets: the same by version and bucket.
    delays: by bucket of the decision, bucket in which the label came, and label. proxies: attribute
    and feature, joined by a space, to cells by `value` (a bin or category) and the attribute.
    notes: what a reader has to know. weight_unit: of the weights, if rows have any: then only rows
    of weight above 0 are counted, sums are of weighted rows, and each table has the sums `weight`
    and `square`. weightless: rows of weight 0, which are left out.
    """

    window: str
    config_sha256: str
    rows: int
    first: str | None
    last: str | None
    types: Mapping[str, str]
    numbers: Mapping[str, Numbers]
    categories: Mapping[str, Cells]
    groups: Mapping[str, Cells]
    scores: Cells | None = None
    group_scores: Mapping[str, Cells] = field(default_factory=dict)
    buckets: Cells | None = None
    factors: Mapping[str, Cells] = field(default_factory=dict)
    errors: Cells | None = None
    delays: Cells | None = None
    error_buckets: Cells | None = None
    proxies: Mapping[str, Cells] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    weight_unit: float | None = None
    weightless: int = 0

    @property
    def effective(self) -> float:
        """Rows of one weight that would know as much: (sum w)^2 over sum w^2 (Kish)."""
        return next(iter(self.groups.values())).weighed("label").size

    @property
    def weight(self) -> float:
        """Sum of the weights; rows without them."""
        return float(next(iter(self.groups.values())).weighed("label").weight.sum())

    def by(self, *attributes: str) -> Cells:
        """Cells that tell the attributes apart. Raises CellError if none were counted."""
        for cells in self.groups.values():
            if set(attributes) <= set(cells.dims):
                return cells
        raise CellError(f"Rows were not counted by {', '.join(attributes)} together.")


@dataclass(frozen=True)
class Profiles:
    """What one reading of a table gives. outside: rows that belong to neither window. sampled: rows
    of the windows that were read, if they were asked for."""

    current: Profile
    reference: Profile | None
    outside: int
    sampled: Sampled | None = None


def merge(profiles: Sequence[Profile]) -> Profile:
    """One profile of all rows, as if they had been read together.

    The order does not matter. Raises CellError if they were counted in different ways. Categories
    beyond the cap of a part stay in its `(other)`, so their counts are lower bounds; notes say so.
    """
    if not profiles:
        raise CellError("There is no profile to merge.")
    first = profiles[0]
    if any(p.config_sha256 != first.config_sha256 for p in profiles):
        raise CellError(
            "The profiles were counted in different ways: bins, groups or roles differ."
        )
    if any(dict(p.types) != dict(first.types) for p in profiles):
        raise CellError("The types of columns differ between the profiles.")
    if any(p.weight_unit != first.weight_unit for p in profiles):
        raise CellError("The weights were counted in different units.")
    firsts = [p.first for p in profiles if p.first is not None]
    lasts = [p.last for p in profiles if p.last is not None]
    return replace(
        first,
        rows=sum(p.rows for p in profiles),
        first=min(firsts, default=None),
        last=max(lasts, default=None),
        numbers={k: add_numbers([p.numbers[k] for p in profiles]) for k in first.numbers},
        categories=_added([p.categories for p in profiles]),
        groups=_added([p.groups for p in profiles]),
        scores=_optional([p.scores for p in profiles]),
        group_scores=_added([p.group_scores for p in profiles]),
        buckets=_optional([p.buckets for p in profiles]),
        factors=_added([p.factors for p in profiles]),
        errors=_optional([p.errors for p in profiles]),
        delays=_optional([p.delays for p in profiles]),
        error_buckets=_optional([p.error_buckets for p in profiles]),
        proxies=_added([p.proxies for p in profiles]),
        notes=tuple(sorted({note for p in profiles for note in p.notes})),
        weightless=sum(p.weightless for p in profiles),
    )


def _added(tables: Sequence[Mapping[str, Cells]]) -> dict[str, Cells]:
    return {name: add_cells([t[name] for t in tables]) for name in tables[0]}


def _optional(parts: Sequence[Cells | None]) -> Cells | None:
    found = [p for p in parts if p is not None]
    if not found:
        return None
    if len(found) != len(parts):
        raise CellError("Some profiles lack a table that others have.")
    return add_cells(found)
