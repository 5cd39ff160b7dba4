"""in-toto Statement v1: what a signature speaks of, and what it says about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from dutybound.errors import DutyboundError
from dutybound.interchange.dsse import MAX_PAYLOAD
from dutybound.interchange.strict_json import JsonError, canonical, parse

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
_KEYS: Final = {"_type", "subject", "predicateType", "predicate"}
_SHA256: Final = re.compile(r"[0-9a-f]{64}\Z")
MAX_NAME: Final = 300


class StatementError(DutyboundError):
    """A payload that is no statement as we accept it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement. predicate_type: a URI, see `predicates`. subject: name to sha256."""

    predicate_type: str
    subject: dict[str, str]
    predicate: dict[str, Any]


def write_statement(statement: Statement) -> bytes:
    """The canonical bytes of a statement."""
    subject = sorted(statement.subject.items())
    value = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in subject],
        "predicateType": statement.predicate_type,
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
    predicate_type = value["predicateType"]
    if not isinstance(predicate_type, str):
        raise StatementError("`predicateType` is not text.")
    return Statement(predicate_type, _subject(value["subject"]), predicate)


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
