"""What all readers of scans share: safe text, tags in one spelling, limits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from dutybound.errors import DutyboundError
from dutybound.terms.security import Severity

MAX_BYTES: Final = 20_000_000
MAX_FINDINGS: Final = 20_000
MAX_TAGS: Final = 100
LONGEST: Final = 300
_CWE: Final = re.compile(r"(?:^|[^a-z])cwe[-_/: ]{0,2}0*([1-9][0-9]{0,5})(?![0-9])", re.I)
_ATLAS: Final = re.compile(r"\bAML\.T[0-9]{4}\b")
_DATED: Final = re.compile(r"\b(LLM|API)0*([1-9][0-9]?)[:_/ -](20[0-9]{2})\b", re.I)
_LISTED: Final = re.compile(
    r"\bowasp-(?:llm|api)-(20[0-9]{2})[:/ _-](LLM|API)0*([1-9][0-9]?)\b", re.I
)
_DATELESS: Final = re.compile(r"(?:owasp[-_:/ ]{1,2})?(LLM|API)0*([1-9][0-9]?)\Z", re.I)
_ODD: Final = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
# The bands of CVSS 3 and 4 for scores of 0 to 10.
_BANDS: Final = (
    (9.0, Severity.CRITICAL),
    (7.0, Severity.HIGH),
    (4.0, Severity.MEDIUM),
    (0.1, Severity.LOW),
)


class ScanError(DutyboundError):
    """A file that is not a scan report as we accept it. The message says where."""


def clean(value: str, longest: int = LONGEST) -> str:
    """Text that is safe to print: one line, no control or direction characters, not too long."""
    short = value[: longest * 4]
    plain = "".join(" " if unicodedata.category(c) in _ODD else c for c in short)
    line = " ".join(plain.split())
    return line if len(line) <= longest else line[: longest - 3] + "..."


def tags_of(values: Iterable[str]) -> tuple[str, ...]:
    """Tags in one spelling, each once: `cwe-79`, `LLM01:2025`, `API1:2023`, `AML.T0051`, others.

    An id of OWASP without its year stays as `LLM05`: it means different risks in two years.
    """
    found: dict[str, None] = {}
    for value in values:
        for tag in _normal(value[:LONGEST]):
            found[tag] = None
            if len(found) >= MAX_TAGS:
                return tuple(found)
    return tuple(found)


def _normal(value: str) -> list[str]:
    found = [f"cwe-{n}" for n in _CWE.findall(value)]
    found += _ATLAS.findall(value)
    found += [_owasp(series, number, year) for series, number, year in _DATED.findall(value)]
    found += [_owasp(series, number, year) for year, series, number in _LISTED.findall(value)]
    if found:
        return found
    dateless = _DATELESS.match(value.strip())
    if dateless:
        return [_owasp(dateless[1], dateless[2], None)]
    plain = clean(value, 80).lower()
    return [plain] if plain else []


def _owasp(series: str, number: str, year: str | None) -> str:
    name = series.upper()
    name += f"{int(number):02d}" if name == "LLM" else number
    return f"{name}:{year}" if year else name


def of_score(score: float) -> Severity:
    """The severity of a score from 0 to 10."""
    return next((s for low, s in _BANDS if score >= low), Severity.INFO)


def day_of(value: Any) -> date | None:
    """The day of a time in ISO 8601; None if it is none."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        return datetime.fromisoformat(value).date()
    except ValueError:
        return None


def too_many(count: int, what: str, limit: int) -> ScanError:
    """The refusal of a report with too many of something: none of it is read in part."""
    return ScanError(
        f"{count:,} {what}; at most {limit:,} are read, and a part would hide the rest. "
        "Split the report by target, or let the tool leave out what is suppressed."
    )
