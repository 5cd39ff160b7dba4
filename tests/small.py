"""A small law and a small system, for tests that need no content."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dutybound.assess.cases import verdict_on
from dutybound.rules.program import Program
from dutybound.rules.run import Run
from dutybound.terms.finding import Verdict
from dutybound.terms.law import (
    Act,
    Condition,
    Content,
    Dispute,
    ExceptionText,
    NamedDate,
    Reading,
    Rule,
    RuleText,
    Version,
)
from dutybound.terms.system import Event, Facts, Profile, Thing, Use

MADE = Version("made", date(2024, 7, 12), date(2024, 8, 1), "OJ 1")
AMENDED = Version("amended", date(2026, 7, 24), date(2026, 7, 27), "OJ 2")
ON: Condition = ("yes", "use", "on")
OFF: Condition = ("yes", "use", "off")
OPEN: Condition = ("yes", "use", "open")
PLACES = {"eu": "EU", "eu-de": "Germany", "us": "US", "us-ca": "California", "uk": "UK"}


def text(when: Condition = ON, **changes: Any) -> RuleText:
    """A text of a rule."""
    plain: dict[str, Any] = {
        "version": "made",
        "grade": "A",
        "pinpoint": "Art. 1",
        "formal": None,
        "effective": None,
        "until": None,
        "exceptions": (),
        "defer": None,
        "detail": {},
    }
    return RuleText(when=when, **(plain | changes))


def exception(when: Condition, name: str = "e", grade: str = "A") -> ExceptionText:
    """An exception beside a rule."""
    return ExceptionText(name, "Art. 1(2)", grade, when)


def rule(name: str, *texts: RuleText, **changes: Any) -> Rule:
    """A rule of the act `law`; a duty unless said otherwise."""
    plain: dict[str, Any] = {
        "act": "law",
        "kind": "duty",
        "title": name,
        "nature": "binding_law",
        "over": ("party", "use", "place"),
        "owed_by": None,
        "gated": True,
        "reason": None,
        "show": None,
        "targets": (),
        "saves": (),
        "shield": False,
        "extent": (),
        "until_reason": None,
        "deleted_by": None,
        "legal_status": "in_force",
        "enforcement_status": "active",
        "disputes": (),
    }
    return Rule(id=f"law.{name}", texts=texts or (text(),), **(plain | changes))


def term(name: str, when: Condition, *exceptions: ExceptionText) -> Rule:
    """A term."""
    return rule(name, text(when, exceptions=exceptions), kind="term", gated=False)


def dispute(name: str, *readings: tuple[str, Condition]) -> Dispute:
    """A dispute from (status, condition) pairs."""
    made = (Reading(f"r{i}", "says", s, "", c) for i, (s, c) in enumerate(readings))
    return Dispute(f"law.{name}", "which?", tuple(made))


def act(**changes: Any) -> Act:
    """The act `law`, which binds in the EU."""
    plain: dict[str, Any] = {
        "id": "law",
        "title": "Law",
        "market": "eu",
        "territory": "eu",
        "nature": "binding_law",
        "legal_status": "in_force",
        "enforcement_status": "active",
        "grade": "A",
        "cite": "Law 1",
        "checked_on": date(2026, 11, 23),
        "legal_review": "none",
        "scope": ("always",),
        "reach": "place",
        "versions": (MADE, AMENDED),
        "until": None,
        "until_reason": None,
        "dates": {},
        "penalties": {},
        "detail": {},
    }
    return Act(**(plain | changes))


def named(name: str, **values: date) -> NamedDate:
    """A date that an act names, by version."""
    return NamedDate(name, "Art. 9", tuple(values.items()))


def content(*rules: Rule, disputes: Sequence[Dispute] = (), law: Act | None = None) -> Content:
    """Content with one act."""
    return Content(
        version="test",
        sha256="",
        checked_on=date(2026, 11, 23),
        facts={},
        events={},
        constraints=(),
        places=PLACES,
        whole=(),
        acts={"law": law or act()},
        rules={r.id: r for r in rules},
        disputes={d.id: d for d in disputes},
    )


def profile(
    use: Facts | None = None,
    *,
    places: tuple[str, ...] = ("eu",),
    events: tuple[Event, ...] = (),
    data: Sequence[Facts] = (),
) -> Profile:
    """A system with one party and one use."""
    return Profile(
        id="s",
        name="s",
        file="s.yaml",
        sha256="",
        system={},
        parties=(Thing("party", "p", {}),),
        models=(),
        data=tuple(Thing("data", f"d{i}", facts) for i, facts in enumerate(data)),
        uses=(Use("u", {"on": True, "off": False} if use is None else use, places),),
        events=events,
        events_complete=True,
    )


def verdict(
    law: Content,
    name: str = "x",
    *,
    as_of: date,
    known_on: date = date.max,
    system: Profile | None = None,
) -> Verdict:
    """The verdict on the rule `law.<name>`."""
    run = Run(Program(law, known_on), system or profile(), as_of)
    return verdict_on(run, law.rules[f"law.{name}"])
