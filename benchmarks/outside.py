"""How long the verifiers of others take over one log of 70,000 entries.

    tests/outside/setup.sh .outside
    .venv/bin/python -m benchmarks.outside

Prints the median and the range of processor time over five runs, in seconds.
"""

from __future__ import annotations

import resource
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.outside import tools
from tests.outside.kit import plain_kit
from tests.outside.plainlog import PREDICATE

RUNS = 5
SIZE, INDEX = 70_000, 61_111


def processor_time(work: Callable[[], object]) -> str:
    """Of the processes that the work starts."""
    found = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        work()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return f"{statistics.median(found):.3f} ({min(found):.3f} to {max(found):.3f})"


def main() -> None:
    """Measure each verifier."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kit, log, _ = plain_kit(folder, SIZE, INDEX)
        public = log.publish(folder / "public")
        older: list[object] = []
        for size in (3, 903):
            (folder / str(size)).write_text(log.checkpoint(size), encoding="utf-8")
            older += ["-older", folder / str(size)]
        named = (kit.bundle, kit.root, kit.key)
        works: dict[str, Callable[[], object]] = {
            "tlogcheck": lambda: tools.tlogcheck("-key", log.key.vkey, "-log", public, *older),
            "tesserafsck": lambda: tools.tesserafsck(log.key.vkey, public),
            "@sigstore/verify": lambda: tools.node(*named, kit.artifact),
            "cosign": lambda: tools.cosign(*named, PREDICATE, kit.artifact),
            "openssl and jq": lambda: tools.openssl(
                kit.bundle, kit.key, kit.log, kit.origin, kit.artifact
            ),
        }
        for verifier, work in works.items():
            print(f"{verifier:<18} {processor_time(work)}")


if __name__ == "__main__":
    main()
