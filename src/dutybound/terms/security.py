"""Security: lists of threats, and scans with their findings as others report them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    """How grave a tool calls a finding, gravest first. What is not stated is unknown, not low."""

    CRITICAL = "critical"
    HIGH = "high"
    UNKNOWN = "unknown"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


class Standing(StrEnum):
    """Whether a finding is open. suppressed: with a reason. gone: fixed, or no longer found."""

    OPEN = "open"
    SUPPRESSED = "suppressed"
    GONE = "gone"


SERIOUS: Final = (Severity.CRITICAL, Severity.HIGH)
BLOCKING: Final = (*SERIOUS, Severity.UNKNOWN)


@dataclass(frozen=True, slots=True)
class ScanFinding:
    """One finding. tags: normalised ids, such as `cwe-79`, `LLM01:2025`, `AML.T0051`."""

    rule: str
    title: str
    severity: Severity
    standing: Standing
    where: str = ""
    tags: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan as its report states it. None: the report does not say.

    completed: whether the tool ran to its end without error. source: sarif, scan or garak.
    """

    source: str
    tool: str
    version: str | None
    made_on: date | None
    target: str | None
    scope: str | None
    completed: bool | None
    findings: tuple[ScanFinding, ...] = ()
    notes: tuple[str, ...] = ()
    measured: dict[str, int] = field(default_factory=dict)

    @property
    def open(self) -> tuple[ScanFinding, ...]:
        """The findings that are open."""
        return tuple(f for f in self.findings if f.standing is Standing.OPEN)

    @property
    def counts(self) -> Counter[Severity]:
        """Open findings by severity."""
        return Counter(f.severity for f in self.open)

    @property
    def lacks(self) -> tuple[str, ...]:
        """What a scan has to state to be evidence, and this one does not."""
        stated = {
            "version": self.version,
            "date": self.made_on,
            "target": self.target,
            "scope": self.scope,
        }
        return tuple(name for name, value in stated.items() if not value)

    @property
    def objection(self) -> str | None:
        """Why nobody may call this scan a pass, whoever signs; None if nothing is against it."""
        counts = self.counts
        serious = [f"{counts[s]} {s}" for s in SERIOUS if counts[s]]
        if serious:
            return f"It has open findings: {', '.join(serious)}."
        if self.completed is False:
            return "The tool did not run to its end."
        if counts[Severity.UNKNOWN]:
            return f"It has {counts[Severity.UNKNOWN]} open findings of unknown severity."
        return None

    @property
    def result(self) -> str:
        """pass, fail or inconclusive. A scan that does not say that it ended is no pass."""
        if any(self.counts[s] for s in SERIOUS):
            return "fail"
        if self.objection is not None or self.completed is not True:
            return "inconclusive"
        return "pass"


@dataclass(frozen=True, slots=True)
class Threat:
    """An entry of a list. tags: what else scanners write for it, such as `cwe-918`."""

    id: str
    title: str
    threat: str
    look_for: tuple[str, ...]
    tags: tuple[str, ...] = ()
    unanswered: str | None = None


@dataclass(frozen=True, slots=True)
class ThreatList:
    """A list of threats. edition: the year that belongs to an id; None if ids are for ever."""

    id: str
    title: str
    publisher: str
    nature: str
    effect: str
    source: str
    checked_on: date
    edition: str | None
    series: str | None
    entries: tuple[Threat, ...]
    not_covered: tuple[str, ...]
    superseded_by: str | None = None

    def key(self, threat: Threat) -> str:
        """The id with its edition, as findings name it: `LLM01:2025`."""
        return f"{threat.id}:{self.edition}" if self.edition else threat.id
