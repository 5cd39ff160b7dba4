"""DSSE envelopes signed with ECDSA on P-256 and SHA-256.

Reading is strict: one spelling only. An envelope has the keys `payload`, `payloadType` and
`signatures` with exactly one signature; base64 is standard and canonical. Source: DSSE 1.0,
protocol.md and envelope.md of secure-systems-lab/dsse.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dutybound.errors import DutyboundError
from dutybound.interchange.strict_json import JsonError, canonical, parse

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
MAX_PAYLOAD: Final = 1_000_000
MAX_ENVELOPE: Final = 1_400_000
MAX_SIGNATURE: Final = 80
_KEYS: Final = {"payload", "payloadType", "signatures"}
PrivateKey = ec.EllipticCurvePrivateKey


class EnvelopeError(DutyboundError):
    """Bytes that are no envelope as we accept it, or a key that is none."""


class SignatureError(DutyboundError):
    """The signature is not one of this key over this payload."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload and the one signature over it. keyid: fingerprint of the key, 64 hex digits."""

    payload: bytes
    keyid: str
    signature: bytes

    @property
    def digest(self) -> str:
        """sha256 of the payload: the same for every signature over it."""
        return sha256(self.payload).hexdigest()


@dataclass(frozen=True, slots=True)
class Signer:
    """Something that signs, wherever its key lies.

    public: SubjectPublicKeyInfo of a key on P-256, in DER. sign: from the bytes to be signed to an
    ECDSA signature over their SHA-256, in DER; raises EnvelopeError if the key cannot be reached.
    """

    public: bytes
    sign: Callable[[bytes], bytes] = field(repr=False)


def pre_authentication(payload: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """PAE: the bytes that are signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def fingerprint(public_der: bytes) -> str:
    """sha256 of a SubjectPublicKeyInfo in DER, as hex."""
    return sha256(public_der).hexdigest()


def new_key() -> PrivateKey:
    """A new private key."""
    return ec.generate_private_key(ec.SECP256R1())


def private_pem(key: PrivateKey, passphrase: bytes | None = None) -> bytes:
    """The private key as PEM (PKCS 8), encrypted with a passphrase if there is one.

    For a key file only; never print it.
    """
    hidden: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase is not None:
        hidden = serialization.BestAvailableEncryption(passphrase)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden)


def is_encrypted(pem: bytes) -> bool:
    """Whether a private key in PEM waits for a passphrase."""
    return b"-----BEGIN ENCRYPTED PRIVATE KEY-----" in pem or b"Proc-Type: 4,ENCRYPTED" in pem


def load_private(pem: bytes, passphrase: bytes | None = None) -> PrivateKey:
    """A private key from PEM. Raises EnvelopeError; its text never holds the key."""
    hidden = is_encrypted(pem)
    if hidden and passphrase is None:
        raise EnvelopeError("The key is protected by a passphrase, and none was given.")
    try:
        key = serialization.load_pem_private_key(pem, password=passphrase if hidden else None)
    except (TypeError, ValueError, UnsupportedAlgorithm):
        what = (
            "The passphrase does not open the key." if hidden else "This is no private key in PEM."
        )
        raise EnvelopeError(what) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not _is_p256(key.curve):
        raise EnvelopeError("The key is not one on the curve P-256.")
    return key


def public_der(key: PrivateKey) -> bytes:
    """The public half, as SubjectPublicKeyInfo in DER."""
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def load_public(der: bytes) -> ec.EllipticCurvePublicKey:
    """A public key from DER. Raises EnvelopeError."""
    try:
        key = serialization.load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise EnvelopeError("This is no public key in DER.") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not _is_p256(key.curve):
        raise EnvelopeError("The key is not one on the curve P-256.")
    return key


def _is_p256(curve: ec.EllipticCurve) -> bool:
    return isinstance(curve, ec.SECP256R1)


def signer_of(key: PrivateKey) -> Signer:
    """A key in hand as a signer."""
    return Signer(public_der(key), lambda signed: key.sign(signed, ec.ECDSA(hashes.SHA256())))


def sign(payload: bytes, key: PrivateKey | Signer) -> Envelope:
    """Sign a payload, and check the signature. Raises EnvelopeError if it is too large."""
    if len(payload) > MAX_PAYLOAD:
        raise EnvelopeError(f"{len(payload):,} bytes; at most {MAX_PAYLOAD:,} are signed")
    signer = key if isinstance(key, Signer) else signer_of(key)
    signature = signer.sign(pre_authentication(payload))
    envelope = Envelope(payload, fingerprint(signer.public), signature)
    try:
        verify(envelope, signer.public)
    except SignatureError as error:
        raise EnvelopeError("The key gave a signature that is not its own.") from error
    return envelope


def verify(envelope: Envelope, public: bytes) -> None:
    """Check the signature with a public key in DER. Raises SignatureError or EnvelopeError."""
    # (1) the envelope names this key
    if envelope.keyid != fingerprint(public):
        raise SignatureError("The envelope names another key.")
    # (2) the signature is by this key, over type and payload
    signed = pre_authentication(envelope.payload)
    try:
        load_public(public).verify(envelope.signature, signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise SignatureError(
            "The signature does not belong to this payload and key: one of them was changed."
        ) from error


def write_envelope(envelope: Envelope) -> bytes:
    """The envelope as JSON, in its one spelling."""
    value = {
        "payload": _encode(envelope.payload),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": envelope.keyid, "sig": _encode(envelope.signature)}],
    }
    return canonical(value) + b"\n"


def read_envelope(raw: bytes) -> Envelope:
    """An envelope from its bytes, not yet verified. Raises EnvelopeError."""
    try:
        value = parse(raw, MAX_ENVELOPE)
    except JsonError as error:
        raise EnvelopeError(f"The envelope is not read: {error}.") from error
    if not isinstance(value, dict) or set(value) != _KEYS:
        raise EnvelopeError("The envelope does not have exactly the keys of DSSE.")
    if value["payloadType"] != PAYLOAD_TYPE:
        raise EnvelopeError(f"The payload is not of the type {PAYLOAD_TYPE}.")
    payload = _decode(value["payload"], "payload", MAX_PAYLOAD)
    keyid, signature = _one_signature(value["signatures"])
    return Envelope(payload, keyid, signature)


def _one_signature(value: Any) -> tuple[str, bytes]:
    if not isinstance(value, list) or len(value) != 1:
        count = len(value) if isinstance(value, list) else 0
        raise EnvelopeError(f"The envelope has {count} signatures; exactly one is read.")
    one = value[0]
    if not isinstance(one, dict) or set(one) != {"keyid", "sig"}:
        raise EnvelopeError("A signature does not have exactly the keys `keyid` and `sig`.")
    if not isinstance(one["keyid"], str):
        raise EnvelopeError("`keyid` is not text.")
    return one["keyid"], _decode(one["sig"], "sig", MAX_SIGNATURE)


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _decode(value: Any, name: str, limit: int) -> bytes:
    if not isinstance(value, str) or not value:
        raise EnvelopeError(f"`{name}` is empty or not text.")
    try:
        raw = base64.b64decode(value.encode("ascii"), validate=True)
    except (ValueError, binascii.Error) as error:
        raise EnvelopeError(f"`{name}` is not base64.") from error
    if _encode(raw) != value:
        raise EnvelopeError(f"`{name}` is base64, but not in its one canonical spelling.")
    if len(raw) > limit:
        raise EnvelopeError(f"`{name}` has {len(raw):,} bytes; at most {limit:,} are read.")
    return raw
