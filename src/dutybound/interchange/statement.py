"""in-toto Statement v1: what a signature speaks of, and what it says about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from dutybound.errors import DutyboundError
from dutybound.interchange.dsse import MAX_PAYLOAD
from dutybound.interchange.strict_json import JsonError, canonical, parse
from dutybound.terms.evidence import EvidenceKind

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_PREFIX: Final = "urn:dutybound:evidence:"
PREDICATE_VERSION: Final = ":1"
_KEYS: Final = {"_type", "subject", "predicateType", "predicate"}
_SHA256: Final = re.compile(r"[0-9a-f]{64}\Z")
MAX_NAME: Final = 300


class StatementError(DutyboundError):
    """A payload that is no statement as we accept it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement. subject: name to sha256."""

    kind: EvidenceKind
    subject: dict[str, str]
    predicate: dict[str, Any]


def write_statement(statement: Statement) -> bytes:
    """The canonical bytes of a statement."""
    subject = sorted(statement.subject.items())
    value = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in subject],
        "predicateType": f"{PREDICATE_PREFIX}{statement.kind}{PREDICATE_VERSION}",
        "predicate": statement.predicate,
    }
    try:
        payload = canonical(value)
    except JsonError as error:
        raise StatementError(f"The statement {error}.") from error
    read_statement(payload)
    return payload


def read_statement(payload: bytes) -> Statement:
    """A statement from its canonical bytes. Raises StatementError."""
    try:
        value = parse(payload, MAX_PAYLOAD)
        if canonical(value) != payload:
            raise StatementError("The payload is not in its one canonical spelling.")
    except JsonError as error:
        raise StatementError(f"The payload is not read: {error}.") from error
    if not isinstance(value, dict) or set(value) != _KEYS or value["_type"] != STATEMENT_TYPE:
        raise StatementError("The payload is no in-toto Statement v1.")
    predicate = value["predicate"]
    if not isinstance(predicate, dict):
        raise StatementError("`predicate` is not a mapping.")
    return Statement(_kind(value["predicateType"]), _subject(value["subject"]), predicate)


def _kind(value: Any) -> EvidenceKind:
    if isinstance(value, str):
        name = value.removeprefix(PREDICATE_PREFIX).removesuffix(PREDICATE_VERSION)
        for kind in EvidenceKind:
            if name == kind and value == f"{PREDICATE_PREFIX}{kind}{PREDICATE_VERSION}":
                return kind
    raise StatementError(f"The predicate type `{str(value)[:80]}` is none that is known here.")


def _subject(value: Any) -> dict[str, str]:
    if not isinstance(value, list) or not value:
        raise StatementError("`subject` is empty: the statement speaks of nothing.")
    found: dict[str, str] = {}
    for one in value:
        name, digest = _one_subject(one)
        if name in found:
            raise StatementError(f"The subject `{name}` stands twice.")
        found[name] = digest
    if list(found) != sorted(found):
        raise StatementError("The subjects are not in order.")
    return found


def _one_subject(value: Any) -> tuple[str, str]:
    if isinstance(value, dict) and set(value) == {"name", "digest"}:
        name, digest = value["name"], value["digest"]
        if (
            isinstance(name, str)
            and 0 < len(name) <= MAX_NAME
            and isinstance(digest, dict)
            and set(digest) == {"sha256"}
            and isinstance(digest["sha256"], str)
            and _SHA256.match(digest["sha256"])
        ):
            return name, digest["sha256"]
    raise StatementError("A subject needs a `name` and a `digest` with `sha256` alone.")
