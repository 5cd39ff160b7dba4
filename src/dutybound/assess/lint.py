"""`law lint`: runs the legal cases, says what they leave out, and reads the content for form."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from dutybound.assess.assess import STALE_DAYS
from dutybound.assess.cases import CaseRunner, Failure, unreadable, verdict_on
from dutybound.assess.dependence import Dependence, rule_node
from dutybound.assess.proof import Prover
from dutybound.errors import BadInput, did_you_mean
from dutybound.packs.cases import Case
from dutybound.rules.conditions import RELATED, children, related
from dutybound.rules.context import Context
from dutybound.rules.program import Program
from dutybound.rules.run import Run
from dutybound.rules.truth import CONTESTED, FALSE, TRUE
from dutybound.terms.finding import Outcome
from dutybound.terms.law import NOT_LAW, Act, Condition, Content, Rule, RuleText

SCHEMA: Final = "dutybound/lint/1"
LONGEST: Final = 400
DASH: Final = "\N{EM DASH}"
FACT_FORMS: Final = ("yes", "has", "only", "is", "num", "date")
DAY: Final = timedelta(days=1)
_AS_OUTCOME: Final = (
    Outcome.DOES_NOT_APPLY,
    Outcome.UNDETERMINED,
    Outcome.CONTESTED,
    Outcome.APPLIES,
)
_KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_ADDRESS = re.compile(r"https?://|www\.")


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """Something to mend. `rule`: the id of the rule or act that it is about."""

    rule: str
    message: str
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.rule}: {self.message}"

    def as_json(self) -> dict[str, Any]:
        """The note as JSON values."""
        return {k: getattr(self, k) for k in ("rule", "message", "file", "line")}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rules are looked at: those of some acts, in files whose name holds some text."""

    acts: frozenset[str] | None = None
    files: tuple[str, ...] = ()

    def has_act(self, act_id: str) -> bool:
        return self.acts is None or act_id in self.acts

    def has(self, rule: Rule) -> bool:
        """Whether a rule is looked at."""
        return self.has_place(rule.file, rule.act)

    def has_place(self, file: str, owner: str) -> bool:
        """Whether something is looked at that stands in a file. owner: its act, or an id in it."""
        if self.files and not any(part in file for part in self.files):
            return False
        return self.acts is None or any(f"{owner}.".startswith(f"{a}.") for a in self.acts)


def selection(
    content: Content, acts: Collection[str], files: Iterable[str], paths: Collection[str]
) -> Selection:
    """A selection from what a user typed: act ids or names of their folders, parts of file names.

    paths: the files that there are. Raises BadInput for a name that fits no act, and for a part
    that fits no file.
    """
    folders: dict[str, set[str]] = defaultdict(set)
    for rule in content.rules.values():
        folders[rule.file.rpartition("/")[0].rpartition("/")[2]].add(rule.act)
    found: set[str] = set()
    for name in acts:
        if name not in content.acts and name not in folders:
            hint = did_you_mean(name, [*content.acts, *folders])
            raise BadInput.one("--act", f"There is no act `{name}`.{hint}")
        found |= {name} if name in content.acts else folders[name]
    parts = tuple(files)
    for part in parts:
        if not any(part in path for path in paths):
            raise BadInput.one("--file", f"No file of the law has `{part}` in its name.")
    return Selection(frozenset(found) if acts else None, parts)


def cases_about(cases: Iterable[Case], content: Content, chosen: Selection) -> list[Case]:
    """The cases that expect something of a chosen rule."""
    return [c for c in cases if any(chosen.has(content.rules[r]) for r in c.expect)]


@dataclass(frozen=True, slots=True)
class Report:
    """What lint found. gaps: missing cases. flaws: form. stale: acts checked too long ago."""

    rules: int
    cases: int
    failures: tuple[Failure, ...]
    gaps: tuple[Note, ...]
    flaws: tuple[Note, ...]
    stale: tuple[Note, ...]

    @property
    def summary(self) -> str:
        """The last line of the report."""
        return (
            f"{self.rules:,} rules, {self.cases:,} cases, {len(self.failures):,} failures, "
            f"{len(self.gaps):,} gaps" + (f", {len(self.flaws):,} flaws" if self.flaws else "")
        )

    def failed(self, *, strict: bool) -> bool:
        """Whether the content does not pass. strict: gaps count too."""
        return bool(self.failures or self.flaws or (strict and self.gaps))

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        failures = [
            {
                "rule": f.rule,
                "message": f.message,
                "case": f.case.name,
                "file": f.case.file,
                "line": f.case.line,
            }
            for f in self.failures
        ]
        return {
            "schema": SCHEMA,
            "rules": self.rules,
            "cases": self.cases,
            "failures": failures,
            "gaps": [n.as_json() for n in self.gaps],
            "flaws": [n.as_json() for n in self.flaws],
            "stale": [n.as_json() for n in self.stale],
        }


def lint(
    content: Content,
    cases: Collection[Case],
    *,
    today: date,
    chosen: Selection | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Report:
    """Run the cases and look for gaps and flaws. progress: told of each case that was run."""
    chosen = chosen or Selection()
    used = cases_about(cases, content, chosen)
    runner = CaseRunner(content)
    coverage = Coverage(content, runner.program(None))
    failures: list[Failure] = []
    for case in used:
        try:
            profile = runner.profile(case)
        except BadInput as error:
            failures.extend(unreadable(case, error))
            progress(1)
            continue
        found = [f for f in runner.run(case, profile=profile) if chosen.has(content.rules[f.rule])]
        failures.extend(found)
        run = Run(runner.program(case.known_on), profile, case.as_of)
        for rule_id in case.expect.keys() - {f.rule for f in found}:
            coverage.add(content.rules[rule_id], run)
        progress(1)
    rules = [r for r in content.rules.values() if chosen.has(r)]
    acts = [a for a in content.acts.values() if chosen.has_act(a.id)]
    return Report(
        len(rules),
        len(used),
        tuple(failures),
        tuple(note for rule in rules for note in coverage.gaps(rule)),
        tuple(sorted({*_flaws(content, rules), *_flaws_of_acts(acts)})),
        tuple(_stale(acts, today)),
    )


# ---------------------------------------------------------------------- what the cases cover
@dataclass(slots=True)
class _Seen:
    outcomes: set[Outcome] = field(default_factory=set)
    exceptions: set[str] = field(default_factory=set)
    day_before: bool = False
    first_day: bool = False


class Coverage:
    """Which outcomes the cases that come out right have shown, rule by rule."""

    def __init__(self, content: Content, program: Program) -> None:
        self._content = content
        self._program = program
        self._dependence = Dependence(content, program)
        self._seen: dict[str, _Seen] = defaultdict(_Seen)
        self._first = date(content.checked_on.year - 1, 1, 1)
        self._last = max(
            (day for a in content.acts.values() for d in a.dates.values() for _, day in d.values),
            default=date.max,
        )

    def add(self, rule: Rule, run: Run) -> None:
        """Count a case about a rule, and what it shows of the terms behind the rule."""
        verdict = verdict_on(run, rule)
        seen = self._seen[rule.id]
        seen.outcomes.add(verdict.outcome)
        if verdict.start is not None:
            before = verdict.outcome is Outcome.NOT_YET and run.as_of + DAY == verdict.start
            seen.day_before |= before
            on_day = verdict.outcome is Outcome.APPLIES and run.as_of == verdict.start
            seen.first_day |= on_day
        binding = Prover(run).binding(verdict)
        if binding is None:
            return
        ctx = binding.at(max(run.as_of, verdict.start or run.as_of))
        if verdict.outcome in (Outcome.EXCEPTED, Outcome.CONTESTED):
            seen.exceptions.update(_holding(rule, rule.texts[verdict.text], run.program, ctx))
        for node in self._dependence.distances(rule_node(rule.id)):
            behind = self._content.rules[node[1]] if node[0] == "rule" else rule
            if behind.kind == "term" and behind is not rule:
                self._add_term(behind, rule, run.program, ctx)

    def _add_term(self, term: Rule, rule: Rule, program: Program, ctx: Context) -> None:
        seen = self._seen[term.id]
        for view in _views(ctx, [t for t in term.over if t not in rule.over]):
            value = program.term(term.id, True)(view)
            seen.outcomes.add(_AS_OUTCOME[value])
            if value in (FALSE, CONTESTED):
                for text in term.texts:
                    if text.exceptions and program.compiler(term.act).test(text.when)(view) == TRUE:
                        seen.exceptions.update(_holding(term, text, program, view))

    def gaps(self, rule: Rule) -> Iterator[Note]:
        """What the cases do not show of a rule."""
        for what in self._missing(rule):
            yield Note(rule.id, f"no case {what}", rule.file, rule.line)

    def _missing(self, rule: Rule) -> Iterator[str]:
        seen = self._seen[rule.id]
        if rule.legal_status in NOT_LAW:
            if Outcome.DOES_NOT_APPLY not in seen.outcomes:
                yield "that it is not law (does_not_apply)"
            return
        yield from self._missing_outcomes(rule, seen)
        for e in dict.fromkeys(e.id for t in rule.texts for e in t.exceptions):
            if e not in seen.exceptions:
                yield f"for the exception `{e}`"
        if self._own_start(rule):
            if not seen.day_before:
                yield "for the day before it applies"
            if not seen.first_day:
                yield "for its first day"

    def _missing_outcomes(self, rule: Rule, seen: _Seen) -> Iterator[str]:
        leaves = list(self._dependence.leaves_behind(rule.id))
        forms = {leaf[0] for leaf in leaves}
        if forms <= {"always"}:  # it always comes out the same
            if not seen.outcomes:
                yield "at all"
            return
        if not seen.outcomes & self._positive(rule, forms):
            yield "in which it applies"
        if not seen.outcomes & _negative(rule):
            yield "in which it does not apply"
        if any(map(_reads_a_fact, leaves)) and Outcome.UNDETERMINED not in seen.outcomes:
            yield "with a missing fact (undetermined)"

    def _positive(self, rule: Rule, forms: set[str]) -> set[Outcome]:
        found = {Outcome.APPLIES}
        act = self._content.acts[rule.act]
        if act.until or rule.deleted_by or any(t.until for t in rule.texts):
            found.add(Outcome.NO_LONGER)
        if "reading" in forms or _weak(rule):
            found.add(Outcome.CONTESTED)
        return found

    def _own_start(self, rule: Rule) -> bool:
        """Whether the rule has a date of its own in the time that the content covers."""
        act = self._content.acts[rule.act]
        first = max(self._first, act.versions[0].in_force)
        days = {day for text in rule.texts for day in self._starts(act, text)}
        return any(first <= day <= self._last for day in days)

    def _starts(self, act: Act, text: RuleText) -> Iterator[date]:
        name = text.effective or text.formal
        if name is None:
            return
        named = act.dates.get(name)
        names = [target for _, target in named.choose] if named and named.choose else [name]
        for target in names:
            day = self._program.fixed_date(act.id, target)
            if day is not None:
                yield day


def _views(ctx: Context, things: list[str]) -> list[Context]:
    """The context, once for each related thing that a term reads and the rule does not."""
    views = [ctx]
    for thing in things:
        if thing in RELATED:
            facts = related(ctx, thing)
            views = [view.looking_at(thing, f) for view in views for f in facts]
    return views


def _holding(rule: Rule, text: RuleText, program: Program, ctx: Context) -> Iterator[str]:
    """The exceptions of a text that hold."""
    compiler = program.compiler(rule.act)
    for e in text.exceptions:
        if compiler.test(e.when, grade=e.grade, positive=False)(ctx) in (TRUE, CONTESTED):
            yield e.id


def _negative(rule: Rule) -> set[Outcome]:
    return {Outcome.DOES_NOT_APPLY, Outcome.CONTESTED} if _weak(rule) else {Outcome.DOES_NOT_APPLY}


def _reads_a_fact(leaf: Condition) -> bool:
    return leaf[0] in FACT_FORMS or (leaf[0] == "within" and leaf[1] != "place")


def _weak(rule: Rule) -> bool:
    """Whether some part of a rule has grade C, so that a "no" may come out as contested."""
    return any(
        text.grade == "C"
        or _marked_weak(text.when)
        or any(e.grade == "C" or _marked_weak(e.when) for e in text.exceptions)
        for text in rule.texts
    )


def _marked_weak(c: Condition) -> bool:
    if c[0] == "mark" and c[1].get("grade") == "C":
        return True
    return any(_marked_weak(inner) for inner in children(c))


# ---------------------------------------------------------------------- form
def _flaws(content: Content, rules: Iterable[Rule]) -> Iterator[Note]:
    for rule in rules:
        for text in rule.texts:
            for message in (*_in_text(text), *_in_words(rule.title, text.detail)):
                yield Note(rule.id, message, rule.file, rule.line)
        for dispute_id in rule.disputes:
            dispute = content.disputes[dispute_id]
            said = [dispute.question, *(r.says for r in dispute.readings)]
            for message in _in_words(*said):
                yield Note(dispute_id, message, rule.file, rule.line)


def _in_text(text: RuleText) -> Iterator[str]:
    if not text.pinpoint.strip() or any(not e.pinpoint.strip() for e in text.exceptions):
        yield "has an empty pinpoint"
    for key in ("must", "should", "may"):
        said = str(text.detail.get(key, ""))
        if len(said) > LONGEST:
            yield f"`{key}` has {len(said)} characters, more than {LONGEST}: say it shorter"
    for key in ("documents", "measures"):
        for name in text.detail.get(key, ()):
            if not _KEBAB.match(name):
                yield f"`{name}` in `{key}` is no id in lower case with hyphens"


def _flaws_of_acts(acts: Iterable[Act]) -> Iterator[Note]:
    for act in acts:
        named = [d.cite for d in act.dates.values()]
        cites = [v.cite for v in act.versions]
        for message in _in_words(act.title, act.cite, act.detail, act.penalties, named, cites):
            yield Note(act.id, message)


def _in_words(*values: Any) -> Iterator[str]:
    for said in _strings(values):
        if DASH in said:
            yield f'an em dash in "{_around(said, said.index(DASH))}": use a comma or a colon'
        address = _ADDRESS.search(said)
        if address:
            place = _around(said, address.start())
            yield f'a web address in "{place}": name the source by its official number'


def _around(text: str, at: int) -> str:
    return text[max(0, at - 20) : at + 25]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


def _stale(acts: Iterable[Act], today: date) -> Iterator[Note]:
    for act in acts:
        age = (today - act.checked_on).days
        if age > STALE_DAYS:
            yield Note(act.id, f"stale: checked on {act.checked_on}, {age} days ago")
