"""`rmf`: current and target profile of the NIST AI RMF, for a system and for the organisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from dutybound.assess.catalogue import content_json
from dutybound.assess.whom import parties_of
from dutybound.controls.profile import (
    FrameworkProfile,
    OrganisationLine,
    ProfileLine,
    Standing,
    Target,
    above,
    counts,
    profile_of,
    together,
)
from dutybound.controls.states import states_by_party
from dutybound.packs.rmf_target import RmfTarget
from dutybound.packs.shapes import rung_of
from dutybound.terms.control import Catalogue, Element, Framework
from dutybound.terms.evidence import Checked, Refused, Rung
from dutybound.terms.system import Profile

SCHEMA: Final = "dutybound/rmf-profile/1"
NOTE: Final = (
    "An outcome stands at a rung if a control that equals or contains it stands there, with valid "
    "evidence, for each party of the system. Parts are never added up. The organisation stands "
    "where its weakest system stands. "
    "The framework is voluntary and nobody certifies it; NIST does not endorse this tool."
)
Read = Callable[[Profile], tuple[Sequence[Checked], Sequence[Refused]]]


@dataclass(frozen=True)
class SystemProfile:
    """The profile of one system: by what holds for all of its parties.

    parties: the profile by what holds for one of them, if they do not all stand alike.
    """

    system: Profile
    profile: FrameworkProfile
    parties: dict[str, FrameworkProfile]


@dataclass(frozen=True)
class RmfProfiles:
    """The profiles of some systems beside one target."""

    framework: Framework
    target: RmfTarget
    as_of: date
    systems: tuple[SystemProfile, ...]

    @cached_property
    def organisation(self) -> tuple[OrganisationLine, ...]:
        """The outcomes of the organisation."""
        return together([s.profile for s in self.systems])

    def groups(self, level: str) -> tuple[Element, ...]:
        """The functions or the categories."""
        return tuple(e for e in self.framework.elements.values() if e.level == level)

    def within(
        self, lines: Iterable[ProfileLine | OrganisationLine], parent: str
    ) -> list[ProfileLine | OrganisationLine]:
        """The lines below a function or category."""
        return [x for x in lines if parent in above(self.framework, x.element.id)]


def rmf_profiles(
    catalogue: Catalogue, target: RmfTarget, systems: Sequence[Profile], read: Read, as_of: date
) -> RmfProfiles:
    """The profiles of some systems. read: the evidence that counts for a system."""
    aims = Target(
        {name: rung_of(word) for name, word in target.rungs.items()},
        {line.id: line.why for line in target.left_out},
    )
    made = []
    for system in systems:
        checked, refused = read(system)
        states = states_by_party(catalogue, checked, refused, parties_of(system))
        parties = {
            party: profile_of(catalogue, target.framework, own, aims)
            for party, own in states.by_party.items()
        }
        whole = profile_of(catalogue, target.framework, states.lowest, aims)
        made.append(SystemProfile(system, whole, parties))
    return RmfProfiles(catalogue.frameworks[target.framework], target, as_of, tuple(made))


def lowest(lines: Iterable[ProfileLine | OrganisationLine]) -> Rung | None:
    """The lowest rung of the outcomes that are aimed at; None if one of them is not known."""
    aimed = [x.current for x in lines if x.standing is not Standing.LEFT_OUT]
    known = [r for r in aimed if r is not None]
    return min(known) if known and len(known) == len(aimed) else None


def as_json(found: RmfProfiles) -> dict[str, Any]:
    """The profiles as JSON values."""
    framework = found.framework
    return {
        "schema": SCHEMA,
        "content": content_json(),
        "framework": {
            k: getattr(framework, k) for k in ("id", "title", "version", "nature", "effect")
        },
        "as_of": found.as_of.isoformat(),
        "target": {"name": found.target.name, "why": found.target.why},
        "organisation": {
            "systems": len(found.systems),
            **_groups(found, found.organisation),
            "subcategories": [_organisation_line(x) for x in found.organisation],
        },
        "systems": [
            {
                "system": s.system.id,
                "name": s.system.name,
                "profile_sha256": s.system.sha256,
                **_groups(found, s.profile.lines),
                "subcategories": [_line(x) for x in s.profile.lines],
                "parties": [
                    {"party": party, "counts": _counts(counts(own.lines))}
                    for party, own in s.parties.items()
                ],
            }
            for s in found.systems
        ],
        "note": NOTE,
    }


def _groups(found: RmfProfiles, lines: Sequence[ProfileLine | OrganisationLine]) -> dict[str, Any]:
    return {
        "counts": _counts(counts(lines)),
        "functions": [_group(found, e, lines) for e in found.groups("function")],
        "categories": [_group(found, e, lines) for e in found.groups("category")],
    }


def _group(
    found: RmfProfiles, element: Element, lines: Sequence[ProfileLine | OrganisationLine]
) -> dict[str, Any]:
    inside = found.within(lines, element.id)
    weakest = lowest(inside)
    return {
        "id": element.id,
        "title": element.title,
        "counts": _counts(counts(inside)),
        "lowest": None if weakest is None else weakest.word,
    }


def _counts(found: Counter[Standing]) -> dict[str, int]:
    return {str(s): found[s] for s in Standing}


def _line(line: ProfileLine) -> dict[str, Any]:
    return {
        **_common(line),
        "part": line.part.word if line.part else None,
        "by": list(line.by),
        "lacking": list(line.lacking),
        "why_left_out": line.why,
    }


def _organisation_line(line: OrganisationLine) -> dict[str, Any]:
    return {**_common(line), "systems_at_target": line.at_target, "systems": line.systems}


def _common(line: ProfileLine | OrganisationLine) -> dict[str, Any]:
    return {
        "id": line.element.id,
        "title": line.element.title,
        "current": None if line.current is None else line.current.word,
        "target": None if line.target is None else line.target.word,
        "standing": str(line.standing),
        "gap": line.is_gap,
    }
