"""Agreement of the pairs that our crosswalks imply with published tables.

    .venv/bin/python benchmarks/crosswalk.py FOLDER [--json FILE] [--markdown FILE]

FOLDER holds tables as CSV with the columns source_framework, source_id, target_framework,
target_id. They are not shipped: most may not be. A table that leads from one of our frameworks to
another is compared as it stands. Tables that lead from a hub (a set of controls of somebody else)
to two of our frameworks are joined on the hub first; such a join is a hint and no mapping.

Two elements count as joined by us if a control maps to both, with at least some strength on both
sides. Recall: how many published pairs we join too. Precision: how many of our pairs are
published; for a table that is incomplete it proves nothing. Chance: how often any pair of elements
is joined by us.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path

from dutybound.assess.catalogue import catalogue
from dutybound.controls.algebra import implied_pairs
from dutybound.terms.control import Catalogue

STRENGTHS = (1, 3, 5, 7)
OURS = ("eu-ai-act", "nist-ai-rmf", "nist-ai-600-1", "iso-42001", "soc2")
_ACT = re.compile(r"(Art|Annex)([0-9]+[a-z]?|[IVX]+)((?:\([^)]*\))*)\Z")


@dataclass(frozen=True)
class Agreement:
    """How one set of published pairs and ours agree, at one strength."""

    table: str
    left: str
    right: str
    published: int
    strength: int
    ours: int
    both: int
    chance: float

    @property
    def recall(self) -> float:
        return self.both / self.published if self.published else 0.0

    @property
    def precision(self) -> float:
        return self.both / self.ours if self.ours else 0.0


Pairs = set[tuple[str, str]]


def framework_of(name: str) -> str | None:
    """Our id of a framework that a table names, by its beginning."""
    return next((f for f in sorted(OURS, key=len, reverse=True) if name.startswith(f)), None)


def element_of(framework: str, name: str) -> str:
    """Our id of an element that a table names."""
    if framework != "eu-ai-act":
        return name
    found = _ACT.match(name)
    if found is None:
        return name
    head = f"art-{found[2]}" if found[1] == "Art" else f"annex-{found[2].lower()}"
    return ".".join((head, *re.findall(r"\(([^)]*)\)", found[3])))


def tables(folder: Path) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """The CSV files of a folder."""
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            yield path.stem, list(csv.DictReader(lines))


def published(folder: Path, book: Catalogue) -> Iterator[tuple[str, str, str, Pairs]]:
    """Name, two frameworks of ours, and the pairs of elements to assess that a table joins."""
    hubs: dict[str, dict[str, dict[str, set[str]]]] = defaultdict(dict)
    for name, rows in tables(folder):
        if not rows:
            continue
        source, target = rows[0]["source_framework"], rows[0]["target_framework"]
        ends = framework_of(source), framework_of(target)
        if ends[0] and ends[1]:
            left, right = sorted((ends[0], ends[1]), key=OURS.index)
            pairs = set()
            for row in rows:
                sides = {ends[0]: row["source_id"], ends[1]: row["target_id"]}
                pairs.add((element_of(left, sides[left]), element_of(right, sides[right])))
            yield name, left, right, known(book, left, right, pairs)
        elif ends[1] or ends[0]:
            ours, hub = (ends[1], source) if ends[1] else (ends[0], target)
            found: dict[str, set[str]] = defaultdict(set)
            for row in rows:
                mine, theirs = (
                    (row["target_id"], row["source_id"])
                    if ends[1]
                    else (row["source_id"], row["target_id"])
                )
                found[theirs].add(element_of(str(ours), mine))
            hubs[hub][str(ours)] = found
    for hub, sides_of in hubs.items():
        for left, right in combinations(sorted(sides_of, key=OURS.index), 2):
            joined = {
                (a, b)
                for control in sides_of[left].keys() & sides_of[right].keys()
                for a in sides_of[left][control]
                for b in sides_of[right][control]
            }
            yield f"joined on {hub}", left, right, known(book, left, right, joined)


def known(book: Catalogue, left: str, right: str, pairs: Pairs) -> Pairs:
    """The pairs of which both ends are elements that can be assessed here."""
    sides = [
        {e.id for e in book.frameworks[f].elements.values() if e.assessable} for f in (left, right)
    ]
    return {(a, b) for a, b in pairs if a in sides[0] and b in sides[1]}


def agreement(book: Catalogue, folder: Path) -> Iterator[Agreement]:
    """All comparisons, at each strength."""
    for name, left, right, theirs in published(folder, book):
        mapped = [{line.target for line in book.crosswalks[f]} for f in (left, right)]
        if not any(a in mapped[0] and b in mapped[1] for a, b in theirs):
            continue  # the table speaks of elements that our crosswalk leaves out on purpose
        ours = implied_pairs(book.crosswalks[left], book.crosswalks[right])
        # Only elements that the table speaks of at all can be right or wrong.
        spoken = {a for a, _ in theirs}, {b for _, b in theirs}
        room = len(spoken[0]) * len(spoken[1])
        for strength in STRENGTHS:
            mine = {
                (p.left, p.right)
                for p in ours
                if p.strength >= strength and p.left in spoken[0] and p.right in spoken[1]
            }
            yield Agreement(
                name,
                left,
                right,
                len(theirs),
                strength,
                len(mine),
                len(mine & theirs),
                len(mine) / room,
            )


HEAD = "| published table | pair | published | strength | ours | recall | precision | chance |"


def rows(found: list[Agreement]) -> Iterator[str]:
    """The table as Markdown."""
    yield HEAD
    yield "|---|---|---:|---:|---:|---:|---:|---:|"
    for a in found:
        yield (
            f"| {a.table} | {a.left}, {a.right} | {a.published:,} | {a.strength}+ | {a.ours:,} | "
            f"{a.recall:.0%} | {a.precision:.0%} | {a.chance:.0%} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args()
    found = list(agreement(catalogue(), options.folder))
    text = "\n".join(rows(found))
    print(text)
    if options.markdown:
        options.markdown.write_text(text + "\n", encoding="utf-8")
    if options.json:
        lines = [{**asdict(a), "recall": a.recall, "precision": a.precision} for a in found]
        options.json.write_text(json.dumps(lines, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
