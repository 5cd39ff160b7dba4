"""One signed statement in one log, as files, and the four verifiers of others that read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.outside import tools
from tests.outside.plainlog import PEM, PREDICATE, Log, Signed, trusted_root


@dataclass
class Kit:
    """Where the files are that a verifier gets."""

    folder: Path
    origin: str
    predicate_type: str = PREDICATE

    @property
    def bundle(self) -> Path:
        return self.folder / "bundle.sigstore.json"

    @property
    def root(self) -> Path:
        return self.folder / "trusted_root.json"

    @property
    def key(self) -> Path:
        return self.folder / "signer.pem"

    @property
    def log(self) -> Path:
        return self.folder / "log.pem"

    @property
    def artifact(self) -> Path:
        return self.folder / "report.txt"

    def write(self, bundle: dict[str, Any]) -> None:
        """Write the bundle."""
        self.bundle.write_text(json.dumps(bundle), encoding="utf-8")


def plain_kit(folder: Path, size: int = 300, index: int = 211) -> tuple[Kit, Log, Signed]:
    """Files of a log with `size` entries; the statement stands at `index`."""
    signed = Signed()
    entries = [b"entry %d" % i for i in range(size)]
    entries[index] = signed.entry
    log = Log(entries)
    kit = Kit(folder, log.key.name)
    kit.write(signed.bundle(log, index))
    kit.root.write_text(json.dumps(trusted_root(log.key)), encoding="utf-8")
    kit.key.write_bytes(signed.secret.public_key().public_bytes(*PEM))
    kit.log.write_bytes(log.key.secret.public_key().public_bytes(*PEM))
    kit.artifact.write_bytes(signed.artifact)
    return kit, log, signed


def by_node(kit: Kit) -> str:
    """Empty if @sigstore/verify accepts, else its reason."""
    return str(tools.node(kit.bundle, kit.root, kit.key, kit.artifact).get("error", ""))


def by_openssl(kit: Kit) -> str:
    """Empty if openssl and jq accept, else the reason."""
    done = tools.openssl(kit.bundle, kit.key, kit.log, kit.origin, kit.artifact)
    return "" if done.returncode == 0 else done.stderr.strip()


def by_cosign(kit: Kit) -> str:
    """Empty if cosign accepts, else its reason."""
    done = tools.cosign(kit.bundle, kit.root, kit.key, kit.predicate_type, kit.artifact)
    return "" if done.returncode == 0 else done.stderr.strip() or "refused"


VERIFIERS: dict[str, Callable[[Kit], str]] = {
    "node": by_node,
    "openssl": by_openssl,
    "cosign": by_cosign,
}
