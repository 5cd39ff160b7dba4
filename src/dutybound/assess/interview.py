"""`init`: asks the fewest questions and builds a profile from the answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from dutybound.errors import BadInput, Problem, did_you_mean
from dutybound.packs.profile import PROFILE, ProfileReader
from dutybound.packs.reading import Document
from dutybound.rules.program import Program
from dutybound.rules.questions import EVENTS, PLURAL, Picker, Question, fact_of
from dutybound.terms.law import Content, FactType
from dutybound.terms.system import Profile

SCHEMA: Final = "dutybound/interview/1"
UNKNOWN: Final = "unknown"
CORE: Final = (
    ("system", "artefact"),
    ("party", "acts"),
    ("use", "places"),
    ("use", "purposes"),
    ("use", "persons"),
    ("data", "kinds"),
)
DEFAULT_IDS: Final = {"party": "organisation", "use": "main", "data": "data", "model": "model"}
ABOUT: Final = ("id", "name", "version", "owner", "description", "parties", "data", "models")
PLACES_ASK: Final = (
    "Where is it supplied or used, or where are people affected? "
    "(codes such as eu, uk, us-ca, us-ny-nyc)"
)
EVENTS_COMPLETE: Final = EVENTS + "_complete"
EVENTS_ASK: Final = "Which of these have happened or are planned, and when?"
Answers = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ids:
    """The things that an interview is about."""

    party: tuple[str, ...]
    use: tuple[str, ...]
    data: tuple[str, ...]
    model: tuple[str, ...]

    @classmethod
    def of(cls, answers: Mapping[str, Any], *, bare: bool = False) -> Ids:
        """The ids that the paths of answers name; a default for a thing that none names.

        bare: leave out data sets and models that none names.
        """
        found: dict[str, dict[str, None]] = {thing: {} for thing in PLURAL}
        things = {plural: thing for thing, plural in PLURAL.items()}
        for path in answers:
            group, _, rest = path.partition(".")
            if group in things and rest:
                found[things[group]][rest.partition(".")[0]] = None
        return cls(
            *(
                tuple(ids) or (() if bare and thing in ("data", "model") else (DEFAULT_IDS[thing],))
                for thing, ids in found.items()
            )
        )


class Interview:
    """An interview: what was answered, what was asked, what to ask next.

    about: names and references of things by path, further paths are passed over. answers: fact path
    to value, as a profile would state it. A set that is answered by a list is closed unless
    `<path>_complete` says otherwise.
    """

    def __init__(
        self,
        content: Content,
        program: Program,
        ids: Ids,
        about: Mapping[str, Any],
        *,
        as_of: date,
        markets: tuple[str, ...] | None = None,
    ) -> None:
        self.content = content
        self._program = program
        self._ids = ids
        self._name = str(about.get("system.id", "new-system"))
        self._picker = Picker(program, as_of, markets)
        self.reader = ProfileReader(content)
        self.answers: Answers = {
            p: v for p, v in about.items() if _about(p) and p.rpartition(".")[2] != "id"
        }
        self.asked: dict[str, None] = {}
        self.count = 0

    # ------------------------------------------------------------------ questions
    @cached_property
    def _core(self) -> tuple[Question, ...]:
        return tuple(q for thing, name in CORE for q in self._of_thing(thing, name))

    def _of_thing(self, thing: str, name: str) -> Iterator[Question]:
        fact = self.content.facts.get(f"{thing}.{name}")
        facts = () if fact is None else (fact,)
        if thing == "system":
            yield Question((f"system.{name}",), facts, 0, 0)
            return
        for owner in getattr(self._ids, thing):
            yield Question((f"{PLURAL[thing]}.{owner}.{name}",), facts, 0, 0)

    def next(self) -> Question | None:
        """The next question; None if no answer could settle more."""
        for question in self._core:
            if question.paths[0] not in self.asked:
                return question
        return self._picker.next(self.profile(), self.asked)

    def put(self, question: Question, values: Mapping[str, Any]) -> None:
        """Take the answers to a question. Raises BadInput, and keeps none, if they do not fit."""
        before = dict(self.answers)
        self.answers.update({p: v for p, v in values.items() if v is not None and v != UNKNOWN})
        try:
            self.profile()
        except BadInput:
            self.answers = before
            raise
        self.count += 1
        self.asked.update(dict.fromkeys(question.paths))

    def answer(self, question: Question, given: Mapping[str, Any]) -> None:
        """Take from `given` what it says on a question; what it does not say is unknown."""
        values: Answers = {}
        for path in question.paths:
            values[path] = given.get(path, UNKNOWN)
            if path + "_complete" in given:
                values[path + "_complete"] = given[path + "_complete"]
        self.put(question, values)

    # ------------------------------------------------------------------ the profile
    def document(self) -> dict[str, Any]:
        """The profile as it is written to a file."""
        system = {"id": self._name, "name": self._name, **self._stated("system", ("system",))}
        found: dict[str, Any] = {"dutybound": PROFILE, "system": system}
        for thing, plural in PLURAL.items():
            things = [
                {"id": one, **self._stated(thing, (plural, one))}
                for one in getattr(self._ids, thing)
            ]
            if thing == "use":
                things = [{**use, "places": use.get("places", [])} for use in things]
            if things:
                found[plural] = things
        listed = EVENTS in self.answers
        if listed:
            found[EVENTS] = self.answers[EVENTS]
        if listed or EVENTS_COMPLETE in self.answers:
            found[EVENTS_COMPLETE] = self.answers.get(EVENTS_COMPLETE, True)
        return found

    def _stated(self, thing: str, where: tuple[str, ...]) -> dict[str, Any]:
        prefix = ".".join(where) + "."
        found: dict[str, Any] = {}
        for path, value in self.answers.items():
            if path.startswith(prefix):
                name = path.removeprefix(prefix)
                _nest(found, name, value)
                fact = self.content.facts.get(f"{thing}.{name}")
                if fact is not None and self._closes(fact, path, value):
                    _nest(found, name + "_complete", True)
        return found

    def _closes(self, fact: FactType, path: str, value: Any) -> bool:
        listed = fact.type == "set" and isinstance(value, list)
        return listed and path + "_complete" not in self.answers

    def profile(self) -> Profile:
        """The profile on the answers so far. Raises BadInput if they do not fit together."""
        document = Document(f"{self._name} (answers)", self.document())
        return self.reader.build(document, Path(), "")


def _nest(found: dict[str, Any], name: str, value: Any) -> None:
    *groups, last = name.split(".")
    for group in groups:
        found = found.setdefault(group, {})
    found[last] = value


# ---------------------------------------------------------------------- answers from a file
@dataclass(frozen=True, slots=True)
class Unattended:
    """What came of an interview that was answered from a file."""

    interview: Interview
    not_needed: tuple[str, ...]
    open: tuple[Question, ...]

    def as_json(self) -> dict[str, Any]:
        """The result as JSON values."""
        return {
            "schema": SCHEMA,
            "asked": self.interview.count,
            "not_needed": list(self.not_needed),
            "open": [
                {"facts": list(q.paths), "ask": " / ".join(ask_of(q)), "findings": q.findings}
                for q in self.open
            ],
            "profile": self.interview.document(),
        }


def ask_of(question: Question) -> tuple[str, ...]:
    """The words of a question."""
    if question.paths[0] == EVENTS:
        return (EVENTS_ASK,)
    return tuple(f.ask for f in question.facts) or (PLACES_ASK,)


def unattended(interview: Interview, given: Mapping[str, Any]) -> Unattended:
    """Answer every question from `given`."""
    unanswered = []
    while (question := interview.next()) is not None:
        interview.answer(question, given)
        if not any(p in given and given[p] != UNKNOWN for p in question.paths):
            unanswered.append(question)
    unused = [
        p for p in given if p.removesuffix("_complete") not in interview.asked and not _about(p)
    ]
    for path in given:
        if _about(path) or path in unused:
            interview.answers.setdefault(path, given[path])
    interview.profile()
    return Unattended(interview, tuple(p for p in unused if not _about(p)), tuple(unanswered))


def _about(path: str) -> bool:
    """Whether a path names a thing, or says which things belong together."""
    group, _, name = path.partition(".")
    last = name.rpartition(".")[2]
    return last in ABOUT or (last == "places" and group != PLURAL["use"])


def full_paths(content: Content, raw: Any, file: str, markers: Document | None = None) -> Answers:
    """Answers with full paths; `use.x` is short for the only use. Raises BadInput."""
    if not isinstance(raw, Mapping):
        raise BadInput.one(file, "Answers are a mapping from fact path to value.", 1, 1)
    things = {plural: thing for thing, plural in PLURAL.items()}
    given: Answers = {}
    problems: list[Problem] = []
    for key, value in raw.items():
        path = str(key)
        head, _, rest = path.partition(".")
        if head in PLURAL and head not in things:
            path = f"{PLURAL[head]}.{_only(raw, PLURAL[head], head)}.{rest}"
        elif head in things and f"{head}.{rest.removesuffix('_complete')}" in content.facts:
            path = f"{head}.{_only(raw, head, things[head])}.{rest}"
        if not _known(content, path):
            names = [*content.facts, "use.places", EVENTS]
            line, column = markers.at((key,)) if markers else (0, 0)
            problems.append(
                Problem(file, line, column, f"Unknown fact `{key}`.{did_you_mean(str(key), names)}")
            )
        given[path] = value
    if problems:
        raise BadInput(problems)
    return given


def _only(raw: Mapping[str, Any], plural: str, thing: str) -> str:
    for key in raw:
        parts = str(key).split(".")
        if parts[0] == plural and len(parts) > 2 and parts[0] not in PLURAL:
            return parts[1]
    return DEFAULT_IDS[thing]


def _known(content: Content, path: str) -> bool:
    if path in (EVENTS, EVENTS_COMPLETE) or _about(path) or path.endswith(".places"):
        return True
    head, _, rest = path.removesuffix("_complete").partition(".")
    things = {plural: thing for thing, plural in PLURAL.items()}
    if head in things:
        return f"{things[head]}.{rest.partition('.')[2]}" in content.facts
    return f"{head}.{rest}" in content.facts


def question_fact(program: Program, path: str) -> FactType | None:
    """The fact behind a path; None for places and events."""
    if path == EVENTS or path.endswith(".places"):
        return None
    return fact_of(program, path)
