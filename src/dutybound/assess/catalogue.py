"""The catalogue for the verbs: read once, and only when somebody asks."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dutybound.errors import ContentError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

    from dutybound.terms.control import Catalogue, Mapping
    from dutybound.terms.law import Content, Rule


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue that comes with the package."""
    from dutybound.packs.catalogue_compile import default_catalogue

    return default_catalogue()


@lru_cache(maxsize=1)
def _answers() -> dict[str, list[str]]:
    from dutybound.packs.catalogue_compile import default_answers

    return default_answers()


@lru_cache(maxsize=1)
def controls_sha256() -> str:
    """The digest of controls, frameworks, crosswalks, security lists and house policies."""
    from dutybound.packs.catalogue_compile import default_controls_sha256

    return default_controls_sha256()


def content_json(content: Content | None = None) -> dict[str, str]:
    """What an output rests on, as JSON values. content: None if no law is in it."""
    law = {} if content is None else {"version": content.version, "sha256": content.sha256}
    return {**law, "controls_sha256": controls_sha256()}


def rests_on(content: Table[str, Any]) -> str:
    """The same as a line for readers."""
    law = f"law sha256 {content['sha256'][:12]}, " if "sha256" in content else ""
    head = f"Content {content['version']}" if "version" in content else "Content"
    return (
        f"{head}: {law}controls, crosswalks and house policies sha256 "
        f"{content['controls_sha256'][:12]}."
    )


def answering(rule_id: str) -> tuple[str, ...]:
    """The ids of the controls that answer a rule. Loads a small file, not the catalogue.

    A catalogue that is not sound is no reason to give no verdict: then nothing answers, and
    `law lint` says what is wrong.
    """
    try:
        return tuple(_answers().get(rule_id, ()))
    except ContentError:
        return ()


def catalogue_problems(folder: Path, content: Content, *, complete: bool) -> tuple[Problem, ...]:
    """What is wrong with the catalogue of a content folder. complete: every duty is answered."""
    from dutybound.packs.cards import card_problems
    from dutybound.packs.catalogue import read_catalogue
    from dutybound.packs.documents import document_problems
    from dutybound.packs.measures import measure_problems
    from dutybound.packs.security import security_problems

    try:
        found = read_catalogue(folder, content.rules, complete=complete)
        problems: tuple[Problem, ...] = ()
        if (folder / "security").is_dir():
            problems += security_problems(folder, found.controls)
        if (folder / "measures").is_dir():
            problems += measure_problems(folder, content.rules)
        if (folder / "documents").is_dir():
            asked = {d for c in found.controls.values() for d in c.documents}
            problems += document_problems(folder, content.rules, found.controls, asked)
            problems += card_problems(folder, content.rules, found.controls, content.facts)
        return problems
    except ContentError as error:
        return error.problems


def controls_of(rule_id: str, detail: dict[str, Any]) -> list[str]:
    """The controls of a finding: those that its rule names and those that answer it."""
    return list(dict.fromkeys((*detail.get("controls", ()), *answering(rule_id))))


def answered(catalogue: Catalogue, content: Content) -> dict[str, list[Rule]]:
    """The rules that each control answers, in the order of their ids."""
    by_stem: dict[str, list[str]] = {}
    for control in catalogue.controls.values():
        for stem in control.answers:
            by_stem.setdefault(stem, []).append(control.id)
    found: dict[str, list[Rule]] = {name: [] for name in catalogue.controls}
    for rule in content.rules.values():
        parts = rule.id.split(".")
        stems = (".".join(parts[: i + 1]) for i in range(len(parts)))
        for name in dict.fromkeys(n for stem in stems for n in by_stem.get(stem, ())):
            found[name].append(rule)
    return found


def lines_of(control_id: str, whole: Catalogue) -> dict[str, list[Mapping]]:
    """The crosswalk lines of a control, strongest first, for each framework."""
    return {
        framework: sorted(
            (line for line in lines if line.source == control_id),
            key=lambda line: (-(line.strength or 0), line.target),
        )
        for framework, lines in whole.crosswalks.items()
    }
