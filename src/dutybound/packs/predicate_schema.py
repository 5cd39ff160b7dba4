"""JSON Schemas of the predicates of signed statements, one for each kind of evidence."""

from __future__ import annotations

from typing import Any, Final

from dutybound.packs.claim_parts import OPTIONAL_PARTS, PARTS
from dutybound.packs.claims import UNTIL, Predicate
from dutybound.terms.evidence import EvidenceKind

Json = dict[str, Any]
PREFIX: Final = "predicate-"
REPORTS: Final = {EvidenceKind.EXTERNAL_REPORT: "soc2", EvidenceKind.CERTIFICATE: "iso"}
DIGEST: Final[Json] = {
    "type": "object",
    "required": ["sha256"],
    "properties": {"sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"}},
}
RESOURCE: Final[Json] = {
    "type": "object",
    "required": ["name", "digest"],
    "properties": {
        "name": {"type": "string"},
        "digest": DIGEST,
        "uri": {"type": "string"},
        "downloadLocation": {"type": "string"},
        "mediaType": {"type": "string"},
    },
}
WHO: Final[Json] = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "string", "pattern": "^urn:dutybound:person:"}},
}


def _many(of: Json) -> Json:
    return {"type": "array", "items": of}


_NAMES: Final = _many({"type": "string"})
# The fields of in-toto, as their specifications have them; others may stand beside them.
FOREIGN: Final[dict[EvidenceKind, tuple[str, Json, tuple[str, ...]]]] = {
    EvidenceKind.TEST_RESULT: (
        "https://in-toto.io/attestation/test-result/v0.1",
        {
            "result": {"enum": ["PASSED", "WARNED", "FAILED"]},
            "configuration": _many(RESOURCE),
            "url": {"type": "string"},
            "passedTests": _NAMES,
            "warnedTests": _NAMES,
            "failedTests": _NAMES,
        },
        ("result", "configuration"),
    ),
    EvidenceKind.APPROVAL: (
        "https://in-toto.io/attestation/svr/v0.2",
        {
            "verifier": {
                "type": "object",
                "required": ["id", "policies"],
                "properties": {**WHO["properties"], "policies": _many(RESOURCE)},
            },
            "timeCreated": {"type": "string"},
            "properties": _many({"type": "string", "pattern": "^DUTYBOUND_"}),
        },
        ("verifier", "timeCreated", "properties"),
    ),
    EvidenceKind.DOCUMENT: (
        "https://in-toto.io/attestation/reference/v0.1",
        {"attester": WHO, "references": _many(RESOURCE)},
        ("attester", "references"),
    ),
    EvidenceKind.ATTRIBUTE: (
        "https://in-toto.io/attestation/scai/v0.3",
        {
            "attributes": _many(
                {
                    "type": "object",
                    "required": ["attribute"],
                    "properties": {
                        "attribute": {"type": "string"},
                        "conditions": {"type": "object"},
                        "target": RESOURCE,
                        "evidence": RESOURCE,
                    },
                }
            )
        },
        ("attributes",),
    ),
    EvidenceKind.RELEASE: (
        "https://in-toto.io/attestation/release/v0.1",
        {"purl": {"type": "string", "pattern": "^pkg:"}, "packageId": {"type": "string"}},
        ("purl",),
    ),
}


def predicate_names() -> tuple[str, ...]:
    """The names of the schemas."""
    return tuple(f"{PREFIX}{str(k).replace('_', '-')}" for k in EvidenceKind)


def predicate_schema(name: str) -> Json:
    """The JSON Schema of the predicate of a kind, by the name of the schema."""
    kind = EvidenceKind(name.removeprefix(PREFIX).replace("-", "_"))
    whole = Predicate.model_json_schema(by_alias=True, mode="serialization")
    definitions = whole.pop("$defs")
    claim = _claim(whole, kind)
    if kind in FOREIGN:
        address, fields, required = FOREIGN[kind]
        shape: Json = {
            "type": "object",
            "required": [*required, "dutybound"],
            "properties": {**fields, "dutybound": claim},
        }
    else:
        address, shape = f"urn:dutybound:predicate:{str(kind).replace('_', '-')}:1", claim
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": f"predicateType: {address}",
        **shape,
        "$defs": _used(shape, definitions),
        "title": f"dutybound: predicate of a {str(kind).replace('_', ' ')}",
    }


def _claim(whole: Json, kind: EvidenceKind) -> Json:
    """The shape of a claim, with the parts of its own kind alone."""
    own = {PARTS.get(kind), REPORTS.get(kind)}
    others = {*PARTS.values(), *REPORTS.values()} - own
    properties = {k: v for k, v in whole["properties"].items() if k not in others}
    properties["kind"] = {"const": str(kind)}
    if not kind.raises:
        del properties["rung"]
    needed = {"id", "kind", "what", "author", "issuer", "made_on", "signed_at"}
    part = PARTS.get(kind)
    if part is not None and part not in OPTIONAL_PARTS:
        needed.add(part)
    if kind in UNTIL:
        needed.add("valid_until")
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": sorted(needed),
    }


def _used(shape: Any, definitions: Json) -> Json:
    """The definitions that a shape names, and those that they name."""
    found: Json = {}
    waiting = [shape]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            name = str(value.get("$ref", "")).removeprefix("#/$defs/")
            if name in definitions and name not in found:
                found[name] = definitions[name]
                waiting.append(definitions[name])
            waiting += value.values()
    return dict(sorted(found.items()))
