"""`dutybound rmf PROFILE|DIR --evidence DIR`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from dutybound.cli import page
from dutybound.cli.evidence_options import trust_of, write_page
from dutybound.cli.options import Day, load_content, print_json, today
from dutybound.controls.profile import OrganisationLine, ProfileLine, Standing, counts
from dutybound.errors import BadInput

if TYPE_CHECKING:
    from dutybound.assess.rmf_profile import RmfProfiles
    from dutybound.terms.evidence import Checked, Refused
    from dutybound.terms.system import Profile

Lines = Sequence[ProfileLine | OrganisationLine]
COLOURS: Final = {
    Standing.AT_TARGET: "green",
    Standing.BELOW: "yellow",
    Standing.PARTIAL: "yellow",
    Standing.UNASSESSED: "magenta",
    Standing.UNKNOWN: "bright_black",
    Standing.LEFT_OUT: "blue",
}
HEADS: Final = ("at", "below", "part", "unass", "unkn", "out")
FEW: Final = 24


@click.command("rmf")
@click.argument("profile", metavar="PROFILE|DIR", type=click.Path(path_type=Path))
@click.option(
    "--evidence",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with signed evidence; without it, everything is unassessed.",
)
@click.option(
    "--trust",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Whose signatures count (default: trust.yaml in the evidence folder).",
)
@click.option(
    "--target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A target profile of your own (default: the one of the content).",
)
@click.option("--as-of", type=Day(), help="The day to judge (default: today).")
@click.option("--all", "everything", is_flag=True, help="Outcomes that are at target, too.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    profile: Path,
    evidence: Path | None,
    trust: Path | None,
    target: Path | None,
    as_of: date | None,
    everything: bool,
    html: Path | None,
    as_json: bool,
) -> None:
    """Current and target profile of the NIST AI RMF, for a system or a folder of systems."""
    from dutybound.assess.rmf_profile import as_json as plain

    found = _profiles(profile, evidence, trust, target, as_of)
    if html is not None:
        from dutybound.assess.rmf_html import rmf_page

        write_page(html, rmf_page(found))
    if as_json:
        print_json(plain(found))
    elif html is None:
        page.show(_page(found, everything))


def _profiles(
    where: Path, evidence: Path | None, trust: Path | None, target: Path | None, as_of: date | None
) -> RmfProfiles:
    from dutybound.assess.catalogue import catalogue
    from dutybound.assess.intake import check_evidence
    from dutybound.assess.opening import open_folder
    from dutybound.assess.rmf_profile import rmf_profiles
    from dutybound.packs.rmf_target import read_target

    now = today()
    day = as_of or now
    book = catalogue()
    aims = read_target(book.frameworks, target)
    systems = _systems(where, now)
    opened = None if evidence is None else open_folder(evidence, trust_of(evidence, trust))

    def read(system: Profile) -> tuple[Sequence[Checked], Sequence[Refused]]:
        return ((), ()) if opened is None else check_evidence(opened, book, system, day, today=now)

    return rmf_profiles(book, aims, systems, read, day)


def _systems(where: Path, now: date) -> list[Profile]:
    from dutybound.assess.portfolio import profile_files, read_profiles
    from dutybound.errors import Problem
    from dutybound.packs.profile import ProfileReader

    reader = ProfileReader(load_content())
    if where.is_file():
        return [reader.read(where, today=now)]
    refused: list[Problem] = []
    found = list(read_profiles(reader, profile_files(where), refused, now))
    if refused:
        raise BadInput(refused)
    if not found:
        raise BadInput.one(str(where), "The folder holds no profile.")
    return found


def _page(found: RmfProfiles, everything: bool) -> Iterator[str]:
    from dutybound.assess.catalogue import content_json, rests_on
    from dutybound.assess.rmf_profile import NOTE

    framework = found.framework
    single = len(found.systems) == 1
    name = found.systems[0].system.name if single else f"{len(found.systems)} systems"
    yield page.title(f"{name}: {framework.title}")
    yield page.wrapped(
        f"As of {page.day(found.as_of.isoformat())}. Target: {found.target.name}. "
        f"{found.target.why}"
    )
    yield ""
    if single:
        lines: Lines = found.systems[0].profile.lines
    else:
        yield from _systems_table(found)
        lines = found.organisation
        yield page.heading("THE ORGANISATION: ITS WEAKEST SYSTEM IN EACH OUTCOME")
    yield from _groups(found, lines)
    yield ""
    yield from _gaps(lines, everything)
    yield page.wrapped(NOTE)
    yield page.wrapped(rests_on(content_json()))


def _systems_table(found: RmfProfiles) -> Iterator[str]:
    yield page.heading("SYSTEMS")
    rows: list[tuple[str, ...]] = [("", *HEADS, "")]
    rows += [
        (s.system.id[:24], *_cells(counts(s.profile.lines)), s.system.name) for s in found.systems
    ]
    yield from page.rows(rows)
    yield ""


def _cells(found: Counter[Standing]) -> Iterator[str]:
    for standing in Standing:
        count = found[standing]
        yield click.style(str(count), fg=COLOURS[standing]) if count else "."


def _groups(found: RmfProfiles, lines: Lines) -> Iterator[str]:
    from dutybound.assess.rmf_profile import lowest

    rows: list[tuple[str, ...]] = [("", "lowest", *HEADS, "")]
    for element in found.framework.elements.values():
        if element.level in ("function", "category"):
            inside = found.within(lines, element.id)
            weakest = lowest(inside)
            indent = "" if element.level == "function" else "  "
            rows.append(
                (
                    indent + element.id,
                    "unkn" if weakest is None else weakest.word[:6],
                    *_cells(counts(inside)),
                    element.title,
                )
            )
    yield from page.rows(rows)
    yield page.wrapped(
        "Number of subcategories: at target; below it; only a part is shown; unassessed; unknown "
        "coverage (no mapping says anything); left out of the target. lowest: the lowest rung of "
        "those that are aimed at.",
        2,
    )


def _gaps(lines: Lines, everything: bool) -> Iterator[str]:
    for standing in Standing:
        inside = [x for x in lines if x.standing is standing]
        if not inside or (standing is Standing.AT_TARGET and not everything):
            continue
        yield page.heading(f"{str(standing).upper()} ({len(inside)})", colour=COLOURS[standing])
        shown = inside if everything else inside[:FEW]
        yield from page.rows(_row(x) for x in shown)
        if len(shown) < len(inside):
            yield f"  and {len(inside) - len(shown)} more (--all)"
        yield ""


def _row(line: ProfileLine | OrganisationLine) -> tuple[str, str]:
    current = "unknown" if line.current is None else _word(line.current.word)
    aim = "none" if line.target is None else _word(line.target.word)
    return line.element.id, f"{line.element.title}: {current}, target {aim}{_more(line)}"


def _more(line: ProfileLine | OrganisationLine) -> str:
    if isinstance(line, OrganisationLine):
        return f"; {line.at_target} of {line.systems} systems at target"
    if line.why is not None:
        return f" ({line.why})"
    found = f"; a part: {_word(line.part.word)}" if line.part > (line.current or 0) else ""
    if not line.is_gap:
        return found
    closes = " or ".join(line.lacking[:3])
    return found + (f"; would close it: {closes}" if closes else "; no control covers it whole")


def _word(text: str) -> str:
    return text.replace("_", " ")
