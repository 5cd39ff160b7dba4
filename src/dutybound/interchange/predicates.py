"""Predicates of statements: the types of in-toto where one fits, else our own.

A predicate of our own type is a claim as it stands. In a predicate of in-toto the claim stands
under one key, `dutybound`, and the fields of the type are made from it; a reader makes them again
and compares, so that two readers cannot understand one statement differently. Fields that nobody
here knows are ignored there, as in-toto asks. Sources: in-toto attestation, spec/predicates:
test-result 0.1, svr 0.2, reference 0.1, scai 0.3, release 0.1; RFC 6920 for `ni:` names.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any, Final

from dutybound.errors import DutyboundError
from dutybound.interchange.strict_json import canonical
from dutybound.terms.evidence import EvidenceKind

Kind = EvidenceKind
Json = dict[str, Any]
OWN: Final = "urn:dutybound:predicate:"
OLD: Final = "urn:dutybound:evidence:"
VERSION: Final = ":1"
EXTENSION: Final = "dutybound"
SELF: Final = "claim:"
FOREIGN: Final = {
    Kind.TEST_RESULT: "https://in-toto.io/attestation/test-result/v0.1",
    Kind.APPROVAL: "https://in-toto.io/attestation/svr/v0.2",
    Kind.DOCUMENT: "https://in-toto.io/attestation/reference/v0.1",
    Kind.ATTRIBUTE: "https://in-toto.io/attestation/scai/v0.3",
    Kind.RELEASE: "https://in-toto.io/attestation/release/v0.1",
}
OLD_KINDS: Final = (
    Kind.DOCUMENT,
    Kind.ATTESTATION,
    Kind.TEST_RESULT,
    Kind.EXTERNAL_REPORT,
    Kind.APPROVAL,
    Kind.RECORD,
    Kind.CERTIFICATE,
)
PROPERTIES: Final = {
    "approved": "DUTYBOUND_APPROVED",
    "approved_with_conditions": "DUTYBOUND_APPROVED_WITH_CONDITIONS",
}
MEDIA: Final = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".yaml": "application/yaml",
}
UNKNOWN_MEDIA: Final = "application/octet-stream"


class PredicateError(DutyboundError):
    """A predicate that is none of ours, or whose fields contradict the claim in it."""


def _own(kind: Kind) -> str:
    return f"{OWN}{str(kind).replace('_', '-')}{VERSION}"


TYPES: Final[Mapping[str, Kind]] = {FOREIGN.get(k, _own(k)): k for k in Kind}
_OLD_TYPES: Final[Mapping[str, Kind]] = {f"{OLD}{k}{VERSION}": k for k in OLD_KINDS}


def type_of(kind: Kind) -> str:
    """The predicate type under which a kind of evidence is signed."""
    return FOREIGN.get(kind, _own(kind))


def wrap(kind: Kind, claim: Json, subject: Mapping[str, str]) -> Json:
    """The predicate for a claim. Raises PredicateError if its type cannot say it."""
    if kind not in FOREIGN:
        return claim
    return {**_PROJECTIONS[kind](claim, subject), EXTENSION: claim}


def unwrap(predicate_type: str, predicate: Json) -> tuple[Kind, Json]:
    """The kind and the claim in a predicate, not yet checked against each other."""
    kind = TYPES.get(predicate_type)
    if kind is None:
        if predicate_type in _OLD_TYPES:
            return _OLD_TYPES[predicate_type], predicate
        raise PredicateError(
            f"The predicate type `{predicate_type[:80]}` is none that is known here."
        )
    if kind not in FOREIGN:
        return kind, predicate
    claim = predicate.get(EXTENSION)
    if not isinstance(claim, dict):
        raise PredicateError(f"It has no `{EXTENSION}`, which says what it is evidence for.")
    return kind, claim


def contradiction(
    predicate_type: str, predicate: Json, claim: Json, subject: Mapping[str, str]
) -> str | None:
    """What the fields of an in-toto predicate say otherwise than the claim; None if nothing.

    claim: read and found sound before.
    """
    kind = TYPES.get(predicate_type)
    if kind is None or kind not in FOREIGN:
        return None
    try:
        expected = _PROJECTIONS[kind](claim, subject)
    except PredicateError as error:
        return str(error)
    wrong = [k for k in expected if canonical(predicate.get(k)) != canonical(expected[k])]
    wrong += [k for k in _OPTIONAL.get(kind, ()) if k in predicate and k not in expected]
    return f"`{wrong[0]}` says otherwise than the claim." if wrong else None


def person(claim: Json) -> str:
    """The name of the person who signs, as a URI."""
    return f"urn:dutybound:person:{claim['issuer']}:{claim['author']}"


def named_information(sha256: str) -> str:
    """A digest as a URI that names the content: RFC 6920."""
    text = urlsafe_b64encode(bytes.fromhex(sha256)).decode("ascii").rstrip("=")
    return f"ni:///sha-256;{text}"


def _descriptor(resource: Json) -> Json:
    found: Json = {"name": resource["name"], "digest": {"sha256": resource["sha256"]}}
    if resource.get("uri") is not None:
        found["uri"] = resource["uri"]
    return found


def _test_result(claim: Json, _: Mapping[str, str]) -> Json:
    test = claim.get("test") or {}
    stated = test.get("result")
    result = {"pass": "PASSED", "fail": "FAILED"}.get(str(stated), "WARNED")
    if result == "PASSED" and test.get("warned"):
        result = "WARNED"
    found: Json = {
        "result": result,
        "configuration": [_descriptor(r) for r in test.get("configuration", [])],
    }
    if test.get("url") is not None:
        found["url"] = test["url"]
    for part in ("passed", "warned", "failed"):
        if test.get(part):
            found[f"{part}Tests"] = test[part]
    return found


def _approval(claim: Json, _: Mapping[str, str]) -> Json:
    name = PROPERTIES.get(claim["approval"]["decision"])
    if name is None:
        raise PredicateError("A verification result holds what passed; sign a refusal instead.")
    policies = (claim.get("basis") or {}).get("policies", [])
    return {
        "verifier": {"id": person(claim), "policies": [_descriptor(p) for p in policies]},
        "timeCreated": claim["signed_at"],
        "properties": [name],
    }


def _document(claim: Json, subject: Mapping[str, str]) -> Json:
    references = [
        {
            "name": name,
            "downloadLocation": named_information(digest),
            "digest": {"sha256": digest},
            "mediaType": _media(name),
        }
        for name, digest in sorted(subject.items())
        if not name.startswith(SELF)
    ]
    return {"attester": {"id": person(claim)}, "references": references}


def _media(name: str) -> str:
    return MEDIA.get("." + name.rpartition(".")[2].lower(), UNKNOWN_MEDIA)


def _attribute(claim: Json, _: Mapping[str, str]) -> Json:
    return {"attributes": [_assertion(a) for a in claim["attributes"]]}


def _assertion(one: Json) -> Json:
    found: Json = {"attribute": one["attribute"]}
    if one.get("target") is not None:
        found["target"] = _descriptor(one["target"])
    if one.get("conditions"):
        found["conditions"] = one["conditions"]
    if one.get("evidence") is not None:
        found["evidence"] = _descriptor(one["evidence"])
    return found


def _release(claim: Json, _: Mapping[str, str]) -> Json:
    release = claim["release"]
    found = {"purl": release["purl"]}
    if release.get("package_id") is not None:
        found["packageId"] = release["package_id"]
    return found


_PROJECTIONS: Final[Mapping[Kind, Callable[[Json, Mapping[str, str]], Json]]] = {
    Kind.TEST_RESULT: _test_result,
    Kind.APPROVAL: _approval,
    Kind.DOCUMENT: _document,
    Kind.ATTRIBUTE: _attribute,
    Kind.RELEASE: _release,
}
_OPTIONAL: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.TEST_RESULT: ("url", "passedTests", "warnedTests", "failedTests"),
    Kind.ATTRIBUTE: ("producer",),
    Kind.RELEASE: ("packageId", "releaseId"),
}
