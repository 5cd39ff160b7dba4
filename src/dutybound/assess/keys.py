"""Private keys: made, opened and shown, never printed. Public halves for a trust file."""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dutybound.errors import BadInput
from dutybound.interchange.dsse import (
    EnvelopeError,
    PrivateKey,
    Signer,
    fingerprint,
    is_encrypted,
    load_private,
    new_key,
    private_pem,
    public_der,
    signer_of,
)
from dutybound.interchange.remote_key import is_remote, remote_signer

MAX_KEY_FILE: Final = 10_000
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
Secret = Callable[[str], str]
"""Gives a passphrase or a PIN; the argument says which."""


@dataclass(frozen=True, slots=True)
class PublicHalf:
    """What may be shown of a key."""

    fingerprint: str
    public_key: str


def public_half(key: PrivateKey | Signer) -> PublicHalf:
    """The entry for a trust file."""
    der = key.public if isinstance(key, Signer) else public_der(key)
    return PublicHalf(fingerprint(der), base64.b64encode(der).decode("ascii"))


def public_pem(half: PublicHalf) -> str:
    """The public key as PEM, as other tools ask for it. Source: RFC 7468, section 13."""
    text = half.public_key
    lines = [text[i : i + 64] for i in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----"]) + "\n"


def write_new_key(path: Path, passphrase: str | None = None) -> PublicHalf:
    """Make a key and write it to a new file that only its owner can read.

    The folder is made for the owner alone, and refused if others can look into it. Raises BadInput
    if the file is there already: a key is never overwritten.
    """
    _folder(path.parent)
    key = new_key()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    except FileExistsError as error:
        raise BadInput.one(
            str(path), "The file is there already; a key is never overwritten. Name another."
        ) from error
    except OSError as error:
        raise BadInput.one(str(path), f"The key cannot be written: {error.strerror}.") from error
    with os.fdopen(handle, "wb") as file:
        os.fchmod(file.fileno(), stat.S_IRUSR | stat.S_IWUSR)
        file.write(private_pem(key, passphrase.encode() if passphrase else None))
        file.flush()
        os.fsync(file.fileno())
    return public_half(key)


def _folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = folder.stat().st_mode
    except OSError as error:
        reason = f"The folder cannot be made: {error.strerror}."
        raise BadInput.one(str(folder), reason) from error
    if mode & OTHERS:
        raise BadInput.one(
            str(folder),
            "Others can look into this folder. Name a new one for keys, such as `keys/`, or run "
            "`chmod 700` on it.",
        )


def open_key(source: str, secret: Secret) -> Signer:
    """A signer from a key file, or from the URI of a key that lies elsewhere."""
    if not is_remote(source):
        return signer_of(read_key(Path(source), secret))
    try:
        return remote_signer(source, secret)
    except EnvelopeError as error:
        raise BadInput.one("--key", str(error)) from error


def read_key(path: Path, secret: Secret | None = None) -> PrivateKey:
    """A private key from a file that only its owner can read."""
    raw = read_bytes_of_key(path)
    passphrase = None
    if secret is not None and is_encrypted(raw):
        passphrase = secret(f"passphrase of {path}").encode()
    try:
        return load_private(raw, passphrase)
    except EnvelopeError as error:
        raise BadInput.one(str(path), str(error)) from error


def read_bytes_of_key(path: Path) -> bytes:
    """The bytes of a key file, refused if others can read it or it is too large."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_KEY_FILE:
            raise BadInput.one(str(path), "This is no key file.")
        if status.st_mode & OTHERS:
            raise BadInput.one(
                str(path), "Others can read this key. Run `chmod 600` on it, then try again."
            )
        return path.read_bytes()
    except OSError as error:
        raise BadInput.one(str(path), f"The key cannot be read: {error.strerror}.") from error
