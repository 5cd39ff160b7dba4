"""The law as known on a day, ready to run.

Every text has its span, every condition is a function.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property

from dutybound.rules.combine import (
    Lazy,
    always,
    both_of,
    by_day_of,
    combine_readings,
    either_of,
    negated,
    unless,
)
from dutybound.rules.compiled import (
    NEVER,
    Behind,
    DateChoice,
    Defer,
    RuleProgram,
    TextProgram,
)
from dutybound.rules.conditions import Compiler, children, facts_read, leaves
from dutybound.rules.context import Context, Test
from dutybound.rules.targets import Targets
from dutybound.terms.law import Act, Condition, Content, Dispute, Rule, RuleText


class Program:
    """The content as known on a day.

    known_on: texts published after that day are left out.
    """

    def __init__(self, content: Content, known_on: date) -> None:
        self.content = content
        self.known_on = known_on
        self._terms: dict[tuple[str, bool], Test] = {}
        self._rules: dict[str, RuleProgram] = {}
        self._compilers = {act_id: Compiler(self, act_id) for act_id in content.acts}
        self._touching = Targets(content)
        self._behind: dict[str, Behind] = {}
        self._dispute_acts: dict[str, str] = {}
        self._reads: dict[str, frozenset[tuple[str, str]]] = {}

    # ------------------------------------------------------------------ eras and dates
    @cached_property
    def _eras(self) -> list[date]:
        days = {
            v.in_force
            for act in self.content.acts.values()
            for v in act.versions[1:]
            if v.published <= self.known_on
        }
        return sorted(days)

    def era(self, day: date) -> int:
        """Days of one era have the same texts in force."""
        return bisect_right(self._eras, day)

    def known(self, act: Act) -> dict[str, date]:
        """Version id to its first day in force, for the versions that are known."""
        return {v.id: v.in_force for v in act.versions if v.published <= self.known_on}

    def fixed_date(self, act_id: str, name: str) -> date | None:
        """The value of a date literal or of a named date of an act, by the newest known version."""
        named = self.content.acts[act_id].dates.get(name)
        if named is None:
            return date.fromisoformat(name)
        known = self.known(self.content.acts[act_id])
        values = [day for version, day in named.values if version in known]
        if values:
            return values[-1]
        return named.values[0][1] if named.values else None

    def territory(self, act_id: str) -> str:
        """The place in which an act binds."""
        return self.content.acts[act_id].territory

    def _choice(self, act: Act, name: str | None) -> DateChoice | None:
        if name is None:
            return None
        named = act.dates.get(name)
        if named is not None and named.choose:
            compiler = self._compilers[act.id]
            lines = []
            for condition, target in named.choose:
                day = self.fixed_date(act.id, target)
                if day is not None:
                    lines.append((compiler.test(condition), day))
            return DateChoice(tuple(lines))
        day = self.fixed_date(act.id, name)
        return None if day is None else DateChoice(((always, day),))

    # ------------------------------------------------------------------ terms and disputes
    def term(self, rule_id: str, positive: bool) -> Test:
        """The function for a term, which remembers its value in each context."""
        key = (rule_id, positive)
        found = self._terms.get(key)
        if found is None:
            self._terms[key] = found = self._remembering(
                len(self._terms), Lazy(lambda: self._term(rule_id, positive))
            )
        return found

    @staticmethod
    def _remembering(slot: int, test: Test) -> Test:
        def remembered(ctx: Context) -> int:
            value = ctx.memo.get(slot)
            if value is None:
                ctx.memo[slot] = value = test(ctx)
            return value

        return remembered

    def _term(self, rule_id: str, positive: bool) -> Test:
        rule = self.content.rules[rule_id]
        compiler = self._compilers[rule.act]
        windows: list[tuple[date, date, Test]] = []
        for _, text, start, end in self._windows(rule):
            when = compiler.test(text.when, grade=text.grade, positive=positive)
            excepts = [
                compiler.test(e.when, grade=e.grade, positive=not positive) for e in text.exceptions
            ]
            windows.append((start, end, unless(when, excepts)))
        if len(windows) == 1 and windows[0][1] == NEVER:
            return windows[0][2]
        return by_day_of(windows)

    def reading(self, dispute_id: str, positive: bool) -> Test:
        """The function for the answer to a dispute."""
        key = ("?" + dispute_id, positive)
        found = self._terms.get(key)
        if found is None:
            dispute = self.content.disputes[dispute_id]
            self._terms[key] = found = self._remembering(
                len(self._terms), Lazy(lambda: self._reading(dispute, positive))
            )
        return found

    def _reading(self, dispute: Dispute, positive: bool) -> Test:
        compiler = self._compilers[self.act_of_dispute(dispute.id)]
        settled = [r for r in dispute.readings if r.status != "draft_guidance"]
        drafts = [r for r in dispute.readings if r.status == "draft_guidance"]
        tests = [compiler.test(r.when, positive=positive) for r in settled]
        draft_tests = [compiler.test(r.when, positive=positive) for r in drafts]

        def answer(ctx: Context) -> int:
            use = draft_tests if ctx.draft and draft_tests else tests
            return combine_readings([test(ctx) for test in use])

        return answer

    # ------------------------------------------------------------------ rules
    @cached_property
    def _by_act(self) -> dict[str, tuple[Rule, ...]]:
        found: dict[str, list[Rule]] = {act_id: [] for act_id in self.content.acts}
        for rule in self.content.rules.values():
            if rule.kind != "term" or rule.show:
                found[rule.act].append(rule)
        return {act_id: tuple(rules) for act_id, rules in found.items()}

    def rules_of(self, act_id: str) -> tuple[Rule, ...]:
        """The rules of an act that give findings: all but terms that are not shown."""
        return self._by_act[act_id]

    def _windows(self, rule: Rule) -> Iterator[tuple[int, RuleText, date, date]]:
        act = self.content.acts[rule.act]
        known = self.known(act)
        texts = [(i, t) for i, t in enumerate(rule.texts) if t.version in known]
        last = known.get(rule.deleted_by or "", NEVER)
        for position, (index, text) in enumerate(texts):
            following = texts[position + 1][1].version if position + 1 < len(texts) else None
            end = known[following] if following else last
            yield index, text, known[text.version], min(end, last)

    def text_ends(self, rule: Rule) -> list[tuple[RuleText, date]]:
        """The known texts of a rule, each with the day on which it ends."""
        return [(text, end) for _, text, _, end in self._windows(rule)]

    def act_of_dispute(self, dispute_id: str) -> str:
        """The id of the act to which a dispute belongs."""
        found = self._dispute_acts.get(dispute_id)
        if found is None:
            self._dispute_acts[dispute_id] = found = dispute_act(dispute_id, self.content)
        return found

    def rule(self, rule_id: str) -> RuleProgram:
        """A rule, ready to run."""
        found = self._rules.get(rule_id)
        if found is None:
            self._rules[rule_id] = found = self._build(self.content.rules[rule_id])
        return found

    def _build(self, rule: Rule) -> RuleProgram:
        act = self.content.acts[rule.act]
        compiler = self._compilers[act.id]
        gate = self._gate(rule)
        texts = []
        for index, text, start, end in self._windows(rule):
            when = compiler.test(text.when, grade=text.grade)
            excepts = [
                compiler.test(e.when, grade=e.grade, positive=False) for e in text.exceptions
            ]
            until = self._until(act, text)
            texts.append(
                TextProgram(
                    index=index,
                    text=text,
                    start=start,
                    end=end,
                    formal=self._choice(act, text.formal),
                    effective=self._choice(act, text.effective or text.formal),
                    until=until,
                    general=both_of([*gate, when]),
                    exceptions=either_of(excepts),
                )
            )
        shields, defers = self._transitions(rule)
        moving = any(d and len(d.lines) > 1 for t in texts for d in (t.formal, t.effective))
        return RuleProgram(
            rule,
            act,
            tuple(texts),
            either_of(shields),
            defers,
            self.draft_matters(rule.id),
            self.behind(rule.id).timed,
            None if moving or defers else [],
        )

    def _until(self, act: Act, text: RuleText) -> date:
        own = self.fixed_date(act.id, text.until) if text.until else None
        return min(own or NEVER, act.until or NEVER)

    def _gate(self, rule: Rule) -> list[Test]:
        gate: list[Test] = []
        if rule.owed_by is not None:
            gate.append(self.term(rule.owed_by, True))
        for exclusion in self._touching.exclusions(rule):
            excluded = self.term(exclusion.id, False)
            gate.append(negated(excluded))
        return gate

    def _transitions(self, rule: Rule) -> tuple[list[Test], tuple[Defer, ...]]:
        shields, defers = [], []
        for transition in self._touching.transitions(rule):
            test = self.term(transition.id, not transition.shield)
            if transition.shield:
                shields.append(test)
                continue
            day = self.fixed_date(transition.act, transition.texts[-1].defer or "")
            if day is not None:
                defers.append(Defer(transition.id, test, day))
        return shields, tuple(defers)

    def touching(self, rule: Rule, kind: str) -> tuple[Rule, ...]:
        """The exclusions, transitions or reliefs that target a rule."""
        return self._touching.of(rule, kind)

    def scope(self, act_id: str) -> Test:
        """The function for the scope condition of an act."""
        key = ("=" + act_id, True)
        found = self._terms.get(key)
        if found is None:
            act = self.content.acts[act_id]
            test = self._compilers[act_id].test(act.scope)
            self._terms[key] = found = self._remembering(len(self._terms), test)
        return found

    def reads(self, condition: Condition) -> frozenset[tuple[str, str]]:
        """(thing, fact) pairs that a condition looks at, through terms and disputes.

        A place counts as ("place", ""), an event as ("event", "").
        """
        found = set(facts_read(condition))
        for leaf in leaves(condition):
            if leaf[0] == "within" and leaf[1] == "place":
                found.add(("place", ""))
            elif leaf[0] == "event":
                found.add(("event", ""))
            elif leaf[0] in ("term", "reading"):
                found |= self._reads_behind(leaf[0], leaf[1])
        return frozenset(found)

    def _reads_behind(self, form: str, name: str) -> frozenset[tuple[str, str]]:
        key = form + name
        known = self._reads.get(key)
        if known is None:
            if form == "reading":
                inside = [r.when for r in self.content.disputes[name].readings]
            else:
                texts = self.content.rules[name].texts
                inside = [t.when for t in texts] + [e.when for t in texts for e in t.exceptions]
            known = frozenset().union(*(self.reads(c) for c in inside))
            self._reads[key] = known
        return known

    def compiler(self, act_id: str) -> Compiler:
        """The compiler for the conditions of an act."""
        return self._compilers[act_id]

    # ------------------------------------------------------------------ draft guidance
    def draft_matters(self, rule_id: str) -> bool:
        """Whether draft guidance could change the outcome of a rule."""
        return any(
            r.status == "draft_guidance"
            for d in self.behind(rule_id).disputes
            for r in self.content.disputes[d].readings
        )

    def behind(self, rule_id: str) -> Behind:
        """The disputes behind a rule, and whether any source behind it has grade C."""
        known = self._behind.get(rule_id)
        if known is None and rule_id in self.content.behind:
            self._behind[rule_id] = known = Behind(*self.content.behind[rule_id])
        if known is None:
            rule = self.content.rules[rule_id]
            weak = any(
                t.grade == "C" or any(e.grade == "C" for e in t.exceptions) for t in rule.texts
            )
            self._behind[rule_id] = known = self._gather(self._conditions_behind(rule), weak)
        return known

    def _gather(self, conditions: Iterable[Condition], weak: bool) -> Behind:
        disputes: dict[str, None] = {}
        timed = False
        pending = list(conditions)
        while pending:
            c = pending.pop()
            if c[0] == "term":
                other = self.behind(c[1])
                disputes.update(dict.fromkeys(other.disputes))
                weak, timed = weak or other.weak, timed or other.timed
            elif c[0] == "reading" and c[1] not in disputes:
                disputes[c[1]] = None
                pending.extend(r.when for r in self.content.disputes[c[1]].readings)
            else:
                weak = weak or (c[0] == "mark" and c[1].get("grade") == "C")
                timed = timed or (c[0] == "event" and c[3] is not None)
                pending.extend(children(c))
        return Behind(tuple(disputes), weak, timed)

    def _conditions_behind(self, rule: Rule) -> Iterator[Condition]:
        for text in rule.texts:
            yield text.when
            yield from (e.when for e in text.exceptions)
        for other in (*self._touching.exclusions(rule), *self._touching.transitions(rule)):
            yield ("term", other.id)
        if rule.owed_by:
            yield ("term", rule.owed_by)
        if rule.gated:
            yield self.content.acts[rule.act].scope


def dispute_act(dispute_id: str, content: Content) -> str:
    """The act to which a dispute belongs: the longest act id that starts its id."""
    return max((a for a in content.acts if dispute_id.startswith(a + ".")), key=len, default="")
