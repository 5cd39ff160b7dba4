"""Less discriminatory alternatives over the thresholds of a score, for an owner who follows up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from dutybound.assess.measure_scores import score_moments
from dutybound.measure.alternatives import NOTE, Gains, Option, Search, scored, search
from dutybound.measure.effective import kish_scale
from dutybound.terms.measure import Undefined
from dutybound.terms.table import MISSING, OTHER, Alternatives, Score, TableConfig
from dutybound.warehouse.cells import Cells
from dutybound.warehouse.profile import GROUP_SCORE_BINS, Profile

MODEL: Final = "score"
NEGATIVE, POSITIVE = 0, 1  # levels of the dimension `label`
LOWER: Final = (
    "decisions favour lower scores here, and the search takes a higher score as the favourable one"
)
NO_LABEL: Final = "the configuration names no label that is a category"
SHOWN: Final = 60  # options of a curve in pages; JSON has them all


@dataclass(frozen=True)
class Found:
    """The search over one attribute. threshold: in use, on the grid of the bins. width: of a bin.

    found: the search, or why there is none.
    """

    over: str
    asked: Alternatives
    threshold: float
    low: float
    width: float
    found: Search | Undefined

    def at(self, option: Option) -> float:
        """The threshold of an option: scores from it on are selected."""
        return self.low + option.cut * self.width


def alternatives(current: Profile, config: TableConfig) -> tuple[Found, ...]:
    """A search for each attribute that was asked for; none if nobody asked."""
    asked, score = config.alternatives, config.score
    if asked is None or score is None:
        return ()
    usable = [p.by.name for p in config.protected if p.grounds]
    names = asked.over or tuple(usable)
    return tuple(_one(current, config, asked, score, name) for name in names if name in usable)


def _one(
    current: Profile, config: TableConfig, asked: Alternatives, score: Score, name: str
) -> Found:
    width = (score.high - score.low) / GROUP_SCORE_BINS
    cut = ceil(round((asked.threshold - score.low) / width, 6))
    cells = next((c for c in current.group_scores.values() if name in c.dims), None)
    found: Search | Undefined | None = _refused(current, config)
    if found is None and cells is not None:
        found = _search(cells, name, cut, asked)
    if found is None:
        found = Undefined(f"scores were not counted by {name}")
    return Found(name, asked, score.low + cut * width, score.low, width, found)


def _refused(current: Profile, config: TableConfig) -> Undefined | None:
    if config.label is None or config.label.kind == "number":
        return Undefined(NO_LABEL)
    cells = next(iter(current.groups.values()))
    if config.decision is None or "scored" not in cells.sums:
        return None
    n, total = score_moments(cells, "decision").weight[:2, :2]
    if n.min() > 0 and total[1] / n[1] < total[0] / n[0]:
        return Undefined(LOWER)
    return None


def _search(cells: Cells, name: str, cut: int, asked: Alternatives) -> Search | Undefined:
    levels = cells.levels[name]
    counted = cells.weighed(name, "label", "bin")
    # Points without intervals: one scale for all, so that shares are those of the weights.
    table = (counted.weight * kish_scale(counted))[:, :, :GROUP_SCORE_BINS]
    kept = [
        i for i, level in enumerate(levels)
        if level not in (MISSING, OTHER) and table[i].any()
    ]  # fmt: skip
    if len(kept) < 2:
        return Undefined("fewer than two groups hold a row with a known attribute and a score")
    groups = tuple(levels[i] for i in kept)
    table = table[kept]
    return search(
        {MODEL: scored(table[:, POSITIVE], table[:, NEGATIVE])},
        (MODEL, cut),
        owner=asked.owner,
        follow_up=asked.follow_up,
        labels=groups,
        gains=Gains(*asked.gains),
        tolerance=asked.tolerance,
    )


# ---------------------------------------------------------------------- what is shown
def words(one: Found) -> Iterator[str]:
    """What a reader has to know of one search."""
    asked = one.asked
    yield f"Owner: {asked.owner}. Follow-up: {asked.follow_up}"
    found = one.found
    if isinstance(found, Undefined):
        yield f"No search: {found.reason}."
        return
    now = found.current
    yield (
        f"In use at {one.threshold:.4g}: lowest ratio of selection rates {now.lowest_ratio:.4g}, "
        f"gain {now.gain:.4g} a row, {now.selection_rate:.1%} selected."
    )
    if not found.better:
        yield (
            f"No threshold has a higher ratio at a loss of gain within {found.tolerance:g} a row."
        )
    else:
        best = found.better[0]
        all_of_them = ", where no one is refused" if best.selection_rate == 1 else ""
        yield (
            f"{len(found.better)} thresholds have a higher ratio at a loss of gain within "
            f"{found.tolerance:g} a row; the highest ratio is {best.lowest_ratio:.4g}, at "
            f"{one.at(best):.4g}, gain {best.gain:.4g}, {best.selection_rate:.1%} selected"
            f"{all_of_them}."
        )
    yield f"{NOTE} Rates are of labelled rows only, and one threshold is for all groups."


def plain(one: Found) -> dict[str, Any]:
    """A search as JSON values."""
    asked, found = one.asked, one.found
    head: dict[str, Any] = {
        "over": one.over,
        "owner": asked.owner,
        "follow_up": asked.follow_up,
        "threshold": one.threshold,
        "tolerance": asked.tolerance,
        "gains": dict(zip(("tp", "fp", "fn", "tn"), asked.gains, strict=True)),
    }
    if isinstance(found, Undefined):
        empty = {"undefined": found.reason, "note": None, "current": None}
        return {**head, **empty, "curve": [], "better": []}
    return {
        **head,
        "undefined": None,
        "note": found.note,
        "current": _option(one, found, found.current),
        "curve": [_option(one, found, o) for o in found.curve],
        "better": [_option(one, found, o) for o in found.better],
    }


def _option(one: Found, found: Search, option: Option) -> dict[str, Any]:
    return {
        "threshold": _number(one.at(option)),
        "selection_rate": _number(option.selection_rate),
        "gain": _number(option.gain),
        "lowest_ratio": _number(option.lowest_ratio),
        "rates": [
            {"group": g, "rate": _number(r)}
            for g, r in zip(found.labels, option.rates, strict=True)
        ],
    }


def _number(value: float) -> float:
    return float(f"{value:.12g}")
