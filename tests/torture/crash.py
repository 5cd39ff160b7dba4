"""What the crash campaigns share: a seed, a share, a folder for what failed, and figures."""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dutybound.store import durable
from tests.torture.campaign import Campaign, Figures, Missed

PROGRESS_EVERY = 15.0


@dataclass(frozen=True)
class Options:
    """seed: everything drawn comes from it. share: of the full size, above 0. folder: for states
    in which something was lost or broken, and for work."""

    seed: int
    share: float
    folder: Path

    def part(self, full: int) -> int:
        """That share of a number, 1 at least."""
        return max(1, round(full * self.share))

    def draw(self, *what: object) -> random.Random:
        """Random numbers that depend on the seed and on what they are for, and on nothing else."""
        return random.Random(":".join(map(str, (self.seed, *what))))

    def work(self, name: str) -> Path:
        """An empty folder to work in."""
        path = self.folder / name
        path.mkdir(parents=True)
        return path


@dataclass
class Outcome:
    """What a campaign counted, and what it found lost or broken."""

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.perf_counter)
    _told: float = 0.0

    def fail(self, where: str, what: str) -> None:
        """Note a failure. where: the step, so that it can be found again."""
        self.failures.append(f"{where}: {what}")
        print(f"  FAILED {self.name}, {where}: {what}", file=sys.stderr, flush=True)

    def progress(self, done: int, of: int) -> None:
        """Say now and then how far it is."""
        now = time.perf_counter()
        if now - self._told >= PROGRESS_EVERY:
            self._told = now
            seconds = now - self.began
            print(
                f"  {self.name}: {done:,} of {of:,}, {seconds:.0f} s", file=sys.stderr, flush=True
            )

    def figures(self) -> Figures:
        """What was counted."""
        return {**self.counts, "failures": len(self.failures)}


def campaign(run: Callable[[Options], Outcome]) -> Campaign:
    """A crash campaign as `python -m tests.torture` calls it.

    States in which something was lost or broken stay in a folder, which is named.
    """

    def called(draw: random.Random, share: float) -> Figures:
        folder = Path(tempfile.mkdtemp(prefix="torture-"))
        outcome = run(Options(draw.getrandbits(32), share, folder))
        if outcome.failures:
            raise Missed(f"{outcome.failures[0]}; the states are in {folder}", outcome.figures())
        shutil.rmtree(folder)
        return outcome.figures()

    return called


def serial_syncs() -> None:
    """Let a process sync one file after the other, so that each run makes the same calls.

    The log lets them run side by side, and waits for all before it goes on.
    """

    class Serial:
        def __init__(self, count: int) -> None:
            self.count = count

        def map(self, work: Callable[[Any], object], on: Sequence[Any]) -> Iterator[object]:
            return map(work, on)

    setattr(durable, "ThreadPoolExecutor", Serial)  # noqa: B010
    durable._pools.clear()
