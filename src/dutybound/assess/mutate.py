"""`law lint --mutate`: flips the law bit by bit, and names each flip that no case notices."""

from __future__ import annotations

import os
import random
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from dutybound.assess.cases import CaseRunner, Failure, unreadable
from dutybound.assess.dependence import Dependence, Node, rule_node
from dutybound.assess.lint import Selection
from dutybound.assess.mutants import (
    Mutant,
    mutants_of_act,
    mutants_of_dispute,
    mutants_of_rule,
    named_apart,
)
from dutybound.errors import BadInput, ContentError, Problem
from dutybound.packs.cases import Case
from dutybound.packs.reading import Document, read_yaml
from dutybound.packs.soundness import conditions_of, named
from dutybound.rules.run import Run
from dutybound.terms.law import Content, Rule
from dutybound.terms.system import Profile

SCHEMA: Final = "dutybound/mutation/1"
ACCEPTED: Final = "mutants-accepted.yaml"
_KEYS: Final = ("rule", "mutant", "why")
_NAMED = re.compile(r"[ {-]*(?:id|act): *([\w.-]+)")
Name: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A mutant that may survive, with the reason."""

    rule: str
    mutant: str
    why: str
    problem: Problem

    @property
    def name(self) -> Name:
        """What the mutant is called."""
        return self.rule, self.mutant


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that no case notices. `line`: where its rule, dispute or act begins."""

    file: str
    line: int
    mutant: Mutant
    why: str | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.mutant.owner}: mutant survives: {self.mutant.what}"


@dataclass(frozen=True, slots=True)
class MutationReport:
    """What became of the mutants. stale: accepted ones that do not survive or do not exist."""

    tried: int
    survivors: tuple[Survivor, ...]
    accepted: tuple[Survivor, ...]
    stale: tuple[Problem, ...]

    @property
    def failed(self) -> bool:
        """Whether a mutant survives that nobody accepted, or the list of accepted ones is old."""
        return bool(self.survivors or self.stale)

    def lines(self) -> Iterator[str]:
        """The report as lines."""
        yield from map(str, self.survivors)
        yield from map(str, self.stale)
        yield (
            f"{self.tried:,} mutants, {self.tried - len(self.survivors) - len(self.accepted):,} "
            f"noticed, {len(self.survivors):,} survive, {len(self.accepted):,} accepted"
        )

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""

        def plain(s: Survivor) -> dict[str, Any]:
            found = {"rule": s.mutant.owner, "mutant": s.mutant.what}
            return {**found, "file": s.file, "line": s.line, **({"why": s.why} if s.why else {})}

        return {
            "schema": SCHEMA,
            "mutants": self.tried,
            "survivors": [plain(s) for s in self.survivors],
            "accepted": [plain(s) for s in self.accepted],
            "stale": [str(p) for p in self.stale],
        }


# ---------------------------------------------------------------------- the bench
class Bench:
    """The cases, each with its profile, and which of them can notice a change to which node."""

    def __init__(self, content: Content, cases: Sequence[Case]) -> None:
        self.content = content
        self.cases = cases
        self.failures: list[Failure] = []
        runner = CaseRunner(content)
        self._profiles: dict[int, Profile] = {}
        expected = self._expected(runner)
        self._able = _able(Dependence(content, runner.program(None)), expected)

    def _expected(self, runner: CaseRunner) -> dict[str, list[int]]:
        """Rule id to the cases about it that come out right before any change."""
        found: dict[str, list[int]] = defaultdict(list)
        for i, case in enumerate(self.cases):
            try:
                self._profiles[i] = runner.profile(case)
            except BadInput as error:
                self.failures.extend(unreadable(case, error))
                continue
            failures = runner.run(case, profile=self._profiles[i])
            self.failures.extend(failures)
            for rule_id in case.expect.keys() - {f.rule for f in failures}:
                found[rule_id].append(i)
        return found

    def survives(self, mutant: Mutant) -> bool:
        """Whether every case comes out as before."""
        runner = CaseRunner(mutant.applied(self.content))
        runs: dict[int, Run] = {}
        for i, rule_id in self._able.get(mutant.node, ()):
            run = runs.get(i)
            if run is None:
                runs[i] = run = runner.start(self.cases[i], self._profiles[i])
            if runner.notices(self.cases[i], run, rule_id):
                return False
        return True


def _able(
    dependence: Dependence, expected: dict[str, list[int]]
) -> dict[Node, list[tuple[int, str]]]:
    """Node to the (case, rule) pairs that rest on it, the nearest first."""
    ranked: dict[Node, list[tuple[int, str]]] = defaultdict(list)
    for rule_id in sorted(expected):
        for node, distance in dependence.distances(rule_node(rule_id)).items():
            ranked[node].append((distance, rule_id))
    return {
        node: [(i, rule_id) for _, rule_id in sorted(rules) for i in expected[rule_id]]
        for node, rules in ranked.items()
    }


_work: list[tuple[Bench, Sequence[Mutant]]] = []


def _begin(bench: Bench, mutants: Sequence[Mutant]) -> None:
    """Give a process of the pool what it works on, once."""
    _work[:] = [(bench, mutants)]


def _survives(index: int) -> bool:
    bench, mutants = _work[0]
    return bench.survives(mutants[index])


# ---------------------------------------------------------------------- the verb
class Mutation:
    """Makes the mutants of the chosen rules and tries them."""

    def __init__(
        self, content: Content, cases: Sequence[Case], chosen: Selection, roots: Iterable[Path]
    ) -> None:
        self._content = content
        self._chosen = chosen
        self._places = _Places(roots)
        self._bench = Bench(content, cases)
        self.mutants = named_apart(self._all())

    @property
    def failures(self) -> list[Failure]:
        """Cases that come out wrong without any change; they cannot notice one."""
        return self._bench.failures

    def _all(self) -> Iterator[Mutant]:
        content, chosen = self._content, self._chosen
        for rule in content.rules.values():
            if chosen.has(rule):
                yield from mutants_of_rule(rule)
        asked = _asked(content)
        for dispute in content.disputes.values():
            if dispute.id in asked and chosen.has_place(self._places[dispute.id][0], dispute.id):
                yield from mutants_of_dispute(dispute)
        for act in content.acts.values():
            if chosen.has_place(self._places[act.id][0], act.id):
                yield from mutants_of_act(act)

    def sample(self, size: int | None, seed: int) -> list[Mutant]:
        """All mutants, or so many of them by chance."""
        if size is None or size >= len(self.mutants):
            return self.mutants
        return random.Random(seed).sample(self.mutants, size)  # noqa: S311 - no secret

    def run(
        self,
        mutants: Sequence[Mutant],
        accepted: Collection[Accepted] = (),
        *,
        jobs: int | None = None,
        progress: Callable[[int], None] = lambda _: None,
    ) -> MutationReport:
        """Try mutants. jobs: processes at once. progress: told of each mutant that was tried."""
        survivors = []
        known = {a.name: a for a in accepted}
        results = self._results(mutants, jobs or os.cpu_count() or 1)
        for mutant, survives in zip(mutants, results, strict=True):
            progress(1)
            if survives:
                entry = known.get(mutant.name)
                file, line = self._places.of(mutant)
                survivors.append(Survivor(file, line, mutant, entry.why if entry else None))
        names = {s.mutant.name for s in survivors}
        return MutationReport(
            len(mutants),
            tuple(s for s in survivors if s.why is None),
            tuple(s for s in survivors if s.why is not None),
            tuple(self._stale(known, names, {m.name for m in mutants})),
        )

    def _results(self, mutants: Sequence[Mutant], jobs: int) -> Iterator[bool]:
        if jobs == 1:
            yield from map(self._bench.survives, mutants)
            return
        with ProcessPoolExecutor(jobs, initializer=_begin, initargs=(self._bench, mutants)) as pool:
            yield from pool.map(_survives, range(len(mutants)), chunksize=8)

    def _stale(
        self, known: dict[Name, Accepted], survive: set[Name], tried: set[Name]
    ) -> Iterator[Problem]:
        existing = {m.name for m in self.mutants}
        owners = {m.owner for m in self.mutants}
        everything = self._chosen == Selection()
        for name, entry in known.items():
            if name in tried - survive:
                yield _about(entry, "is accepted, but a case notices it now: remove the entry")
            elif name not in existing and (everything or name[0] in owners):
                yield _about(entry, "is accepted, but there is no such mutant: remove the entry")


def _asked(content: Content) -> set[str]:
    """The disputes on whose answer a condition turns; the others are only shown."""
    conditions = [c for rule in content.rules.values() for c in conditions_of(rule)]
    conditions.extend(r.when for d in content.disputes.values() for r in d.readings)
    conditions.extend(act.scope for act in content.acts.values())
    return {name for c in conditions for form, name in named(c) if form == "reading"}


def _about(entry: Accepted, message: str) -> Problem:
    at = entry.problem
    return Problem(at.file, at.line, at.column, f"{entry.rule}: `{entry.mutant}` {message}.")


class _Places:
    """Where the acts and disputes stand in the files; rules know it themselves."""

    def __init__(self, roots: Iterable[Path]) -> None:
        self._paths: dict[str, Path] = {}
        self._found: dict[str, tuple[str, int]] = {}
        for root in roots:
            for path in sorted((root / "law").glob("*/*/*.yaml")):
                file = str(path.relative_to(root))
                self._paths[file] = path
                for i, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                    named_here = _NAMED.match(line)
                    if named_here:
                        self._found.setdefault(named_here[1], (file, i))

    def __getitem__(self, owner: str) -> tuple[str, int]:
        """The file and line of an act or dispute; line 0 if it cannot be found."""
        return self._found.get(owner, (owner, 0))

    def of(self, mutant: Mutant) -> tuple[str, int]:
        """The file and line of a mutant: of its rule, dispute, date, penalty or act."""
        if isinstance(mutant.part, Rule):
            return mutant.part.file, mutant.part.line
        file, line = self[mutant.owner]
        if mutant.node[0] in ("date", "penalty") and file in self._paths:
            text = self._paths[file].read_text(encoding="utf-8")
            inner = re.search(rf"(?<![\w-]){re.escape(mutant.node[2])}:", text)
            line = text.count("\n", 0, inner.start()) + 1 if inner else line
        return file, line


# ---------------------------------------------------------------------- accepted mutants
def read_accepted(roots: Iterable[Path]) -> list[Accepted]:
    """The accepted mutants of content folders. Raises ContentError with every problem."""
    found: list[Accepted] = []
    problems: list[Problem] = []
    for root in roots:
        path = root / ACCEPTED
        if path.is_file():
            document = read_yaml(path, ACCEPTED)
            found.extend(_entries(document, problems))
    if problems:
        raise ContentError(problems)
    return found


def _entries(document: Document, problems: list[Problem]) -> Iterator[Accepted]:
    root = document.value
    if not isinstance(root, dict) or set(root) != {"accepted"}:
        problems.append(document.problem((), "Needs the key `accepted`, a list, and no other."))
        return
    seen: set[Name] = set()
    for i, raw in enumerate(root["accepted"] or ()):
        where = ("accepted", i)
        known = isinstance(raw, dict) and set(raw) == set(_KEYS)
        if not known or not all(isinstance(raw[k], str) and raw[k].strip() for k in _KEYS):
            problems.append(document.problem(where, f"An entry has {', '.join(_KEYS)}, as text."))
            continue
        entry = Accepted(raw["rule"], raw["mutant"], raw["why"], document.problem(where, ""))
        if entry.name in seen:
            problems.append(document.problem(where, f"`{entry.mutant}` stands here twice."))
        seen.add(entry.name)
        yield entry
