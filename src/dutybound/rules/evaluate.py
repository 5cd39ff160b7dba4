"""One rule, one binding, one day: the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeAlias

from dutybound.rules.compiled import NEVER, RuleProgram, Span
from dutybound.rules.context import Context
from dutybound.rules.truth import CONTESTED, FALSE, TRUE, UNKNOWN
from dutybound.terms.finding import Outcome, Scope, Verdict
from dutybound.terms.law import NOT_LAW

ContextAt: TypeAlias = Callable[[date, bool], Context]


def judge(
    program: RuleProgram,
    at: ContextAt,
    as_of: date,
    scope: Scope,
    *,
    gate: int = TRUE,
    territory: int = TRUE,
    later: Sequence[date] = (),
) -> Verdict:
    """The verdict on a rule.

    at: gives the context of the binding on a day (and with draft guidance read as final).
    gate: the value of the act's scope. territory: whether the place lies where the rule binds.
    later: days of planned events after as_of, in order; a rule may begin with one of them.
    """
    held = min(gate, territory)
    days = later if program.timed else ()
    verdict = _verdict(program, at, as_of, scope, held, days, draft=False)
    if not program.draft:
        return verdict
    drafted = _verdict(program, at, as_of, scope, held, days, draft=True)
    return replace(verdict, draft=drafted.outcome)


def _verdict(
    program: RuleProgram,
    at: ContextAt,
    as_of: date,
    scope: Scope,
    gate: int,
    later: Sequence[date],
    *,
    draft: bool,
) -> Verdict:
    rule = program.rule
    if rule.legal_status in NOT_LAW:
        return Verdict(rule.id, scope, Outcome.DOES_NOT_APPLY, reason="not_law")
    spans = _spans(program, at, as_of, draft)
    current = [s for s in spans if s.end > as_of]
    if not current:
        return _past(program, spans, scope, at, gate, draft)
    for span in (*current, *_with_events(current, later)):
        verdict = _on_span(program, span, at, as_of, scope, gate, draft)
        if verdict.outcome is not Outcome.DOES_NOT_APPLY:
            return verdict
    return Verdict(
        rule.id, scope, Outcome.DOES_NOT_APPLY, current[0].text.index, reason="condition"
    )


def _with_events(spans: Sequence[Span], later: Sequence[date]) -> Iterator[Span]:
    """The spans as they would begin with a planned event."""
    for day in later:
        for span in spans:
            if span.start < day < span.end:
                yield replace(span, start=day, start_latest=max(day, span.start_latest))


def _past(
    program: RuleProgram,
    spans: list[Span],
    scope: Scope,
    at: ContextAt,
    gate: int,
    draft: bool,
) -> Verdict:
    rule = program.rule
    if not spans:
        return Verdict(rule.id, scope, Outcome.DOES_NOT_APPLY, reason="no_text")
    last = spans[-1]
    reason = rule.until_reason or program.act.until_reason or "repealed"
    return Verdict(
        rule.id,
        scope,
        Outcome.NO_LONGER,
        last.text.index,
        last.formal,
        last.start,
        last.start_latest,
        last.end,
        reason,
        relevant=gate != FALSE and last.text.general(at(last.start, draft)) != FALSE,
    )


def _spans(program: RuleProgram, at: ContextAt, as_of: date, draft: bool) -> list[Span]:
    fixed = program.fixed_spans
    if fixed is None:
        return _moving_spans(program, at, as_of, draft)
    if not fixed and program.texts:
        fixed.extend(_moving_spans(program, at, as_of, draft))
    return fixed


def _moving_spans(program: RuleProgram, at: ContextAt, as_of: date, draft: bool) -> list[Span]:
    spans = []
    for text in program.texts:
        ctx = at(max(as_of, text.start), draft)
        low, high = text.effective.on(ctx) if text.effective else (text.start, text.start)
        formal = text.formal.on(ctx)[0] if text.formal else text.start
        for defer in program.defers:
            value = defer.test(ctx)
            if value == TRUE:
                low, high = max(low, defer.day), max(high, defer.day)
            elif value != FALSE:
                high = max(high, defer.day)
        start, latest = max(low, text.start), max(high, text.start)
        end = min(text.end, text.until)
        if start < end:
            spans.append(Span(text, formal, start, min(latest, end), end))
    return spans


def _on_span(
    program: RuleProgram,
    span: Span,
    at: ContextAt,
    as_of: date,
    scope: Scope,
    gate: int,
    draft: bool,
) -> Verdict:
    ctx = at(max(as_of, span.start), draft)
    general = FALSE if gate == FALSE else min(gate, span.text.general(ctx))
    if general == FALSE:
        return _make(program, span, scope, Outcome.DOES_NOT_APPLY, reason="condition")
    excepted = span.text.exceptions(ctx)
    shield = program.shield(ctx) if span.covers(as_of) else FALSE
    either = TRUE in (excepted, shield)
    if general != TRUE:
        unknown = general == UNKNOWN or (not either and UNKNOWN in (excepted, shield))
        outcome = Outcome.UNDETERMINED if unknown else Outcome.CONTESTED
        return _make(program, span, scope, outcome, either=either)
    if either:
        reason = "exception" if excepted == TRUE else "transition"
        return _make(program, span, scope, Outcome.EXCEPTED, reason=reason)
    if UNKNOWN in (excepted, shield):
        return _make(program, span, scope, Outcome.UNDETERMINED)
    if CONTESTED in (excepted, shield):
        return _make(program, span, scope, Outcome.CONTESTED)
    outcome = _by_date(span, as_of)
    open_day = outcome is Outcome.UNDETERMINED
    return _make(program, span, scope, outcome, only_day_open=open_day)


def _by_date(span: Span, as_of: date) -> Outcome:
    if as_of < span.start:
        return Outcome.NOT_YET
    return Outcome.APPLIES if as_of >= span.start_latest else Outcome.UNDETERMINED


def _make(
    program: RuleProgram,
    span: Span,
    scope: Scope,
    outcome: Outcome,
    *,
    reason: str | None = None,
    either: bool = False,
    only_day_open: bool = False,
) -> Verdict:
    return Verdict(
        program.rule.id,
        scope,
        outcome,
        span.text.index,
        span.formal,
        span.start,
        span.start_latest,
        None if span.end == NEVER else span.end,
        reason,
        either,
        only_day_open=only_day_open,
    )
