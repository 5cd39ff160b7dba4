"""Keys are kept safe, and files become envelopes that standard tools can check."""

from __future__ import annotations

import base64
import json
import stat
import subprocess
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from dutybound.assess.keys import read_key, write_new_key
from dutybound.assess.signing import sign_file
from dutybound.errors import BadInput
from dutybound.interchange.dsse import pre_authentication, public_der
from dutybound.packs.evidence import read_trust

AT = datetime(2026, 11, 3, 9, tzinfo=UTC)
CLAIM = """\
dutybound: claim/1
id: policy
kind: document
what: The policy.
controls: [DB-GOV-01]
author: alice
issuer: acme
made_on: 2026-11-02
rung: documented
files: [policy.md]
"""


def folder_with(tmp_path: Path, text: str = CLAIM) -> Path:
    (tmp_path / "policy.md").write_text("Be good.\n", encoding="utf-8")
    path = tmp_path / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    return path


class TestKeys:
    def test_only_the_owner_can_read_it(self, tmp_path: Path) -> None:
        write_new_key(tmp_path / "a.key")
        assert 0o600 == stat.S_IMODE((tmp_path / "a.key").stat().st_mode)

    def test_it_is_never_overwritten(self, tmp_path: Path) -> None:
        path = tmp_path / "a.key"
        write_new_key(path)
        before = path.read_bytes()
        with pytest.raises(BadInput, match="never overwritten"):
            write_new_key(path)
        assert before == path.read_bytes()

    def test_a_link_is_not_followed(self, tmp_path: Path) -> None:
        (tmp_path / "a.key").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(BadInput):
            write_new_key(tmp_path / "a.key")
        assert not (tmp_path / "elsewhere").exists()

    def test_it_reads_back(self, tmp_path: Path) -> None:
        half = write_new_key(tmp_path / "a.key")
        der = public_der(read_key(tmp_path / "a.key"))
        assert half.fingerprint == sha256(der).hexdigest()
        assert der == base64.b64decode(half.public_key)

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
    def test_a_key_that_others_can_read_is_refused(self, tmp_path: Path, mode: int) -> None:
        write_new_key(tmp_path / "a.key")
        (tmp_path / "a.key").chmod(mode)
        with pytest.raises(BadInput, match="chmod 600"):
            read_key(tmp_path / "a.key")

    def test_other_kinds_of_key_are_refused(self, tmp_path: Path) -> None:
        keys: list[ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey] = [
            ec.generate_private_key(ec.SECP384R1()),
            ed25519.Ed25519PrivateKey.generate(),
        ]
        for i, key in enumerate(keys):
            path = tmp_path / f"{i}.key"
            path.write_bytes(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
            path.chmod(0o600)
            with pytest.raises(BadInput, match="P-256"):
                read_key(path)

    def test_an_error_does_not_show_the_file(self, tmp_path: Path) -> None:
        path = tmp_path / "a.key"
        path.write_text("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n")
        path.chmod(0o600)
        with pytest.raises(BadInput) as caught:
            read_key(path)
        assert "c2VjcmV0" not in str(caught.value)


def test_openssl_accepts_the_signature(tmp_path: Path) -> None:
    """The signature is plain ECDSA over the DSSE bytes: nothing of ours is needed to check it."""
    write_new_key(tmp_path / "a.key")
    key = read_key(tmp_path / "a.key")
    envelope = json.loads(sign_file(folder_with(tmp_path), key, AT))
    payload = base64.b64decode(envelope["payload"])
    (tmp_path / "sig").write_bytes(base64.b64decode(envelope["signatures"][0]["sig"]))
    (tmp_path / "signed").write_bytes(pre_authentication(payload))
    (tmp_path / "public.der").write_bytes(public_der(key))
    check = subprocess.run(
        ["openssl", "dgst", "-sha256", "-verify", "public.der", "-keyform", "DER",
         "-signature", "sig", "signed"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Verified OK" in check.stdout


def test_the_statement(tmp_path: Path) -> None:
    write_new_key(tmp_path / "a.key")
    raw = sign_file(folder_with(tmp_path), read_key(tmp_path / "a.key"), AT)
    statement = json.loads(base64.b64decode(json.loads(raw)["payload"]))
    digest = sha256(b"Be good.\n").hexdigest()
    assert "https://in-toto.io/Statement/v1" == statement["_type"]
    assert [{"name": "policy.md", "digest": {"sha256": digest}}] == statement["subject"]
    claim = statement["predicate"]["dutybound"]
    assert "2026-11-03T09:00:00Z" == claim["signed_at"]
    assert "files" not in claim


def test_pae_as_the_specification_has_it() -> None:
    """The example of the DSSE specification, protocol.md."""
    expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert expected == pre_authentication(b"hello world", "http://example.com/HelloWorld")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("made_on: 2026-11-02", "made_on: 2026-11-04", "after today"),
        ("files: [policy.md]", "files: [other.md]", "cannot be read"),
        ("files: [policy.md]", "files: [../policy.md]", "without a folder"),
        ("files: [policy.md]", f"files: [policy.md]\nsubject: {{policy.md: {'0' * 64}}}", "digest"),
        ("dutybound: claim/1", "dutybound: claim/2", "policy.yaml:1:1"),
        ("kind: document", "kind: attestation", "valid_until"),
        ("kind: document", "kind: opinion", "policy.yaml:3:1"),
        ("rung: documented", "rung: unassessed", "policy.yaml:9:1"),
        ("rung: documented", "rungs: documented", "Did you mean `rung`"),
        ("controls: [DB-GOV-01]", "controls: []", "at least one control"),
        ("made_on: 2026-11-02", "made_on: 2.11.2026", "policy.yaml:8:1"),
        ("author: alice", "author: al ice", "policy.yaml:6:1"),
        ("author: alice", "author: alice\nsystem: s\nversion: 1.10", 'Write "1.10"'),
        ("author: alice", "author: alice\nsystem: s\nversion: 1.1", "in quotes"),
        ("author: alice", "author: alice\nsystem: s\nversion: 010", 'Write "010"'),
        ("author: alice", "author: alice\nversion: '2'", "needs the `system`"),
        ("id: policy", "id: policy\nid: other", "a second time"),
    ],
)
def test_claims_that_are_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    write_new_key(tmp_path / "a.key")
    path = folder_with(tmp_path, CLAIM.replace(old, new))
    with pytest.raises(BadInput) as caught:
        sign_file(path, read_key(tmp_path / "a.key"), AT)
    assert says in str(caught.value)


TRUST = """\
dutybound: trust/1
organisations:
  - {id: acme, name: Acme, relation: own}
keys:
  - fingerprint: FINGERPRINT
    public_key: PUBLIC
    person: alice
    organisation: acme
    role: lead
    valid_from: 2026-01-01
"""


def test_trust_reads_what_key_prints(tmp_path: Path) -> None:
    half = write_new_key(tmp_path / "a.key")
    path = tmp_path / "trust.yaml"
    text = TRUST.replace("FINGERPRINT", half.fingerprint).replace("PUBLIC", half.public_key)
    path.write_text(text, encoding="utf-8")
    assert "alice" == read_trust(path).keys[half.fingerprint].person


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("organisation: acme", "organisation: acne", "trust.yaml:8:5"),
        ("public_key: ", "public_key: AA", "sha256"),
        ("public_key: ", "public_key: '!' #", "base64"),
        ("valid_from: 2026-01-01", "valid_from: soon", "trust.yaml:10:5"),
        ("role: lead", "role: lead\n    revoked_because: retired", "revoked_on"),
        ("role: lead", "role: lead\n    revoked: 2026-01-01", "Did you mean"),
        ("relation: own", "relation: friend", "relation"),
    ],
)
def test_trust_files_that_are_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    half = write_new_key(tmp_path / "a.key")
    path = tmp_path / "trust.yaml"
    text = TRUST.replace(old, new)
    text = text.replace("FINGERPRINT", half.fingerprint).replace("PUBLIC", half.public_key)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_trust(path)
    assert says in str(caught.value)
