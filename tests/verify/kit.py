"""What the tests of the verifier share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dutybound_verify as verifier
from tests.verify.forge import NOW, Files, Forge, write

Verdict = dict[str, Any]


def verdict_on(path: Path, forge: Forge, trust: bytes | None = None, **more: Any) -> Verdict:
    """The verdict on a path, by the trust file of the forge unless another is given."""
    found: Verdict = verifier.verify(
        path, verifier.read_trust(trust or forge.trust()), more.pop("at", NOW), **more
    )
    return found


def judged(
    files: Files, forge: Forge, root: Path, trust: bytes | None = None, **more: Any
) -> Verdict:
    """The verdict on files, written to a folder."""
    return verdict_on(write(files, root), forge, trust, **more)


def steps_that_refuse(found: Verdict) -> list[str]:
    return sorted({p["name"] for p in found["problems"]})
