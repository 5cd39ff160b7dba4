"""The NIST AI RMF profiles as a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from dutybound.assess import html
from dutybound.assess.catalogue import content_json, rests_on
from dutybound.assess.rmf_profile import NOTE, RmfProfiles, SystemProfile, lowest
from dutybound.controls.profile import OrganisationLine, ProfileLine, Standing, counts
from dutybound.terms.evidence import Rung

Lines = Sequence[ProfileLine | OrganisationLine]
KINDS: Final = {
    Standing.AT_TARGET: "met",
    Standing.BELOW: "partial",
    Standing.PARTIAL: "partial",
    Standing.UNASSESSED: "unassessed",
    Standing.UNKNOWN: "no-control",
    Standing.LEFT_OUT: "shielded",
}


def rmf_page(found: RmfProfiles) -> str:
    """The whole page."""
    single = len(found.systems) == 1
    name = found.systems[0].system.name if single else "The organisation"
    return html.page(f"{name}: {found.framework.title}", _parts(found, single))


def _parts(found: RmfProfiles, single: bool) -> Iterator[str]:
    target = found.target
    yield html.paragraph(f"As of {found.as_of}. Target: {target.name}. {target.why}")
    yield html.paragraph(found.framework.effect, "note")
    if not single:
        yield html.heading("The organisation: its weakest system in each outcome")
        yield _groups(found, found.organisation)
        yield html.table(
            "Outcomes of the organisation",
            ("subcategory", "title", "current", "target", "standing", "systems at target"),
            (_organisation(x) for x in found.organisation),
        )
    for system in found.systems:
        yield from _system(found, system)
    yield html.paragraph(NOTE, "note")
    yield html.paragraph(rests_on(content_json()), "note")


def _system(found: RmfProfiles, system: SystemProfile) -> Iterator[str]:
    lines = system.profile.lines
    yield html.heading(system.system.name)
    yield _groups(found, lines)
    yield html.table(
        "Outcomes",
        ("subcategory", "title", "current", "a part", "target", "standing", "by", "would close it"),
        (_line(x) for x in lines),
    )


def _groups(found: RmfProfiles, lines: Lines) -> str:
    elements = (e for e in found.framework.elements.values() if e.level in ("function", "category"))
    return html.table(
        "Subcategories by function and category",
        ("part", "title", "lowest", *map(str, Standing)),
        (
            (e.id, e.title, _word(lowest(inside)), *_cells(inside))
            for e in elements
            for inside in [found.within(lines, e.id)]
        ),
    )


def _cells(lines: Lines) -> Iterator[tuple[int, str]]:
    found = counts(lines)
    for standing in Standing:
        yield found[standing], KINDS[standing] if found[standing] else ""


def _word(rung: Rung | None) -> str:
    return "unknown" if rung is None else rung.word.replace("_", " ")


def _head(line: ProfileLine | OrganisationLine) -> list[Any]:
    return [line.element.id, line.element.title, _word(line.current)]


def _aim(line: ProfileLine | OrganisationLine) -> list[Any]:
    aim = "none" if line.target is None else _word(line.target)
    return [aim, (str(line.standing), KINDS[line.standing])]


def _line(line: ProfileLine) -> list[Any]:
    part = _word(line.part) if line.part else ""
    closes = " or ".join(line.lacking) if line.is_gap else line.why or ""
    return [*_head(line), part, *_aim(line), ", ".join(line.by), closes]


def _organisation(line: OrganisationLine) -> list[Any]:
    return [*_head(line), *_aim(line), f"{line.at_target} of {line.systems}"]
