"""Signed notes (C2SP signed-note): a text, an empty line, and one line for each signature."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from dutybound.ledger.checkpoint import valid_name
from dutybound.ledger.encoding import LedgerError, decode, encode
from dutybound.ledger.keys import ID_BYTES, NoteKey, NoteSigner

MAX_NOTE: Final = 1_000_000
MAX_SIGNATURES: Final = 64
_DASH: Final = "\u2014 "
_SPACE: Final = 0x20


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature line. id: the first four bytes; value: what follows them."""

    name: str
    id: bytes
    value: bytes

    @property
    def line(self) -> str:
        """The line, with its newline."""
        return f"{_DASH}{self.name} {encode(self.id + self.value)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A note that was read. text ends with a newline. Nothing is verified yet."""

    text: bytes
    signatures: tuple[Signature, ...]

    @property
    def raw(self) -> bytes:
        """The note in its one spelling."""
        return self.text + b"\n" + "".join(s.line for s in self.signatures).encode()


@dataclass(frozen=True, slots=True)
class Verified:
    """A signature that holds. time: POSIX seconds if its type has one."""

    key: NoteKey
    time: int | None


def read_note(raw: bytes) -> Note:
    """A note from its bytes. Raises LedgerError."""
    if len(raw) > MAX_NOTE:
        raise LedgerError(f"a note has at most {MAX_NOTE:,} bytes")
    try:
        whole = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LedgerError("the note is not UTF-8") from error
    if any(ord(c) < _SPACE and c != "\n" for c in whole):
        raise LedgerError("the note holds a control character")
    text, gap, lines = whole.rpartition("\n\n")
    if not gap or not text or not lines.endswith("\n"):
        raise LedgerError("the note has no text, or no signature lines after an empty line")
    signatures = tuple(_signature(line) for line in lines[:-1].split("\n"))
    if len(signatures) > MAX_SIGNATURES:
        raise LedgerError(f"a note has at most {MAX_SIGNATURES} signatures")
    return Note(f"{text}\n".encode(), signatures)


def _signature(line: str) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space or not valid_name(name):
        raise LedgerError("a signature line does not have the form `\u2014 name base64`")
    raw = decode(encoded, "a signature of the note")
    if len(raw) <= ID_BYTES:
        raise LedgerError("a signature of the note is too short")
    return Signature(name, raw[:ID_BYTES], raw[ID_BYTES:])


def verify_note(note: Note, keys: Iterable[NoteKey]) -> tuple[Verified, ...]:
    """The signatures by known keys. Signatures by others are ignored.

    Raises LedgerError if one by a known key does not hold, or none is by a known key.
    """
    known = {(key.name, key.id): key for key in keys}
    found = []
    for signature in note.signatures:
        key = known.get((signature.name, signature.id))
        if key is not None:
            found.append(Verified(key, key.verify(note.text, signature.value)))
    if not found:
        raise LedgerError("no signature of the note is by a known key")
    return tuple(found)


def sign_note(text: bytes, signers: Sequence[NoteSigner], time: int | None = None) -> bytes:
    """A note with a signature by each signer. Raises LedgerError if the text cannot be signed."""
    signatures = tuple(Signature(s.key.name, s.key.id, s.sign(text, time)) for s in signers)
    raw = Note(text, signatures).raw
    if not text.endswith(b"\n") or read_note(raw).text != text:
        raise LedgerError("the text of a note ends with a newline")
    return raw


def add_signatures(note: Note, more: Iterable[Signature]) -> Note:
    """The note with more signatures, each key once: the first stays."""
    held = {(s.name, s.id): s for s in (*note.signatures, *more)}
    first = {(s.name, s.id): s for s in reversed((*note.signatures, *more))}
    return Note(note.text, tuple(first[k] for k in held))
