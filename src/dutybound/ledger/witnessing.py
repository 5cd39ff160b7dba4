"""The words between a log and a witness (C2SP tlog-witness), and what a witness decides.

A witness remembers the last head that it saw of each log. It signs a head only if that extends
the one it remembers. So a log cannot go back, and cannot show two histories.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from dutybound.ledger.checkpoint import Checkpoint, read_body
from dutybound.ledger.encoding import LedgerError, decode_hash, encode, number
from dutybound.ledger.keys import KeyType, NoteKey, NoteSigner
from dutybound.ledger.note import Note, Signature, read_note, verify_note
from dutybound.ledger.proofs import verify_consistency

MAX_PROOF_LINES: Final = 63
MAX_REQUEST: Final = 1_100_000
SIZE_TYPE: Final = "text/x.tlog.size"
BAD_REQUEST: Final = 400
NOT_SIGNED: Final = 403
UNKNOWN_LOG: Final = 404
CONFLICT: Final = 409
NO_EXTENSION: Final = 422


class Refusal(LedgerError):
    """A witness does not sign. status: the HTTP status of tlog-witness for the reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status

    @property
    def contradiction(self) -> bool:
        """Whether the log signed something that does not extend what it signed before."""
        return self.status in (CONFLICT, NO_EXTENSION)


@dataclass(frozen=True, slots=True)
class Request:
    """What a log sends: the size that the witness knows, the proof from there, the checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: Note

    @property
    def raw(self) -> bytes:
        """The body of `POST add-checkpoint`."""
        lines = [f"old {self.old}", *map(encode, self.proof), "", ""]
        return "\n".join(lines).encode() + self.note.raw


def read_request(raw: bytes) -> Request:
    """A request from its bytes. Raises LedgerError."""
    if len(raw) > MAX_REQUEST:
        raise LedgerError(f"a request has at most {MAX_REQUEST:,} bytes")
    head, gap, note = raw.partition(b"\n\n")
    try:
        first, *rest = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise LedgerError("the request is not ASCII before its checkpoint") from error
    if not gap or not first.startswith("old "):
        raise LedgerError("a request begins with `old SIZE` and ends with a checkpoint")
    if len(rest) > MAX_PROOF_LINES:
        raise LedgerError(f"a request has at most {MAX_PROOF_LINES} hashes")
    old = number(first.removeprefix("old "), "the old size")
    return Request(old, tuple(decode_hash(h, "a hash of the proof") for h in rest), read_note(note))


def cosignatures(raw: bytes, note: Note, key: NoteKey) -> tuple[Signature, ...]:
    """The cosignatures by `key` in a witness's answer. Others are left out.

    Raises LedgerError if the answer is not made of signature lines, if none is by the key, or one
    does not hold for this checkpoint.
    """
    answer = read_note(note.text + b"\n" + raw)
    if answer.text != note.text:
        raise LedgerError("the answer is not made of signature lines")
    verify_note(answer, [key])
    return tuple(s for s in answer.signatures if (s.name, s.id) == (key.name, key.id))


def decide(request: Request, known: Checkpoint | None, log_keys: Sequence[NoteKey]) -> Checkpoint:
    """The head that a witness remembers from now on, and may sign.

    known: the head that it remembers of this log, None if it never saw one. log_keys: by which it
    knows the log. Raises Refusal.
    """
    head = signed_head(request.note, log_keys)
    if request.old > head.size:
        raise Refusal(BAD_REQUEST, f"the old size {request.old} is above the size {head.size}")
    seen = known.size if known else 0
    if known and (head.size < seen or (head.size == seen and head.root != known.root)):
        raise Refusal(CONFLICT, _against(known, head))
    if request.old != seen:
        raise Refusal(CONFLICT, f"the size seen last is {seen:,}, not {request.old:,}")
    if known is None:
        if request.proof:
            raise Refusal(NO_EXTENSION, "a first checkpoint needs no proof")
        return head
    try:
        verify_consistency(seen, head.size, request.proof, known.root, head.root)
    except LedgerError as error:
        raise Refusal(NO_EXTENSION, f"{_against(known, head)}: {error}") from error
    return head


def signed_head(note: Note, log_keys: Sequence[NoteKey]) -> Checkpoint:
    """The head of a checkpoint that the log signed. Raises Refusal."""
    try:
        head = read_body(note.text)
    except LedgerError as error:
        raise Refusal(BAD_REQUEST, str(error)) from error
    own = [key for key in log_keys if key.name == head.origin]
    if not own:
        raise Refusal(UNKNOWN_LOG, f"no key is known for a log `{head.origin}`")
    try:
        verify_note(note, own)
    except LedgerError as error:
        raise Refusal(NOT_SIGNED, str(error)) from error
    return head


def _against(known: Checkpoint, head: Checkpoint) -> str:
    if head.size < known.size:
        return f"the log went back: it had {known.size:,} entries and shows {head.size:,}"
    if head.size == known.size:
        return f"the log shows another history of the same {head.size:,} entries"
    return f"the {head.size:,} entries do not extend the {known.size:,} that were seen"


def cosign(note: Note, signer: NoteSigner, time: int) -> Signature:
    """A witness's line under a checkpoint. time: POSIX seconds. Raises LedgerError."""
    if signer.key.type is KeyType.ED25519:
        raise LedgerError("a witness signs with a key of type 0x04 or 0x06")
    return Signature(signer.key.name, signer.key.id, signer.sign(note.text, time))


def without_broken(note: Note, keys: Iterable[NoteKey]) -> Note:
    """The note without lines by these keys that do not hold.

    A reader refuses a note in which the line of a key that it knows does not hold.
    """
    known = {(key.name, key.id): key for key in keys}

    def holds(signature: Signature) -> bool:
        key = known.get((signature.name, signature.id))
        try:
            if key is not None:
                key.verify(note.text, signature.value)
        except LedgerError:
            return False
        return True

    return Note(note.text, tuple(s for s in note.signatures if holds(s)))


def cosigners(note: Note, keys: Iterable[NoteKey]) -> dict[NoteKey, int]:
    """Which of the witnesses signed a checkpoint, and when (POSIX seconds).

    A line that does not hold counts as none: one bad witness cannot spoil the others.
    """
    found: dict[NoteKey, int] = {}
    for key in keys:
        for signature in note.signatures:
            if (signature.name, signature.id) == (key.name, key.id):
                try:
                    found[key] = key.verify(note.text, signature.value) or 0
                except LedgerError:
                    continue
    return found
