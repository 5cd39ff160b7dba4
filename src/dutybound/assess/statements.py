"""The claim in a signed statement: read strictly, whichever predicate carries it."""

from __future__ import annotations

from typing import Any

from dutybound.errors import BadInput, DutyboundError
from dutybound.interchange.predicates import PredicateError, contradiction, unwrap
from dutybound.interchange.statement import Statement, StatementError, read_statement
from dutybound.packs.claims import Predicate
from dutybound.packs.evidence import read_predicate
from dutybound.terms.evidence import EvidenceKind


class Malformed(DutyboundError):
    """A payload that holds no claim as we accept it. claim_id: "" if it is not known."""

    def __init__(self, reason: str, claim_id: str = "") -> None:
        super().__init__(reason)
        self.claim_id = claim_id


def read_claim_in(payload: bytes, file: str) -> tuple[Statement, dict[str, Any], Predicate]:
    """The statement, and the claim in it as it was signed and as it was read."""
    # (1) the payload is a statement of a known type, in its one spelling
    try:
        statement = read_statement(payload)
        kind, body = unwrap(statement.predicate_type, statement.predicate)
    except (StatementError, PredicateError) as error:
        raise Malformed(str(error)) from error
    # (2) the claim in it is closed and sound
    try:
        predicate = read_predicate(body, file)
    except BadInput as error:
        reason = "; ".join(p.message for p in error.problems[:3])
        raise Malformed(reason, _id_in(body)) from error
    # (3) the type, the subject and the fields that others read say the same as the claim
    wrong = _disagreement(statement, kind, body, predicate)
    if wrong is not None:
        raise Malformed(wrong, predicate.id)
    return statement, body, predicate


def _disagreement(
    statement: Statement, kind: EvidenceKind, body: dict[str, Any], predicate: Predicate
) -> str | None:
    if predicate.kind is not kind:
        return f"The type says {kind}, the claim {predicate.kind}."
    batch = predicate.record_batch
    if batch is not None and {f.name: f.sha256 for f in batch.files} != statement.subject:
        return "The subject is not the files of the batch."
    return contradiction(statement.predicate_type, statement.predicate, body, statement.subject)


def _id_in(body: dict[str, Any]) -> str:
    found = body.get("id")
    return found[:100] if isinstance(found, str) else ""
