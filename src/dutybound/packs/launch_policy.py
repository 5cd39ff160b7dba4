"""Reads `content/launch.yaml`: the options that a launch dossier tries, and its cost bands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from dutybound.errors import ContentError, Problem
from dutybound.packs.compile import content_folder
from dutybound.packs.reading import Where, read_yaml
from dutybound.packs.shapes import Closed, Name, Text
from dutybound.packs.validation import validate
from dutybound.terms.law import FactType


class CostShares(Closed):
    S: float = Field(ge=0, le=1)
    M: float = Field(ge=0, le=1)

    def band(self, share: float) -> str:
        """The band of a share of the work of the request."""
        return "S" if share <= self.S else "M" if share <= self.M else "L"


class Design(Closed):
    """A change of design. where, set: short names of facts of a use."""

    id: Name
    title: Text
    where: dict[str, Any] = Field(default_factory=dict)
    set: dict[str, Any] = Field(min_length=1)
    proof: Text


class LaunchPolicy(Closed):
    """`launch.yaml`."""

    dutybound: Literal["launch-policy/1"]
    cost: CostShares
    why_cost: Text
    designs: tuple[Design, ...]


def read_launch_policy(facts: dict[str, FactType], folder: Path | None = None) -> LaunchPolicy:
    """The launch policy of a content folder; the shipped one by default."""
    document = read_yaml((folder or content_folder()) / "launch.yaml", "launch.yaml")
    problems: list[Problem] = []
    found = validate(LaunchPolicy, document, problems)
    if found is not None:
        problems += [document.problem(w, m) for w, m in _wrong(found, facts)]
    if found is None or problems:
        raise ContentError(problems)
    return found


def _wrong(found: LaunchPolicy, facts: dict[str, FactType]) -> Iterator[tuple[Where, str]]:
    for i, design in enumerate(found.designs):
        for part, named in (("where", design.where), ("set", design.set)):
            for name, value in named.items():
                fact = facts.get(f"use.{name}")
                where: Where = ("designs", i, part, name)
                if fact is None:
                    yield where, f"There is no fact `use.{name}`."
                elif fact.type == "choice" and value not in fact.values:
                    yield where, f"`{value}` is no value of `use.{name}`."
