"""The proof says the same as the verdict: property tests over random conditions and facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dutybound.assess.proof import Prover
from dutybound.rules.context import Context
from dutybound.rules.explain import Explainer, deciding, every_step, unknown_facts, value_of
from dutybound.rules.program import Program
from dutybound.rules.run import Run
from dutybound.rules.truth import CONTESTED, FALSE, TRUE, UNKNOWN
from dutybound.terms.finding import Outcome, Scope
from dutybound.terms.law import Condition
from dutybound.terms.system import Event, SetFact
from tests.small import (
    OFF,
    ON,
    OPEN,
    content,
    dispute,
    exception,
    profile,
    rule,
    term,
    text,
    verdict,
)

TAGS = ("a", "b", "c")
DAYS = (date(2026, 8, 1), date(2026, 8, 2), date(2026, 8, 3))
LAW = content(
    term("on", ON, exception(OFF)),
    term("weak", ("mark", {"grade": "C"}, OPEN)),
    rule("x"),
    disputes=[
        dispute("u", ("text", ON), ("commentary", OPEN)),
        dispute("v", ("text", OFF), ("draft_guidance", ON)),
    ],
)

flags = st.sampled_from([ON, OFF, OPEN, ("yes", "data", "on")])
tags = st.lists(st.sampled_from(TAGS), min_size=1, max_size=2, unique=True).map(tuple)
leaf: st.SearchStrategy[Condition] = st.one_of(
    flags,
    st.just(("always",)),
    st.tuples(st.sampled_from(["has", "only"]), st.just("use"), st.just("tags"), tags),
    st.tuples(st.just("is"), st.just("use"), st.just("kind"), tags),
    st.sampled_from([("term", "law.on"), ("term", "law.weak")]),
    st.sampled_from([("reading", "law.u"), ("reading", "law.v")]),
    st.integers(0, 3).map(lambda n: ("num", "use", "count", (("gte", n),))),
    st.just(("event", "placed", "2026-08-02", None, False)),
    st.just(("within", "place", "eu-de")),
    st.just(("date", "use", "made", "2026-08-02", None)),
)


def _larger(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    marks = st.fixed_dictionaries({"grade": st.sampled_from(["A", "B", "C", "unverified"])})
    return st.one_of(
        st.tuples(st.sampled_from(["all", "any"]), several),
        several.flatmap(lambda m: st.integers(1, len(m)).map(lambda n: ("atleast", n, m))),
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["some", "every"]), st.just("data"), inner),
        st.tuples(st.just("mark"), marks, inner),
    )


conditions: st.SearchStrategy[Condition] = st.recursive(leaf, _larger, max_leaves=8)


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    """Facts of a use; each may be left out."""
    found: dict[str, Any] = {}
    for name in ("on", "off", "open"):
        if (stated := draw(st.sampled_from([True, False, None]))) is not None:
            found[name] = stated
    if draw(st.booleans()):
        yes = frozenset(draw(st.lists(st.sampled_from(TAGS), max_size=2)))
        no = frozenset(draw(st.lists(st.sampled_from(TAGS), max_size=2))) - yes
        found["tags"] = SetFact(yes, no, draw(st.booleans()))
    if draw(st.booleans()):
        found["kind"] = draw(st.sampled_from(TAGS))
    if draw(st.booleans()):
        found["count"] = draw(st.integers(0, 4))
    if draw(st.booleans()):
        found["made"] = draw(st.sampled_from(DAYS))
    return found


@st.composite
def contexts(draw: st.DrawFn) -> Context:
    """What a condition may look at."""
    events = draw(st.lists(st.sampled_from([Event("placed", d) for d in DAYS]), max_size=2))
    return Context(
        scope=Scope(party="p", use="u"),
        day=DAYS[0],
        use=draw(facts()),
        places=draw(st.sampled_from([("eu",), ("eu-de",), ("us",)])),
        datas=tuple(draw(st.lists(facts(), max_size=2))),
        events=tuple(events),
        events_complete=draw(st.booleans()),
        draft=draw(st.booleans()),
    )


grades = st.sampled_from(["A", "B", "C", "unverified"])


@given(condition=conditions, ctx=contexts(), grade=grades, positive=st.booleans())
def test_the_proof_has_the_value_of_the_condition(
    condition: Condition, ctx: Context, grade: str, positive: bool
) -> None:
    program = Program(LAW, date.max)
    value = program.compiler("law").test(condition, grade=grade, positive=positive)(ctx)
    step = Explainer(program).condition("law", condition, ctx, grade, positive)
    assert value == value_of(step)


@given(condition=conditions, ctx=contexts())
def test_what_is_unknown_names_a_fact(condition: Condition, ctx: Context) -> None:
    """No open outcome without something that could be answered."""
    step = Explainer(Program(LAW, date.max)).condition("law", condition, ctx, "A", True)
    named = list(unknown_facts(step))
    assert (value_of(step) == UNKNOWN) == bool(named)


@given(condition=conditions, ctx=contexts())
def test_the_deciding_path_begins_at_the_top_and_goes_down(
    condition: Condition, ctx: Context
) -> None:
    step = Explainer(Program(LAW, date.max)).condition("law", condition, ctx, "A", True)
    path = list(deciding(step))
    assert step is path[0]
    assert all(below in above.steps for above, below in zip(path, path[1:], strict=False))
    assert not path[-1].steps


def test_a_no_names_the_condition_that_decides() -> None:
    """Of several conditions it is the false one, not the first."""
    program = Program(LAW, date.max)
    ctx = Context(scope=Scope(), day=DAYS[0], use={"on": True, "off": False})
    step = Explainer(program).condition("law", ("all", (ON, ("any", (OFF, OFF)))), ctx, "A", True)
    path = [s.says for s in deciding(step)]
    assert ["all of", "any of", "use.off"] == path


def test_every_step_is_seen_once() -> None:
    program = Program(LAW, date.max)
    ctx = Context(scope=Scope(), day=DAYS[0], use={"on": True})
    step = Explainer(program).condition("law", ("not", ("all", (ON, OPEN))), ctx, "A", True)
    assert ["not", "all of", "use.on", "use.open"] == [s.says for s in every_step(step)]


@given(general=conditions, except_=conditions, stated=facts())
def test_a_verdict_and_its_proof_agree(
    general: Condition, except_: Condition, stated: dict[str, Any]
) -> None:
    """Excepted means: general rule yes, exception yes. A no means: some part is no."""
    law = content(
        *LAW.rules.values(),
        rule("y", text(general, exceptions=(exception(except_),))),
        disputes=list(LAW.disputes.values()),
    )
    system = profile(stated)
    found = verdict(law, "y", as_of=date(2030, 1, 1), system=system)
    run = Run(Program(law, date.max), system, date(2030, 1, 1))
    prover = Prover(run)
    parts = {s.reason: value_of(s) for s in prover.prove(found, whole=True).step.steps}
    value = min(parts["place"], parts["when"])
    agrees = {
        Outcome.DOES_NOT_APPLY: value == FALSE,
        Outcome.EXCEPTED: (value, parts["exception"]) == (TRUE, FALSE),
        Outcome.APPLIES: (value, parts["exception"]) == (TRUE, TRUE),
        Outcome.UNDETERMINED: UNKNOWN in (value, parts["exception"]),
        Outcome.CONTESTED: CONTESTED in (value, parts["exception"]),
    }
    assert agrees[found.outcome], (found.outcome, parts)
    if found.outcome is Outcome.DOES_NOT_APPLY:
        shown = [(s.reason, value_of(s)) for s in prover.prove(found).step.steps]
        assert [("when", FALSE)] == shown
