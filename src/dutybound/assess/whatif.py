"""`whatif`: which duties go, come and stay if facts were different, and what would prove it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final

from dutybound.assess.candidates import Candidate, candidates, reads_of
from dutybound.assess.edits import GROUPS, Edit, Editor
from dutybound.assess.standing import NONE, Standing, Standings, one_by_one
from dutybound.errors import BadInput
from dutybound.packs.profile import ProfileReader
from dutybound.rules.places import within
from dutybound.rules.program import Program
from dutybound.rules.truth import FALSE
from dutybound.terms.finding import Outcome, Scope
from dutybound.terms.law import MUST_NATURES, Content, FactType, Rule
from dutybound.terms.system import Profile, SetFact

SCHEMA: Final = "dutybound/whatif/1"
DUTIES: Final = ("duty", "prohibition", "right")
LIVE: Final = (Outcome.APPLIES, Outcome.NOT_YET, Outcome.CONTESTED)
KINDS: Final = ("go", "come", "move", "become_unknown", "become_known")
NOTE: Final = (
    "A change counts only when the system was really changed. Facts that are edited after an "
    "adverse result are recorded as such: keep the old value, the new one, who changed it, when "
    "and why, with the evidence."
)


@dataclass(frozen=True, slots=True)
class Shift:
    """A rule that would stand differently."""

    rule: Rule
    scope: Scope
    before: Standing
    after: Standing

    @property
    def kind(self) -> str:
        """`go`, `come`, `move`, `become_unknown` or `become_known`."""
        if Outcome.UNDETERMINED in (self.after[0], self.before[0]):
            now = self.after[0] is Outcome.UNDETERMINED
            both = self.after[0] is self.before[0]
            return "move" if both else "become_unknown" if now else "become_known"
        live = (self.before[0] in LIVE, self.after[0] in LIVE)
        return {(True, False): "go", (False, True): "come"}.get(live, "move")

    def as_json(self, content: Content) -> dict[str, Any]:
        """The shift as JSON values."""
        return {
            "id": self.rule.id,
            "kind": self.rule.kind,
            "nature": self.rule.nature,
            "market": content.acts[self.rule.act].market,
            "pinpoint": self.rule.texts[-1].pinpoint,
            "title": self.rule.title,
            "party": self.scope.party,
            "scope": self.scope.as_dict(),
            "from": _standing(self.before),
            "to": _standing(self.after),
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """What some edits would change.

    stay: live findings that stay as they are. partly: rules that go or come for some parties, uses
    or places while they are live for others all the same.
    """

    edits: tuple[Edit, ...]
    shifts: tuple[Shift, ...]
    stay: int
    partly: frozenset[str]

    def duties(self, kind: str) -> list[str]:
        """The ids of binding duties that shift in some way, each once.

        A duty that goes or comes for a part only is not among those that `go` or `come`.
        """
        whole = kind not in ("go", "come")
        ids = (
            s.rule.id
            for s in self.shifts
            if s.kind == kind and is_duty(s.rule) and (whole or s.rule.id not in self.partly)
        )
        return list(dict.fromkeys(ids))

    def in_part(self) -> list[str]:
        """The ids of binding duties that go or come for some parties, uses or places only."""
        ids = (s.rule.id for s in self.shifts if s.kind in ("go", "come") and is_duty(s.rule))
        return [i for i in dict.fromkeys(ids) if i in self.partly]

    @property
    def saved(self) -> int:
        """Duties that would go, less those that would come."""
        return len(self.duties("go")) - len(self.duties("come"))


@dataclass(frozen=True)
class WhatIf:
    """One profile, ready for questions of the form: what if."""

    content: Content
    program: Program
    profile: Profile
    editor: Editor
    as_of: date
    markets: Collection[str] | None = None
    _baseline: dict[str, Standings] = field(default_factory=dict)

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """The rules that give findings in the markets asked about."""
        acts = [
            a.id
            for a in self.content.acts.values()
            if self.markets is None or a.market in self.markets
        ]
        return tuple(r.id for a in acts for r in self.program.rules_of(a))

    @cached_property
    def before(self) -> Standings:
        """How every rule stands to the profile as it is."""
        return one_by_one(self.program, self.profile, self.as_of, self.rules)

    @cached_property
    def live(self) -> frozenset[str]:
        """The binding duties that are live."""
        rules = self.content.rules
        open_too = (*LIVE, Outcome.UNDETERMINED)
        return frozenset(
            r for (r, _), (o, _) in self.before.items() if o in open_too and is_duty(rules[r])
        )

    def difference(self, edits: Sequence[Edit], rules: Collection[str] | None = None) -> Difference:
        """What edits would change. rules: those that could change; None for all."""
        changed = self.editor.apply(edits)
        ids = self.rules if rules is None else rules
        after = one_by_one(self.program, changed, self.as_of, ids)
        wanted = set(ids)
        before = {k: v for k, v in self.before.items() if k[0] in wanted}
        shifts = tuple(
            Shift(self.content.rules[key[0]], key[1], was, now)
            for key in sorted({*before, *after}, key=lambda k: (k[0], str(k[1])))
            if (was := before.get(key, NONE)) != (now := after.get(key, NONE))
        )
        gone = {(s.rule.id, s.scope) for s in shifts}
        stay = sum(1 for k, (o, _) in self.before.items() if o in LIVE and k not in gone)
        partly = _live(before) & _live(after)
        return Difference(tuple(edits), shifts, stay, partly)

    def ranked(self) -> list[Difference]:
        """The design changes that matter: those that save most first, then those that add."""
        found: dict[str, Difference] = {}
        for candidate in candidates(self.content, self.program, self.profile, self.live):
            difference = self._try(candidate)
            if difference is None or not any(is_duty(s.rule) for s in difference.shifts):
                continue
            best = found.get(candidate.family)
            if best is None or _rank(difference) < _rank(best):
                found[candidate.family] = difference
        return sorted(found.values(), key=_rank)

    def _try(self, candidate: Candidate) -> Difference | None:
        touched = self._touched(candidate)
        if not touched:
            return None
        try:
            return self.difference(candidate.edits, touched)
        except BadInput:
            return None  # the facts would contradict each other: no real change

    def _touched(self, candidate: Candidate) -> list[str]:
        """The duties that read a changed fact, or bind in a place that is left or entered."""
        rules = (self.content.rules[r] for r in self.rules)
        return [
            rule.id
            for rule in rules
            if is_duty(rule)
            and (
                self._binds_in(rule, candidate.places)
                or not candidate.facts.isdisjoint(reads_of(self.program, rule))
            )
        ]

    def _binds_in(self, rule: Rule, places: Collection[str]) -> bool:
        area = self.content.acts[rule.act].territory
        return any(within(p, area) != FALSE or within(area, p) != FALSE for p in places)

    # ------------------------------------------------------------------ as JSON values
    def as_json(self, differences: Iterable[Difference], *, ranked: bool) -> dict[str, Any]:
        """The result as JSON values: one difference, or the ranked changes."""
        head = {
            "schema": SCHEMA,
            "system": self.profile.id,
            "name": self.profile.name,
            "profile_sha256": self.profile.sha256,
            "as_of": self.as_of.isoformat(),
            "known_on": self.program.known_on.isoformat(),
            "content": {"version": self.content.version, "sha256": self.content.sha256},
        }
        rows = [self._row(d, full=not ranked) for d in differences]
        found = {"ranked": rows} if ranked else {"result": rows[0]}
        return {**head, **found, "note": NOTE}

    def _row(self, difference: Difference, *, full: bool) -> dict[str, Any]:
        row: dict[str, Any] = {
            "changes": [self.change(edit) for edit in difference.edits],
            "duties": {
                **{kind: difference.duties(kind) for kind in KINDS},
                "in_part": difference.in_part(),
            },
        }
        if full:
            for kind in KINDS:
                shifts = (s for s in difference.shifts if s.kind == kind)
                row[kind] = [s.as_json(self.content) for s in shifts]
            row["stay"] = difference.stay
        return row

    def change(self, edit: Edit) -> dict[str, Any]:
        """A changed fact: from what to what, and what would prove it."""
        fact, stated = self._fact(edit.path), self._stated(edit.path)
        return {
            "fact": edit.path,
            "how": edit.how,
            "from": stated,
            "to": edit.value,
            "ask": fact.ask if fact else None,
            "who": fact.detail.get("who") if fact else None,
            "why": fact.detail.get("why") if fact else None,
            "judgement": fact.judgement if fact else False,
        }

    def _fact(self, path: str) -> FactType | None:
        group, _, rest = path.partition(".")
        if group in GROUPS:
            name = rest.partition(".")[2]
            if name.startswith("places."):
                name = name.split(".", 2)[2]
            return self.content.facts.get(f"{GROUPS[group]}.{name}")
        return self.content.facts.get(path)

    def _stated(self, path: str) -> Any:
        group, _, rest = path.partition(".")
        if group == "system":
            return _plain(self.profile.system.get(rest))
        if group == "events":
            return [e.date.isoformat() for e in self.profile.events if e.act == rest] or None
        owner, _, name = rest.partition(".")
        thing = next(t for t in getattr(self.profile, group) if t.id == owner)
        if name == "places":
            return list(thing.places or ())
        if name.startswith("places."):
            _, code, name = name.split(".", 2)
            return _plain({**thing.facts, **thing.overrides.get(code, {})}.get(name))
        return _plain(thing.facts.get(name))


def whatif(
    content: Content,
    reader: ProfileReader,
    profile: Profile,
    plain: Profile,
    *,
    as_of: date,
    known_on: date,
    markets: Collection[str] | None = None,
) -> WhatIf:
    """Make a profile ready. plain: the same profile as it is stated, read by a PlainReader."""
    editor = Editor(reader, content.facts, plain)
    return WhatIf(content, Program(content, known_on), profile, editor, as_of, markets)


def is_duty(rule: Rule) -> bool:
    """Whether a rule is a duty, prohibition or right of binding law."""
    return rule.kind in DUTIES and rule.nature in MUST_NATURES


def _live(standings: Standings) -> frozenset[str]:
    return frozenset(rule for (rule, _), (outcome, _) in standings.items() if outcome in LIVE)


def _rank(difference: Difference) -> tuple[int, int, int, str]:
    unknown = len(difference.duties("become_unknown"))
    less = sum(1 if s.kind == "go" else -1 for s in difference.shifts if s.kind in ("go", "come"))
    return (-difference.saved, unknown, -less, str(difference.edits[0]))


def _plain(value: Any) -> Any:
    if isinstance(value, SetFact):
        return sorted(value.yes)
    return value.isoformat() if isinstance(value, date) else value


def _standing(standing: Standing) -> dict[str, Any]:
    outcome, start = standing
    return {
        "outcome": str(outcome),
        "effective_from": start.isoformat() if start else None,
    }


def shifts_of(difference: Difference, kind: str) -> Iterator[Shift]:
    """The shifts of one kind that concern binding duties, one for each rule and party."""
    seen: set[tuple[str, str | None]] = set()
    for shift in difference.shifts:
        key = (shift.rule.id, shift.scope.party)
        if shift.kind == kind and is_duty(shift.rule) and key not in seen:
            seen.add(key)
            yield shift
