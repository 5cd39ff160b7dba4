"""The record folder: what lies where in it, and the files that statements speak of."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from dutybound.assess.scans import ScanFile, scan_of
from dutybound.assess.signing import digest_of_file
from dutybound.store.objects import Objects
from dutybound.terms.evidence import Claim

OBJECTS: Final = "objects"
LOG: Final = "log"
RECEIPTS: Final = "receipts"
PARTS: Final = frozenset({OBJECTS, LOG, RECEIPTS, "public", "records"})
"""The folders inside a record folder that are no evidence themselves."""


def object_path(folder: Path, digest: str) -> Path:
    """Where the file with this sha256 lies, if it is kept by its content."""
    return Objects(folder / OBJECTS).path(digest)


def kept_objects(folder: Path, claims: Iterable[Claim]) -> tuple[set[str], dict[str, ScanFile]]:
    """The subjects that are kept by content but were changed there, and the scan reports."""
    changed: set[str] = set()
    scans: dict[str, ScanFile] = {}
    for name, digest in {(n, d) for c in claims for n, d in c.subject.items()}:
        path = object_path(folder, digest)
        if not path.is_file():
            continue
        if digest_of_file(path) != digest:
            changed.add(digest)
            continue
        report = scan_of(path, name, digest)
        if report is not None:
            scans[digest] = report
    return changed, scans
