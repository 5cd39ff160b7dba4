"""What a cosignature signs (C2SP tlog-cosignature): a checkpoint, and when it was seen."""

from __future__ import annotations

from dutybound.ledger.checkpoint import read_body
from dutybound.ledger.encoding import MAX_NUMBER, LedgerError

TIME_BYTES = 8
_MAX_NAME = 255


def ed25519_message(text: bytes, time: int) -> bytes:
    """The message of a v1 cosignature. text: the note's text; time: POSIX seconds."""
    _check_time(time)
    return b"cosignature/v1\ntime %d\n%b" % (time, text)


def ml_dsa_message(text: bytes, time: int, name: str) -> bytes:
    """The `cosigned_message` of an ML-DSA-44 cosignature over a checkpoint by the key `name`."""
    _check_time(time)
    head = read_body(text)
    return b"".join(
        (
            b"subtree/v1\n\x00",
            _short(name),
            time.to_bytes(TIME_BYTES, "big"),
            _short(head.origin),
            (0).to_bytes(8, "big"),
            head.size.to_bytes(8, "big"),
            head.root,
        )
    )


def split(signature: bytes) -> tuple[int, bytes]:
    """The time and the signature proper of a `timestamped_signature`. Raises LedgerError."""
    if len(signature) <= TIME_BYTES:
        raise LedgerError("a cosignature is too short for its time")
    time = int.from_bytes(signature[:TIME_BYTES], "big")
    _check_time(time)
    return time, signature[TIME_BYTES:]


def _check_time(time: int) -> None:
    if not 0 <= time <= MAX_NUMBER:
        raise LedgerError("the time of a cosignature is out of range")


def _short(text: str) -> bytes:
    raw = text.encode()
    if not 1 <= len(raw) <= _MAX_NAME:
        raise LedgerError(f"a name in a cosignature has 1 to {_MAX_NAME} bytes")
    return bytes([len(raw)]) + raw
