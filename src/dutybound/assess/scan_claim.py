"""`security import`: a scan report as a claim file, to be signed by a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dutybound.assess.scans import ScanFile, Stated, completed_by, result_of
from dutybound.errors import BadInput, Problem, did_you_mean
from dutybound.packs.claims import CLAIM
from dutybound.packs.evidence import read_claim
from dutybound.packs.reading import Document
from dutybound.packs.security import SecurityContent
from dutybound.packs.writing import to_yaml
from dutybound.terms.control import Catalogue
from dutybound.terms.evidence import EvidenceKind, Rung
from dutybound.terms.security import Scan, Severity, Standing
from dutybound.terms.system import Profile

OPTIONS: Final = {
    "version": "--tool-version",
    "date": "--date",
    "target": "--target",
    "scope": "--scope",
}
_ODD: Final = re.compile(r"[^a-z0-9]+")
LONGEST_ID: Final = 100


@dataclass(frozen=True, slots=True)
class ClaimText:
    """A claim file as text. result: of the scan. objection: why it will not count, if so."""

    text: str
    result: str
    objection: str | None


def claim_text(
    report: ScanFile,
    profile: Profile,
    content: SecurityContent,
    catalogue: Catalogue,
    stated: Stated,
    author: str,
    issuer: str,
    controls: Sequence[str] = (),
) -> ClaimText:
    """The claim file for a report. Raises BadInput if the report and the person leave it open."""
    scans = _completed(report, stated)
    version = profile.detail.get("version")
    if version is None:
        text = "The profile names no version of the system; a test is of one version. Add it."
        raise BadInput.one(profile.file, text)
    for name in controls:
        if name not in catalogue.controls:
            hint = did_you_mean(name, catalogue.controls)
            raise BadInput.one(name, f"There is no such control.{hint}")
    chosen = controls or sorted(
        {c for s in scans for c in content.view.evidence_for.of(s.source).controls}
    )
    file = Path(report.file).name
    days = [s.made_on for s in scans if s.made_on is not None]
    tools = "; ".join(dict.fromkeys(f"{s.tool} {s.version}" for s in scans))
    targets = "; ".join(dict.fromkeys(str(s.target) for s in scans))
    scopes = "; ".join(dict.fromkeys(str(s.scope) for s in scans))
    result = result_of(scans)
    claim: dict[str, Any] = {
        "dutybound": CLAIM,
        "id": _id(scans[0].tool, str(min(days)), report.sha256),
        "kind": str(EvidenceKind.TEST_RESULT),
        "what": f"Scan of {targets} with {tools}.",
        "controls": list(dict.fromkeys(chosen)),
        "system": profile.id,
        "version": str(version),
        "author": author,
        "issuer": issuer,
        "made_on": str(min(days)),
        "rung": Rung.TESTED.word,
        "files": [file],
        "subject": {file: report.sha256},
        "test": {
            "method": f"automated scan of {scopes}",
            "result": result,
            "measured": _measured(scans),
            "tool": tools,
            "data": targets,
        },
    }
    if stated.completed:
        claim["note"] = "The author states that the tool ran to its end; the report does not say."
    read_claim(Document(f"claim for {report.file}", claim))
    objection = next((s.objection for s in scans if s.objection), None)
    if objection is None and result != "pass":
        objection = "The report does not say that the tool ran to its end (--completed, if it did)."
    return ClaimText(_HEAD + to_yaml(claim), result, objection)


_HEAD: Final = (
    "# Made from a scan report. Read it, then sign it: dutybound evidence sign.\n"
    "# Who signs it says that the scan ran as stated, against this version of the system.\n"
)


def _completed(report: ScanFile, stated: Stated) -> list[Scan]:
    scans: list[Scan] = []
    problems: list[Problem] = []
    for scan in report.scans:
        try:
            whole = completed_by(scan, stated)
        except ValueError as error:
            problems.append(Problem(report.file, 0, 0, f"{error}. Leave the option out."))
            continue
        scans.append(whole)
        problems += [
            Problem(report.file, 0, 0, f"{scan.tool} states no {word}. Add {OPTIONS[word]}.")
            for word in whole.lacks
        ]
    if problems:
        raise BadInput(sorted(set(problems)))
    return scans


def _measured(scans: Sequence[Scan]) -> dict[str, int]:
    found = {f"open_{s}": sum(x.counts[s] for x in scans) for s in Severity}
    for standing in (Standing.SUPPRESSED, Standing.GONE):
        found[str(standing)] = sum(f.standing is standing for x in scans for f in x.findings)
    for scan in scans:
        for name, count in scan.measured.items():
            found[name] = found.get(name, 0) + count
    return found


def _id(tool: str, day: str, digest: str) -> str:
    name = _ODD.sub("-", tool.lower()).strip("-")[: LONGEST_ID // 2] or "tool"
    return f"scan-{name}-{day}-{digest[:8]}"
