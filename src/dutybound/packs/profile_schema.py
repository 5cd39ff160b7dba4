"""JSON Schemas of profiles and organisation files, made from the facts: for editors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dutybound.packs.profile import ORGANISATION, OTHER_KEYS, PROFILE
from dutybound.rules.places import ANYWHERE
from dutybound.terms.law import Content, FactType

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
UNKNOWN: Final = "unknown"
TEXT: Final[dict[str, Any]] = {"type": ["string", "number", "boolean"]}
SIDE: Final[dict[str, Any]] = {"enum": [True, False, "yes", "no", UNKNOWN, None]}
WRAPPER: Final = ("source", "note", "basis", "author")
Schema = dict[str, Any]


def profile_schema(content: Content) -> Schema:
    """The schema of a profile."""
    use = _thing(content, "use", required=("id", "places"))
    place_facts = {k: v for k, v in use["properties"].items() if k not in OTHER_KEYS["use"]}
    use["properties"]["places"] = _use_places(_closed(place_facts))
    return {
        "$schema": DIALECT,
        "title": f"dutybound {PROFILE}",
        "description": "Plain facts about one AI system. What is left out is unknown.",
        **_closed(
            {
                "dutybound": {"const": PROFILE},
                "system": _thing(content, "system", required=("id",)),
                "parties": _list(_thing(content, "party")),
                "models": _list(_thing(content, "model", required=("id",))),
                "data": _list(_thing(content, "data", required=("id",))),
                "uses": _list(use),
                "events": _list(_event(content)),
                "events_complete": {
                    "type": "boolean",
                    "description": "No other events happened or are planned.",
                },
                "note": TEXT,
            },
            required=("dutybound", "system", "parties"),
        ),
        "$defs": _definitions(content, ("system", "party", "model", "data", "use")),
    }


def organisation_schema(content: Content) -> Schema:
    """The schema of an organisation file."""
    entity = _thing(content, "party", required=("id",))
    for key in ("ref", "places"):
        entity["properties"].pop(key, None)
    return {
        "$schema": DIALECT,
        "title": f"dutybound {ORGANISATION}",
        "description": "Facts about legal entities, shared by several profiles.",
        **_closed(
            {
                "dutybound": {"const": ORGANISATION},
                "name": TEXT,
                "note": TEXT,
                "entities": _list(entity),
            },
            required=("dutybound", "entities"),
        ),
        "$defs": _definitions(content, ("party",)),
    }


def _definitions(content: Content, things: tuple[str, ...]) -> Schema:
    """Each fact by its id, and the types on which they rest."""
    codes = [c for c in content.places if c != ANYWHERE]
    kinds: Schema = {
        "yes_no": {"enum": [True, False, "yes", "no", UNKNOWN, None]},
        "number": {
            "anyOf": [
                {"type": "number", "minimum": 0},
                {"type": "string", "pattern": "^[0-9_]+$"},
                {"enum": [UNKNOWN, None]},
            ]
        },
        "date": {
            "anyOf": [
                {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
                {"enum": [UNKNOWN, None]},
            ]
        },
        "one_place": {"anyOf": [{"$ref": "#/$defs/place"}, {"enum": [UNKNOWN, None]}]},
        "text": TEXT,
        "refs": {"anyOf": [TEXT, {"type": "array", "items": TEXT}]},
    }
    facts = (f for f in sorted(content.facts.values(), key=lambda f: f.id) if f.thing in things)
    return {
        "place": {"enum": codes},
        "places": {
            "anyOf": [
                {"$ref": "#/$defs/place"},
                {"type": "array", "items": {"$ref": "#/$defs/place"}},
            ]
        },
        **kinds,
        **{f"stated_{kind}": _or_wrapped({"$ref": f"#/$defs/{kind}"}) for kind in kinds},
        **{fact.id: _fact(fact) for fact in facts},
    }


def _or_wrapped(value: Schema) -> Schema:
    """A value, or the same with its source, note, basis and author."""
    wrapped = _closed({"value": value, **{key: dict(TEXT) for key in WRAPPER}}, required=("value",))
    return {"anyOf": [value, wrapped]}


def _closed(properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    found: Schema = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    return {**found, "required": list(required)} if required else found


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _thing(content: Content, thing: str, required: tuple[str, ...] = ()) -> Schema:
    properties: Schema = {key: dict(TEXT) for key in sorted(OTHER_KEYS[thing])}
    for key in ("roles", "licences", "regimes", "supervisor"):
        if key in properties:
            properties[key] = {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}
    if "places" in properties:
        properties["places"] = {"$ref": "#/$defs/places"}
    if "parties" in properties:
        properties["parties"] = {"$ref": "#/$defs/refs"}
    for fact in sorted(content.facts.values(), key=lambda f: f.id):
        if fact.thing == thing:
            _place_fact(properties, fact)
    return _closed(properties, required)


def _place_fact(properties: Schema, fact: FactType) -> None:
    """Put a fact where it belongs, in the mapping of its group."""
    *groups, name = fact.name.split(".")
    for group in groups:
        properties = properties.setdefault(group, _closed({}))["properties"]
    properties[name] = {"$ref": f"#/$defs/{fact.id}"}
    if fact.type == "set":
        properties[name + "_complete"] = {
            "type": "boolean",
            "description": "True: no other value holds.",
        }


def _fact(fact: FactType) -> Schema:
    if fact.type in ("set", "choice"):
        return {"description": _description(fact), **_or_wrapped(_value(fact))}
    kind = "one_place" if fact.type == "place" else fact.type
    return {"description": _description(fact), "$ref": f"#/$defs/stated_{kind}"}


def _description(fact: FactType) -> str:
    parts = [fact.ask]
    if fact.detail.get("unit"):
        parts.append(f"In {fact.detail['unit']}.")
    if fact.detail.get("help"):
        parts.append(str(fact.detail["help"]))
    if fact.judgement:
        parts.append("A judgement: give its basis and author.")
    parts.append(f"Ask: {fact.detail.get('who')}. {fact.detail.get('why')}")
    return " ".join(parts)


def _value(fact: FactType) -> Schema:
    if fact.type == "set":
        member = _members(fact.values)
        return {
            "anyOf": [
                {"enum": [*fact.values, UNKNOWN, None]},
                {"type": "array", "items": member, "uniqueItems": True},
                {
                    "type": "object",
                    "propertyNames": {"enum": list(fact.values)},
                    "additionalProperties": SIDE,
                },
            ]
        }
    return {"anyOf": [_members(fact.values), {"enum": [UNKNOWN, None]}]}


def _members(values: Mapping[str, str]) -> Schema:
    """One of some values, each with its meaning, as editors show them."""
    return {"oneOf": [{"const": name, "description": says} for name, says in values.items()]}


def _use_places(facts: Schema) -> Schema:
    return {
        "description": "Where the system is supplied or used; as a mapping: what differs there.",
        "anyOf": [
            {"$ref": "#/$defs/places"},
            {
                "type": "object",
                "propertyNames": {"$ref": "#/$defs/place"},
                "additionalProperties": {"anyOf": [{"type": "null"}, facts]},
            },
        ],
    }


def _event(content: Content) -> Schema:
    return _closed(
        {
            "act": _members(content.events),
            "date": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
            "party": TEXT,
            "place": {"$ref": "#/$defs/place"},
            "planned": {"type": "boolean"},
            "note": TEXT,
            "source": TEXT,
        },
        required=("act", "date"),
    )
