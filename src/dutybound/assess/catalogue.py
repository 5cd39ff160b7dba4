"""The catalogue for the verbs: read once, and only when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from dutybound.errors import ContentError
from dutybound.terms.control import Catalogue, Control, Mapping
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


def answering(rule_id: str) -> tuple[str, ...]:
    """The ids of the controls that answer a rule. Loads a small file, not the catalogue.

    A catalogue that is not sound is no reason to give no verdict: then nothing answers, and
    `law lint` says what is wrong.
    """
    try:
        return tuple(_answers().get(rule_id, ()))
    except ContentError:
        return ()


def answered(control: Control, content: Content) -> Iterator[Rule]:
    """The rules that a control answers, in the order of their ids."""
    stems = control.answers
    for rule in content.rules.values():
        if any(rule.id == s or rule.id.startswith(s + ".") for s in stems):
            yield rule


def lines_of(control_id: str, whole: Catalogue) -> dict[str, list[Mapping]]:
    """The crosswalk lines of a control, strongest first, for each framework."""
    return {
        framework: sorted(
            (line for line in lines if line.source == control_id),
            key=lambda line: (-(line.strength or 0), line.target),
        )
        for framework, lines in whole.crosswalks.items()
    }
