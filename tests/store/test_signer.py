"""The signer's one rule, its keys, and the same over a socket."""

from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from dutybound.ledger.checkpoint import Checkpoint, read_body
from dutybound.ledger.hashedrekord import read_entry
from dutybound.ledger.merkle import EMPTY_ROOT, leaf_hash, root_of
from dutybound.ledger.note import read_note, verify_note
from dutybound.ledger.proofs import consistency_proof
from dutybound.store.errors import StoreError
from dutybound.store.signer import CheckpointSigner, LocalSigner, SignerRefused
from dutybound.store.signer_socket import SocketSigner, serve

LEAVES = [leaf_hash(b"%d" % i) for i in range(20)]
ORIGIN = "log.example"


def body(size: int, leaves: list[bytes] = LEAVES, origin: str = ORIGIN) -> bytes:
    """The head over the first leaves."""
    return Checkpoint(origin, size, root_of(leaves[:size])).body


def proof(old: int, new: int, leaves: list[bytes] = LEAVES) -> list[bytes]:
    """From one size to another."""
    return consistency_proof(old, new, lambda h, i: root_of(leaves[i << h : (i + 1) << h]))


@pytest.fixture(params=["local", "socket"])
def signer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CheckpointSigner]:
    """A new signer, in this process or asked over a socket."""
    local = LocalSigner.create(tmp_path / "signer", ORIGIN)
    if request.param == "local":
        yield local
        return
    path = tmp_path / "s"
    ready = threading.Event()
    stops: list[Callable[[], None]] = []

    def listening(stop: Callable[[], None]) -> None:
        stops.append(stop)
        ready.set()

    thread = threading.Thread(target=serve, args=(local, path, listening))
    thread.start()
    assert ready.wait(10)
    assert 0o600 == stat.S_IMODE(path.stat().st_mode) & 0o677
    yield SocketSigner(path)
    stops[0]()
    thread.join(10)
    assert not path.exists()


def test_a_new_signer_signed_the_empty_tree(signer: CheckpointSigner) -> None:
    note = read_note(signer.last())
    verify_note(note, signer.active_keys())
    assert Checkpoint(ORIGIN, 0, EMPTY_ROOT) == read_body(note.text)


def test_an_extension_is_signed_and_remembered(signer: CheckpointSigner) -> None:
    for old, new in ((0, 3), (3, 3), (3, 20)):
        note = signer.sign(body(new), proof(old, new))
        verify_note(read_note(note), signer.active_keys())
        assert body(new) == read_note(note).text
        assert note == signer.last()


def test_the_same_head_gets_the_same_signature(signer: CheckpointSigner) -> None:
    assert signer.sign(body(3), []) == signer.sign(body(3), [])


def test_what_is_no_extension_is_refused(signer: CheckpointSigner) -> None:
    signer.sign(body(10), [])
    forked = [*LEAVES[:5], leaf_hash(b"another"), *LEAVES[6:]]
    held = signer.last()
    for head, path in (
        (body(9), []),  # a shorter tree
        (body(0), []),
        (body(10, forked), []),  # the same size, another root
        (body(20, forked), proof(10, 20, forked)),  # a fork with a proof of its own
        (body(20), proof(10, 20)[:-1]),
        (body(20), []),
        (body(20, origin="other.example"), proof(10, 20)),
        (b"log.example\n020\n", proof(10, 20)),
        (body(20) + b"extension\n", proof(10, 20)),
    ):
        with pytest.raises(SignerRefused):
            signer.sign(head, path)
    assert held == signer.last()
    signer.sign(body(20), proof(10, 20))


def test_rotation(signer: CheckpointSigner) -> None:
    """Both sign until one checkpoint has both; the record is signed by the old key."""
    (old,) = signer.active_keys()
    made = signer.begin_rotation("2026-11-25T13:00:00Z")
    assert (old, made.new) == signer.active_keys()
    record = json.loads(made.record)
    assert {
        "schema": "dutybound/log-key-rotation/1",
        "origin": ORIGIN,
        "old": old.text,
        "new": made.new.text,
        "at": "2026-11-25T13:00:00Z",
    } == record
    Ed25519PublicKey.from_public_bytes(old.public).verify(made.signature, made.record)
    assert old.der == read_entry(made.entry).public_der
    assert made == signer.begin_rotation("2027-01-01T00:00:00Z")
    with pytest.raises(SignerRefused, match="both"):
        signer.finish_rotation()
    note = read_note(signer.sign(body(4), []))
    assert {old, made.new} == {v.key for v in verify_note(note, signer.active_keys())}
    signer.finish_rotation()
    signer.finish_rotation()
    assert (made.new,) == signer.active_keys()
    verify_note(read_note(signer.sign(body(7), proof(4, 7))), [made.new])


# ---------------------------------------------------------------- the folder
def test_files_are_for_the_owner_alone(tmp_path: Path) -> None:
    LocalSigner.create(tmp_path / "signer", ORIGIN)
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "signer").iterdir()}
    assert {0o600} == set(modes.values()), modes
    assert 0o700 == stat.S_IMODE((tmp_path / "signer").stat().st_mode)


def test_a_signer_is_never_replaced(tmp_path: Path) -> None:
    LocalSigner.create(tmp_path / "signer", ORIGIN)
    with pytest.raises(StoreError, match="already"):
        LocalSigner.create(tmp_path / "signer", ORIGIN)


def test_a_signer_without_memory_signs_nothing(tmp_path: Path) -> None:
    signer = LocalSigner.create(tmp_path / "signer", ORIGIN)
    (tmp_path / "signer" / "last-signed").unlink()
    with pytest.raises(StoreError, match="last-signed"):
        signer.sign(body(3), [])


def test_a_changed_memory_is_refused(tmp_path: Path) -> None:
    """Setting the memory back by hand needs a note that the key signed."""
    signer = LocalSigner.create(tmp_path / "signer", ORIGIN)
    path = tmp_path / "signer" / "last-signed"
    path.write_bytes(path.read_bytes().replace(b"log.example\n0\n", b"log.example\n3\n"))
    with pytest.raises(SignerRefused, match="memory"):
        signer.sign(body(3), [])


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    signer = LocalSigner.create(tmp_path / "signer", ORIGIN)
    (pem,) = (tmp_path / "signer").glob("*.pem")
    pem.chmod(0o640)
    with pytest.raises(StoreError, match="chmod 600"):
        signer.sign(body(3), [])


def test_a_broken_key_is_refused_without_its_text(tmp_path: Path) -> None:
    signer = LocalSigner.create(tmp_path / "signer", ORIGIN)
    (pem,) = (tmp_path / "signer").glob("*.pem")
    os.truncate(pem, 60)
    with pytest.raises(StoreError) as caught:
        signer.sign(body(3), [])
    assert "no private key" in str(caught.value)
    assert "BEGIN" not in str(caught.value)


# ---------------------------------------------------------------- the socket
def test_nobody_answers(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not answer"):
        SocketSigner(tmp_path / "none").last()


@pytest.mark.parametrize(
    "question",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"do":"key"}',
        b'{"do":"sign","body":"AA=="}',
        b"\xff" * 50,
        b"1" * 200,
    ],
)
def test_other_questions_are_refused(tmp_path: Path, question: bytes) -> None:
    import socket

    local = LocalSigner.create(tmp_path / "signer", ORIGIN)
    ready, stops = threading.Event(), []

    def listening(stop: Callable[[], None]) -> None:
        stops.append(stop)
        ready.set()

    thread = threading.Thread(target=serve, args=(local, tmp_path / "s", listening))
    thread.start()
    assert ready.wait(10)
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(tmp_path / "s"))
            line.sendall(question + b"\n")
            answer = json.loads(line.makefile("rb").readline())
        assert ["refused"] == list(answer)
        with pytest.raises(StoreError, match="listens there already"):
            serve(local, tmp_path / "s", listening)
    finally:
        stops[0]()
        thread.join(10)


def test_a_group_that_is_not_there(tmp_path: Path) -> None:
    local = LocalSigner.create(tmp_path / "signer", ORIGIN)
    with pytest.raises(StoreError, match="no-such-group"):
        serve(local, tmp_path / "s", lambda stop: None, "no-such-group")
    assert not (tmp_path / "s").exists()
