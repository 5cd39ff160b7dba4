"""How some rules stand to some systems: the outcome and the day, without proof."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final, TypeAlias

from dutybound.rules.batch import Batch, can_batch
from dutybound.rules.program import Program
from dutybound.rules.run import Run
from dutybound.rules.truth import FALSE
from dutybound.rules.vector import columns_of
from dutybound.terms.finding import Outcome, Scope
from dutybound.terms.law import NOT_LAW
from dutybound.terms.system import Profile

Standing: TypeAlias = tuple[Outcome, date | None]
Standings: TypeAlias = dict[tuple[str, Scope], Standing]
NONE: Final[Standing] = (Outcome.DOES_NOT_APPLY, None)


def standings(
    program: Program, profiles: Sequence[Profile], as_of: date, rules: Collection[str]
) -> list[Standings]:
    """For each profile how some rules stand to it; rules that do not apply are left out."""
    found: list[Standings] = [{} for _ in profiles]
    together = [i for i, p in enumerate(profiles) if can_batch(p, as_of)]
    if together:
        batch = Batch(program, [profiles[i] for i in together], as_of, None, rules)
        for result in batch.found():
            for number in columns_of(result.mask):
                column = result.table.columns[number]
                names = (column.party, column.use, None, column.data, column.model)
                scope = Scope(*(n if n is None else n.id for n in names))
                where = found[together[column.profile]]
                where[result.rule.id, scope] = (result.outcome, result.start)
    alone = set(range(len(profiles))) - set(together)
    for i in alone:
        found[i] = one_by_one(program, profiles[i], as_of, rules)
    return found


def one_by_one(
    program: Program, profile: Profile, as_of: date, rules: Collection[str]
) -> Standings:
    """How some rules stand to one profile; rules that do not apply are left out."""
    run = Run(program, profile, as_of)
    found: Standings = {}
    for rule_id in rules:
        ready = program.rule(rule_id)
        rule = ready.rule
        hidden = rule.kind == "term" and not rule.show
        if not ready.texts or hidden or rule.legal_status in NOT_LAW:
            continue
        for binding in run.bindings.of(rule.over, ready.act.territory, ready.act.reach):
            gate = run.gate(rule, binding)
            if gate == FALSE:
                continue
            verdict = run.judge(ready, binding, gate)
            if verdict.outcome is not Outcome.DOES_NOT_APPLY and verdict.relevant:
                found[rule_id, binding.scope] = (verdict.outcome, verdict.start)
    return found
