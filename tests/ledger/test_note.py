"""Signed notes, keys and cosignatures: published examples, strictness, each change refused."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from dutybound.ledger.encoding import LedgerError
from dutybound.ledger.keys import KeyType, NoteKey, ed25519_signer, ml_dsa_signer, read_key
from dutybound.ledger.note import (
    MAX_SIGNATURES,
    Signature,
    add_signatures,
    read_note,
    sign_note,
    verify_note,
)

# The example in the documentation of golang.org/x/mod/sumdb/note.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot"
    "pRZb6KE6RyyBwJnAM=\n"
).encode()
# Sigstore's log of 2025: its key, its name, and its id as its trusted root states it.
REKOR_NAME = "log2025-1.rekor.sigstore.dev"
REKOR_DER = "MCowBQYDK2VwAyEAt8rlp1knGwjfbcXAYPYAkn0XiLz1x8O4t0YkEhie244="
REKOR_ID = "zxGZFVvd0FEmjR8WrFwMdcAJ9vtaY/QXf44Y1wUeP6A="
ALICE = ed25519_signer("alice.example", Ed25519PrivateKey.from_private_bytes(b"a" * 32))
BOB = ed25519_signer("bob.example", Ed25519PrivateKey.from_private_bytes(b"b" * 32))
TEXT = b"example.com/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"


def test_published_note_holds() -> None:
    note = read_note(NEUMANN_NOTE)
    (verified,) = verify_note(note, [read_key(NEUMANN)])
    assert NEUMANN == verified.key.text
    assert verified.time is None
    assert NEUMANN_NOTE == note.raw


def test_published_id_of_a_log() -> None:
    key = NoteKey(REKOR_NAME, KeyType.ED25519, base64.b64decode(REKOR_DER)[12:])
    assert REKOR_ID == base64.b64encode(key.log_id).decode()
    assert REKOR_DER == base64.b64encode(key.der).decode()
    assert "cf119915" == key.id.hex()


@given(st.integers(0, len(NEUMANN_NOTE) * 8 - 1))
def test_a_flipped_bit_is_refused(bit: int) -> None:
    raw = bytearray(NEUMANN_NOTE)
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(LedgerError):
        verify_note(read_note(bytes(raw)), [read_key(NEUMANN)])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"text\n",
        b"text\n\n",
        NEUMANN_NOTE[:-1],
        NEUMANN_NOTE + b"\n",
        NEUMANN_NOTE + b"more\n",
        NEUMANN_NOTE.replace(b"\n\n", b"\n"),
        NEUMANN_NOTE.replace(b"\n\n", b"\n\n\n\n") + b"\n\n",
        NEUMANN_NOTE.replace("\u2014".encode(), b"-"),
        NEUMANN_NOTE.replace(b"PeterNeumann x", b"PeterNeumann  x"),
        NEUMANN_NOTE.replace(b"PeterNeumann x", b" x"),
        NEUMANN_NOTE.replace(b"PeterNeumann x", b"Peter+Neumann x"),
        NEUMANN_NOTE.replace(b"PeterNeumann x", b"Peter\xc2\xa0Neumann x"),
        NEUMANN_NOTE.replace(b"your problem is", b"your\tproblem is"),
        NEUMANN_NOTE.replace(b"your problem is", b"your\rproblem is"),
        NEUMANN_NOTE.replace(b"your problem is", b"your\xffproblem is"),
        NEUMANN_NOTE.replace(b"JnAM=", b"JnAN="),  # the same bytes, another spelling
        NEUMANN_NOTE.replace(b"JnAM=", b"JnAM"),
        NEUMANN_NOTE.replace(b"JnAM=", b"Jn_M="),
        b"text\n\n\xe2\x80\x94 name AAAAAA==\n",  # four bytes: an id and nothing else
        "\n\n\u2014 name AAAAAAA=\n".encode(),
        "text\n\n\u2014 name\n".encode(),
    ],
)
def test_what_is_no_note_is_refused(raw: bytes) -> None:
    with pytest.raises(LedgerError):
        read_note(raw)


def test_text_may_hold_empty_lines() -> None:
    raw = sign_note(b"one\n\nthree\n", [ALICE])
    assert b"one\n\nthree\n" == read_note(raw).text


def test_unknown_keys_are_ignored() -> None:
    note = read_note(sign_note(TEXT, [ALICE, BOB]))
    assert [BOB.key] == [v.key for v in verify_note(note, [BOB.key])]
    assert [ALICE.key, BOB.key] == [v.key for v in verify_note(note, [ALICE.key, BOB.key])]


def test_a_name_or_an_id_alone_is_not_known() -> None:
    note = read_note(sign_note(TEXT, [ALICE]))
    (held,) = note.signatures
    for other in (
        Signature("bob.example", held.id, b"x" * 64),
        Signature(held.name, b"abcd", b"x"),
    ):
        assert 1 == len(verify_note(add_signatures(note, [other]), [ALICE.key, BOB.key]))


def test_no_known_key_is_refused() -> None:
    note = read_note(sign_note(TEXT, [ALICE]))
    for keys in ([BOB.key], []):
        with pytest.raises(LedgerError, match="known key"):
            verify_note(note, keys)


def test_one_failing_known_key_rejects_the_note() -> None:
    good = read_note(sign_note(TEXT, [ALICE]))
    bad = Signature(BOB.key.name, BOB.key.id, b"x" * 64)
    with pytest.raises(LedgerError, match="bob"):
        verify_note(add_signatures(good, [bad]), [ALICE.key, BOB.key])


def test_sixteen_signatures_and_more_are_accepted() -> None:
    signers = [
        ed25519_signer(f"s{i}.example", Ed25519PrivateKey.from_private_bytes(bytes([i]) * 32))
        for i in range(MAX_SIGNATURES + 1)
    ]
    for count in (16, MAX_SIGNATURES):
        note = read_note(sign_note(TEXT, signers[:count]))
        assert count == len(verify_note(note, [s.key for s in signers]))
    with pytest.raises(LedgerError, match="64"):
        sign_note(TEXT, signers)


def test_a_note_needs_a_newline_and_a_signature() -> None:
    for text, signers in ((b"no newline", [ALICE]), (b"text\n", []), (b"a\tb\n", [ALICE])):
        with pytest.raises(LedgerError):
            sign_note(text, signers)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        NEUMANN.replace("c74f20a3", "C74F20A3"),
        NEUMANN.replace("c74f20a3", "c74f20a4"),
        NEUMANN.replace("PeterNeumann", "Peter Neumann"),
        NEUMANN.replace("PeterNeumann", ""),
        NEUMANN.replace("+ARpc", "+AhRc"),
        NEUMANN + "\n",
        NEUMANN[:-4],
        NEUMANN + "AAAA",
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(LedgerError):
        read_key(text)


def test_a_signer_does_not_show_its_key() -> None:
    assert f"NoteSigner({ALICE.key.text})" == repr(ALICE)
    assert repr(ALICE) == f"{ALICE}"


# ---------------------------------------------------------------- cosignatures
WITNESS = ed25519_signer(
    "witness.example", Ed25519PrivateKey.from_private_bytes(b"w" * 32), KeyType.COSIGNATURE
)


def test_cosigned_message_of_the_text() -> None:
    """The message is a header, a time, and the note's text (C2SP tlog-cosignature)."""
    note = read_note(sign_note(TEXT, [WITNESS], 1_679_315_147))
    (signature,) = note.signatures
    assert 1_679_315_147 == int.from_bytes(signature.value[:8], "big")
    public = Ed25519PrivateKey.from_private_bytes(b"w" * 32).public_key()
    public.verify(signature.value[8:], b"cosignature/v1\ntime 1679315147\n" + TEXT)
    assert [1_679_315_147] == [v.time for v in verify_note(note, [WITNESS.key])]


def test_a_cosignature_with_another_time_is_refused() -> None:
    note = read_note(sign_note(TEXT, [WITNESS], 5))
    (held,) = note.signatures
    for value in ((6).to_bytes(8, "big") + held.value[8:], held.value[8:], b"\xff" * 72):
        changed = add_signatures(
            read_note(sign_note(TEXT, [ALICE])), [Signature(held.name, held.id, value)]
        )
        with pytest.raises(LedgerError):
            verify_note(changed, [WITNESS.key])


def test_the_same_key_has_another_id_as_a_witness() -> None:
    log = NoteKey("witness.example", KeyType.ED25519, WITNESS.key.public)
    assert log.id != WITNESS.key.id
    assert WITNESS.key == read_key(WITNESS.key.text)


def test_ml_dsa_44() -> None:
    mldsa = pytest.importorskip(
        "cryptography.hazmat.primitives.asymmetric.mldsa", reason="cryptography is older"
    )
    signer = ml_dsa_signer("pq.example", mldsa.MLDSA44PrivateKey.from_seed_bytes(b"s" * 32))
    note = read_note(sign_note(TEXT, [signer], 9))
    assert [9] == [v.time for v in verify_note(note, [read_key(signer.key.text)])]
    # subtree/v1, name, time, origin, 0, size, root: worked out from the C2SP text
    message = (
        b"subtree/v1\n\x00\x0apq.example" + b"\0" * 7 + b"\x09"
        b"\x0fexample.com/log" + b"\0" * 16 + base64.b64decode(TEXT.split(b"\n")[2])
    )
    (signature,) = note.signatures
    mldsa.MLDSA44PublicKey.from_public_bytes(signer.key.public).verify(signature.value[8:], message)
    with pytest.raises(LedgerError):
        verify_note(read_note(note.raw.replace(b"log\n0", b"lag\n0")), [signer.key])
