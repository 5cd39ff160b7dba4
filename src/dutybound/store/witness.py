"""Asks witnesses for cosignatures on a checkpoint (C2SP tlog-witness), and counts them.

A witness that cannot be reached, or refuses, never stops the log: entries are appended, and the
published checkpoint waits until the policy is met.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dutybound.ledger.checkpoint import read_body
from dutybound.ledger.encoding import LedgerError, number
from dutybound.ledger.note import Note, Signature, add_signatures, read_note
from dutybound.ledger.policy import KnownWitness, Policy
from dutybound.ledger.witnessing import (
    CONFLICT,
    MAX_PROOF_LINES,
    NO_EXTENSION,
    SIZE_TYPE,
    Request,
    cosignatures,
    cosigners,
    without_broken,
)
from dutybound.store.http_post import Answer, PostError, post

SECONDS: Final = 5.0
_MOST: Final = 65_536
_AT_ONCE: Final = 8
_OK: Final = 200
_BODY_TYPE: Final = "text/plain; charset=utf-8"
Proofs = Callable[[int], list[bytes]]


class WitnessState(StrEnum):
    """What a witness did with a checkpoint."""

    COSIGNED = "cosigned"
    CONTRADICTS = "contradicts"  # it has seen another history: the log went back, or has forked
    REFUSED = "refused"  # it answered, and did not sign
    UNREACHABLE = "unreachable"  # no answer in time
    OFFLINE = "offline"  # the policy names no address; its line is added from a file


@dataclass(frozen=True, slots=True)
class WitnessOutcome:
    """What one witness did. time: POSIX seconds of its cosignature; reason: why there is none."""

    name: str
    state: WitnessState
    time: int | None = None
    reason: str = ""


class Contradiction(LedgerError):
    """A witness has seen a history that the checkpoint does not extend."""


Found = tuple[Signature, ...] | LedgerError | PostError


class Witnesses:
    """The witnesses of a policy. Made for `Publisher`; `outcomes` tells how the last call went."""

    def __init__(self, policy: Policy, *, seconds: float = SECONDS) -> None:
        """seconds: how long one witness may take in all."""
        self.policy = policy
        self.outcomes: tuple[WitnessOutcome, ...] = ()
        self._seconds = seconds
        self._seen: dict[str, int] = {}

    def cosign(self, note: bytes, proofs: Proofs) -> tuple[bytes, bool]:
        """Ask each witness that has not signed yet for its line under a checkpoint.

        note: a checkpoint that the log signed. proofs: gives the consistency proof from an older
        size to that of the checkpoint. Returns the note with the lines that hold, and whether the
        policy is met. Raises LedgerError only if `note` is no checkpoint.
        """
        keys = [w.key for w in self.policy.witnesses]
        read = without_broken(read_note(note), keys)
        size = read_body(read.text).size
        signed = cosigners(read, keys)
        asked = [w for w in self.policy.witnesses if w.url is not None and w.key not in signed]
        answers = self._ask_all(asked, read, size, proofs)
        lines = [s for found in answers.values() if isinstance(found, tuple) for s in found]
        read = add_signatures(read, lines)
        signed = cosigners(read, keys)
        self.outcomes = tuple(
            WitnessOutcome(w.name, WitnessState.COSIGNED, signed[w.key])
            if w.key in signed
            else _missing(w, answers.get(w.name))
            for w in self.policy.witnesses
        )
        return read.raw, self.policy.met(self.policy.names(signed.keys()))

    def _ask_all(
        self, asked: Sequence[KnownWitness], note: Note, size: int, proofs: Proofs
    ) -> dict[str, Found]:
        """One request at a time for each witness, several witnesses at once."""
        # The store behind `proofs` belongs to this thread: ask for proofs here, not in the pool.
        found: dict[str, Found] = {}
        waiting = list(asked)
        for _ in range(2):  # the second time for those that had seen another size than we thought
            requests = [(w, self._request(w, note, size, proofs)) for w in waiting]
            with ThreadPoolExecutor(min(_AT_ONCE, len(requests)) or 1) as pool:
                answers = list(pool.map(lambda pair: self._ask(*pair), requests))
            for (witness, request), answer in zip(requests, answers, strict=True):
                found[witness.name] = self._judge(witness, request, size, answer)
            waiting = [w for w, r in requests if r.old < self._seen.get(w.name, 0) <= size]
            waiting = [w for w in waiting if not isinstance(found[w.name], tuple)]
        return found

    def _request(self, witness: KnownWitness, note: Note, size: int, proofs: Proofs) -> Request:
        old = min(self._seen.get(witness.name, 0), size)
        proof = tuple(proofs(old)) if old else ()
        if len(proof) > MAX_PROOF_LINES:
            raise LedgerError(f"a proof for a witness has at most {MAX_PROOF_LINES} hashes")
        return Request(old, proof, note)

    def _ask(self, witness: KnownWitness, request: Request) -> Answer | PostError:
        try:
            return post(
                f"{(witness.url or '').rstrip('/')}/add-checkpoint",
                request.raw,
                _BODY_TYPE,
                seconds=self._seconds,
                most=_MOST,
            )
        except PostError as error:
            return error

    def _judge(
        self, witness: KnownWitness, request: Request, size: int, answer: Answer | PostError
    ) -> Found:
        if isinstance(answer, PostError):
            return answer
        try:
            if answer.status == _OK:
                lines = cosignatures(answer.body, request.note, witness.key)
                self._seen[witness.name] = size
                return lines
            if answer.status == CONFLICT and answer.type == SIZE_TYPE:
                seen = number(answer.body.decode("ascii", "replace").rstrip("\n"), "its size")
                self._seen[witness.name] = seen
                return _conflict(seen, size)
        except LedgerError as error:
            return error
        reason = f"it answered {answer.status}: {_first_line(answer.body)}"
        if answer.status in (CONFLICT, NO_EXTENSION):
            return Contradiction(f"the checkpoint does not extend what it has seen: {reason}")
        return LedgerError(reason)


def _conflict(seen: int, size: int) -> LedgerError:
    if seen > size:
        return Contradiction(
            f"the log went back: the witness has seen {seen:,} entries, the checkpoint has {size:,}"
        )
    if seen == size:
        return Contradiction(f"the witness has seen another history of the same {size:,} entries")
    return LedgerError(f"it has seen {seen:,} entries by now")


def _missing(witness: KnownWitness, answer: Found | None) -> WitnessOutcome:
    if answer is None:
        reason = "the policy gives no address; add its cosignature from a file"
        return WitnessOutcome(witness.name, WitnessState.OFFLINE, reason=reason)
    state = WitnessState.REFUSED
    if isinstance(answer, PostError):
        state = WitnessState.UNREACHABLE
    elif isinstance(answer, Contradiction):
        state = WitnessState.CONTRADICTS
    return WitnessOutcome(witness.name, state, reason=str(answer))


def _first_line(body: bytes) -> str:
    text = body[:200].decode("utf-8", "replace").split("\n")[0]
    return "".join(c for c in text if c.isprintable()) or "no reason given"
