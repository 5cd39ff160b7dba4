"""The terminal's page of a measuring run: verdicts worst first, then what was not judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Final

import click

from dutybound.cli import page
from dutybound.terms.measure import Estimate, Measured, Undefined, Verdict

if TYPE_CHECKING:
    from dutybound.assess.measure import Report
    from dutybound.assess.measure_lines import Line
    from dutybound.warehouse.profile import Profile

WORDS: Final = {
    Verdict.BREACH: ("outside", "red"),
    Verdict.NOT_ENOUGH_DATA: ("not enough data", "yellow"),
    Verdict.UNDEFINED: ("no value", "magenta"),
    Verdict.NO_BREACH: ("inside", "green"),
    Verdict.NOT_JUDGED: ("not judged", "bright_black"),
}
FEW: Final = 12
FEW_INSIDE: Final = 3
SHOWN: Final = (
    "accuracy", "auc", "brier", "calibration", "label-coverage", "mean-absolute-error", "r-squared",
)  # fmt: skip


def lines(report: Report, *, everything: bool) -> Iterator[str]:
    """The page. everything: all values, part by part."""
    yield page.title(f"{report.config.name}: what was measured")
    yield from _windows(report)
    yield ""
    yield from _watch(report)
    yield from _verdicts(report)
    yield from _left_out(report)
    yield from _every(report) if everything else _short(report)
    yield from _proxies(report)
    yield from _alternatives(report)
    yield from _estimated(report)
    yield from _p_values(report)
    yield from _not_judged(report, everything=everything)
    yield page.heading("Limits")
    for limit in report.limits:
        yield page.wrapped(limit, 2, first="- ", hang=4)


def value(found: Measured) -> str:
    """A value with its interval, or why there is none."""
    if isinstance(found, Undefined):
        return f"no value: {found.reason}"
    if found.interval is None:
        return f"{found.value:.4g}"
    return f"{found.value:.4g} ({found.interval.low:.4g} to {found.interval.high:.4g})"


def _windows(report: Report) -> Iterator[str]:
    if report.config.weights is not None:
        yield page.wrapped(f"Every value is weighted by `{report.config.weights}`.")
    yield page.wrapped(f"Current: {_window(report.current)}.")
    if report.reference is None:
        yield page.wrapped("No reference window: drift is not measured.")
    else:
        yield page.wrapped(f"Reference: {_window(report.reference)}.")
    if report.outside:
        yield page.wrapped(f"{page.plural(report.outside, 'row')} in no window.")


def _window(profile: Profile) -> str:
    from dutybound.assess.measure import weight_words

    span = "" if profile.first is None else f", {profile.first[:10]} to {str(profile.last)[:10]}"
    return f"{page.plural(profile.rows, 'row')}{weight_words(profile)}{span}"


def _verdicts(report: Report) -> Iterator[str]:
    judged = report.judged
    if not judged:
        yield page.heading("Nothing was judged")
        text = "The configuration chooses no threshold that met a value."
        yield page.wrapped(text, 2)
        yield ""
        return
    yield page.heading("Against the thresholds you chose, worst first")
    for verdict, found in groupby(judged, key=lambda x: x.judgement.verdict):
        mine = list(found)
        word, colour = WORDS[verdict]
        yield click.style(f"  {word} ({len(mine)})", fg=colour, bold=True)
        few = FEW_INSIDE if verdict is Verdict.NO_BREACH else FEW
        for line in mine[:few]:
            text = f"{line.key}: {value(line.found)}; {line.judgement.why}"
            yield page.wrapped(text, 4, hang=6)
        if len(mine) > few:
            yield page.wrapped(f"... and {len(mine) - few} more; see --all or --html", 4)
    yield ""


def _watch(report: Report) -> Iterator[str]:
    watched = report.watched
    if watched is None:
        return
    from dutybound.assess.measure_watch import watch_words

    yield page.heading("Repeated checks")
    for text in watch_words(watched):
        yield page.wrapped(text, 2)
    for key in watched.alarms:
        state = watched.lines[key]
        head = click.style("alarm", fg="red", bold=True)
        yield page.wrapped(f"{head} {key}, since look {state.since}: {state.why}", 4, hang=6)
    yield ""


def _left_out(report: Report) -> Iterator[str]:
    judged = {(x.measure, x.over) for x in report.judged}
    rows = [
        (f"{x.measure} / {x.over}", f"{x.share or 0:.1%}", f"{x.unknown:,}")
        for x in report.left_out
        if (x.measure, x.over) in judged
    ]
    if rows:
        yield page.heading("Rows left without a verdict")
        yield from page.rows([("", "share of rows", "rows without group or outcome"), *rows])
        yield ""


def _short(report: Report) -> Iterator[str]:
    """Drift from the largest, and the head figures of performance."""
    drift = [x for x in report.lines if x.measure in ("ks-distance", "total-variation")]
    found = [(x, x.found) for x in drift if isinstance(x.found, Estimate)]
    if found:
        yield page.heading("Largest drift (share of rows that moved)")
        top = sorted(found, key=lambda x: -x[1].value)[:5]
        yield from page.rows((x.over, x.measure, value(f)) for x, f in top)
        yield ""
    main = [
        x for x in report.lines if x.part in ("performance", "calibration") and x.measure in SHOWN
    ]
    if main:
        yield page.heading("Performance")
        yield from page.rows(_row(x) for x in main)
        yield ""


def _proxies(report: Report) -> Iterator[str]:
    if not report.proxies:
        return
    yield page.heading("Strongest proxies for protected attributes")
    rows = (
        (f"{p.feature} for {p.attribute}", f"V {value(p.found.cramers_v)}",
         f"area {value(p.found.auc)}")
        for p in report.proxies[:5]
    )  # fmt: skip
    yield from page.rows(rows)
    yield ""


def _alternatives(report: Report) -> Iterator[str]:
    for one in report.alternatives:
        from dutybound.assess.measure_alternatives import words

        yield page.heading(f"Less discriminatory alternatives by {one.over}")
        for text in words(one):
            yield page.wrapped(text, 2)
        yield ""


def _estimated(report: Report) -> Iterator[str]:
    test = report.estimated
    if test is None:
        return
    from dutybound.assess.measure_estimated import estimated_words

    yield page.heading("Performance estimated without labels")
    for text in estimated_words(test):
        yield page.wrapped(text, 2)
    mine = [x for x in report.lines if x.part == "estimated"]
    yield from page.rows((f"{x.over}, estimated", value(x.found)) for x in mine)
    yield ""


def _p_values(report: Report) -> Iterator[str]:
    rows = [
        (x.key, value(x.found), f"p {x.p.value:.3g}, corrected {x.p.corrected:.3g}")
        for x in report.lines
        if x.p is not None
    ]
    if rows:
        yield page.heading("P-values, as asked for")
        yield from page.rows(rows)
        yield ""


def _row(x: Line) -> tuple[str, str]:
    before = "" if x.before is None else f"; reference window: {value(x.before)}"
    return x.measure, f"{value(x.found)}{before}"


def _every(report: Report) -> Iterator[str]:
    from dutybound.assess.measure_lines import PARTS

    for part, title in PARTS.items():
        mine = [x for x in report.lines if x.part == part]
        if mine:
            yield page.heading(title)
            yield from _table(mine)
            yield ""


def _table(mine: Iterable[Line]) -> Iterator[str]:
    for x in mine:
        word, colour = WORDS[x.judgement.verdict]
        mark = "" if x.threshold is None else f" [{click.style(word, fg=colour)}]"
        against = f", against {x.against}" if x.against else ""
        yield page.wrapped(f"{x.key}{against}: {value(x.found)}{mark}", 2, hang=4)


def _not_judged(report: Report, *, everything: bool) -> Iterator[str]:
    none = sum(x.judgement.verdict is Verdict.NOT_JUDGED for x in report.lines)
    yield page.heading("Not judged")
    text = f"{page.plural(none, 'value')} without a threshold, or of a reference group."
    yield page.wrapped(text, 2)
    for chosen in report.unused:
        yield page.wrapped(f"The threshold on {chosen.measure} met no value.", 2, hang=4)
    yield from _not_computed(report, everything=everything)
    yield ""


def _not_computed(report: Report, *, everything: bool) -> Iterator[str]:
    """What has no value, by reason; without `everything` what no table can give is only counted."""
    from dutybound.assess.measure import NOT_HERE

    missing: dict[str, list[str]] = {}
    for measure, why in report.not_computed.items():
        if everything or measure not in NOT_HERE:
            missing.setdefault(why, []).append(measure)
    for why, names in missing.items():
        yield page.wrapped(f"not computed: {', '.join(names)}: {why}", 2, hang=4)
    rest = len(report.not_computed) - sum(map(len, missing.values()))
    if rest:
        text = f"not computed: {page.plural(rest, 'more measure')}; --all says why of each"
        yield page.wrapped(text, 2, hang=4)
