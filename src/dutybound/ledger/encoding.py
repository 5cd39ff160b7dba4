"""One spelling only: base64, decimal numbers and JSON as the log's formats ask for them."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any, Final

from dutybound.errors import DutyboundError

HASH_BYTES: Final = 32
MAX_NUMBER: Final = 2**63 - 1
_DECIMAL: Final = re.compile(r"(?:0|[1-9][0-9]{0,18})\Z", re.ASCII)


class LedgerError(DutyboundError):
    """Bytes that are not what a format of the log asks for, or a proof that does not hold."""


def encode(raw: bytes) -> str:
    """Standard base64 with padding (RFC 4648, section 4)."""
    return base64.b64encode(raw).decode("ascii")


def decode(text: str, what: str) -> bytes:
    """The bytes of base64 in its one canonical spelling. Raises LedgerError."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error) as error:
        raise LedgerError(f"{what} is not base64") from error
    if encode(raw) != text:
        raise LedgerError(f"{what} is base64, but not in its canonical spelling")
    return raw


def decode_hash(text: str, what: str) -> bytes:
    """A SHA-256 hash from base64. Raises LedgerError."""
    raw = decode(text, what)
    if len(raw) != HASH_BYTES:
        raise LedgerError(f"{what} has {len(raw)} bytes, not {HASH_BYTES}")
    return raw


def number(text: str, what: str) -> int:
    """A decimal number, 0 to 2^63 - 1, without sign or leading zeros. Raises LedgerError."""
    if not _DECIMAL.match(text) or int(text) > MAX_NUMBER:
        raise LedgerError(f"{what} is not a number without leading zeros: `{text[:40]}`")
    return int(text)


def canonical_json(value: Any) -> bytes:
    """JSON with sorted keys and no spaces.

    The same bytes as RFC 8785 for what stands in the log: ASCII text, lists and mappings.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")
