"""What campaigns share."""

from __future__ import annotations

import random
from collections.abc import Callable
from io import BytesIO
from typing import Any

import dutybound_verify as verifier
from tests.verify.forge import NOW, Files

Figures = dict[str, Any]
Campaign = Callable[[random.Random, float], Figures]


class Missed(Exception):
    """A goal is not met. figures: what was counted by then."""

    def __init__(self, why: str, figures: Figures) -> None:
        super().__init__(why)
        self.figures = figures


def goal(holds: bool, why: str, figures: Figures) -> None:
    if not holds:
        raise Missed(why, figures)


def judged(
    files: Files, kind: str, trust: verifier.Trust, earlier: bytes | None = None
) -> dict[str, Any]:
    """The verdict on files in memory: all but step 1."""
    case = verifier.Case("memory", trust, NOW)
    sizes = {name: len(raw) for name, raw in sorted(files.items())}
    case.files = verifier.Files(kind, sizes, lambda name: BytesIO(files[name]))
    pieces = verifier.judge(case, earlier)
    found: dict[str, Any] = verifier.verdict(case, pieces, [])
    return found
