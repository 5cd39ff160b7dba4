"""How many questions `init` asks until every outcome that can be settled is settled.

    .venv/bin/python benchmarks/questions.py [--market eu] [--every N] [--jobs N]

The oracle is each profile in tests/cases/open: a fact that it states is the answer, a fact that it
leaves out is answered with "unknown". Counted is the number of questions after which every outcome
is the one that the whole profile gives; and the number after which the interview ends by itself.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Container, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

from dutybound.assess.interview import ABOUT, Ids, Interview
from dutybound.packs.compile import default_content
from dutybound.packs.profile import ProfileReader
from dutybound.packs.reading import read_yaml
from dutybound.rules.program import Program
from dutybound.rules.questions import PLURAL
from dutybound.rules.run import Run
from dutybound.terms.finding import Outcome, Scope
from dutybound.terms.law import Content
from dutybound.terms.system import Profile, SetFact

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases" / "open"
DAY = date(2026, 11, 25)
Outcomes = dict[tuple[str, Scope], Outcome]


def leaves(
    known: Container[str], thing: str, raw: Mapping[str, Any], path: str, prefix: str = ""
) -> Iterator[tuple[str, Any]]:
    """(path, value) of every fact of a thing."""
    for key, value in raw.items():
        name = prefix + key
        fact = f"{thing}.{name.removesuffix('_complete')}"
        if fact in known or not isinstance(value, Mapping) or name == "places":
            yield f"{path}.{name}", value
        else:
            yield from leaves(known, thing, value, path, name + ".")


def answers_of(content: Content, raw: Mapping[str, Any]) -> dict[str, Any]:
    """What a profile states, as answers; a set that it leaves open stays open."""
    found = dict(leaves(content.facts, "system", raw["system"], "system"))
    for thing, plural in PLURAL.items():
        for one in raw.get(plural) or ():
            found.update(leaves(content.facts, thing, one, f"{plural}.{one['id']}"))
    for path, value in list(found.items()):
        inner = value["value"] if isinstance(value, Mapping) and "value" in value else value
        if isinstance(inner, list) and path.rpartition(".")[2] not in (*ABOUT, "places"):
            found.setdefault(path + "_complete", False)
    if "events" in raw:
        found["events"] = raw["events"]
    found["events_complete"] = raw.get("events_complete", False)
    return found


def with_consequences(given: dict[str, Any], full: Profile) -> dict[str, Any]:
    """The answers, with what follows from them: who knows the one knows the other."""
    things = [("system", full.system)]
    for plural in PLURAL.values():
        things += [(f"{plural}.{thing.id}", thing.facts) for thing in getattr(full, plural)]
    more = dict(given)
    for path, facts in things:
        for name, value in facts.items():
            here = f"{path}.{name}"
            if isinstance(value, SetFact):
                more[here] = {m: m in value.yes for m in sorted(value.yes | value.no)}
                more[here + "_complete"] = value.closed
            elif isinstance(value, bool):
                more[here] = value
    return more


def outcomes(program: Program, profile: Profile, markets: Sequence[str]) -> Outcomes:
    """The outcome of every rule in every scope."""
    verdicts = Run(program, profile, DAY, markets).verdicts
    return {
        (v.rule, v.scope): Outcome.UNDETERMINED if v.no_duty_either_way else v.outcome
        for v in verdicts
    }


def count(path: Path, program: Program, markets: tuple[str, ...]) -> tuple[str, int, int]:
    """(case, questions until all is settled, questions until the interview ends)."""
    raw = read_yaml(path).value
    given = answers_of(program.content, raw)
    ids = Ids.of(given, bare=True)
    full = ProfileReader(program.content).read(path)
    given = with_consequences(given, full)
    interview = Interview(program.content, program, ids, given, as_of=DAY, markets=markets)
    goal = outcomes(program, full, markets)
    settled = -1
    while (question := interview.next()) is not None:
        interview.answer(question, given)
        if settled < 0 and outcomes(program, interview.profile(), markets) == goal:
            settled = interview.count
    return path.stem, settled, interview.count


def work(names: Sequence[str], markets: tuple[str, ...]) -> list[tuple[str, int, int]]:
    """The counts for some cases."""
    content = default_content()
    program = Program(content, max(content.checked_on, DAY))
    return [count(CASES / f"{name}.yaml", program, markets) for name in names]


def report(rows: Sequence[tuple[str, int, int]]) -> None:
    """Print the distribution."""
    never = [name for name, settled, _ in rows if settled < 0]
    settled = sorted(s for _, s, _ in rows if s >= 0)
    ended = sorted(e for _, _, e in rows)
    for title, values in (("until all is settled", settled), ("until it ends", ended)):
        quantiles = statistics.quantiles(values, n=20)
        shown = ", ".join(f"p{p} {quantiles[p // 5 - 1]:.0f}" for p in (5, 25, 50, 75, 90, 95))
        print(f"questions {title}: {len(values)} cases, median {statistics.median(values):.0f}, "
              f"mean {statistics.mean(values):.1f}, {shown}, most {values[-1]}")  # fmt: skip
        top = values[-1] // 5
        for low in range(top + 1):
            here = sum(1 for v in values if v // 5 == low)
            print(f"  {low * 5:3}-{low * 5 + 4:<3} {here:4} {'#' * here}")
    if never:
        print("never like the whole profile:", ", ".join(never))


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--market", default="eu")
    parser.add_argument("--every", type=int, default=1, help="only every n-th case")
    parser.add_argument("--jobs", type=int, default=1)
    chosen = parser.parse_args()
    names = [p.stem for p in sorted(CASES.glob("*.yaml"))][:: chosen.every]
    markets = tuple(chosen.market.split(","))
    parts = [names[i :: chosen.jobs] for i in range(chosen.jobs)]
    if chosen.jobs == 1:
        rows = work(names, markets)
    else:
        with ProcessPoolExecutor(chosen.jobs) as pool:
            done = pool.map(work, parts, [markets] * len(parts))
            rows = [row for part in done for row in part]
    report(sorted(rows))


if __name__ == "__main__":
    main()
