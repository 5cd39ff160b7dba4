"""The terminal's page of an explained model: verdicts first, then reasons, use and weakness."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Final

import click

from dutybound.cli import page

if TYPE_CHECKING:
    from dutybound.assess.model_run import Explained

FEW: Final = 5


def lines(found: Explained) -> Iterator[str]:
    """The page."""
    from dutybound.assess.model_words import both

    yield page.title(f"{found.config.name}: how it decides")
    yield page.wrapped(
        f"Model {found.scorer.name}, {page.plural(found.rows, 'row')} of {found.table}; "
        f"adverse: {both(found.adverse)}."
    )
    yield ""
    yield from _verdicts(found)
    yield from _reasons(found)
    yield from _uses(found)
    yield from _weak(found)
    yield page.heading("Limits")
    for limit in found.limits:
        yield page.wrapped(limit, 2, first="- ", hang=4)


def _verdicts(found: Explained) -> Iterator[str]:
    from dutybound.assess.model_words import WORDS, both

    if not found.judged:
        yield page.heading("Nothing was judged")
        yield page.wrapped("The configuration chooses no threshold that met a value.", 2)
        yield ""
        return
    yield page.heading("Against the thresholds you chose, worst first")
    for verdict, group in groupby(found.judged, key=lambda x: x.judgement.verdict):
        mine = list(group)
        word, colour = WORDS[verdict]
        yield click.style(f"  {word} ({len(mine)})", fg=colour, bold=True)
        for line in mine[:FEW]:
            text = f"{line.key}: {both(line.found)}; {line.judgement.why}"
            yield page.wrapped(text, 4, hang=6)
        if len(mine) > FEW:
            yield page.wrapped(f"... and {len(mine) - FEW} more; see --html or --json", 4)
    for chosen in found.unused:
        yield page.wrapped(f"The threshold on {chosen.measure} met no value.", 2, hang=4)
    yield ""


def _reasons(found: Explained) -> Iterator[str]:
    from dutybound.assess.model_words import both

    yield page.heading("Reasons of adverse decisions")
    if found.given is None:
        yield page.wrapped("There is no adverse decision in this table.", 2)
        yield ""
        return
    t = found.given.table
    yield page.wrapped(f"{page.plural(len(t), 'decision')} by {t.method}, in {t.unit}.", 2)
    if t.deletion is not None:
        text = f"Taking the reasons away moved the score: {both(t.deletion.moved)}; "
        yield page.wrapped(text + f"more than taking others away: {both(t.deletion.beats)}.", 2)
    if t.compared is not None:
        c = t.compared
        text = f"Beside {c.with_method} on {page.plural(c.rows, 'row')}: same first reason "
        text += f"{both(c.found.same_first)}, shared reasons {both(c.found.overlap)}."
        yield page.wrapped(text, 2)
    if found.given.screened is not None:
        s = found.given.screened
        text = (
            f"{s.tried:.1f} of {s.features} features were tried on average; same list as by trying "
        )
        yield page.wrapped(text + f"all: {both(s.same_list)}.", 2)
    if found.withheld:
        text = (
            f"In {page.plural(found.withheld, 'decision')} a feature that may not be named stood "
            "among the reasons: what is stated there is not the whole."
        )
        yield click.style(page.wrapped(text, 2), fg="yellow")
    yield ""


def _uses(found: Explained) -> Iterator[str]:
    from dutybound.assess.model_words import both
    from dutybound.terms.measure import Undefined

    o = found.overview
    yield page.heading(f"What the model uses (mean absolute {o.of.method}, {o.of.unit})")
    yield from page.rows((i.feature, both(i.size)) for i in o.importance[: 2 * FEW])
    yield ""
    yield page.heading("Where it errs most")
    if isinstance(found.cohorts, Undefined):
        yield page.wrapped(f"not computed: {found.cohorts.reason}", 2)
    elif not any(c.higher for c in found.cohorts):
        yield page.wrapped("No cohort errs more than the rest beyond chance.", 2)
    else:
        for c in (c for c in found.cohorts if c.higher):
            name = " and ".join(f"{f} {low:.4g} to {high:.4g}" for f, low, high in c.parts)
            yield page.wrapped(f"{name}: {both(c.error)}; rest {c.rest:.4g}", 2, hang=4)
    yield ""


def _weak(found: Explained) -> Iterator[str]:
    from dutybound.assess.model_words import both
    from dutybound.terms.measure import Estimate, Undefined

    yield page.heading("Decisions that disturbed inputs change")
    known = [
        (d.changed.value, d.test if d.feature is None else f"{d.test}: {d.feature}", d)
        for d in found.disturbed
        if isinstance(d.changed, Estimate)
    ]
    known.sort(key=lambda k: -k[0])
    yield from page.rows((name, both(d.changed)) for _, name, d in known[:FEW])
    n = found.near
    yield page.wrapped(
        f"Within {n.margin:g} of the threshold lie {both(n.share)} of the rows; noise changes "
        f"{both(n.near)} of those and {both(n.far)} of the others.",
        2,
    )
    if not isinstance(found.stable, Undefined):
        s = found.stable
        text = f"{s.refits} models: rank correlation of reasons {both(s.correlation)}, same first "
        yield page.wrapped(text + f"reason {both(s.same_first)}.", 2)
    if found.cases:
        text = f"An allowed change turns {both(found.changeable)} of "
        yield page.wrapped(text + f"{page.plural(len(found.cases), 'sampled decision')}.", 2)
    yield ""
