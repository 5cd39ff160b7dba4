"""Search for less discriminatory alternatives: thresholds, and models, that select more evenly.

One threshold for all persons: a threshold by group would itself treat groups differently. The
search only lists what there is to choose from; a named person owns it and says what follows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from dutybound.measure.checks import Array, CountError, check_counts, check_labels, check_same
from dutybound.terms.measure import Undefined

NOTE: Final = "Points, chosen on these rows: confirm a choice on rows that the search has not seen."


@dataclass(frozen=True, slots=True)
class Scored:
    """Labelled rows by group and score bin, shape (g, k) each, scores rising."""

    positives: Array
    negatives: Array


@dataclass(frozen=True, slots=True)
class Gains:
    """What one decision is worth, in any one unit: a right and a wrong selection, a right and
    a wrong refusal. The defaults make the mean gain the accuracy."""

    tp: float = 1.0
    fp: float = 0.0
    fn: float = 0.0
    tn: float = 1.0


@dataclass(frozen=True, slots=True)
class Option:
    """One candidate model at one threshold. cut: the first bin that is selected; k selects no one.

    gain: mean per row. lowest_ratio: lowest over highest selection rate of a group, in [0, 1].
    efficient: no other option has both more gain and a higher ratio.
    """

    model: str
    cut: int
    selection_rate: float
    gain: float
    rates: tuple[float, ...]
    lowest_ratio: float
    efficient: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """The search. current: what is in use. curve: the efficient options, gain falling. better:
    those with a higher ratio than now at a loss of gain within `tolerance`, highest ratio first.
    owner: who answers for it. follow_up: what was decided, or what happens next and when."""

    current: Option
    curve: tuple[Option, ...]
    better: tuple[Option, ...]
    tolerance: float
    labels: tuple[str, ...]
    owner: str
    follow_up: str
    note: str = NOTE


def scored(positives: npt.ArrayLike, negatives: npt.ArrayLike) -> Scored:
    """Checked histograms. Both of shape (g, k), labelled rows. Raises CountError."""
    p, q = (
        check_counts(x, n, ndim=2) for x, n in ((positives, "positives"), (negatives, "negatives"))
    )
    check_same(p, q, ("positives", "negatives"))
    return Scored(p, q)


def search(
    models: dict[str, Scored],
    current: tuple[str, int],
    *,
    owner: str,
    follow_up: str,
    labels: tuple[str, ...] | list[str] | None = None,
    gains: Gains | None = None,
    tolerance: float = 0.01,
) -> Search | Undefined:
    """Every threshold of every candidate model, and which of them are less discriminatory.

    models: by name, all with the same groups; bins may differ. current: (model, cut) in use.
    tolerance: how much gain per row may be given up, >= 0; a choice of the user, the law names
    none. Undefined if a group has no rows, or no one is selected now. Raises CountError, also
    for a blank owner or follow-up.
    Limits: rates of labelled rows only; ratios are points: judge the chosen one with `compare`.
    """
    if not owner.strip() or not follow_up.strip():
        raise CountError("A search needs an `owner` and a recorded `follow_up`.")
    if current[0] not in models or tolerance < 0:
        raise CountError("`current` names one of the models, and `tolerance` is not negative.")
    names = check_labels(labels, models[current[0]].positives.shape[0])
    options: list[Option] = []
    for name, model in models.items():
        if model.positives.shape[0] != len(names):
            raise CountError(f"The model `{name}` has other groups.")
        if (model.positives + model.negatives).sum(axis=1).min() == 0:
            return Undefined(f"a group has no labelled row in the model {name}")
        options += _options(name, model, gains or Gains())
    found = _marked(options)
    now = next((o for o in found if (o.model, o.cut) == current), None)
    if now is None:
        raise CountError(f"The model `{current[0]}` has no cut {current[1]}.")
    if now.selection_rate == 0:
        return Undefined("no one is selected now")
    better = [
        o for o in found if o.lowest_ratio > now.lowest_ratio and o.gain >= now.gain - tolerance
    ]
    better.sort(key=lambda o: (-o.lowest_ratio, -o.gain, o.model, o.cut))
    curve = sorted((o for o in found if o.efficient), key=lambda o: (-o.gain, o.model, o.cut))
    return Search(now, tuple(curve), tuple(better), tolerance, names, owner, follow_up)


def _options(name: str, model: Scored, gains: Gains) -> list[Option]:
    tp, fp = (_from(x) for x in (model.positives, model.negatives))  # (g, k + 1)
    positives, negatives = tp[:, :1], fp[:, :1]
    rows = positives + negatives
    rates = (tp + fp) / rows
    gain = gains.tp * tp + gains.fp * fp + gains.fn * (positives - tp)
    mean = (gain + gains.tn * (negatives - fp)).sum(axis=0) / rows.sum()
    highest = rates.max(axis=0)
    ratio = np.divide(rates.min(axis=0), highest, out=np.zeros_like(highest), where=highest > 0)
    overall = (tp + fp).sum(axis=0) / rows.sum()
    return [
        Option(
            name, c, float(overall[c]), float(mean[c]), tuple(rates[:, c].tolist()), float(ratio[c])
        )
        for c in range(overall.size)
    ]


def _from(counts: Array) -> Array:
    """Rows at or above each cut, shape (g, k + 1)."""
    above = np.cumsum(counts[:, ::-1], axis=1)[:, ::-1]
    found: Array = np.hstack([above, np.zeros((counts.shape[0], 1))])
    return found


def _marked(options: list[Option]) -> list[Option]:
    """The same options, those marked that no other beats and that select someone."""
    order = sorted(range(len(options)), key=lambda i: (-options[i].gain, -options[i].lowest_ratio))
    best, efficient = -1.0, set()
    for i in order:
        if options[i].lowest_ratio > best and options[i].selection_rate > 0:
            best = options[i].lowest_ratio
            efficient.add(i)
    return [replace(o, efficient=i in efficient) for i, o in enumerate(options)]
