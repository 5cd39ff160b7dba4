"""Reads `content/conflicts.yaml`: where regimes differ for one system, and a common design."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from dutybound.errors import ContentError, Problem, did_you_mean
from dutybound.packs.compile import content_folder
from dutybound.packs.reading import Where, parse_yaml, read_yaml
from dutybound.packs.shapes import Closed, Name, Text
from dutybound.packs.validation import validate


class Side(Closed):
    """One regime in a conflict, with the rules on which it rests.

    needed: the conflict shows only if a side that is so marked is live, whatever the others do.
    """

    name: Text
    needed: bool = False
    asks: Text
    rules: tuple[Text, ...] = Field(min_length=1)


class Conflict(Closed):
    """Regimes that ask for different things about the same matter."""

    id: Name
    title: Text
    question: Text
    sides: tuple[Side, ...] = Field(min_length=2)
    differs: Text
    design: Text
    beware: Text | None = None


class ConflictFile(Closed):
    """`conflicts.yaml`."""

    dutybound: Literal["conflicts/1"]
    conflicts: tuple[Conflict, ...]


def read_conflicts(
    known_rules: Collection[str], folder: Path | None = None, *, text: str | None = None
) -> tuple[Conflict, ...]:
    """The conflicts of a content folder; the shipped ones by default.

    Raises ContentError for every rule id that the content does not hold. text: read instead of the
    file, for tests.
    """
    name = "conflicts.yaml"
    path = (folder or content_folder()) / name
    document = read_yaml(path, name) if text is None else parse_yaml(text, name)
    problems: list[Problem] = []
    found = validate(ConflictFile, document, problems)
    if found is not None:
        problems += [document.problem(w, m) for w, m in _wrong(found, known_rules)]
    if found is None or problems:
        raise ContentError(problems)
    return found.conflicts


def _wrong(found: ConflictFile, known: Collection[str]) -> Iterator[tuple[Where, str]]:
    ids = [c.id for c in found.conflicts]
    for i, conflict in enumerate(found.conflicts):
        if conflict.id in ids[:i]:
            yield ("conflicts", i, "id"), f"The conflict `{conflict.id}` stands twice."
        for j, side in enumerate(conflict.sides):
            for k, rule in enumerate(side.rules):
                where: Where = ("conflicts", i, "sides", j, "rules", k)
                if rule not in known:
                    yield where, f"There is no rule `{rule}`.{did_you_mean(rule, known)}"
                elif rule in side.rules[:k]:
                    yield where, f"The rule `{rule}` stands twice in this side."
