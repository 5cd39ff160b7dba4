"""Reads profiles and organisation files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dutybound.errors import BadInput, Problem, did_you_mean
from dutybound.packs.consequences import Consequences
from dutybound.packs.facts import FactsReader, as_date, shorten
from dutybound.packs.reading import Document, Where, decode, parse_yaml, read_bytes
from dutybound.rules.places import ANYWHERE
from dutybound.terms.law import Content, FactType
from dutybound.terms.system import NO_FACTS, Event, Facts, Position, Profile, Thing, Use

PROFILE: Final = "profile/1"
ORGANISATION: Final = "organisation/1"
TOP_KEYS: Final = (
    "dutybound", "system", "parties", "models", "data", "uses", "events", "events_complete", "note",
)  # fmt: skip
_ABOUT: Final = frozenset({"id", "name", "version", "owner", "note", "description", "website"})
_ENTITY: Final = _ABOUT | {"licences", "supervisor", "regimes", "address", "contact", "roles"}
OTHER_KEYS: Final[dict[str, frozenset[str]]] = {
    "system": _ABOUT,
    "party": _ENTITY | {"ref", "places"},
    "model": _ABOUT - {"name"} | {"places"},
    "data": _ABOUT | {"source", "licence"},
    "use": _ABOUT | {"places", "parties"},
}


class ProfileReader:
    """Reads profiles against the vocabulary of some content."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._organisations: dict[Path, tuple[Document, dict[str, int]]] = {}

    @cached_property
    def _types(self) -> dict[str, dict[str, FactType]]:
        found: dict[str, dict[str, FactType]] = {
            t: {} for t in ("system", "party", "model", "data", "use")
        }
        for fact in self._content.facts.values():
            found[fact.thing][fact.name] = fact
        return found

    @cached_property
    def _groups(self) -> dict[str, frozenset[str]]:
        return {
            thing: frozenset(name[:i] for name in types for i, c in enumerate(name) if c == ".")
            for thing, types in self._types.items()
        }

    @cached_property
    def _conclusions(self) -> frozenset[str]:
        terms = (r for r in self._content.rules.values() if r.kind == "term")
        slugs = {r.id.rpartition(".")[2] for r in terms}
        return frozenset(slugs | {"role", "roles", "risk-class", "risk-level", "classification"})

    @cached_property
    def consequences(self) -> Consequences:
        """What follows from the constraints of the vocabulary."""
        return Consequences(self._content.constraints)

    @property
    def places(self) -> dict[str, str]:
        """Place codes."""
        return self._content.places

    @property
    def events(self) -> dict[str, str]:
        """Kinds of events."""
        return self._content.events

    def facts_reader(self, document: Document) -> FactsReader:
        """A reader for the facts of one file."""
        return FactsReader(
            document, self._types, self._groups, self._content.places, self._conclusions
        )

    def read(self, path: Path, shown: str | None = None, *, today: date | None = None) -> Profile:
        """Read a profile. Raises BadInput with every problem in it.

        today: observed events later than this day are refused; None: not checked.
        """
        name = str(path) if shown is None else shown
        raw = read_bytes(path, name)
        document = parse_yaml(decode(raw, name), name)
        return self.build(document, path.parent, sha256(raw).hexdigest(), today)

    def build(
        self, document: Document, folder: Path, digest: str, today: date | None = None
    ) -> Profile:
        """A profile from a parsed document."""
        work = _Work(self, document, folder, today)
        profile = work.profile(digest)
        if not work.facts.problems:
            work.facts.problems.extend(self.settle(profile))
        if work.facts.problems:
            raise BadInput(sorted(set(work.facts.problems)))
        return profile

    def organisation(self, path: Path) -> tuple[Document, dict[str, int]]:
        """An organisation file and the index of each entity in it."""
        found = self._organisations.get(path)
        if found is None:
            name = str(path)
            document = parse_yaml(decode(read_bytes(path, name), name), name)
            self._organisations[path] = found = (document, _entities(document))
        return found

    def _derive(self, profile: Profile) -> None:
        derive = self.consequences.derive
        derive({"system": profile.system}, "system")
        for model in profile.models:
            derive({"system": profile.system, "model": model.facts}, "model")
        for party in profile.parties:
            derive({"system": profile.system, "party": party.facts}, "party")
        alone = profile.parties[0].facts if len(profile.parties) == 1 else None
        for use in profile.uses:
            facts = {"system": profile.system, "use": use.facts}
            derive(facts if alone is None else {**facts, "party": alone}, "use")
            if alone is not None:
                derive({**facts, "party": alone}, "party")
                derive({**facts, "party": alone}, "system")
            for more in use.overrides.values():
                if more:
                    merged = {**use.facts, **more}
                    known = set(merged)
                    derive({"system": profile.system, "use": merged}, "use")
                    more.update({k: v for k, v in merged.items() if k not in known})

    def settle(self, profile: Profile) -> list[Problem]:
        """Check the facts against each other, then add what follows from them."""
        problems = [
            Problem(profile.file, 1, 1, f"The facts contradict each other. {says}")
            for facts in _combinations(profile)
            for says in self.consequences.violated(facts)
        ]
        if not problems:
            self._derive(profile)
        return problems


def _combinations(profile: Profile) -> Iterable[dict[str, Facts]]:
    uses = [u.facts for u in profile.uses] or [NO_FACTS]
    for use in profile.uses:
        uses.extend({**use.facts, **more} for more in use.overrides.values() if more)
    parties = [p.facts for p in profile.parties] or [NO_FACTS]
    for i, use_facts in enumerate(uses):
        for k, party in enumerate(parties):
            if i == 0 or k == 0:
                yield {"system": profile.system, "use": use_facts, "party": party}
    for model in profile.models:
        yield {"system": profile.system, "model": model.facts}


def _entities(document: Document) -> dict[str, int]:
    root = document.value
    if not isinstance(root, Mapping) or root.get("dutybound") != ORGANISATION:
        raise BadInput.one(
            document.file, f"An organisation file begins with `dutybound: {ORGANISATION}`.", 1, 1
        )
    entities = root.get("entities")
    if not isinstance(entities, list):
        raise BadInput([document.problem((), "Needs the key `entities`, a list.")])
    for key in root:
        if key not in ("dutybound", "entities", "name", "note"):
            raise BadInput([document.problem((key,), f"Unknown key `{key}`.")])
    found: dict[str, int] = {}
    for i, entity in enumerate(entities):
        name = entity.get("id") if isinstance(entity, Mapping) else None
        if not isinstance(name, str) or name in found:
            raise BadInput([document.problem(("entities", i), "Each entity needs an own `id`.")])
        found[name] = i
    return found


class _Work:
    """Reads one profile."""

    def __init__(
        self, owner: ProfileReader, document: Document, folder: Path, today: date | None
    ) -> None:
        self.owner = owner
        self.document = document
        self.folder = folder
        self.today = today
        self.facts = owner.facts_reader(document)
        self._entity_where: Where = ()

    def profile(self, digest: str) -> Profile:
        root = self.document.value
        if not isinstance(root, Mapping) or root.get("dutybound") != PROFILE:
            raise BadInput.one(
                self.document.file, f"A profile begins with `dutybound: {PROFILE}`.", 1, 1
            )
        for key in root:
            if key not in TOP_KEYS:
                hint = did_you_mean(key, TOP_KEYS)
                self.facts.wrong((key,), f"Unknown key `{key}`.{hint}")
        system = self._mapping(root.get("system"), ("system",))
        name = str(system.get("id", ""))
        if not name:
            self.facts.wrong(("system",), "`system` needs an `id`.")
        lost = self.document.lost_version(("system", "version"))
        if lost is not None:
            self.facts.problems.append(lost)
        parties = tuple(self._party(raw, i) for i, raw in self._list("parties"))
        models = tuple(self._thing("model", "models", raw, i) for i, raw in self._list("models"))
        data = tuple(self._thing("data", "data", raw, i) for i, raw in self._list("data"))
        known = {
            "parties": {t.id for t in parties},
            "models": {t.id for t in models},
            "data": {t.id for t in data},
        }
        uses = tuple(self._use(raw, i, known) for i, raw in self._list("uses"))
        for what, things in (("parties", parties), ("models", models), ("data", data)):
            self._unique(what, [t.id for t in things])
        self._unique("uses", [u.id for u in uses])
        if not uses and not models:
            self.facts.wrong((), "A profile needs at least one use (or model).")
        if not parties:
            self.facts.wrong((), "A profile needs at least one party.")
        return Profile(
            id=name,
            name=str(system.get("name", name)),
            file=self.document.file,
            sha256=digest,
            system=self.facts.read("system", system, ("system",), "system", OTHER_KEYS["system"]),
            parties=parties,
            models=models,
            data=data,
            uses=uses,
            events=tuple(self._event(raw, i, known["parties"]) for i, raw in self._list("events")),
            events_complete=root.get("events_complete") is True,
            positions=self.facts.positions,
            detail={k: str(system[k]) for k in ("version", "owner") if k in system},
            about=self.facts.about,
        )

    # ------------------------------------------------------------------ shapes
    def _mapping(self, raw: Any, where: Where) -> Mapping[str, Any]:
        if isinstance(raw, Mapping):
            return raw
        self.facts.wrong(where, f"`{where[-1]}` needs a mapping.")
        return {}

    def _list(self, key: str) -> list[tuple[int, Mapping[str, Any]]]:
        raw = self.document.value.get(key)
        if raw is None:
            return []
        if not isinstance(raw, list):
            self.facts.wrong((key,), f"`{key}` is a list.")
            return []
        return [(i, self._mapping(item, (key, i))) for i, item in enumerate(raw)]

    def _unique(self, what: str, ids: list[str]) -> None:
        for i, name in enumerate(ids):
            if name in ids[:i]:
                self.facts.wrong((what, i), f"The id `{name}` stands twice in `{what}`.")

    def _id(self, raw: Mapping[str, Any], where: Where) -> str:
        name = raw.get("id")
        if isinstance(name, str) and name:
            return name
        self.facts.wrong(where, "Needs an `id`.")
        return f"#{where[-1]}"

    # ------------------------------------------------------------------ things
    def _thing(self, kind: str, key: str, raw: Mapping[str, Any], i: int) -> Thing:
        where: Where = (key, i)
        name = self._id(raw, where)
        facts = self.facts.read(kind, raw, where, f"{key}.{name}", OTHER_KEYS[kind])
        places = self._places(raw["places"], (*where, "places")) if "places" in raw else None
        return Thing(kind, name, facts, None if places is None else tuple(places))

    def _party(self, raw: Mapping[str, Any], i: int) -> Thing:
        where: Where = ("parties", i)
        if "ref" not in raw:
            return self._thing("party", "parties", raw, i)
        entity, name, reader = self._entity(str(raw["ref"]), (*where, "ref"))
        path = f"parties.{name}"
        facts = dict(
            reader.read("party", entity, self._entity_where, path, OTHER_KEYS["party"])
            if reader is not None
            else {}
        )
        own = self.facts.read("party", raw, where, path, OTHER_KEYS["party"])
        for fact, value in own.items():
            if fact in facts and facts[fact] != value:
                self.facts.wrong((*where, fact), f"`{fact}` contradicts the organisation file.")
        if reader is not None and reader is not self.facts:
            self.facts.problems.extend(reader.problems)
            self.facts.positions.update(
                {k: v for k, v in reader.positions.items() if k not in self.facts.positions}
            )
            self.facts.about = {**reader.about, **self.facts.about}
        places = self._places(raw["places"], (*where, "places")) if "places" in raw else None
        return Thing("party", name, facts | own, None if places is None else tuple(places))

    def _entity(self, ref: str, where: Where) -> tuple[Mapping[str, Any], str, FactsReader | None]:
        file, _, name = ref.partition("#")
        if not file or not name:
            self.facts.wrong(where, "`ref` is written as file.yaml#entity.")
            return {}, ref, None
        try:
            document, index = self.owner.organisation(self.folder / file)
        except BadInput as error:
            self.facts.problems.extend(error.problems)
            return {}, name, None
        if name not in index:
            hint = did_you_mean(name, index)
            self.facts.wrong(where, f"No entity `{name}` in {file}.{hint}")
            return {}, name, None
        self._entity_where = ("entities", index[name])
        return document.value["entities"][index[name]], name, self.owner.facts_reader(document)

    def _use(self, raw: Mapping[str, Any], i: int, known: dict[str, set[str]]) -> Use:
        where: Where = ("uses", i)
        name = self._id(raw, where)
        path = f"uses.{name}"
        facts = self.facts.read("use", raw, where, path, OTHER_KEYS["use"])
        data, models = facts.pop("data", None), facts.pop("models", None)
        parties = raw.get("parties")
        if parties is not None:
            parties = tuple(str(p) for p in (parties if isinstance(parties, list) else [parties]))
        for key, ids in (("data", data), ("models", models), ("parties", parties)):
            self._known(ids, known[key], (*where, key), key)
        places = self._places(raw.get("places"), (*where, "places"))
        overrides = {
            code: self.facts.read("use", more, (*where, "places", code), f"{path}.places.{code}")
            for code, more in places.items()
            if more
        }
        if "places" not in raw:
            self.facts.wrong(
                where, f"The use `{name}` needs `places`: where is it supplied or used?"
            )
        return Use(name, facts, tuple(places), overrides, parties, data, models)

    def _known(self, ids: Any, known: set[str], where: Where, what: str) -> None:
        for name in ids or ():
            if name not in known:
                hint = did_you_mean(name, known)
                self.facts.wrong(where, f"There is no `{name}` in `{what}`.{hint}")

    def _places(self, raw: Any, where: Where) -> dict[str, Mapping[str, Any]]:
        if isinstance(raw, str):
            raw = [raw]
        if isinstance(raw, list):
            raw = {self._code(code, (*where, i)): {} for i, code in enumerate(raw)}
        elif isinstance(raw, Mapping):
            for code in raw:
                self._code(code, (*where, code))
        elif raw is not None:
            self.facts.wrong(where, "`places` is a list of place codes, or a mapping.")
        found: dict[str, Mapping[str, Any]] = {}
        for code, more in (raw or {}).items():
            found[code] = more if isinstance(more, Mapping) else {}
            if more is not None and not isinstance(more, Mapping):
                self.facts.wrong((*where, code), "What differs at a place is a mapping of facts.")
        return found

    def _code(self, code: Any, where: Where) -> str:
        known = self.owner.places
        if not isinstance(code, str) or code not in known or code == ANYWHERE:
            self.facts.no_place(code, where)
        return str(code)

    def _event(self, raw: Mapping[str, Any], i: int, parties: set[str]) -> Event:
        where: Where = ("events", i)
        for key in raw:
            if key not in ("act", "date", "party", "place", "planned", "note", "source"):
                self.facts.wrong((*where, key), f"Unknown key `{key}` in an event.")
        act, day = raw.get("act"), as_date(raw.get("date"))
        if act not in self.owner.events:
            hint = did_you_mean(str(act), self.owner.events)
            self.facts.wrong(where, f"Unknown event `{shorten(act)}`.{hint}")
        if day is None:
            self.facts.wrong(where, "An event needs a `date` as YYYY-MM-DD.")
        planned = raw.get("planned") is True
        if day and self.today and day > self.today and not planned:
            self.facts.wrong(
                where,
                f"The event is on {day}, after {self.today}, and not marked as planned. "
                "Correct the date, or write `planned: true`.",
            )
        party, place = raw.get("party"), raw.get("place")
        if party is not None:
            self._known([str(party)], parties, (*where, "party"), "parties")
        if place is not None:
            self._code(place, (*where, "place"))
        self.facts.positions[f"events.{act}"] = Position(
            self.document.file, self.document.at(where)[0]
        )
        return Event(str(act), day or date.min, party, place, planned)
