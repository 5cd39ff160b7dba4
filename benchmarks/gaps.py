"""Time of gaps for many systems, on one core: the pure core, without reading or checking files.

    .venv/bin/python benchmarks/gaps.py [--systems N] [--controls N] [--evidence N] [--parties N]
                                     [--runs N]

Duties and evidence are made up with a fixed seed; controls and what they answer are the content's.
Each system gets its own duties (as many as the credit-scoring example has) and its own pieces of
evidence. Prints the time to work out the state of every control and of every duty; --plan adds the
plan, --frameworks the elements of every framework.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

from dutybound.assess.catalogue import answering, catalogue
from dutybound.assess.plan import house_of
from dutybound.controls.elements import framework_gaps, made_ready
from dutybound.controls.gaps import Duty, GapReport, Penalty, find_gaps
from dutybound.controls.plan import House, make_plan
from dutybound.controls.states import states_by_party, without_evidence
from dutybound.packs.compile import default_content
from dutybound.packs.plan_policy import read_plan_policy
from dutybound.terms.control import Catalogue
from dutybound.terms.evidence import Claim, EvidenceKind, Refused, Rung
from dutybound.terms.system import Profile

DAY: Final = date(2026, 11, 25)
HORIZON: Final = timedelta(days=731)
DUTIES: Final = 277
LIMIT: Final = 5.0


@dataclass(frozen=True)
class Piece:
    """Stands in for `Checked`, which only the intake may make."""

    claim: Claim
    reaches: dict[str, Rung]
    partial: dict[str, Rung] = field(default_factory=dict)
    whom: dict[str, frozenset[str]] | None = None
    examined: frozenset[str] = frozenset()


@dataclass(frozen=True)
class System:
    """What is known of one system before its gaps are worked out."""

    duties: list[Duty]
    checked: list[Any]
    refused: list[Refused]
    parties: tuple[str, ...]


def cut(whole: Catalogue, count: int) -> Catalogue:
    """The first controls of a catalogue, with what waits and what is mapped cut to them."""
    kept = dict(list(whole.controls.items())[:count])
    controls = {
        n: replace(c, after=tuple(a for a in c.after if a in kept)) for n, c in kept.items()
    }
    lines = {
        name: tuple(x for x in lines if x.source in kept)
        for name, lines in whole.crosswalks.items()
    }
    return replace(whole, controls=controls, crosswalks=lines)


def made_up(
    book: Catalogue, rules: list[tuple[str, str]], evidence: int, seed: int, parties: int = 1
) -> System:
    """A system with duties and evidence of its own. Half of the evidence is about one party."""
    rng = random.Random(seed)
    everyone = tuple(f"p{i}" for i in range(parties))
    names = list(book.controls)
    duties = [_duty(rng, *rng.choice(rules), i) for i in range(DUTIES)]
    checked = [_piece(rng, names, i) for i in range(evidence)]
    refused = [
        Refused(f"r{i}", "", rng.choice(names), "capped", "It counts for less.") for i in range(3)
    ]
    duties = [replace(d, party=everyone[i % parties]) for i, d in enumerate(duties)]
    for i, piece in enumerate(checked):
        whom = frozenset(everyone if i % 2 else everyone[i % parties : i % parties + 1])
        checked[i] = replace(piece, whom={c: whom for c in (*piece.reaches, *piece.partial)})
    return System(duties, checked, refused, everyone)


def _duty(rng: random.Random, rule: str, market: str, number: int) -> Duty:
    return Duty(
        key=f"{rule}/{number}",
        rule=rule,
        title=rule,
        pinpoint=rule,
        instrument=rule,
        market=market,
        party="p",
        owed_by="provider",
        kind="duty",
        outcome="applies",
        bites_on=DAY + timedelta(days=rng.randint(-900, 900)),
        certain=rng.random() < 0.9,
        penalty=Penalty(rng.choice([0.0, 5e3, 2e7, 4e7])) if rng.random() < 0.7 else None,
    )


def _piece(rng: random.Random, names: list[str], number: int) -> Piece:
    kind = rng.choice(list(EvidenceKind))
    claim = Claim(
        f"e{number}", kind, "", (), "s", "1", "alice", "acme", DAY, DAY, None, Rung.TESTED
    )
    rungs = list(Rung)[1:]
    few = rng.sample(names, rng.randint(1, 6))
    split = rng.randint(0, len(few))
    return Piece(
        claim,
        {n: rng.choice(rungs) for n in few[:split]},
        {n: rng.choice(rungs) for n in few[split:]},
    )


def run(book: Catalogue, systems: list[System], house: House | None, frameworks: bool) -> int:
    """Work out the gaps of all systems; the number of duties that were looked at."""
    seen = 0
    ready = {name: made_ready(book, name) for name in book.frameworks if frameworks}
    answers, bare = answers_in(book), without_evidence(book)
    for system in systems:
        states = states_by_party(book, system.checked, system.refused, system.parties, bare)
        report = find_gaps(system.duties, answers, states, DAY, HORIZON)
        seen += len(report.duties)
        if not sum(report.counts().values()) == len(report.duties):
            raise AssertionError("a duty without a state")
        if house is not None:
            _plan(report, book, house)
        for name, lines in ready.items():
            framework_gaps(book, name, report.controls, lines)
    return seen


def _plan(report: GapReport, book: Catalogue, house: House) -> None:
    if report.gaps and not make_plan(report, book, house):
        raise AssertionError("gaps and no plan")


def answers_in(book: Catalogue) -> Any:
    """The controls that answer a rule, as far as they are in the catalogue."""
    return lambda rule: [c for c in answering(rule) if c in book.controls]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name, value in (
        ("systems", 1000),
        ("controls", 92),
        ("evidence", 20),
        ("runs", 5),
        ("parties", 1),
    ):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--plan", action="store_true")
    parser.add_argument("--frameworks", action="store_true")
    asked = parser.parse_args()
    content, book = default_content(), cut(catalogue(), asked.controls)
    rules = [
        (r.id, content.acts[r.act].market)
        for r in content.rules.values()
        if any(c in book.controls for c in answering(r.id))
    ]
    systems = [made_up(book, rules, asked.evidence, i, asked.parties) for i in range(asked.systems)]
    nobody = Profile("s", "s", "", "", {}, (), (), (), (), (), False)
    house = house_of(read_plan_policy(), nobody) if asked.plan else None
    times, seen = [], 0
    for _ in range(asked.runs):
        start = time.process_time()
        seen = run(book, systems, house, asked.frameworks)
        times.append(time.process_time() - start)
    middle = statistics.median(times)
    print(
        f"{asked.systems:,} systems, {len(book.controls)} controls, {asked.evidence} pieces of "
        f"evidence and {asked.parties} parties each, {seen / asked.systems:.0f} duties in view: "
        f"{middle:.3f} s "
        f"({min(times):.3f} to {max(times):.3f}), {1000 * middle / asked.systems:.2f} ms each; "
        f"limit {LIMIT:g} s"
    )


if __name__ == "__main__":
    main()
