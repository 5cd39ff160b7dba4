"""Envelopes and JSON are read in one spelling only."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutybound.interchange.dsse import (
    MAX_ENVELOPE,
    MAX_PAYLOAD,
    EnvelopeError,
    SignatureError,
    load_public,
    new_key,
    public_der,
    read_envelope,
    sign,
    verify,
    write_envelope,
)
from dutybound.interchange.strict_json import JsonError, canonical, parse

KEY = new_key()
GOOD: dict[str, Any] = json.loads(write_envelope(sign(b"{}", KEY)))


def written(**more: Any) -> bytes:
    return json.dumps({**GOOD, **more}).encode()


def test_round_trip() -> None:
    envelope = sign(b'{"a":1}', KEY)
    again = read_envelope(write_envelope(envelope))
    assert envelope == again
    verify(again, public_der(KEY))


def test_another_key_does_not_verify() -> None:
    with pytest.raises(SignatureError):
        verify(sign(b"{}", KEY), public_der(new_key()))


SIG = GOOD["signatures"][0]
NOT_CANONICAL = base64.b64encode(b"{}  ").decode().replace("=", "")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b" " * (MAX_ENVELOPE + 1),
        written(extra=1),
        written(payloadType="text/plain"),
        written(payload=""),
        written(payload=3),
        written(payload="e30"),
        written(payload="e30=\n"),
        written(payload="e31="),
        written(payload="e30= "),
        written(payload="-_=="),
        written(payload=base64.b64encode(b" " * (MAX_PAYLOAD + 1)).decode()),
        written(signatures=[]),
        written(signatures=[SIG, SIG]),
        written(signatures={}),
        written(signatures=["x"]),
        written(signatures=[{**SIG, "cert": "x"}]),
        written(signatures=[{"sig": SIG["sig"]}]),
        written(signatures=[{**SIG, "keyid": 1}]),
        written(signatures=[{**SIG, "sig": base64.b64encode(b"x" * 81).decode()}]),
        written().replace(b'{"payload"', b'{"payload":"e30=","payload"', 1),
        written().replace(b'"keyid"', b'"keyid":"x","keyid"', 1),
    ],
)
def test_what_is_no_envelope(raw: bytes) -> None:
    with pytest.raises(EnvelopeError):
        read_envelope(raw)


@pytest.mark.parametrize("der", [b"", b"\x30\x00", b"x" * 91])
def test_what_is_no_public_key(der: bytes) -> None:
    with pytest.raises(EnvelopeError):
        load_public(der)


def test_too_much_is_not_signed() -> None:
    with pytest.raises(EnvelopeError):
        sign(b" " * (MAX_PAYLOAD + 1), KEY)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":1}',
        b'[{"b":{"a":1,"a":2}}]',
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b'"\xc3"',
        b"{'a':1}",
        b"1 2",
        b"",
        b"[" * 70 + b"]" * 70,
        b"9" * 5000,
    ],
)
def test_what_is_no_json(raw: bytes) -> None:
    with pytest.raises(JsonError):
        parse(raw, 10_000)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=6), inner, max_size=4
    ),
    max_leaves=12,
)  # fmt: skip


@given(json_values)
def test_canonical_has_one_spelling(value: Any) -> None:
    raw = canonical(value)
    again = parse(raw, 1_000_000)
    assert value == again
    assert raw == canonical(again)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {1, 2}])
def test_what_cannot_be_written(value: Any) -> None:
    with pytest.raises(JsonError):
        canonical(value)
