"""Receipts as text: C2SP tlog-proof, version 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dutybound.ledger.checkpoint import Checkpoint, read_body
from dutybound.ledger.encoding import LedgerError, decode_hash, encode, number
from dutybound.ledger.note import Note, read_note
from dutybound.ledger.proofs import MAX_PROOF, verify_inclusion

HEADER: Final = "c2sp.org/tlog-proof@v1"
MAX_RECEIPT: Final = 1_100_000


@dataclass(frozen=True, slots=True)
class TlogProof:
    """That an entry stands at `index` of the tree of a checkpoint. Nothing is verified yet."""

    index: int
    hashes: tuple[bytes, ...]
    note: Note

    @property
    def raw(self) -> bytes:
        """The receipt in its one spelling."""
        lines = [HEADER, f"index {self.index}", *map(encode, self.hashes), "", ""]
        return "\n".join(lines).encode() + self.note.raw

    @property
    def checkpoint(self) -> Checkpoint:
        """The head that it leads to. Raises LedgerError."""
        return read_body(self.note.text)

    def verify(self, leaf: bytes) -> Checkpoint:
        """Check the inclusion of a leaf hash. The signatures are for `note.verify_note`.

        Raises LedgerError.
        """
        head = self.checkpoint
        verify_inclusion(self.index, head.size, leaf, self.hashes, head.root)
        return head


def read_receipt(raw: bytes) -> TlogProof:
    """A receipt from its bytes, without an `extra` line. Raises LedgerError."""
    if len(raw) > MAX_RECEIPT:
        raise LedgerError(f"a receipt has at most {MAX_RECEIPT:,} bytes")
    head, gap, rest = raw.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise LedgerError("the receipt is not ASCII before its checkpoint") from error
    if not gap or lines[0] != HEADER or len(lines) < 2:
        raise LedgerError(f"a receipt begins with `{HEADER}` and ends with a checkpoint")
    if not lines[1].startswith("index "):
        raise LedgerError("the second line of a receipt names the index")
    if len(lines) - 2 > MAX_PROOF:
        raise LedgerError(f"a proof has at most {MAX_PROOF} hashes")
    index = number(lines[1].removeprefix("index "), "the index")
    hashes = tuple(decode_hash(line, "a hash of the proof") for line in lines[2:])
    note = read_note(rest)
    read_body(note.text)
    return TlogProof(index, hashes, note)
