"""RFC 3161 time stamps, made by `openssl ts` with keys of the moment."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

import dutybound_verify as verifier
from tests.verify.forge import Forge, b64, payload, seal, sign
from tests.verify.kit import Verdict, judged

if shutil.which("openssl") is None:
    pytest.skip("openssl is not installed", allow_module_level=True)

CONFIG = """\
[tsa]
default_tsa = t
[t]
serial = {dir}/serial
signer_cert = {dir}/tsa.pem
certs = {dir}/ca.pem
signer_key = {dir}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
[ext]
extendedKeyUsage = critical,timeStamping
"""
KEYS = {"rsa": ["rsa:2048"], "ec": ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"]}


@dataclass(frozen=True)
class Authority:
    """A time stamping authority with a certificate that another one issued."""

    folder: Path

    def openssl(self, *words: object) -> bytes:
        done = subprocess.run(
            ["openssl", *map(str, words)], cwd=self.folder, capture_output=True, check=True
        )
        return done.stdout

    def certificate(self, name: str) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.folder / f"{name}.pem").read_bytes())

    def entry(self, name: str) -> dict[str, str]:
        return {"name": name, "certificate": b64(self.certificate(name).public_bytes(Encoding.DER))}

    def stamp(self, message: bytes, *words: str, token: bool = False) -> bytes:
        (self.folder / "message").write_bytes(message)
        self.openssl("ts", "-query", "-data", "message", "-out", "q", "-cert", *words)
        more = ["-token_out"] if token else []
        self.openssl("ts", "-reply", "-config", "c", "-section", "t", "-queryfile", "q",
                     "-out", "r", *more)  # fmt: skip
        return (self.folder / "r").read_bytes()


def made(folder: Path, kind: str) -> Authority:
    folder.mkdir()
    (folder / "c").write_text(CONFIG.format(dir=folder))
    (folder / "serial").write_text("01\n")
    found = Authority(folder)
    for name in ("ca", "tsa"):
        found.openssl("req", "-newkey", *KEYS[kind], "-nodes", "-keyout", f"{name}.key", "-out",
                      f"{name}.csr", "-subj", f"/CN={name}", "-config", "/dev/null")  # fmt: skip
    found.openssl("x509", "-req", "-in", "ca.csr", "-signkey", "ca.key", "-out", "ca.pem",
                  "-days", "2")  # fmt: skip
    found.openssl("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                  "-CAcreateserial", "-out", "tsa.pem", "-days", "2", "-extfile", "c",
                  "-extensions", "ext")  # fmt: skip
    return found


@pytest.fixture(scope="module", params=["rsa", "ec"])
def authority(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Authority:
    return made(tmp_path_factory.mktemp(request.param) / "tsa", request.param)


@pytest.mark.parametrize("trusted", ["tsa", "ca"])
@pytest.mark.parametrize("words", [("-sha256",), ("-sha512", "-no_nonce")])
@pytest.mark.parametrize("token", [False, True])
def test_a_good_stamp(
    authority: Authority, trusted: str, words: tuple[str, ...], token: bool
) -> None:
    """A response or a bare token, trusted by the signer's certificate or by its issuer's."""
    raw = authority.stamp(b"signature", *words, token=token)
    named = [(trusted, authority.certificate(trusted))]
    at = verifier.stamped_at(raw, b"signature", named)
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=2)
    for wrong in (b"signatur", b""):
        with pytest.raises(verifier.Refused, match="something else"):
            verifier.stamped_at(raw, wrong, named)
    with pytest.raises(verifier.Refused, match="No authority"):
        verifier.stamped_at(raw, b"signature", [])


def test_any_changed_byte_is_seen(authority: Authority) -> None:
    """In the parts that are signed; what lies around them (certificates) is not believed."""
    raw = authority.stamp(b"signature", "-sha256")
    named = [("tsa", authority.certificate("tsa"))]
    good = verifier.stamped_at(raw, b"signature", named)
    accepted = 0
    for at in range(len(raw)):
        bad = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        try:
            assert good == verifier.stamped_at(bad, b"signature", named)
            accepted += 1
        except verifier.Refused as error:
            assert "timestamp" == error.code
    assert accepted < len(raw)
    for end in range(0, len(raw), 7):
        with pytest.raises(verifier.Refused):
            verifier.stamped_at(raw[:end], b"signature", named)


def test_a_certificate_that_may_not_stamp(authority: Authority) -> None:
    """Issued by the same authority, but without the use for time stamps."""
    ca = authority.certificate("ca")
    at = datetime.now(UTC)
    assert verifier.may_stamp(authority.certificate("tsa"), ca, at)
    assert not verifier.may_stamp(ca, ca, at)
    assert not verifier.may_stamp(authority.certificate("tsa"), ca, at + timedelta(days=3))


def test_the_time_counts_as_recorded(authority: Authority, tmp_path: Path) -> None:
    """In a bundle, without any witness; and only if trust.yaml names the authority."""
    now = datetime.now(UTC)
    forge = Forge(count=1)
    signed_at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    forge.signed = [sign(payload(0, {"results.csv": forge.subject}, signed_at=signed_at),
                         forge.alice)]  # fmt: skip
    forge.steps, forge.witnesses = [(1, now)], []
    forge.stamps = lambda signature: [authority.stamp(signature, "-sha256")]
    authorities = [authority.entry("ca")]

    def found(name: str, **more: object) -> Verdict:
        trust = forge.trust(witnesses=None, **more)
        return judged(seal(forge.pack()), forge, tmp_path / name, trust, at=datetime.now(UTC))

    one = found("a", timestamp_authorities=authorities)
    assert ("verified", "recorded") == (one["verdict"], one["statements"][0]["time"]["state"])
    one = found("b")
    assert ("verified", "claimed") == (one["verdict"], one["statements"][0]["time"]["state"])
    forge.stamps = lambda signature: [authority.stamp(b"another", "-sha256")]
    one = found("c", timestamp_authorities=authorities)
    assert {"timestamp"} == {p["code"] for p in one["problems"]}
