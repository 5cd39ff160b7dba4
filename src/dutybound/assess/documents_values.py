"""The names that templates of documents know, and the records behind each of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from dutybound.assess.catalogue import catalogue
from dutybound.assess.documents_classes import begins, class_rows, shields
from dutybound.assess.documents_people import governed, matrix
from dutybound.assess.documents_shown import Results
from dutybound.assess.gaps import Gaps, controls_json, frameworks_json
from dutybound.documents.shown import Open, Question, Shown, Source
from dutybound.documents.views import (
    RecordTable,
    Row,
    Thing,
    Vocabulary,
    rows,
    shown_record,
)
from dutybound.errors import DutyboundError, did_you_mean
from dutybound.packs.governance import Governance
from dutybound.packs.records import Records
from dutybound.rules.places import any_within
from dutybound.rules.truth import FALSE
from dutybound.terms.document import DocumentCatalogue
from dutybound.terms.evidence import Handling
from dutybound.terms.finding import Outcome, Verdict
from dutybound.terms.law import MUST_NATURES

OPEN_OUTCOMES: Final = (Outcome.CONTESTED, Outcome.UNDETERMINED)
LIVE: Final = (Outcome.APPLIES, Outcome.NOT_YET, *OPEN_OUTCOMES)
WORDS: Final = {
    Outcome.APPLIES: "binds",
    Outcome.NOT_YET: "will bind",
    Outcome.CONTESTED: "contested",
    Outcome.UNDETERMINED: "not settled",
    Outcome.EXCEPTED: "excepted",
    Outcome.DOES_NOT_APPLY: "does not bind",
    Outcome.NO_LONGER: "no longer binds",
}
SOFT: Final = {  # of what is no law: it asks for nothing that binds
    Outcome.APPLIES: "relevant",
    Outcome.NOT_YET: "will be relevant",
    Outcome.NO_LONGER: "no longer relevant",
    Outcome.DOES_NOT_APPLY: "not relevant",
}
PERMITS: Final = {Outcome.APPLIES: "allows", Outcome.NOT_YET: "will allow"}
HOLDS: Final = {Outcome.APPLIES: "holds", Outcome.NOT_YET: "will hold"}
GRADES: Final = {
    "A": "official text read",
    "B": "several professional sources",
    "C": "one source: verify",
    "unverified": "not verified",
}


class Values:
    """Everything that templates may show of one system. Computed when a template asks for it."""

    def __init__(
        self,
        found: Gaps,
        documents: DocumentCatalogue,
        records: Records,
        governance: Governance | None,
        results: Mapping[str, Any],
    ) -> None:
        self._found, self._documents, self._records = found, documents, records
        self._governance = governance
        self._result = found.assessment
        self._profile = self._result.profile
        content = self._result.content
        self._content = f"content {content.version}"
        self._shown = Results(results, self._content)
        self._vocabulary = Vocabulary(content.facts, content.places)

    def __call__(self, party: str | None) -> dict[str, Any]:
        """The names for a document of one party, or of the system."""
        things = self._things
        own = {"party": next(p for p in things["parties"] if p.key == party)} if party else {}
        uses = [u for u in things["uses"] if party is None or self._takes_part(u, party)]
        return {
            **things,
            **own,
            "uses": uses,
            "data": [d for d in things["data"] if party is None or self._at_work(d.key, uses)],
            "day": self._result.as_of.isoformat(),
            "content": self._content,
            "field": lambda name, about=None: self.field(name, about, party),
            "duties": lambda *a, **k: self.duties(*a, **{"party": party, **k}),
            "classes": lambda *a, **k: self.classes(*a, **{"party": party, **k}),
            "clocks": lambda *a, **k: self.clocks(*a, **{"party": party, **k}),
            "controls": lambda *a, **k: self.controls(*a, **k, party=party),
            "evidence": self.evidence,
            "refused": self._refused,
            "framework": self.framework,
            "governance": self.governed,
            "result": self._shown.result,
            "chart": self._shown.chart,
            "measured": self._shown.measured,
            "row_of": self.row_of,
            "documents": lambda: self._shown.listed("documents", self._content),
            "soc2": lambda: self._shown.listed("soc2", "evidence folder, signature checked"),
            "conflicts": lambda: self._shown.listed("conflicts", self._content),
            "not_covered": list(self._result.not_covered),
            "place": lambda code: self._vocabulary.places.get(str(code), str(code)),
            "holders": self.holders,
        }

    # ------------------------------------------------------------------ the profile
    @cached_property
    def _things(self) -> dict[str, Any]:
        p = self._profile
        make = self._thing
        return {
            "system": make("system", "system", p.system, p.id),
            "parties": [make("party", f"parties.{t.id}", t.facts, t.id) for t in p.parties],
            "models": [make("model", f"models.{t.id}", t.facts, t.id) for t in p.models],
            "data": [make("data", f"data.{t.id}", t.facts, t.id) for t in p.data],
            "uses": [self._use(u.id) for u in p.uses],
            "events": self._events(),
        }

    def _thing(self, kind: str, path: str, facts: dict[str, Any], key: str, **more: Any) -> Thing:
        return Thing(kind, path, facts, self._profile, self._vocabulary, more={"key": key, **more})

    def _use(self, name: str) -> Thing:
        use = next(u for u in self._profile.uses if u.id == name)
        places = [self._vocabulary.places.get(c, c) for c in use.places]
        position = f"{self._profile.file}"
        source = Source("profile", f"uses.{name}.places", position, "; ".join(places))
        row = Row({"places": places, "codes": list(use.places)}, source)
        return self._thing(
            "use", f"uses.{name}", use.facts, name, places=row.places, codes=use.places
        )

    def _takes_part(self, use: Any, party: str) -> bool:
        """Whether a party takes part in a use: named there, or in one of its places."""
        found = next(u for u in self._profile.uses if u.id == use.key)
        if found.parties is not None:
            return party in found.parties
        own = next(p for p in self._profile.parties if p.id == party).places
        if own is None:
            return True
        return any(any_within([code], place) != FALSE for code in found.places for place in own)

    def _at_work(self, data: str, uses: list[Any]) -> bool:
        """Whether a data set is at work in one of the uses; so may all be if one names none."""
        keys = {u.key for u in uses}
        named = [u.data for u in self._profile.uses if u.id in keys]
        return any(n is None or data in n for n in named)

    def _events(self) -> list[Row]:
        values = [
            {
                "act": e.act.replace("_", " "),
                "says": self._result.content.events.get(e.act, e.act),
                "day": e.date.isoformat(),
                "party": e.party,
                "place": self._vocabulary.places.get(e.place or "", e.place),
                "planned": e.planned,
                "id": f"{e.act} {e.date} {e.party or ''} {e.place or ''}".strip(),
            }
            for e in self._profile.events
        ]
        return rows(values, "event", "id", self._profile.file)

    def field(self, name: str, about: Any, party: str | None) -> Any:
        """The answer to a field. about: a thing or its id, for fields per party or use."""
        entry = self._documents.fields.get(name)
        if entry is None:
            hint = did_you_mean(name, self._documents.fields)
            raise DutyboundError(f"There is no field `{name}`.{hint}")
        key = about.key if isinstance(about, Thing) else about
        if key is None and entry.per == "party":
            key = party
        if entry.per == "system":
            key = None
        return shown_record(entry, self._records.get(name, key), key)

    def row_of(self, name: str, key: Any) -> Row | Open:
        """The row of a table whose first column is a key; open, about that key, if there is none.

        A cell that is missing from the row is open, too.
        """
        entry = self._documents.fields[name]
        wanted = str(key.value if isinstance(key, Shown) else key)
        ask = Open(Question(entry.id, entry.ask, entry.who, wanted))
        found = self.field(name, None, None)
        if not isinstance(found, RecordTable):
            return ask
        first = next(iter(found.columns))
        row = next((r for r in found if r.plain()[first] == wanted), None)
        return ask if row is None else row.asking(ask)

    # ------------------------------------------------------------------ law
    def duties(
        self,
        *starts: str,
        party: str | None = None,
        use: Any = None,
        market: str | None = None,
        outcomes: tuple[str, ...] = LIVE,
        kinds: tuple[str, ...] | None = None,
        control: tuple[str, ...] | str | None = None,
        natures: tuple[str, ...] | None = None,
    ) -> list[Row]:
        """Findings whose rule has one of the ids or begins with it and a dot; all if none is named.

        One line for each rule and party, whatever the uses and places. control: only those that
        one of these controls answers. natures: only those of these natures.
        """
        key = use.key if isinstance(use, Thing) else use
        named = {control} if isinstance(control, str) else set(control or ())
        seen: dict[tuple[str, str | None, str], dict[str, Any]] = {}
        for verdict in self._result.verdicts:
            if verdict.outcome not in outcomes or verdict.no_duty_either_way:
                continue
            if party is not None and verdict.scope.party not in (None, party):
                continue
            if key is not None and verdict.scope.use not in (None, key):
                continue
            if not self._is_meant(verdict, starts, market, kinds):
                continue
            row = self._finding(verdict)
            if control is not None and named.isdisjoint(row["controls"]):
                continue
            if natures is not None and row["nature"].replace(" ", "_") not in natures:
                continue
            seen.setdefault((row["id"], row["party"], row["outcome"]), row)
        return rows(list(seen.values()), "finding", "key", self._content)

    def _is_meant(
        self,
        verdict: Verdict,
        starts: tuple[str, ...],
        market: str | None,
        kinds: tuple[str, ...] | None,
    ) -> bool:
        content = self._result.content
        rule = content.rules.get(verdict.rule)
        if rule is None or rule.kind == "term":
            return False
        if starts and not any(begins(rule.id, s) for s in starts):
            return False
        if market is not None and content.acts[rule.act].market != market:
            return False
        return kinds is None or rule.kind in kinds

    def _finding(self, verdict: Verdict) -> dict[str, Any]:
        found = self._result.finding(verdict)
        act = self._result.content.acts[found["instrument"]]
        says = found.get("must") or found.get("should") or found.get("may")
        return {
            "key": found["key"],
            "id": found["id"],
            "title": found["title"],
            "kind": found["kind"],
            "nature": found["nature"].replace("_", " "),
            "instrument": found["instrument"],
            "act": act.title,
            "pinpoint": found["pinpoint"],
            "cite": f"{act.title}, {found['pinpoint']}",
            "market": found["market"],
            "party": found["party"],
            "by": self._name(found["party"]),
            "owed_by": found["owed_by"],
            "use": found["scope"].get("use"),
            "outcome": found["outcome"],
            "stands": _stands(found),
            "when": _when(found),
            "since": found.get("effective_from"),
            "until": found.get("until"),
            "says": says or found["title"],
            "trigger": found.get("trigger"),
            "technical": found.get("technical", []),
            "organisational": found.get("organisational", []),
            "deadlines": found.get("deadlines", []),
            "documents": found.get("documents", []),
            "controls": found.get("controls", []),
            "grade": found["grade"],
            "verify": found["verify"],
            "enforcement": found["enforcement_status"],
            "source": GRADES[found["grade"]],
            "note": found.get("note"),
            "reason": found.get("reason"),
            "shielded_by": list(dict.fromkeys(shields(found))),
        }

    def classes(self, *starts: str, party: str | None = None, use: Any = None) -> list[Row]:
        """Roles and classes by ids of terms or their beginnings; all if none is named."""
        key = use.key if isinstance(use, Thing) else use
        found = class_rows(self._result, starts, party, key, self._name)
        return rows(found, "class", "key", self._content)

    def _name(self, party: str | None) -> str:
        """The name of a party, or its id; of nobody in particular, everyone."""
        if party is None:
            return "everyone concerned"
        found = self._profile.about.get(f"parties.{party}.name")
        return party if found is None else found[0]

    def clocks(self, *starts: str, **more: Any) -> list[Row]:
        """The time limits of duties, one row for each, the shortest first."""
        found = []
        for duty in self.duties(*starts, **more):
            plain = duty.plain()
            found += [_clock(plain, x, i) for i, x in enumerate(plain["deadlines"])]
        found.sort(key=lambda c: (c["days"] is None, c["days"] or 0.0, c["key"]))
        return rows(found, "time limit", "key", self._content)

    # ------------------------------------------------------------------ controls and evidence
    @cached_property
    def _asked(self) -> list[dict[str, Any]]:
        return controls_json(self._found)

    @cached_property
    def _frameworks(self) -> list[dict[str, Any]]:
        return frameworks_json(self._found)

    def controls(self, *ids: str, domain: str | None = None, party: str | None = None) -> list[Row]:
        """Controls that duties of the system ask for, with where they stand for a party."""
        book = catalogue().controls
        for name in ids:
            if name not in book:
                raise DutyboundError(f"There is no control `{name}`.{did_you_mean(name, book)}")
        values = [
            self._control(c, party)
            for c in self._asked
            if (not ids or c["id"] in ids) and domain in (None, c["domain"])
        ]
        return rows(values, "control", "id", self._content)

    def _control(self, found: dict[str, Any], party: str | None) -> dict[str, Any]:
        control = catalogue().controls[found["id"]]
        own = next((p for p in found["parties"] if p["party"] == party), found)
        who = self._governance.who(control.owner) if self._governance else ()
        return {
            "id": control.id,
            "title": control.title,
            "objective": control.objective,
            "domain": control.domain,
            "owner": control.owner.replace("-", " "),
            "people": list(who) or ["nobody named"],
            "technical": list(control.technical),
            "organisational": list(control.organisational),
            "state": own["state"],
            "reached": own["reached"].replace("_", " "),
            "required": found["required"].replace("_", " "),
            "evidence": own["evidence"],
            "missing": [f"{m['what']} ({m['kind'].replace('_', ' ')})" for m in found["missing"]],
        }

    def evidence(self, control: str | None = None, kind: str | None = None) -> list[Row]:
        """Evidence that was checked and counts, of ordinary handling only."""
        values = [
            {
                "id": c.claim.id,
                "what": c.claim.what,
                "kind": str(c.claim.kind).replace("_", " "),
                "version": c.claim.version,
                "author": c.claim.author,
                "issuer": c.claim.issuer,
                "made_on": c.claim.made_on.isoformat(),
                "until": c.claim.valid_until.isoformat() if c.claim.valid_until else None,
                "controls": sorted({*c.reaches, *c.partial}),
                "rung": c.claim.rung.word.replace("_", " "),
                "files": [f"{n}, sha256 {d[:16]}" for n, d in c.claim.subject.items()],
            }
            for c in self._found.checked
            if c.claim.handling is Handling.ORDINARY
            and kind in (None, str(c.claim.kind))
            and (control is None or control in c.reaches or control in c.partial)
        ]
        return rows(values, "evidence", "id", "evidence folder, signature checked")

    def _refused(self) -> list[Row]:
        values = [
            {"id": r.claim_id, "code": r.code, "reason": r.reason, "control": r.control}
            for r in self._found.refused
            if r.control is None
        ]
        return rows(values, "evidence", "id", "evidence folder, refused")

    def framework(self, name: str, prefix: str = "") -> list[Row]:
        """The elements of a framework with how far valid evidence covers them."""
        found = next((f for f in self._frameworks if f["id"] == name), None)
        if found is None:
            raise DutyboundError(f"There is no framework `{name}`.")
        elements = catalogue().frameworks[name].elements
        values = [
            {
                **e,
                "id": e["id"],
                "summary": elements[e["id"]].summary,
                "key": f"{name} {e['id']}",
            }
            for e in found["elements"]
            if e["id"].startswith(prefix)
        ]
        return rows(values, "element", "key", self._content)

    # ------------------------------------------------------------------ people
    def governed(self, part: str) -> Any:
        """`people`, `roles`, `decisions`, `activities`, `matrix`, `sign_off` or `exceptions`.

        All from governance.yaml. `matrix`: activities with one column for each role.
        """
        if self._governance is None:
            return Open(Question("governance.yaml", "Who decides what? Name --governance FILE."))
        if part in ASKED and not list(governed(self._governance, ASKED[part])):
            ask = "Who does what? Give each activity its roles under `activities`."
            return Open(Question("governance.yaml, activities", ask, "ai-governance-lead"))
        if part == "matrix":
            return matrix(self._governance)
        values = list(governed(self._governance, part))
        return rows(values, "governance", "id", f"governance.yaml, {part}")

    def holders(self, role: str) -> Any:
        """Who answers for an owner of controls, such as `compliance-officer`."""
        names = self._governance.who(role) if self._governance else ()
        if not names:
            ask = f"Who is the {role.replace('-', ' ')}?"
            return Open(Question(f"governance.yaml, {role}", ask))
        source = Source("governance", role, "governance.yaml", "; ".join(names))
        return Row({"names": list(names)}, source).names


ASKED: Final = {"activities": "activities", "matrix": "activities"}
_DAYS: Final = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4, "year": 365.0}


def _stands(found: Mapping[str, Any]) -> str:
    """How a finding stands. What is no binding law, or sets no duty, never `binds`."""
    outcome, kind = Outcome(found["outcome"]), found["kind"]
    if found["nature"] not in MUST_NATURES:
        return SOFT.get(outcome) or WORDS[outcome]
    if kind in ("permission", "relief", "exclusion", "transition"):
        return PERMITS.get(outcome) or WORDS[outcome]
    if kind in ("supervision", "note", "penalty"):
        return HOLDS.get(outcome) or WORDS[outcome]
    return WORDS[outcome]


def _when(found: Mapping[str, Any]) -> str:
    """How a finding stands, with its day in words. Never a day that the finding does not carry."""
    outcome, day, stands = Outcome(found["outcome"]), found.get("effective_from"), _stands(found)
    if outcome is Outcome.UNDETERMINED and found.get("needs"):
        return f"{stands}: depends on {', '.join(found['needs'])}"
    if day is None:
        return stands
    return {Outcome.APPLIES: f"{stands} since {day}", Outcome.NOT_YET: f"{stands} from {day}"}.get(
        outcome, stands
    )


def _clock(duty: Mapping[str, Any], limit: Mapping[str, Any], i: int) -> dict[str, Any]:
    unit = str(limit.get("unit", "")).removesuffix("s")
    amount = limit.get("amount")
    size = _DAYS.get(unit.rpartition("_")[2])
    days = None if amount is None or size is None else amount * size
    said = [str(limit.get("bound", "")).replace("_", " "), "" if amount is None else f"{amount:g}"]
    words = str(limit.get("unit", "")).replace("_", " ")
    said.append(words.removesuffix("s") if amount == 1 else words)
    return {
        "key": f"{duty['key']} #{i + 1}",
        "title": duty["title"],
        "cite": duty["cite"],
        "party": duty["party"],
        "by": duty["by"],
        "market": duty["market"],
        "stands": duty["stands"],
        "since": duty["since"],
        "when": duty["when"],
        "trigger": duty["trigger"],
        "source": duty["source"],
        "limit": " ".join(s for s in said if s),
        "calendar": limit.get("calendar"),
        "anchor": str(limit.get("anchor", "")).replace("_", " "),
        "note": limit.get("note"),
        "days": days,
        "says": duty["says"],
    }
