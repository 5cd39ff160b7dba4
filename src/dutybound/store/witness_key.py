"""The private key of a witness: Ed25519 in PEM, in a file that only its owner can read."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dutybound.ledger.keys import KeyType, NoteSigner, ed25519_signer
from dutybound.store.durable import make_folder, write_file
from dutybound.store.errors import StoreError

_MAX: Final = 10_000


def witness_signer(path: Path, name: str) -> NoteSigner:
    """The witness's key under its name; made if there is none. Raises StoreError, LedgerError."""
    if path.exists():
        return ed25519_signer(name, _read(path), KeyType.COSIGNATURE)
    private = Ed25519PrivateKey.generate()
    signer = ed25519_signer(name, private, KeyType.COSIGNATURE)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    make_folder(path.absolute().parent)
    write_file(path, pem, private=True)
    return signer


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise StoreError(f"{path}: others can read this key. Run `chmod 600` on it.")
        with path.open("rb") as file:
            private = serialization.load_pem_private_key(file.read(_MAX), password=None)
    except OSError as error:
        raise StoreError(f"{path}: it cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise StoreError(f"{path}: this is no private key in PEM") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise StoreError(f"{path}: the key is not one for Ed25519")
    return private
