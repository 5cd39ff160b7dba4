"""--key, and where a passphrase or a PIN comes from. It is never an argument."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from dutybound.errors import BadInput

if TYPE_CHECKING:
    from dutybound.interchange.dsse import Signer

VARIABLE: Final = "DUTYBOUND_KEY_PASSPHRASE"
F = TypeVar("F", bound=Callable[..., Any])


def key_option(command: F) -> F:
    """--key, required."""
    return click.option(
        "--key",
        required=True,
        metavar="KEY",
        help="Your private key: a file, or the URI of a key elsewhere (hsm:, awskms:, gcpkms:, "
        "azurekms:).",
    )(command)


def secret(what: str) -> str:
    """A passphrase or PIN: from the environment, else asked for at the terminal."""
    found = os.environ.get(VARIABLE)
    if found is not None:
        return found
    if not sys.stdin.isatty():
        raise BadInput.one("--key", f"The {what} is needed. Put it into {VARIABLE}.")
    return str(click.prompt(what.capitalize(), hide_input=True, err=True))


def new_secret() -> str:
    """A new passphrase: from the environment, else asked for twice at the terminal."""
    found = os.environ.get(VARIABLE)
    if found is None:
        if not sys.stdin.isatty():
            raise BadInput.one("--passphrase", f"Put the passphrase into {VARIABLE}.")
        found = str(
            click.prompt("New passphrase", hide_input=True, confirmation_prompt=True, err=True)
        )
    if not found:
        raise BadInput.one("--passphrase", "The passphrase is empty.")
    return found


def opened_key(source: str) -> Signer:
    """The signer that --key names."""
    from dutybound.assess.keys import open_key

    return open_key(source, secret)
