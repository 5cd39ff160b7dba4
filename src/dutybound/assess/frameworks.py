"""`framework`: the frameworks, their elements, and how far the controls cover them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from dutybound.assess.catalogue import content_json
from dutybound.assess.controls import line_json
from dutybound.controls.algebra import implied_pairs
from dutybound.controls.coverage import ElementCoverage, FrameworkCoverage, framework_coverage
from dutybound.errors import BadInput, did_you_mean
from dutybound.terms.control import Catalogue, Coverage, Element, Framework

LIST_SCHEMA: Final = "dutybound/frameworks/1"
SHOW_SCHEMA: Final = "dutybound/framework/1"
COVERAGE_SCHEMA: Final = "dutybound/framework-coverage/1"
PAIRS_SCHEMA: Final = "dutybound/framework-pairs/1"
STRUCTURAL: Final = "structural"
WITH_EVIDENCE: Final = "evidence"
NOTES: Final = {
    STRUCTURAL: "What the controls would cover if every one of them had valid evidence. "
    "It says nothing about your organisation.",
    WITH_EVIDENCE: "Counts controls that have all the evidence that they ask for. "
    "It is not a percentage of compliance, and no certificate or opinion.",
}


def find_framework(catalogue: Catalogue, name: str) -> Framework:
    """A framework by its id. Raises BadInput."""
    found = catalogue.frameworks.get(name)
    if found is None:
        hint = did_you_mean(name, catalogue.frameworks)
        known = ", ".join(catalogue.frameworks)
        raise BadInput.one(name, f"There is no such framework.{hint} Known: {known}.")
    return found


def framework_list(catalogue: Catalogue) -> dict[str, Any]:
    """All frameworks as JSON values."""
    everything = frozenset(catalogue.controls)
    return {
        "schema": LIST_SCHEMA,
        "content": content_json(),
        "frameworks": [
            {
                **_head(framework),
                "elements": sum(e.assessable for e in framework.elements.values()),
                "mappings": len(catalogue.crosswalks.get(name, ())),
                "structural": _counts(framework_coverage(catalogue, name, everything).counts),
            }
            for name, framework in catalogue.frameworks.items()
        ],
    }


def framework_show(catalogue: Catalogue, name: str, element: str | None = None) -> dict[str, Any]:
    """A framework, or what stands at and below one of its elements, as JSON values."""
    framework = find_framework(catalogue, name)
    if element is not None and element not in framework.elements:
        hint = did_you_mean(element, framework.elements)
        raise BadInput.one(element, f"{name} has no such element.{hint}")
    lines: dict[str, list[dict[str, Any]]] = {}
    for line in catalogue.crosswalks.get(name, ()):
        lines.setdefault(line.target, []).append(line_json(line, framework))
    chosen = [e for e in framework.elements.values() if _within(framework, e, element)]
    return {
        "schema": SHOW_SCHEMA,
        "content": content_json(),
        **_head(framework),
        "source": framework.source,
        "elements": [
            {
                **_element(e),
                "controls": sorted(
                    lines.get(e.id, ()), key=lambda x: (-(x["strength"] or 0), x["control"])
                ),
            }
            for e in chosen
        ],
    }


def coverage_json(
    catalogue: Catalogue, name: str, held: Collection[str] | None = None
) -> dict[str, Any]:
    """Coverage of a framework as JSON values. held: None asks what all controls would cover."""
    framework = find_framework(catalogue, name)
    basis = STRUCTURAL if held is None else WITH_EVIDENCE
    standing = frozenset(catalogue.controls) if held is None else held
    found = framework_coverage(catalogue, name, standing)
    mapped = {line.source for line in catalogue.crosswalks.get(name, ())}
    return {
        "schema": COVERAGE_SCHEMA,
        "content": content_json(),
        **_head(framework),
        "basis": basis,
        "note": NOTES[basis],
        "controls": {"with_valid_evidence": len(mapped & set(standing)), "of": len(mapped)},
        "counts": _counts(found.counts),
        "parts": _parts(framework, found),
        "elements": [_covered(e) for e in found.elements],
    }


def pairs_json(catalogue: Catalogue, left: str, right: str) -> dict[str, Any]:
    """Pairs of elements of two frameworks that controls join, as JSON values."""
    for name in (left, right):
        find_framework(catalogue, name)
    pairs = implied_pairs(catalogue.crosswalks[left], catalogue.crosswalks[right])
    return {
        "schema": PAIRS_SCHEMA,
        "content": content_json(),
        "left": left,
        "right": right,
        "concluded": sum(p.concluded for p in pairs),
        "pairs": [
            {
                "left": p.left,
                "right": p.right,
                "relationship": str(p.relationship) if p.relationship else None,
                "coverage": None if p.relationship else str(Coverage.UNKNOWN),
                "through": list(p.through),
                "strength": p.strength,
            }
            for p in pairs
        ],
    }


def _head(f: Framework) -> dict[str, Any]:
    return {k: getattr(f, k) for k in ("id", "title", "version", "nature", "effect")}


def _element(e: Element) -> dict[str, Any]:
    keys = ("id", "title", "summary", "level", "parent", "assessable", "detail")
    return {k: getattr(e, k) for k in keys}


def _counts(counts: dict[Coverage, int]) -> dict[str, int]:
    return {str(c): n for c, n in counts.items()}


def _within(framework: Framework, element: Element, top: str | None) -> bool:
    if top is None:
        return True
    here: str | None = element.id
    while here is not None:
        if here == top:
            return True
        here = framework.elements[here].parent
    return False


def _parts(framework: Framework, found: FrameworkCoverage) -> list[dict[str, Any]]:
    tops = [e for e in framework.elements.values() if e.parent is None and not e.assessable]
    return [
        {"id": e.id, "title": e.title, "counts": _counts(counts)}
        for e in tops
        if sum((counts := found.below(e.id)).values())
    ]


def _covered(e: ElementCoverage) -> dict[str, Any]:
    return {
        "id": e.element.id,
        "title": e.element.title,
        "coverage": str(e.coverage),
        "held": [line.source for line in e.held],
        "open": [line.source for line in e.open],
        "via": e.via,
        "whys": {line.source: line.why for line in (*e.held, *e.open)},
    }
