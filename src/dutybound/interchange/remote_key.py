"""Keys that stay where they are: in a hardware module or at a cloud's key service.

The keys are named by URIs of securesystemslib: `hsm:ID?label=TOKEN` (PKCS#11; the variable
PYKCS11LIB names its library), `awskms:ID`, `gcpkms:NAME`, `azurekms://VAULT.../keys/NAME/VERSION`.
Only ECDSA on P-256 is accepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlparse

from dutybound.interchange.dsse import EnvelopeError, Signer, load_public

if TYPE_CHECKING:
    from securesystemslib.signer import SSlibKey

Secret = Callable[[str], str]
SCHEMES: Final = ("hsm", "awskms", "gcpkms", "azurekms")
P256: Final = "ecdsa-sha2-nistp256"
MISSING: Final = (
    "Keys outside of files need the extra `kms`: pip install 'dutybound[kms]', and the library of "
    "your provider beside it."
)
_AZURE: Final = re.compile(r"azurekms://([A-Za-z0-9-]+)\.vault\.azure\.net/keys/([A-Za-z0-9-]+)")
# What the libraries below raise, as module and class.
_ERRORS: Final = {
    "hsm": (("pkcs11.exceptions", "PKCS11Error"),),
    "awskms": (("botocore.exceptions", "BotoCoreError"), ("botocore.exceptions", "ClientError")),
    "gcpkms": (
        ("google.api_core.exceptions", "GoogleAPIError"),
        ("google.auth.exceptions", "GoogleAuthError"),
    ),
    "azurekms": (("azure.core.exceptions", "AzureError"),),
}


def is_remote(text: str) -> bool:
    """Whether a text names a key outside of files."""
    return text.partition(":")[0] in SCHEMES


def remote_signer(uri: str, secret: Secret) -> Signer:
    """The signer for a key by its URI. secret: asks for a PIN. Raises EnvelopeError."""
    try:
        from securesystemslib.signer import Signer as Remote
    except ImportError as error:
        raise EnvelopeError(MISSING) from error
    scheme = uri.partition(":")[0]
    errors = _errors_of(scheme)
    try:
        public = _public_key(uri, secret)
        remote = Remote.from_priv_key_uri(uri, public, secret)
    except errors as error:
        raise _unreachable(uri, error) from error
    if public.scheme != P256:
        raise EnvelopeError(f"The key is one for {public.scheme}; only ECDSA on P-256 is accepted.")

    def sign(signed: bytes) -> bytes:
        try:
            return bytes.fromhex(remote.sign(signed).signature)
        except errors as error:
            raise _unreachable(uri, error) from error

    return Signer(_der(str(public.keyval["public"])), sign)


def _public_key(uri: str, secret: Secret) -> SSlibKey:
    from securesystemslib.signer import AWSSigner, AzureSigner, GCPSigner, HSMSigner

    parsed = urlparse(uri)
    if parsed.scheme == "hsm":
        if parsed.path and not parsed.path.isdecimal():
            raise EnvelopeError(f"`{uri}` is not written as hsm:ID?label=TOKEN.")
        label = dict(parse_qsl(parsed.query)).get("label")
        number = int(parsed.path) if parsed.path else None
        return HSMSigner.import_(number, label, secret)[1]
    if parsed.scheme == "awskms":
        return AWSSigner.import_(parsed.path, P256)[1]
    if parsed.scheme == "gcpkms":
        return GCPSigner.import_(parsed.path)[1]
    match = _AZURE.match(uri)
    if match is None:
        text = "is not written as azurekms://VAULT.vault.azure.net/keys/NAME/VERSION."
        raise EnvelopeError(f"`{uri}` {text}")
    return AzureSigner.import_(match[1], match[2])[1]


def _der(pem: str) -> bytes:
    from cryptography.hazmat.primitives import serialization

    try:
        key = serialization.load_pem_public_key(pem.encode())
    except ValueError as error:
        raise EnvelopeError("The service gave no public key in PEM.") from error
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    load_public(der)
    return der


def _unreachable(uri: str, error: Exception) -> EnvelopeError:
    """The error without what the library may have put into it but its first line."""
    said = str(error).strip().splitlines()
    detail = f"{type(error).__name__}{f': {said[0][:200]}' if said else ''}"
    return EnvelopeError(f"The key `{uri}` cannot be used ({detail}).")


def _errors_of(scheme: str) -> tuple[type[Exception], ...]:
    from securesystemslib.exceptions import Error

    found: list[type[Exception]] = [Error, ValueError, OSError, ImportError]
    for module, name in _ERRORS[scheme]:
        try:
            there: Any = getattr(import_module(module), name)
        except ImportError:
            continue
        found.append(there)
    return tuple(found)
