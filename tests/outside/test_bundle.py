"""The programs for auditors accept a sound bundle and refuse each kind of tampering.

The bundle is written by plainlog.py, so nothing of dutybound but the programs themselves is used.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.outside.kit import VERIFIERS, plain_kit
from tests.outside.plainlog import PEM, Log, NoteKey, Signed, b64, trusted_root

Bundle = dict[str, Any]
each_verifier = pytest.mark.parametrize("name", VERIFIERS)


@each_verifier
@pytest.mark.parametrize(("size", "index"), [(1, 0), (2, 1), (3, 2), (7, 5), (256, 0), (300, 211)])
def test_sound_bundle_is_accepted(name: str, size: int, index: int, tmp_path: Path) -> None:
    kit, _, _ = plain_kit(tmp_path, size, index)
    assert "" == VERIFIERS[name](kit)


def entry(bundle: Bundle) -> Bundle:
    """The one log entry."""
    found: Bundle = bundle["verificationMaterial"]["tlogEntries"][0]
    return found


def flip(text: str, at: int = 0) -> str:
    """The base64 text of the same bytes with one bit changed."""
    data = bytearray(base64.b64decode(text))
    data[at] ^= 1
    return b64(bytes(data))


def payload(b: Bundle) -> None:
    b["dsseEnvelope"]["payload"] = flip(b["dsseEnvelope"]["payload"], -3)


def signature(b: Bundle) -> None:
    b["dsseEnvelope"]["signatures"][0]["sig"] = flip(b["dsseEnvelope"]["signatures"][0]["sig"], 12)


def payload_type(b: Bundle) -> None:
    b["dsseEnvelope"]["payloadType"] = "application/json"


def proof_hash(b: Bundle) -> None:
    hashes = entry(b)["inclusionProof"]["hashes"]
    hashes[1] = flip(hashes[1])


def proof_shorter(b: Bundle) -> None:
    entry(b)["inclusionProof"]["hashes"].pop()


def proof_longer(b: Bundle) -> None:
    entry(b)["inclusionProof"]["hashes"].append(b64(bytes(32)))


def index(b: Bundle) -> None:
    entry(b)["logIndex"] = entry(b)["inclusionProof"]["logIndex"] = "210"


def checkpoint_root(b: Bundle) -> None:
    proof = entry(b)["inclusionProof"]
    lines = proof["checkpoint"]["envelope"].split("\n")
    proof["rootHash"] = lines[2] = flip(lines[2])
    proof["checkpoint"]["envelope"] = "\n".join(lines)


def checkpoint_size(b: Bundle) -> None:
    proof = entry(b)["inclusionProof"]
    proof["treeSize"] = "301"
    proof["checkpoint"]["envelope"] = proof["checkpoint"]["envelope"].replace("\n300\n", "\n301\n")


def checkpoint_signature(b: Bundle) -> None:
    note = entry(b)["inclusionProof"]["checkpoint"]
    head, _, sig = note["envelope"].rstrip("\n").rpartition(" ")
    note["envelope"] = f"{head} {flip(sig, 30)}\n"


def no_entry(b: Bundle) -> None:
    b["verificationMaterial"]["tlogEntries"] = []


def no_proof(b: Bundle) -> None:
    del entry(b)["inclusionProof"]


CHANGES: list[Callable[[Bundle], None]] = [
    *(payload, signature, payload_type, proof_hash, proof_shorter, proof_longer, index),
    *(checkpoint_root, checkpoint_size, checkpoint_signature, no_entry, no_proof),
]


@each_verifier
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_changed_bundle_is_refused(
    name: str, change: Callable[[Bundle], None], tmp_path: Path
) -> None:
    kit, _, _ = plain_kit(tmp_path)
    bundle = json.loads(kit.bundle.read_text(encoding="utf-8"))
    change(bundle)
    kit.write(bundle)
    assert "" != VERIFIERS[name](kit)


@pytest.mark.parametrize("name", ["node", "openssl"])
def test_entry_that_states_another_statement_is_refused(name: str, tmp_path: Path) -> None:
    """Cosign is left out: it builds the entry anew from the envelope and never reads this field."""
    kit, log, signed = plain_kit(tmp_path)
    bundle = signed.bundle(log, 211)
    entry(bundle)["canonicalizedBody"] = b64(Signed().entry)
    kit.write(bundle)
    assert "" != VERIFIERS[name](kit)


@each_verifier
def test_statement_that_is_not_in_the_log_is_refused(name: str, tmp_path: Path) -> None:
    """All is well signed, but the entry at that index is another one."""
    kit, log, _ = plain_kit(tmp_path)
    other = Signed(artifact=kit.artifact.read_bytes())
    kit.write(other.bundle(log, 210))
    kit.key.write_bytes(other.secret.public_key().public_bytes(*PEM))
    assert "" != VERIFIERS[name](kit)


@each_verifier
def test_other_signer_is_refused(name: str, tmp_path: Path) -> None:
    kit, _, _ = plain_kit(tmp_path)
    kit.key.write_bytes(Signed().secret.public_key().public_bytes(*PEM))
    assert "" != VERIFIERS[name](kit)


@each_verifier
def test_other_log_of_the_same_name_is_refused(name: str, tmp_path: Path) -> None:
    kit, log, _ = plain_kit(tmp_path)
    stranger = NoteKey(log.key.name)
    kit.root.write_text(json.dumps(trusted_root(stranger)), encoding="utf-8")
    kit.log.write_bytes(stranger.secret.public_key().public_bytes(*PEM))
    assert "" != VERIFIERS[name](kit)


@each_verifier
def test_same_key_under_another_name_is_refused(name: str, tmp_path: Path) -> None:
    kit, log, signed = plain_kit(tmp_path)
    other = Log(log.entries, NoteKey("other.example", secret=log.key.secret))
    kit.write(signed.bundle(other, 211))
    assert "" != VERIFIERS[name](kit)


@each_verifier
def test_other_artifact_is_refused(name: str, tmp_path: Path) -> None:
    kit, _, _ = plain_kit(tmp_path)
    kit.artifact.write_bytes(b"accuracy 0.99\n")
    assert "" != VERIFIERS[name](kit)
