"""One report from a profile and its reference: quality, drift, fairness, performance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dutybound.assess.measure_alternatives import Found, alternatives
from dutybound.assess.measure_comparison import comparison_words
from dutybound.assess.measure_conditional import conditional_lines
from dutybound.assess.measure_delay import delay_lines
from dutybound.assess.measure_domain import domain_lines
from dutybound.assess.measure_drift import drift_lines
from dutybound.assess.measure_estimated import Test, estimated_lines, estimated_test
from dutybound.assess.measure_fairness import fairness_lines
from dutybound.assess.measure_lines import (
    LEVEL,
    WORST_FIRST,
    Chosen,
    LeftOut,
    Line,
    counts_of,
)
from dutybound.assess.measure_p import WARNING, with_p_values
from dutybound.assess.measure_performance import curve_of, performance_lines
from dutybound.assess.measure_population import population_lines
from dutybound.assess.measure_proxies import Pair, proxy_lines, proxy_pairs
from dutybound.assess.measure_quality import quality_lines
from dutybound.assess.measure_scoring import scoring_lines
from dutybound.assess.measures import measures
from dutybound.measure.calibration import Reliability
from dutybound.terms.measure import MeasureCatalogue, Undefined, Verdict
from dutybound.terms.table import ChosenThreshold, TableConfig
from dutybound.warehouse.profile import Profile, Profiles

if TYPE_CHECKING:
    from dutybound.assess.measure_watch import Watched
    from dutybound.warehouse.options import Sampled

LIMITS: Final = (
    "Verdicts say on which side of the threshold you chose an interval lies. They are no finding "
    "of law.",
    "Rates that need a label are about labelled rows only; rows without one are often different.",
    "Intervals take rows as independent. They hold what chance does, not what the data leave out.",
)
NO_INTERVAL: Final = "the configuration names no `prediction_interval`"
WEIGHTED: Final = (
    "Every value is weighted by `{}`. Intervals and minimum sizes rest on effective sizes: rows in "
    "a reason are effective rows. Distinct values, types and ranges are of rows. Weights are taken "
    "as known; clusters and strata of a survey are not accounted for."
)
NOT_HERE: Final = {
    "proxy-strength": "nobody asked to count features with protected attributes: see `proxies`",
    "domain-classifier": "nobody asked for a sample: see `domain`",
    "less-discriminatory-alternatives": "nobody asked for it, with an owner and a follow-up",
    "statistical-significance": "p-values are given on request only",
    "chi-square": "p-values are given on request only; see `cramers-v`",
    "estimated-performance": "the configuration states no tolerance: see `estimated`",
    "label-delay": "the configuration names no column with the time at which a label came",
    "representativeness": "no population is named to compare with: see `population`",
    "representation-gap": "no population is named to compare with: see `population`",
    "outcome-gap": "as `statistical-parity` over the groups of customers you name",
    "shrunk-selection-rate": "nobody asked for it: see `shrinkage`",
    "interval-coverage": NO_INTERVAL,
    "interval-miss": NO_INTERVAL,
    "interval-width": NO_INTERVAL,
}
ASKED_FOR: Final = ("statistical-significance", "chi-square")
FAMILIES: Final = ("drift", "fairness", "performance")


@dataclass(frozen=True)
class Report:
    """What was measured. lines: every value, in the order of the parts. left_out: by comparison.

    curve: labelled rows by score bin, in effective rows if they have weights. not_computed: measure
    id to the reason why it has no line. unused: chosen thresholds that met no value. limits: what a
    reader has to know. estimated: the test behind performance without labels. proxies: features
    with attributes, strongest first. alternatives: searches by attribute. watched: of one look
    among several. sampled: rows that the domain classifier was made on.
    """

    config: TableConfig
    current: Profile
    reference: Profile | None
    outside: int
    lines: tuple[Line, ...]
    left_out: tuple[LeftOut, ...]
    curve: Reliability | Undefined
    not_computed: dict[str, str]
    unused: tuple[ChosenThreshold, ...]
    limits: tuple[str, ...]
    estimated: Test | None = None
    proxies: tuple[Pair, ...] = ()
    alternatives: tuple[Found, ...] = ()
    watched: Watched | None = None
    sampled: Sampled | None = None

    @property
    def counts(self) -> dict[str, int]:
        """Lines by verdict, worst first."""
        return counts_of(self.lines)

    def with_verdict(self, *verdicts: Verdict) -> tuple[Line, ...]:
        """Lines with one of the verdicts, in order."""
        return tuple(x for x in self.lines if x.judgement.verdict in verdicts)

    @property
    def judged(self) -> tuple[Line, ...]:
        """Lines with a threshold, worst first."""
        order = {v: i for i, v in enumerate(WORST_FIRST)}
        found = [x for x in self.lines if x.threshold is not None]
        found = [x for x in found if x.judgement.verdict is not Verdict.NOT_JUDGED]
        return tuple(sorted(found, key=lambda x: order[x.judgement.verdict]))


def measure_profiles(
    config: TableConfig, profiles: Profiles, *, level: float = LEVEL, p_values: bool = False
) -> Report:
    """The report of a current window and its reference.

    level: that the verdicts of a family of lines keep together. Intervals that are only shown
    stay at 95 %. p_values: whether they stand beside the effect sizes. Raises BadInput for a
    threshold that cannot be used.
    """
    catalogue = measures()
    chosen = Chosen(config, catalogue.entries, level)
    current, reference = profiles.current, profiles.reference
    lines = [*quality_lines(current, reference, chosen), *drift_lines(current, reference, chosen)]
    fair, left_out = fairness_lines(current, chosen)
    scored, more = scoring_lines(current, chosen)
    lines += [*fair, *scored, *conditional_lines(current, chosen)]
    lines += population_lines(current, reference, chosen)
    lines += performance_lines(current, reference, chosen)
    lines += delay_lines(current, reference, chosen)
    lines += domain_lines(profiles.sampled, chosen)
    pairs = proxy_pairs(current, chosen)
    lines += proxy_lines(current, chosen, pairs)
    test = estimated_test(current, reference, chosen)
    lines += estimated_lines(current, chosen, test)
    if p_values:
        lines = with_p_values(lines, current, reference, chosen)
    searches = alternatives(current, config)
    missing = {x.measure for x in lines} | (set(ASKED_FOR) if p_values else set())
    missing |= {"less-discriminatory-alternatives"} if searches else set()
    return Report(
        config=config,
        current=current,
        reference=reference,
        outside=profiles.outside,
        lines=tuple(lines),
        left_out=(*left_out, *more),
        curve=curve_of(current, config.score, apart=True),
        not_computed=dict(_not_computed(config, catalogue, missing)),
        unused=chosen.unused(),
        limits=(*_limits(config), *([WARNING] if p_values else [])),
        estimated=test,
        proxies=pairs,
        alternatives=searches,
        sampled=profiles.sampled,
    )


def _not_computed(
    config: TableConfig, catalogue: MeasureCatalogue, there: set[str]
) -> Iterator[tuple[str, str]]:
    for entry in catalogue.entries.values():
        if entry.how != "computed" or entry.id in there or entry.family not in FAMILIES:
            continue
        yield entry.id, NOT_HERE.get(entry.id) or _why(config, entry.id, entry.family)


def _why(config: TableConfig, measure: str, family: str) -> str:
    if measure in ("mean-absolute-error", "root-mean-squared-error", "r-squared"):
        return "the label is no number"
    if family == "fairness" and not config.protected:
        return "the configuration names no protected attribute"
    if family == "fairness" and config.decision is None:
        return "the configuration names no decision"
    if measure == "conditional-impact-ratio":
        return "the configuration names no legitimate factor"
    if measure == "missing-attribute-bounds":
        return "no row lacks a protected attribute"
    if family == "drift":
        return "no feature of its kind, or no reference window"
    return "the configuration names no column that it needs"


def weight_words(profile: Profile) -> str:
    """What a reader has to know of the weights of a window, to be put after its rows."""
    if profile.weight_unit is None:
        return ""
    left = f"; {profile.weightless:,} more of weight 0 left out" if profile.weightless else ""
    return (
        f" (weights sum to {profile.weight:,.6g}; they are worth {profile.effective:,.0f} rows of "
        f"one weight{left})"
    )


def _limits(config: TableConfig) -> Iterator[str]:
    yield from LIMITS
    yield from comparison_words(config)
    if config.candidates:
        named = ", ".join(f"`{c}`" for c in config.candidates)
        yield f"Candidates for protected attributes that nobody confirmed were not used: {named}."
    if config.weights is not None:
        yield WEIGHTED.format(config.weights)
