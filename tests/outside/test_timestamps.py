"""RFC 3161 time stamps from a real authority, read by our code and by the verifiers of others."""

from __future__ import annotations

import base64
import datetime as dt
import json
import sys
from pathlib import Path

import pytest

from dutybound.errors import BadInput
from dutybound.store.http_post import PostError
from dutybound.store.timestamps import (
    TimestampAuthority,
    TimestampError,
    ask_stamp,
    read_authority,
    sigstore_form,
    stamped_at,
)
from tests.outside import tools
from tests.outside.kit import Kit, plain_kit
from tests.outside.plainlog import PREDICATE, b64, trusted_root
from tests.outside.tsa import Authority, serving

pytest.importorskip("rfc3161_client", reason="the extra `timestamps` is not installed")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    tools.need("openssl")
    return Authority(tmp_path_factory.mktemp("tsa"))


def known(authority: Authority, url: str = "http://127.0.0.1:1/ts") -> TimestampAuthority:
    return read_authority("Example Time", url, authority.chain)


def ask(authority: Authority, signature: bytes) -> bytes:
    with serving(authority) as url:
        return ask_stamp(known(authority, url), signature)


def test_stamp_is_of_now_and_over_the_signature(authority: Authority) -> None:
    before = dt.datetime.now(dt.UTC).replace(microsecond=0)
    stamp = ask(authority, b"a signature")
    time, by = stamped_at([known(authority)], stamp, b"a signature")
    assert before <= time <= dt.datetime.now(dt.UTC)
    assert (dt.UTC, "Example Time") == (time.tzinfo, by.name)


def test_stamp_over_another_signature_is_refused(authority: Authority) -> None:
    stamp = ask(authority, b"a signature")
    with pytest.raises(TimestampError, match="does not hold"):
        stamped_at([known(authority)], stamp, b"another signature")


def test_stamp_by_a_stranger_of_the_same_name_is_refused(
    authority: Authority, tmp_path: Path
) -> None:
    stamp = ask(authority, b"a signature")
    stranger = known(Authority(tmp_path))
    with pytest.raises(TimestampError, match="does not hold"):
        stamped_at([stranger], stamp, b"a signature")
    assert "Example Time" == stamped_at([stranger, known(authority)], stamp, b"a signature")[1].name
    with pytest.raises(TimestampError, match="no authority"):
        stamped_at([], stamp, b"a signature")


def test_every_flipped_byte_is_seen(authority: Authority) -> None:
    """The certificates in the stamp are the one part that nothing has to cover."""
    stamp = ask(authority, b"a signature")
    carried = [
        base64.b64decode(c["rawBytes"])
        for c in sigstore_form(known(authority))["certChain"]["certificates"]
    ]
    spans = [(stamp.find(c), stamp.find(c) + len(c)) for c in carried]
    for at in range(len(stamp)):
        if any(start <= at < end for start, end in spans):
            continue
        changed = bytearray(stamp)
        changed[at] ^= 0x01
        try:
            time, _ = stamped_at([known(authority)], bytes(changed), b"a signature")
        except TimestampError:
            continue
        assert time == stamped_at([known(authority)], stamp, b"a signature")[0], at


@pytest.mark.parametrize("raw", [b"", b"0\x00", b"<html>", bytes(70_000)])
def test_bytes_that_are_no_stamp(authority: Authority, raw: bytes) -> None:
    with pytest.raises(TimestampError):
        stamped_at([known(authority)], raw, b"a signature")


def test_bytes_behind_a_stamp_are_refused(authority: Authority) -> None:
    with pytest.raises(TimestampError):
        stamped_at([known(authority)], ask(authority, b"s") + b"\0", b"s")


def test_old_answer_is_refused(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer to another request has another nonce, though it is over the same bytes."""
    first = ask(authority, b"a signature")
    monkeypatch.setattr(authority, "reply", lambda query: first)
    with pytest.raises(TimestampError, match=r"(?i)nonce"):
        ask(authority, b"a signature")


def test_authority_that_does_not_answer(authority: Authority) -> None:
    with pytest.raises(PostError):
        ask_stamp(known(authority), b"a signature", seconds=2)


def test_certificates_of_another_form() -> None:
    with pytest.raises(BadInput, match="not in PEM"):
        read_authority("x", "http://127.0.0.1/", b"nothing")
    with pytest.raises(BadInput, match="needs its certificates"):
        TimestampAuthority("x", "http://127.0.0.1/", ())


class Stamped:
    """A bundle with a stamp, and the authority in the trusted root."""

    def __init__(self, folder: Path, authority: Authority, over: bytes | None = None) -> None:
        kit, log, signed = plain_kit(folder)
        self.kit: Kit = kit
        bundle = signed.bundle(log, 211)
        stamp = ask(authority, over or signed.signature)
        bundle["verificationMaterial"]["timestampVerificationData"] = {
            "rfc3161Timestamps": [{"signedTimestamp": b64(stamp)}]
        }
        kit.write(bundle)
        root = trusted_root(log.key)
        root["timestampAuthorities"] = [sigstore_form(known(authority))]
        kit.root.write_text(json.dumps(root), encoding="utf-8")

    def node(self) -> str:
        kit = self.kit
        verdict = tools.node(kit.bundle, kit.root, kit.key, kit.artifact, "--timestamps", "1")
        return str(verdict.get("error", ""))

    def cosign(self) -> str:
        kit = self.kit
        done = tools.cosign(
            kit.bundle, kit.root, kit.key, PREDICATE, kit.artifact, "--use-signed-timestamps"
        )
        return "" if done.returncode == 0 else done.stderr or "refused"

    def openssl(self, root: Path) -> str:
        kit = self.kit
        done = tools.openssl(kit.bundle, kit.key, kit.log, kit.origin, kit.artifact, TSA=str(root))
        return "" if done.returncode == 0 else done.stderr


@pytest.mark.parametrize("name", ["node", "cosign", "openssl"])
def test_stamp_in_a_bundle(name: str, authority: Authority, tmp_path: Path) -> None:
    """Accepted; refused if over other bytes, by another authority, or if there is none."""
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other")

    def verdict(bundle: Stamped) -> str:
        if name == "openssl":
            return bundle.openssl(authority.root)
        return bundle.node() if name == "node" else bundle.cosign()

    assert "" == verdict(Stamped(tmp_path, authority))
    assert "" != verdict(Stamped(tmp_path, authority, over=b"something else"))
    by_other = Stamped(tmp_path, other)
    root = json.loads(by_other.kit.root.read_text(encoding="utf-8"))
    root["timestampAuthorities"] = [sigstore_form(known(authority))]
    by_other.kit.root.write_text(json.dumps(root), encoding="utf-8")
    assert "" != verdict(by_other)
    without = Stamped(tmp_path, authority)
    bundle = json.loads(without.kit.bundle.read_text(encoding="utf-8"))
    del bundle["verificationMaterial"]["timestampVerificationData"]
    without.kit.write(bundle)
    assert "" != verdict(without)


def test_form_for_sigstore(authority: Authority) -> None:
    form = sigstore_form(known(authority, "http://127.0.0.1:5/ts"))
    assert {"organization": "Example Time", "commonName": "signer"} == form["subject"]
    assert ("http://127.0.0.1:5/ts", 2) == (form["uri"], len(form["certChain"]["certificates"]))
    assert form["validFor"]["start"].endswith("Z")


def test_without_the_extra(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    with pytest.raises(BadInput, match=r"pip install 'dutybound\[timestamps\]'"):
        ask_stamp(known(authority), b"a signature")
