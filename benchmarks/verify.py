"""What processor time the verifier takes: a whole log of many entries, and an audit pack.

Run: python benchmarks/verify.py [--entries 200000] [--runs 3]. Prints a line of JSON each. Memory
is the peak of the process that verifies.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.verify.forge import TUESDAY, Forge, write, zipped  # noqa: E402

CHILD = "--child"


def child(path: str, trust: str) -> None:
    """Verify once, in a process of its own."""
    import dutybound_verify as verifier
    from tests.verify.forge import NOW

    trusted = verifier.read_trust(Path(trust).read_bytes())
    start = time.process_time()
    found = verifier.verify(Path(path), trusted, NOW)
    seconds = time.process_time() - start
    assert found["verdict"] == "verified", found["problems"]
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    memory = int(next(r for r in lines if r.startswith("VmHWM")).split()[1]) // 1024
    print(json.dumps({"seconds": seconds, "mb": memory}))


def measure(what: str, path: Path, trust: Path, runs: int) -> None:
    rows = []
    for _ in range(runs):
        command = [sys.executable, __file__, CHILD, str(path), str(trust)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
        rows.append(json.loads(done.stdout))
    seconds = sorted(r["seconds"] for r in rows)
    print(
        json.dumps(
            {
                "what": what,
                "median_s": round(statistics.median(seconds), 3),
                "range_s": [round(seconds[0], 3), round(seconds[-1], 3)],
                "mb": max(r["mb"] for r in rows),
            }
        ),
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=200_000)
    parser.add_argument("--statements", type=int, default=100)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="verify-") as name:
        folder = Path(name)
        entries = [b"%0489d" % i for i in range(options.entries)]
        log = Forge(count=0, filler=entries, steps=[(options.entries, TUESDAY)])
        log.signed = []
        (folder / "trust").write_bytes(log.trust())
        write(log.tiles(), folder / "log")
        measure(
            f"log of {options.entries:,} entries", folder / "log", folder / "trust", options.runs
        )
        packed = Forge(count=options.statements)
        (folder / "trust").write_bytes(packed.trust())
        pack = zipped(packed.pack(), folder / "pack.zip")
        measure(f"pack of {options.statements} statements", pack, folder / "trust", options.runs)


if __name__ == "__main__":
    if sys.argv[1:2] == [CHILD]:
        child(*sys.argv[2:4])
    else:
        main()
