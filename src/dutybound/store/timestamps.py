"""Time stamps over signatures by an authority (RFC 3161). Wants the extra `timestamps`.

A stamp shows that the signature was there at that time. It says nothing of what was signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from dutybound.errors import BadInput, DutyboundError
from dutybound.ledger.encoding import encode
from dutybound.store.http_post import post

if TYPE_CHECKING:
    from rfc3161_client import TimeStampRequest, TimeStampResponse

SECONDS: Final = 10.0
QUERY_TYPE: Final = "application/timestamp-query"
REPLY_TYPE: Final = "application/timestamp-reply"
MAX_STAMP: Final = 65_536
_OK: Final = 200


class TimestampError(DutyboundError):
    """A time stamp could not be had, or does not hold."""


@dataclass(frozen=True, slots=True)
class TimestampAuthority:
    """Who stamps. url: where requests go; chain: DER certificates, the signer's first, root last.

    A chain of one is a signer that is trusted by itself.
    """

    name: str
    url: str
    chain: tuple[bytes, ...]

    def __post_init__(self) -> None:
        if not self.chain:
            raise BadInput.one(self.name, "A time-stamp authority needs its certificates.")


def read_authority(name: str, url: str, pem: bytes) -> TimestampAuthority:
    """An authority whose certificates stand in PEM, the signer's first. Raises BadInput."""
    try:
        chain = x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise BadInput.one(name, "The certificates of the authority are not in PEM.") from error
    return TimestampAuthority(name, url, tuple(c.public_bytes(Encoding.DER) for c in chain))


def ask_stamp(
    authority: TimestampAuthority, signature: bytes, *, seconds: float = SECONDS
) -> bytes:
    """A time stamp over a signature: the TimeStampResp in DER, checked.

    Raises TimestampError, PostError; BadInput without the extra.
    """
    client = _client()
    request = client.TimestampRequestBuilder(
        data=signature, hash_algorithm=client.HashAlgorithm.SHA256
    ).build()
    answer = post(authority.url, request.as_bytes(), QUERY_TYPE, seconds=seconds, most=MAX_STAMP)
    if answer.status != _OK or answer.type != REPLY_TYPE:
        raise TimestampError(
            f"{authority.name}: the authority answered {answer.status} with"
            f" `{answer.type[:60] or 'no type'}`, not with a time stamp"
        )
    _verify([authority], answer.body, signature, request)
    return answer.body


def stamped_at(
    authorities: Sequence[TimestampAuthority], stamp: bytes, signature: bytes
) -> tuple[datetime, TimestampAuthority]:
    """When, by which of the authorities, a signature was stamped. The time is in UTC.

    Raises TimestampError if the stamp is by none of them, or over another signature.
    """
    return _verify(authorities, stamp, signature, None)


def sigstore_form(authority: TimestampAuthority) -> dict[str, Any]:
    """The authority for Sigstore's `trusted_root.json`."""
    signer = x509.load_der_x509_certificate(authority.chain[0])
    return {
        "subject": {
            "organization": _name(signer, NameOID.ORGANIZATION_NAME) or authority.name,
            "commonName": _name(signer, NameOID.COMMON_NAME) or authority.name,
        },
        "uri": authority.url,
        "certChain": {"certificates": [{"rawBytes": encode(c)} for c in authority.chain]},
        "validFor": {"start": _text(signer.not_valid_before_utc)},
    }


def _verify(
    authorities: Sequence[TimestampAuthority],
    stamp: bytes,
    signature: bytes,
    request: TimeStampRequest | None,
) -> tuple[datetime, TimestampAuthority]:
    client = _client()
    try:
        response: TimeStampResponse = client.decode_timestamp_response(stamp)
        if response.status != client.PKIStatus.GRANTED.value:
            raise TimestampError("the authority did not grant the time stamp")
        if response.as_bytes() != stamp:
            raise TimestampError("bytes stand behind the time stamp")
        time = response.tst_info.gen_time
    except ValueError as error:
        raise TimestampError("this is no time stamp in DER (RFC 3161)") from error
    reasons = []
    for authority in authorities:
        chain = [x509.load_der_x509_certificate(c) for c in authority.chain]
        verifier = client.VerifierBuilder(
            tsa_certificate=chain[0],
            intermediates=chain[1:-1],
            roots=chain[-1:],
            nonce=request.nonce if request else None,
        ).build()
        try:
            verifier.verify_message(response, signature)
        except (client.VerificationError, ValueError) as error:
            reasons.append(f"{authority.name}: {error}")
            continue
        return time.astimezone(UTC), authority
    raise TimestampError(f"the time stamp does not hold: {'; '.join(reasons) or 'no authority'}")


def _client() -> Any:
    try:
        import rfc3161_client
    except ImportError as error:
        message = "Time stamps want a package more: pip install 'dutybound[timestamps]'"
        raise BadInput.one("rfc3161-client", message) from error
    return rfc3161_client


def _name(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def _text(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
