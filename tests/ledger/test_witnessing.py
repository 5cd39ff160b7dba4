"""What a witness decides, against the statuses that C2SP tlog-witness asks for."""

from __future__ import annotations

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from dutybound.ledger.checkpoint import Checkpoint, read_body
from dutybound.ledger.encoding import LedgerError
from dutybound.ledger.keys import KeyType, NoteSigner, ed25519_signer
from dutybound.ledger.note import Note, add_signatures, read_note, sign_note
from dutybound.ledger.witnessing import (
    Refusal,
    Request,
    cosign,
    cosignatures,
    cosigners,
    decide,
    read_request,
)
from tests.outside.plainlog import consistency, root

ORIGIN = "log.example"
LEAVES = [sha256(b"\x00%d" % i).digest() for i in range(40)]
FORK = [*LEAVES[:5], sha256(b"another").digest(), *LEAVES[6:]]


def signer(name: str, kind: KeyType = KeyType.ED25519, who: str = "") -> NoteSigner:
    secret = Ed25519PrivateKey.from_private_bytes((who or name).encode().ljust(32, b"-"))
    return ed25519_signer(name, secret, kind)


LOG = signer(ORIGIN)
WITNESS = signer("w.example/1", KeyType.COSIGNATURE)


def head(size: int, leaves: list[bytes] = LEAVES, origin: str = ORIGIN) -> Checkpoint:
    return Checkpoint(origin, size, root(leaves[:size]))


def note(size: int, leaves: list[bytes] = LEAVES, by: NoteSigner = LOG) -> Note:
    return read_note(sign_note(head(size, leaves, by.key.name).body, [by]))


def asked(old: int, size: int, leaves: list[bytes] = LEAVES) -> Request:
    proof = consistency(old, leaves[:size]) if 0 < old <= size else []
    return Request(old, tuple(proof), note(size, leaves))


@pytest.mark.parametrize(("old", "size"), [(0, 1), (0, 40), (1, 2), (3, 7), (8, 8), (31, 40)])
def test_extension_is_remembered(old: int, size: int) -> None:
    known = head(old) if old else None
    assert head(size) == decide(asked(old, size), known, [LOG.key])


@pytest.mark.parametrize(
    ("request_", "known", "status", "reason"),
    [
        (asked(9, 8), head(9), 400, "the old size 9 is above the size 8"),
        (asked(0, 8), head(7), 409, "the size seen last is 7, not 0"),
        (asked(3, 8), None, 409, "the size seen last is 0, not 3"),
        (asked(7, 7), head(8), 409, "the log went back: it had 8 entries and shows 7"),
        (asked(8, 8, FORK), head(8), 409, "another history of the same 8 entries"),
        (asked(8, 12, FORK), head(8), 422, "the 12 entries do not extend the 8 that were seen"),
        (asked(3, 12, FORK), head(3), None, ""),  # the fork begins at 5: nothing can be seen yet
        (Request(8, (), note(12)), head(8), 422, "too few hashes"),
        (Request(0, (bytes(32),), note(12)), None, 422, "a first checkpoint needs no proof"),
        (Request(8, (bytes(32),), note(8)), head(8), 422, "does not hold"),
        (Request(0, (), note(8, by=signer(ORIGIN, who="x"))), None, 403, "by a known key"),
        (Request(0, (), note(8, by=signer("other.example"))), None, 404, "`other.example`"),
        (Request(0, (), read_note(sign_note(b"no\n", [LOG]))), None, 400, "three lines"),
    ],
)
def test_statuses(
    request_: Request, known: Checkpoint | None, status: int | None, reason: str
) -> None:
    if status is None:
        assert request_.note.text == decide(request_, known, [LOG.key]).body
        return
    with pytest.raises(Refusal) as caught:
        decide(request_, known, [LOG.key])
    assert status == caught.value.status
    assert reason in str(caught.value)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 40), st.booleans())
def test_only_a_prefix_is_ever_extended(seen: int, old: int, size: int, forked: bool) -> None:
    """Whatever is asked: what is accepted has the tree seen before as its beginning."""
    leaves = FORK if forked else LEAVES
    known = head(seen) if seen else None
    try:
        got = decide(asked(old, size, leaves), known, [LOG.key])
    except Refusal:
        honest = old == seen and seen <= size and (not forked or seen <= 5)
        assert not honest
    else:
        assert seen <= got.size
        assert root(leaves[:seen]) == (known.root if known else root([]))


def test_request_in_the_form_of_the_specification() -> None:
    text = note(8).raw.decode()
    hashes = ["PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw="]
    raw = f"old 3\n{hashes[0]}\n\n{text}".encode()
    request = read_request(raw)
    assert (3, 1, 8) == (request.old, len(request.proof), read_body(request.note.text).size)
    assert raw == request.raw
    first = f"old 0\n\n{text}".encode()
    assert first == read_request(first).raw


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"old 0\n",
        b"old 00\n\n" + note(1).raw,
        b"old -1\n\n" + note(1).raw,
        b"size 0\n\n" + note(1).raw,
        b"old 1\nAAAA\n\n" + note(1).raw,
        b"old 1\n" + b"PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n" * 64 + b"\n" + note(1).raw,
        b"old 1\n\xff\n\n" + note(1).raw,
        b"old 0\n\n" + note(1).raw[:-3],
        b"old 0\n\n" + b"x" * 1_100_000,
    ],
)
def test_request_that_is_refused(raw: bytes) -> None:
    with pytest.raises(LedgerError):
        read_request(raw)


def test_cosignature_is_found_among_others() -> None:
    """Lines of strangers are left out; a line by the witness that does not hold is refused."""
    plain = note(8)
    line = cosign(plain, WITNESS, 1_790_000_000).line
    stranger = cosign(plain, signer("w.example/2", KeyType.COSIGNATURE), 1).line
    (found,) = cosignatures((stranger + line).encode(), plain, WITNESS.key)
    assert line == found.line
    both = add_signatures(plain, [found])
    assert {WITNESS.key: 1_790_000_000} == cosigners(both, [WITNESS.key])
    with pytest.raises(LedgerError, match="by a known key"):
        cosignatures(stranger.encode(), plain, WITNESS.key)
    with pytest.raises(LedgerError, match="does not hold"):
        cosignatures(line.encode(), note(9), WITNESS.key)
    with pytest.raises(LedgerError):
        cosignatures(b"<html>", plain, WITNESS.key)


def test_line_that_does_not_hold_counts_as_none() -> None:
    other = cosign(note(9), WITNESS, 5)
    assert {} == cosigners(add_signatures(note(8), [other]), [WITNESS.key])


def test_log_key_is_no_witness_key() -> None:
    with pytest.raises(LedgerError, match="0x04 or 0x06"):
        cosign(note(8), LOG, 1)
