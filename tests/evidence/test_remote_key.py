"""Keys in a hardware module (SoftHSM2) and at key services: the same signatures, P-256 alone.

The tests of PKCS#11 run where SoftHSM2 and python-pkcs11 are installed. Cloud services are played
by securesystemslib's own signer for keys in hand; no cloud is called.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dutybound.assess.keys import open_key, public_half
from dutybound.cli.key_options import VARIABLE
from dutybound.cli.main import cli
from dutybound.errors import BadInput
from dutybound.interchange.dsse import EnvelopeError, Signer, new_key, public_der, sign, verify
from tests.evidence.kit import checked, key_of, predicate, trust_in, trusted
from tests.evidence.test_signing import AT, folder_with

securesystemslib = pytest.importorskip("securesystemslib.signer")
LIBRARIES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so")
PIN = "8146"


def no_secret(what: str) -> str:
    raise AssertionError(f"asked for {what}")


class TestModule:
    @pytest.fixture
    def token(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
        """A token with keys: 1 on P-256, 2 on P-384."""
        pkcs11 = pytest.importorskip("pkcs11")
        parameters = pytest.importorskip("pkcs11.util.ec").encode_named_curve_parameters
        library = next((p for p in LIBRARIES if Path(p).exists()), None)
        tool = shutil.which("softhsm2-util")
        if library is None or tool is None:
            pytest.skip("SoftHSM2 is not installed")
        (tmp_path / "tokens").mkdir()
        config = tmp_path / "softhsm2.conf"
        config.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nlog.level = ERROR\n")
        monkeypatch.setenv("SOFTHSM2_CONF", str(config))
        monkeypatch.setenv("PYKCS11LIB", library)
        words = ["--init-token", "--free", "--label", "audit", "--so-pin", PIN, "--pin", PIN]
        subprocess.run([tool, *words], check=True, capture_output=True)
        made = pkcs11.lib(library)
        made.reinitialize()
        with made.get_token(token_label="audit").open(rw=True, user_pin=PIN) as session:
            for number, curve in ((b"\x01", "secp256r1"), (b"\x02", "secp384r1")):
                domain = session.create_domain_parameters(
                    pkcs11.KeyType.EC,
                    {pkcs11.Attribute.EC_PARAMS: parameters(curve)},
                    local=True,
                )
                domain.generate_keypair(store=True, id=number, label="k")
        yield made

    def test_it_signs_as_a_key_file_does(self, token: Any) -> None:
        signer = open_key("hsm:1?label=audit", lambda _: PIN)
        envelope = sign(b"{}", signer)
        verify(envelope, signer.public)
        assert public_half(signer).fingerprint == envelope.keyid

    def test_a_claim_signed_in_it_counts(
        self, token: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from dutybound.assess.signing import sign_predicate
        from dutybound.interchange.dsse import write_envelope

        signer = open_key("hsm:1?label=audit", lambda _: PIN)
        raw = write_envelope(
            sign_predicate(predicate(), {"report.pdf": "ab" * 32}, signer, AT, "claim.yaml")
        )
        half = public_half(signer)
        trust = trust_in(trusted("alice", fingerprint=half.fingerprint, public=signer.public))
        assert {"DB-FAI-01": "tested"} == checked(raw, trust=trust).reaches

    def test_from_the_command_line(self, token: Any, tmp_path: Path) -> None:
        claim, output = folder_with(tmp_path), tmp_path / "policy.dsse.json"
        words = ["evidence", "sign", str(claim), "--key", "hsm:1?label=audit", "-o", str(output)]
        done = CliRunner(env={VARIABLE: PIN}).invoke(cli, words, catch_exceptions=False)
        assert (0, True) == (done.exit_code, output.exists())
        assert PIN not in done.output

    @pytest.mark.parametrize(
        ("uri", "pin", "says"),
        [
            ("hsm:2?label=audit", PIN, "only ECDSA on P-256"),
            ("hsm:7?label=audit", PIN, "cannot be used"),
            ("hsm:1?label=other", PIN, "No PKCS#11 token"),
            ("hsm:x", PIN, "hsm:ID"),
        ],
    )
    def test_what_cannot_sign(self, token: Any, uri: str, pin: str, says: str) -> None:
        with pytest.raises(BadInput, match=says):
            open_key(uri, lambda _: pin)

    def test_a_wrong_pin(self, token: Any) -> None:
        signer = open_key("hsm:1?label=audit", lambda _: "0000")
        with pytest.raises(EnvelopeError, match="PinIncorrect") as caught:
            sign(b"{}", signer)
        assert "0000" not in str(caught.value)


class Played:
    """A key service that holds one key."""

    def __init__(self, curve: str = "secp256r1") -> None:
        self.signer = securesystemslib.CryptoSigner.generate_ecdsa()
        self.asked: list[tuple[Any, ...]] = []

    def import_(self, *words: Any) -> tuple[str, Any]:
        self.asked.append(words)
        return "uri", self.signer.public_key


@pytest.mark.parametrize(
    ("uri", "service", "asked"),
    [
        ("awskms:1234-abcd", "AWSSigner", ("1234-abcd", "ecdsa-sha2-nistp256")),
        (
            "gcpkms:projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1",
            "GCPSigner",
            ("projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1",),
        ),
        ("azurekms://safe.vault.azure.net/keys/audit/1f", "AzureSigner", ("safe", "audit")),
    ],
)
def test_services(
    uri: str, service: str, asked: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    played = Played()
    monkeypatch.setattr(getattr(securesystemslib, service), "import_", played.import_)
    monkeypatch.setattr(securesystemslib.Signer, "from_priv_key_uri", lambda *_: played.signer)
    signer = open_key(uri, no_secret)
    verify(sign(b"{}", signer), signer.public)
    assert [asked] == played.asked


def test_other_kinds_of_key_at_a_service_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    played = Played()
    played.signer = securesystemslib.CryptoSigner.generate_ed25519()
    monkeypatch.setattr(securesystemslib.AWSSigner, "import_", played.import_)
    monkeypatch.setattr(securesystemslib.Signer, "from_priv_key_uri", lambda *_: played.signer)
    with pytest.raises(BadInput, match="only ECDSA on P-256"):
        open_key("awskms:1", no_secret)


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("awskms:1", "cannot be used"),
        ("gcpkms:projects/p", "cannot be used"),
        ("azurekms://elsewhere.example/keys/a/1", "not written as azurekms"),
        ("vault:a", "cannot be read"),
    ],
)
def test_what_cannot_be_reached_says_so(uri: str, says: str) -> None:
    """No SDK of a provider is installed here, or the URI is none."""
    with pytest.raises(BadInput, match=says):
        open_key(uri, no_secret)


def test_a_signature_that_is_not_the_keys_own_is_not_written() -> None:
    other = key_of("mallory")
    from dutybound.interchange.dsse import signer_of

    broken = Signer(public_der(new_key()), signer_of(other).sign)
    with pytest.raises(EnvelopeError, match="not its own"):
        sign(b"{}", broken)
