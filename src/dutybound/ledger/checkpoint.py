"""Checkpoints (C2SP tlog-checkpoint): origin, size and root of a tree, as the text of a note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dutybound.ledger.encoding import (
    HASH_BYTES,
    MAX_NUMBER,
    LedgerError,
    decode_hash,
    encode,
    number,
)
from dutybound.ledger.merkle import EMPTY_ROOT

_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a tree. origin: the log's name; size: leaves; root: 32 bytes."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not valid_name(self.origin):
            raise LedgerError("the origin of a checkpoint is empty or holds a space or a plus sign")
        if not 0 <= self.size <= MAX_NUMBER or len(self.root) != HASH_BYTES:
            raise LedgerError("the size or the root of a checkpoint is out of range")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise LedgerError("an empty tree has another root")

    @property
    def body(self) -> bytes:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{encode(self.root)}\n".encode()


def valid_name(name: str) -> bool:
    """Whether a text can name a key or a log: not empty, no space, plus sign or control."""
    return bool(name) and "+" not in name and all(c.isprintable() and not c.isspace() for c in name)


def read_body(text: bytes) -> Checkpoint:
    """A checkpoint from a note's text: exactly three lines, no extension lines.

    Raises LedgerError.
    """
    try:
        lines = text.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise LedgerError("the checkpoint is not UTF-8") from error
    if len(lines) != _LINES + 1 or lines[_LINES]:
        raise LedgerError("a checkpoint has exactly three lines: origin, size, root")
    origin, size, root, _ = lines
    return Checkpoint(origin, number(size, "the tree size"), decode_hash(root, "the root"))
