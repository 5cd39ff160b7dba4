"""Measures decision records: the journal, and batches to Parquet with hashes, root and manifest.

    python benchmarks/records.py DIR [--rows N]

Records have digests, a score and a decision, no text, as in the goal E10. Prints a line of JSON for
each part: rows a second (by the clock and by processor time), bytes a row.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from dutybound.assess.keys import public_half
from dutybound.assess.record_batches import BATCHES, Sealing, check_batches, seal
from dutybound.interchange.dsse import new_key, public_der
from dutybound.interchange.strict_json import canonical
from dutybound.store.journal import Journal
from dutybound.terms.trust import Organisation, Relation, Trust, TrustedKey


def record(i: int) -> bytes:
    """A record as a gateway writes it."""
    return canonical(
        {
            "schema": "dutybound/decision-record/1",
            "id": f"pl-{i:012d}",
            "at": f"2026-11-{1 + i % 28:02d}T{i % 24:02d}:{i % 60:02d}:{i * 7 % 60:02d}Z",
            "system": "loan-score",
            "version": "2.3.0",
            "use": "personal-loans",
            "input": {"sha256": sha256(b"%d" % i).hexdigest()},
            "output": {"decision": "reject" if i % 3 else "accept", "score": i * 37 % 1000 / 1000},
        }
    )


def timed(part: str, rows: int, work: Callable[[], Any], **more: Any) -> Any:
    """Run, and print rows a second."""
    clock, cpu = time.perf_counter(), time.process_time()
    found = work()
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    row = {"part": part, "rows": rows, "per_second": round(rows / clock)}
    row |= {"per_cpu_second": round(rows / cpu), **more, "load": round(os.getloadavg()[0], 1)}
    print(json.dumps(row), flush=True)
    return found


def main() -> None:
    """Journal, sealing, check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dir", type=Path)
    parser.add_argument("--rows", type=int, default=500_000)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=asked.dir))
    key = new_key()
    half = public_half(key)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    trusted = TrustedKey(
        half.fingerprint, public_der(key), "ann", "acme", "tester", start.date(), None
    )
    own = {"acme": Organisation("acme", "Acme", Relation.OWN)}
    trust = Trust("trust.yaml", own, {half.fingerprint: trusted})
    raws = [record(i) for i in range(asked.rows)]
    journal = Journal(folder / "journal")

    def append() -> None:
        for i in range(0, len(raws), 100):
            journal.append(raws[i : i + 100])
        journal.roll()
        journal.close()

    def sealed() -> int:
        at = datetime(2026, 11, 25, tzinfo=UTC)
        sealing = Sealing("loan-score", "2.3.0", ("DB-LOG-01",), ("acme",), at)
        return len(list(seal(folder / "journal", folder / "record", sealing, key, trust)))

    raw = sum(map(len, raws)) / len(raws)
    timed("journal, a sync for each 100", asked.rows, append, bytes_a_row=round(raw))
    (folder / "record").mkdir()
    timed("seal: hashes, root, Parquet, manifest", asked.rows, sealed)
    files = list((folder / "record" / BATCHES).glob("*.parquet"))
    size = sum(p.stat().st_size for p in files) / asked.rows
    check = lambda: check_batches(folder / "record", trust, "loan-score")  # noqa: E731
    found = timed("check", asked.rows, check, bytes_a_row=round(size, 1))
    assert (asked.rows, 0, ()) == (found.rows, found.gaps, found.faults)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
