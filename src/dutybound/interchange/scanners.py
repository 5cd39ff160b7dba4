"""Reads scans that are not SARIF: our own plain JSON format `scan/1`, and reports of garak.

`scan/1` is closed: every key is known, every finding states its severity. garak states no severity,
so each failed probe is a finding of unknown severity. Source for garak: NVIDIA/garak, the entries
`init`, `start_run setup`, `eval` and `completion` of its report in JSON Lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from dutybound.interchange.sarif import read_sarif
from dutybound.interchange.scan_text import (
    MAX_BYTES,
    MAX_FINDINGS,
    ScanError,
    clean,
    day_of,
    tags_of,
    too_many,
)
from dutybound.interchange.strict_json import JsonError, parse
from dutybound.terms.security import Scan, ScanFinding, Severity, Standing

SCAN: Final = "scan/1"
MAX_LINES: Final = 200_000
_GARAK: Final = re.compile(rb'\s*\{\s*"entry_type"')
_KEYS: Final = {"dutybound", "tool", "made_on", "target", "scope", "completed", "findings"}
_MORE: Final = {"checks", "note"}
_FINDING: Final = {"id", "title", "severity"}
_FINDING_MORE: Final = {"status", "reason", "tags", "where"}
STATUS: Final = {
    "open": Standing.OPEN,
    "fixed": Standing.GONE,
    "false_positive": Standing.SUPPRESSED,
}


def read_scans(raw: bytes) -> tuple[Scan, ...]:
    """The scans of a report, whatever format it has. Raises ScanError."""
    if _GARAK.match(raw):
        return (read_garak(raw),)
    stated = _parsed(raw)
    if isinstance(stated, dict) and "dutybound" in stated:
        return (_scan(stated),)
    if isinstance(stated, dict) and "runs" in stated:
        return read_sarif(raw)
    raise ScanError("This is no scan report: neither SARIF, nor `scan/1`, nor a report of garak.")


def read_scan(raw: bytes) -> Scan:
    """A report in our own format. Raises ScanError."""
    return _scan(_parsed(raw))


def _parsed(raw: bytes) -> Any:
    try:
        return parse(raw.removeprefix(b"\xef\xbb\xbf"), MAX_BYTES)
    except JsonError as error:
        raise ScanError(f"It is not read: {error}.") from error


# ---------------------------------------------------------------------- scan/1
def _scan(value: Any) -> Scan:
    found = _closed(value, _KEYS, _MORE, "$")
    if found["dutybound"] != SCAN:
        raise ScanError(f"`dutybound` is not `{SCAN}`.")
    tool = _closed(found["tool"], {"name", "version"}, set(), "$.tool")
    day = found["made_on"]
    made_on = day_of(day) if isinstance(day, str) and len(day) == 10 else None
    if made_on is None:
        raise ScanError("$.made_on is not a day as YYYY-MM-DD.")
    if not isinstance(found["completed"], bool):
        raise ScanError("$.completed is not true or false.")
    checks = found.get("checks")
    if checks is not None and (not isinstance(checks, int) or isinstance(checks, bool)):
        raise ScanError("$.checks is not a whole number.")
    if not isinstance(found["findings"], list):
        raise ScanError("$.findings is not a list.")
    if len(found["findings"]) > MAX_FINDINGS:
        raise too_many(len(found["findings"]), "findings", MAX_FINDINGS)
    note = [_text(found["note"], "$.note")] if "note" in found else []
    return Scan(
        source="scan",
        tool=_text(tool["name"], "$.tool.name"),
        version=_text(tool["version"], "$.tool.version"),
        made_on=made_on,
        target=_text(found["target"], "$.target"),
        scope=_text(found["scope"], "$.scope"),
        completed=found["completed"],
        findings=tuple(_finding(f, f"$.findings[{i}]") for i, f in enumerate(found["findings"])),
        notes=tuple(note),
        measured={} if checks is None else {"checks": checks},
    )


def _closed(value: Any, needed: set[str], more: set[str], at: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ScanError(f"{at} is not an object.")
    missing, odd = sorted(needed - set(value)), sorted(set(value) - needed - more)
    if missing:
        raise ScanError(f"{at}.{missing[0]} is missing.")
    if odd:
        known = ", ".join(sorted(needed | more))
        raise ScanError(f"{at} has the unknown key `{clean(odd[0], 40)}`. Known: {known}.")
    return value


def _text(value: Any, at: str) -> str:
    plain = clean(value) if isinstance(value, str) else ""
    if not plain:
        raise ScanError(f"{at} is empty or not text.")
    return plain


def _finding(value: Any, at: str) -> ScanFinding:
    found = _closed(value, _FINDING, _FINDING_MORE, at)
    severity = found["severity"]
    if severity not in tuple(Severity):
        known = ", ".join(Severity)
        raise ScanError(f"{at}.severity is not one of {known}.")
    status = found.get("status", "open")
    if not isinstance(status, str) or status not in STATUS:
        raise ScanError(f"{at}.status is not one of {', '.join(STATUS)}.")
    reason = _text(found["reason"], f"{at}.reason") if "reason" in found else ""
    if STATUS[status] is Standing.SUPPRESSED and not reason:
        raise ScanError(f"{at}: a false positive needs a `reason`.")
    tags = found.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(t, str) for t in tags):
        raise ScanError(f"{at}.tags is not a list of text.")
    return ScanFinding(
        rule=_text(found["id"], f"{at}.id"),
        title=_text(found["title"], f"{at}.title"),
        severity=Severity(severity),
        standing=STATUS[status],
        where=_text(found["where"], f"{at}.where") if "where" in found else "",
        tags=tags_of(tags),
        why=reason,
    )


# ---------------------------------------------------------------------- garak
def read_garak(raw: bytes) -> Scan:
    """A report of garak: a line for each entry. Raises ScanError."""
    version = made_on = target = scope = None
    ended = False
    evaluated = 0
    findings: list[ScanFinding] = []
    probes: dict[str, None] = {}
    for number, entry in _lines(raw):
        kind = entry.get("entry_type")
        if kind == "init":
            version, made_on = _plain(entry, "garak_version"), day_of(entry.get("start_time"))
        elif kind == "start_run setup":
            version = version or _plain(entry, "_config.version")
            target = _target(entry)
            scope = _plain(entry, "plugins.probe_spec") or _plain(entry, "plugins.probes")
        elif kind == "completion":
            ended = True
        elif kind == "eval":
            count, finding = _eval(entry, f"line {number}")
            evaluated += count
            probes[finding[0]] = None
            findings.extend(finding[1])
            if len(findings) > MAX_FINDINGS:
                raise too_many(len(findings), "findings", MAX_FINDINGS)
    notes = () if evaluated else ("garak: nothing was evaluated.",)
    return Scan(
        source="garak",
        tool="garak",
        version=version,
        made_on=made_on,
        target=target,
        scope=_scope(scope, probes),
        completed=ended and evaluated > 0,
        findings=tuple(findings),
        notes=notes,
        measured={"evaluated": evaluated, "probes": len(probes)},
    )


def _lines(raw: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    if len(raw) > MAX_BYTES:
        raise ScanError(f"It is not read: {len(raw):,} bytes; at most {MAX_BYTES:,} are read.")
    lines = raw.splitlines()
    if len(lines) > MAX_LINES:
        raise too_many(len(lines), "lines", MAX_LINES)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = parse(line, MAX_BYTES)
        except JsonError as error:
            raise ScanError(f"Line {number} is not read: {error}.") from error
        if not isinstance(entry, dict):
            raise ScanError(f"Line {number} is not an object.")
        yield number, entry


def _plain(entry: dict[str, Any], key: str) -> str | None:
    value = entry.get(key)
    if isinstance(value, list):
        value = json.dumps(value)
    return (clean(value) or None) if isinstance(value, str) else None


def _target(entry: dict[str, Any]) -> str | None:
    """The model that was attacked. Older reports say `model`, newer ones `target`."""
    for word in ("target", "model"):
        kind = _plain(entry, f"plugins.{word}_type")
        name = _plain(entry, f"plugins.{word}_name")
        if name:
            return f"{kind}: {name}" if kind else name
    return None


def _scope(stated: str | None, probes: dict[str, None]) -> str | None:
    """The probes that ran; what was asked for only if nothing ran."""
    named = sorted(probes)
    if not named:
        return stated
    return clean(f"probes {', '.join(named)}")


def _number(entry: dict[str, Any], keys: tuple[str, ...], at: str) -> int | None:
    for key in keys:
        value = entry.get(key)
        if value is not None:
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise ScanError(f"{at}: `{key}` is not a count.")
            return value
    return None


def _eval(entry: dict[str, Any], at: str) -> tuple[int, tuple[str, list[ScanFinding]]]:
    probe = _plain(entry, "probe")
    if probe is None:
        raise ScanError(f"{at}: `probe` is missing.")
    total = _number(entry, ("total_evaluated", "total"), at)
    failed = _number(entry, ("fails",), at)
    passed = _number(entry, ("passed",), at)
    if total is None or (failed is None and passed is None):
        raise ScanError(f"{at}: how many passed, of how many? Both are needed.")
    hits = max(failed or 0, total - passed if passed is not None else 0)
    if hits > total or (passed or 0) > total:
        raise ScanError(f"{at}: more attempts passed or failed than were evaluated.")
    name = probe.removeprefix("probes.")
    if not hits:
        return total, (name, [])
    detector = _plain(entry, "detector") or "an unnamed detector"
    finding = ScanFinding(
        rule=name,
        title=f"{hits} of {total} attempts got through by {detector}",
        severity=Severity.UNKNOWN,
        standing=Standing.OPEN,
        tags=tags_of([f"garak/{name.partition('.')[0]}"]),
    )
    return total, (name, [finding])
