"""Reads `governance.yaml`, `decision.yaml` and files of exceptions: closed, with positions.

Who may decide what, up to which limit, with how many, who may stand in and who may object. A file
of exceptions has the same entries as the key `exceptions` of `governance.yaml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

from pydantic import Field, StringConstraints

from dutybound.errors import BadInput, Problem, did_you_mean
from dutybound.packs.reading import Document, Where, parse_yaml, read_yaml
from dutybound.packs.shapes import Closed, Day, Digest, Name, Text, VersionText
from dutybound.packs.validation import validate

Market = Literal["eu", "us", "uk"]
Verdict = Literal["no_blocker_found", "conditional", "undetermined", "blocked"]
Choice = Literal["go", "go_with_conditions", "no_go", "postpone"]
Who = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
Part = Literal["R", "A", "A/R", "C", "I"]
MARKETS: Final[tuple[Market, ...]] = ("eu", "us", "uk")


class Person(Closed):
    """A person who may sign. units: departments; who is in the one that owns a system owns it."""

    id: Who
    name: Text
    units: tuple[Name, ...] = ()


class Role(Closed):
    """A role, the people who hold it and who stands in. controls: owner names of controls."""

    id: Name
    title: Text
    held_by: tuple[Who, ...] = ()
    deputies: tuple[Who, ...] = ()
    owns: tuple[Name, ...] = ()
    controls: tuple[Name, ...] = ()


class Line(Closed):
    """One line of the table: decision x role x limit x quorum x deputy x veto.

    quorum: how many persons who hold the role (or stand in) have to sign. separate: whether the
    owner of the system is barred from signing.
    """

    decision: Literal["launch", "exception"]
    role: Name
    markets: tuple[Market, ...] = MARKETS
    recommendations: tuple[Verdict, ...] = ("no_blocker_found", "conditional")
    max_days: int | None = Field(default=None, ge=1, le=3650)
    quorum: int = Field(default=1, ge=1, le=20)
    deputies: bool = False
    veto: tuple[Name, ...] = ()
    separate: bool = True


class SignOff(Closed):
    """Something that a role has to sign before a launch."""

    id: Name
    role: Name
    of: Text
    markets: tuple[Market, ...] = MARKETS
    why: Text | None = None


class Exemption(Closed):
    """A duty that is put off: who owns it, who granted it, until when, what compensates."""

    id: Name
    market: Market
    rule: Text
    party: Name | None = None
    owner: Who
    granted_by: Who
    role: Name
    granted_on: Day
    expires: Day
    reason: Text
    compensating: tuple[Text, ...] = Field(min_length=1)


class Activity(Closed):
    """One row of the responsibility matrix: an activity and the part of each role in it.

    R does the work, A answers for it (one role only), A/R is both, C is asked before, I is told
    after.
    """

    id: Name
    what: Text
    roles: dict[Name, Part] = Field(min_length=1)

    def having(self, letter: str) -> tuple[str, ...]:
        """The roles that have a part, in the order of the file."""
        return tuple(role for role, part in self.roles.items() if letter in part.split("/"))


class GovernanceFile(Closed):
    """`governance.yaml`."""

    dutybound: Literal["governance/1"]
    organisation: Text
    people: tuple[Person, ...] = Field(min_length=1)
    roles: tuple[Role, ...] = Field(min_length=1)
    decisions: tuple[Line, ...] = Field(min_length=1)
    activities: tuple[Activity, ...] = ()
    sign_off: tuple[SignOff, ...] = ()
    exceptions: tuple[Exemption, ...] = ()


class ExceptionFile(Closed):
    """A file of exceptions."""

    dutybound: Literal["exceptions/1"]
    exceptions: tuple[Exemption, ...]


class Signature(Closed):
    """A person who signs beside the one who decides."""

    by: Who
    role: Name
    on: Day


class Objection(Closed):
    """A veto or a dissent, with its reason. option: the option that the person would take."""

    by: Who
    role: Name
    on: Day
    reason: Text
    option: Name | None = None


class Stance(Closed):
    """The view that a person takes on a duty of which it is not settled whether it binds."""

    rule: Text
    view: Text


class DecisionLine(Closed):
    """The decision on one market."""

    market: Market
    decision: Choice
    by: Who
    role: Name
    on: Day
    reason: Text
    recommendation: Verdict
    signatures: tuple[Signature, ...] = ()
    conditions: tuple[Text, ...] = ()
    positions: tuple[Stance, ...] = ()
    accepts: tuple[Text, ...] = ()
    vetoes: tuple[Objection, ...] = ()
    dissent: tuple[Objection, ...] = ()


class DecisionFile(Closed):
    """`decision.yaml`. profile_sha256: of the profile that was decided on."""

    dutybound: Literal["decision/1"]
    system: Name
    version: VersionText
    profile_sha256: Digest | None = None
    launch_on: Day
    decisions: tuple[DecisionLine, ...] = Field(min_length=1)


Shape = TypeVar("Shape", bound=Closed)


@dataclass(frozen=True)
class Governance:
    """Who may do what, with the look-ups that checks need."""

    file: GovernanceFile

    @cached_property
    def people(self) -> dict[str, Person]:
        """People by id."""
        return {p.id: p for p in self.file.people}

    @cached_property
    def roles(self) -> dict[str, Role]:
        """Roles by id."""
        return {r.id: r for r in self.file.roles}

    def lines(self, decision: str, market: str) -> list[Line]:
        """The lines of the table for a decision in a market."""
        wanted = (x for x in self.file.decisions if x.decision == decision)
        return [x for x in wanted if market in x.markets]

    def acts_as(self, person: str, role: str, *, deputies: bool) -> str | None:
        """`holder` or `deputy` if a person may sign for a role, else None."""
        found = self.roles.get(role)
        if found is None:
            return None
        if person in found.held_by:
            return "holder"
        return "deputy" if deputies and person in found.deputies else None

    def owns(self, person: str, system: str, owner: str | None) -> bool:
        """Whether a person owns a system: by name, unit or role. owner: what the profile says."""
        found = self.people.get(person)
        units = found.units if found else ()
        if owner is not None and (person == owner or owner in units):
            return True
        return any(
            person in (*r.held_by, *r.deputies) and (system in r.owns or r.id == owner)
            for r in self.file.roles
        )

    def who(self, role: str) -> tuple[str, ...]:
        """The names of those who hold a role, or the role that answers for an owner of controls."""
        found = self.roles.get(role) or next(
            (r for r in self.file.roles if role in r.controls), None
        )
        return tuple(self.people[p].name for p in found.held_by) if found else ()


def read_governance(path: Path, shown: str | None = None) -> Governance:
    """A governance file. Raises BadInput with every problem."""
    document = read_yaml(path, shown)
    found = _shaped(GovernanceFile, document, _wrong_in_governance)
    return Governance(found)


def parse_governance(text: str, shown: str) -> Governance:
    """A governance file from text."""
    return Governance(_shaped(GovernanceFile, parse_yaml(text, shown), _wrong_in_governance))


def read_exceptions(path: Path, shown: str | None = None) -> tuple[Exemption, ...]:
    """A file of exceptions."""
    return _shaped(ExceptionFile, read_yaml(path, shown), _wrong_exceptions).exceptions


def read_decision(path: Path, shown: str | None = None) -> tuple[DecisionFile, Document]:
    """A decision, with its positions: what it says is checked against the dossier later."""
    document = read_yaml(path, shown)
    return _shaped(DecisionFile, document, _wrong_in_decision), document


def _shaped(
    model: type[Shape],
    document: Document,
    more: Callable[[Shape], Iterator[tuple[Where, str]]],
) -> Shape:
    problems: list[Problem] = []
    found = validate(model, document, problems)
    if found is not None:
        problems += [document.problem(where, message) for where, message in more(found)]
    if found is None or problems:
        raise BadInput(sorted(set(problems)))
    return found


# ---------------------------------------------------------------------- what shapes cannot say
def _twice(group: str, ids: Sequence[str]) -> Iterator[tuple[Where, str]]:
    for i, name in enumerate(ids):
        if name in ids[:i]:
            yield (group, i, "id"), f"`{name}` stands twice in `{group}`."


def _wrong_in_governance(found: GovernanceFile) -> Iterator[tuple[Where, str]]:
    people, roles = [p.id for p in found.people], [r.id for r in found.roles]
    yield from _twice("people", people)
    yield from _twice("roles", roles)
    yield from _twice("sign_off", [s.id for s in found.sign_off])
    for i, role in enumerate(found.roles):
        yield from _wrong_role(role, ("roles", i), people)
    by_id = {r.id: r for r in found.roles}
    for i, line in enumerate(found.decisions):
        yield from _wrong_line(line, ("decisions", i), by_id)
    yield from _twice("activities", [a.id for a in found.activities])
    for i, activity in enumerate(found.activities):
        yield from _wrong_activity(activity, ("activities", i), roles)
    for i, sign in enumerate(found.sign_off):
        if sign.role not in by_id:
            hint = did_you_mean(sign.role, roles)
            yield ("sign_off", i, "role"), f"`{sign.role}` is not among `roles`.{hint}"
    for i, exception in enumerate(found.exceptions):
        for key, person in (("owner", exception.owner), ("granted_by", exception.granted_by)):
            if person not in people:
                yield ("exceptions", i, key), f"`{person}` is not among `people`."
    yield from _wrong_entries(found.exceptions)


def _wrong_role(role: Role, where: Where, people: Sequence[str]) -> Iterator[tuple[Where, str]]:
    for key, named in (("held_by", role.held_by), ("deputies", role.deputies)):
        for j, person in enumerate(named):
            if person not in people:
                hint = did_you_mean(person, people)
                yield (*where, key, j), f"`{person}` is not among `people`.{hint}"


def _wrong_line(line: Line, where: Where, roles: dict[str, Role]) -> Iterator[tuple[Where, str]]:
    role = roles.get(line.role)
    if role is None:
        hint = did_you_mean(line.role, roles)
        yield (*where, "role"), f"`{line.role}` is not among `roles`.{hint}"
    else:
        able = {*role.held_by, *(role.deputies if line.deputies else ())}
        if len(able) < line.quorum:
            yield (
                (*where, "quorum"),
                f"{line.quorum} have to sign, but only {len(able)} may sign for `{line.role}`.",
            )
    for j, veto in enumerate(line.veto):
        if veto not in roles:
            hint = did_you_mean(veto, roles)
            yield (*where, "veto", j), f"`{veto}` is not among `roles`.{hint}"
    if line.max_days is not None and line.decision != "exception":
        yield (*where, "max_days"), "`max_days` belongs to lines on exceptions."
    if "blocked" in line.recommendations:
        yield (
            (*where, "recommendations"),
            "No role may decide to launch a blocked market: leave `blocked` out.",
        )


def _wrong_activity(
    activity: Activity, where: Where, roles: Sequence[str]
) -> Iterator[tuple[Where, str]]:
    for role in activity.roles:
        if role not in roles:
            hint = did_you_mean(role, roles)
            yield (*where, "roles", role), f"`{role}` is not among `roles`.{hint}"
    answers = activity.having("A")
    if len(answers) != 1:
        who = " and ".join(f"`{r}`" for r in answers) or "nobody"
        yield (
            (*where, "roles"),
            f"In `{activity.id}`, {who} would be accountable: give `A` or `A/R` to one role only.",
        )
    if not activity.having("R"):
        yield (
            (*where, "roles"),
            f"In `{activity.id}`, nobody does the work: give `R` or `A/R` to at least one role.",
        )


def _wrong_entries(entries: Sequence[Exemption]) -> Iterator[tuple[Where, str]]:
    yield from _twice("exceptions", [e.id for e in entries])
    for i, entry in enumerate(entries):
        if entry.expires <= entry.granted_on:
            yield ("exceptions", i, "expires"), "It ends on or before the day it was granted."


def _wrong_exceptions(found: ExceptionFile) -> Iterator[tuple[Where, str]]:
    yield from _wrong_entries(found.exceptions)


def _wrong_in_decision(found: DecisionFile) -> Iterator[tuple[Where, str]]:
    markets = [d.market for d in found.decisions]
    for i, market in enumerate(markets):
        if market in markets[:i]:
            yield ("decisions", i, "market"), f"There are two decisions on `{market}`."
