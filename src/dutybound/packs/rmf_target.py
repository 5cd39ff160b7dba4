"""Reads a target profile for the NIST AI RMF: a rung for functions, categories, subcategories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from dutybound.errors import BadInput, Problem, did_you_mean
from dutybound.packs.compile import content_folder
from dutybound.packs.reading import Where, read_yaml
from dutybound.packs.shapes import Closed, Name, RungWord, Text
from dutybound.packs.validation import validate
from dutybound.terms.control import Framework


class LeftOut(Closed):
    id: Name
    why: Text


class RmfTarget(Closed):
    """`rmf-target.yaml`."""

    dutybound: Literal["rmf-target/1"]
    framework: Name
    name: Text
    why: Text
    rungs: dict[Name, RungWord] = Field(min_length=1)
    left_out: tuple[LeftOut, ...] = ()


def read_target(frameworks: Mapping[str, Framework], path: Path | None = None) -> RmfTarget:
    """A target profile; the one of the content by default. Raises BadInput."""
    file = path or content_folder() / "rmf-target.yaml"
    document = read_yaml(file, str(file) if path else "rmf-target.yaml")
    problems: list[Problem] = []
    found = validate(RmfTarget, document, problems)
    if found is not None:
        problems += [document.problem(w, m) for w, m in _wrong(found, frameworks)]
    if found is None or problems:
        raise BadInput(problems)
    return found


def _wrong(found: RmfTarget, frameworks: Mapping[str, Framework]) -> Iterator[tuple[Where, str]]:
    framework = frameworks.get(found.framework)
    if framework is None:
        hint = did_you_mean(found.framework, frameworks)
        yield ("framework",), f"There is no framework `{found.framework}`.{hint}"
        return
    named: list[tuple[Where, str]] = [(("rungs", name), name) for name in found.rungs]
    named += [(("left_out", i, "id"), line.id) for i, line in enumerate(found.left_out)]
    for where, name in named:
        if name not in framework.elements:
            hint = did_you_mean(name, framework.elements)
            yield where, f"{framework.id} has no element `{name}`.{hint}"
