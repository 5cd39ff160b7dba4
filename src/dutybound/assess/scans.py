"""Scan reports as files: read, and held against the claims that name them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final

from dutybound.errors import BadInput
from dutybound.interchange.scan_text import MAX_BYTES, ScanError
from dutybound.interchange.scanners import read_scans
from dutybound.packs.reading import read_bytes
from dutybound.terms.security import Scan

HEAD: Final = 64
SURE: Final = (".sarif", ".sarif.json", ".scan.json", ".report.jsonl")


@dataclass(frozen=True, slots=True)
class ScanFile:
    """A report with its scans. error: why it could not be read; then it has none."""

    file: str
    sha256: str
    scans: tuple[Scan, ...]
    error: str | None = None

    @property
    def objection(self) -> str | None:
        """Why nobody may call it a pass; None if nothing is against it."""
        if self.error is not None:
            return f"It cannot be read: {self.error}"
        return next((s.objection for s in self.scans if s.objection), None)


@dataclass(frozen=True, slots=True)
class Stated:
    """What a person says of a scan where its report is silent."""

    made_on: date | None = None
    version: str | None = None
    target: str | None = None
    scope: str | None = None
    completed: bool = False


def read_scan_file(path: Path) -> ScanFile:
    """A report that the user named. Raises BadInput if it cannot be read."""
    raw = read_bytes(path, str(path), MAX_BYTES)
    try:
        scans = read_scans(raw)
    except ScanError as error:
        raise BadInput.one(str(path), str(error)) from error
    return ScanFile(str(path), sha256(raw).hexdigest(), scans)


def scans_in(folder: Path, digests: dict[str, str]) -> dict[str, ScanFile]:
    """The reports among the files of a folder, by digest. digests: name to sha256.

    A file that is called a report and cannot be read is one with an error; another is none.
    """
    found: dict[str, ScanFile] = {}
    for name, digest in sorted(digests.items()):
        report = scan_of(folder / name, name, digest)
        if report is not None:
            found[digest] = report
    return found


def may_be_scan(path: Path, name: str | None = None) -> bool:
    """Whether a file is called a report, or begins as one whatever it is called."""
    if (name or path.name).endswith(SURE):
        return True
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError:
        return False
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def scan_of(path: Path, name: str, digest: str) -> ScanFile | None:
    """The report in a file, as `scans_in` has it. name: what the file is called elsewhere."""
    if not may_be_scan(path, name):
        return None
    try:
        scans = read_scans(read_bytes(path, name, MAX_BYTES))
    except (ScanError, BadInput) as error:
        if not name.endswith(SURE):
            return None
        reason = error.problems[0].message if isinstance(error, BadInput) else str(error)
        return ScanFile(name, digest, (), reason)
    return ScanFile(name, digest, scans)


def objection_to(subject: dict[str, str], reports: dict[str, ScanFile]) -> str | None:
    """What a report that a claim names says against a pass; None if nothing."""
    for name, digest in subject.items():
        report = reports.get(digest)
        if report is not None and report.objection is not None:
            return f"`{name}` says otherwise. {report.objection}"
    return None


def completed_by(scan: Scan, stated: Stated) -> Scan:
    """A scan with what a person adds. Raises ValueError if the report says something else."""
    for word, there, added in (
        ("date", scan.made_on, stated.made_on),
        ("version", scan.version, stated.version),
        ("target", scan.target, stated.target),
        ("scope", scan.scope, stated.scope),
    ):
        if there and added and there != added:
            raise ValueError(f"{scan.tool} states the {word} {there}, not {added}")
    if scan.completed is False and stated.completed:
        raise ValueError(f"{scan.tool} says that it did not run to its end")
    return replace(
        scan,
        made_on=scan.made_on or stated.made_on,
        version=scan.version or stated.version,
        target=scan.target or stated.target,
        scope=scan.scope or stated.scope,
        completed=True if stated.completed else scan.completed,
    )


def result_of(scans: Iterable[Scan]) -> str:
    """The result of several scans: that of the worst."""
    results = {s.result for s in scans}
    return next((r for r in ("fail", "inconclusive", "pass") if r in results), "inconclusive")
