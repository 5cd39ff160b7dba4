"""Reports of our own format and of garak."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutybound.interchange.scan_text import ScanError
from dutybound.interchange.scanners import read_garak, read_scan, read_scans
from dutybound.terms.security import Severity, Standing

GOOD: dict[str, Any] = {
    "dutybound": "scan/1",
    "tool": {"name": "prober", "version": "3"},
    "made_on": "2026-11-02",
    "target": "api",
    "scope": "20 prompts",
    "completed": True,
    "findings": [],
}
FINDING = {"id": "F1", "title": "a finding", "severity": "high"}


def scan(*findings: Any, **more: Any) -> bytes:
    return json.dumps({**GOOD, "findings": list(findings), **more}).encode()


def garak(*entries: dict[str, Any], ended: bool = True) -> bytes:
    lines: list[dict[str, Any]] = [
        {
            "entry_type": "start_run setup",
            "plugins.target_type": "rest",
            "plugins.target_name": "shop",
        },
        {"entry_type": "init", "garak_version": "0.14.0", "start_time": "2026-11-02T10:00:00"},
        *entries,
    ]
    lines += [{"entry_type": "completion", "end_time": "2026-11-02T11:00:00"}] if ended else []
    return "\n".join(map(json.dumps, lines)).encode()


def probe(name: str = "dan.Dan_11_0", passed: int = 8, total: int = 10) -> dict[str, Any]:
    return {
        "entry_type": "eval",
        "probe": name,
        "detector": "dan.DAN",
        "passed": passed,
        "fails": total - passed,
        "total_evaluated": total,
    }


def test_a_clean_scan_passes() -> None:
    found = read_scan(scan(checks=20))
    assert ("pass", {"checks": 20}) == (found.result, found.measured)


def test_findings_have_a_standing() -> None:
    found = read_scan(
        scan(
            FINDING,
            {**FINDING, "status": "fixed"},
            {**FINDING, "status": "false_positive", "reason": "seen"},
        )
    )
    assert [Standing.OPEN, Standing.GONE, Standing.SUPPRESSED] == [
        f.standing for f in found.findings
    ]
    assert "fail" == found.result


@pytest.mark.parametrize("severity", ["critical", "high", "unknown"])
def test_no_pass_with_an_open_finding_that_may_be_grave(severity: str) -> None:
    assert "pass" != read_scan(scan({**FINDING, "severity": severity})).result


@pytest.mark.parametrize("severity", ["medium", "low", "info"])
def test_lesser_findings_do_not_fail_a_scan(severity: str) -> None:
    assert "pass" == read_scan(scan({**FINDING, "severity": severity})).result


def test_a_scan_that_broke_off_is_no_pass() -> None:
    assert "inconclusive" == read_scan(scan(completed=False)).result


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (scan(more=1), "unknown key `more`"),
        (json.dumps({**GOOD, "target": ""}).encode(), "$.target is empty"),
        (json.dumps({k: v for k, v in GOOD.items() if k != "scope"}).encode(), "scope is missing"),
        (scan(tool={"name": "x"}), "$.tool.version is missing"),
        (scan(made_on="2026-13-01"), "not a day"),
        (scan(made_on="2026-11-02T10:00:00"), "not a day"),
        (scan(made_on=20261102), "not a day"),
        (scan(completed="yes"), "not true or false"),
        (scan(checks=True), "whole number"),
        (scan({"id": "F", "title": "t"}), "$.findings[0].severity is missing"),
        (scan({**FINDING, "severity": "lowish"}), "not one of critical"),
        (scan({**FINDING, "severity": ["low"]}), "not one of critical"),
        (scan({**FINDING, "status": "accepted"}), "not one of open, fixed, false_positive"),
        (scan({**FINDING, "status": "false_positive"}), "needs a `reason`"),
        (scan({**FINDING, "tags": "LLM01:2025"}), "not a list of text"),
        (scan(7), "$.findings[0] is not an object"),
        (scan(dutybound="scan/2"), "is not `scan/1`"),
        (scan(*[FINDING] * 20_001), "20,001 findings; at most 20,000"),
        (b'{"hello": 1}', "no scan report"),
        (b"3", "no scan report"),
    ],
    ids=range(20),
)
def test_what_is_wrong_is_named(raw: bytes, says: str) -> None:
    with pytest.raises(ScanError) as caught:
        read_scans(raw)
    assert says in str(caught.value)


def test_the_format_is_found_by_content() -> None:
    sarif = b'{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t"}}, "results": []}]}'
    assert ["sarif", "scan", "garak"] == [
        read_scans(raw)[0].source for raw in (sarif, scan(), garak(probe()))
    ]


# ---------------------------------------------------------------------- garak
def test_garak() -> None:
    found = read_garak(garak(probe(), probe("encoding.InjectBase64", 5, 5)))
    assert ("0.14.0", "2026-11-02", "rest: shop") == (
        found.version,
        str(found.made_on),
        found.target,
    )
    assert "probes dan.Dan_11_0, encoding.InjectBase64" == found.scope
    only = found.findings[0]
    assert (Severity.UNKNOWN, ("garak/dan",)) == (only.severity, only.tags)
    assert "2 of 10 attempts got through by dan.DAN" == only.title
    assert "inconclusive" == found.result


def test_garak_passes_only_if_it_ended_and_nothing_got_through() -> None:
    clean = probe(passed=10)
    assert "pass" == read_garak(garak(clean)).result
    assert "inconclusive" == read_garak(garak(clean, ended=False)).result
    assert "inconclusive" == read_garak(garak()).result


def test_garak_of_older_versions() -> None:
    entry = {"entry_type": "eval", "probe": "dan.AntiDAN", "passed": 0, "total": 5}
    assert "5 of 5" in read_garak(garak(entry)).findings[0].title


@pytest.mark.parametrize(
    "entry",
    [
        {"entry_type": "eval", "passed": 1, "total": 1},
        {"entry_type": "eval", "probe": "p", "passed": 1},
        {"entry_type": "eval", "probe": "p", "total": 1},
        {"entry_type": "eval", "probe": "p", "passed": 2, "total": 1},
        {"entry_type": "eval", "probe": "p", "passed": -1, "total": 1},
        {"entry_type": "eval", "probe": "p", "passed": "1", "total": 1},
        {"entry_type": "eval", "probe": "p", "fails": 9, "total": 1},
    ],
)
def test_garak_that_does_not_add_up_is_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(ScanError, match="line 3"):
        read_garak(garak(entry))


def test_a_broken_line_is_refused_not_skipped() -> None:
    with pytest.raises(ScanError, match="Line 4 is not read"):
        read_garak(garak(ended=False) + b'\n\n{"entry_type": "eval", "probe": ')


@given(st.integers(0, 50), st.integers(0, 50))
def test_garak_never_loses_a_hit(passed: int, fails: int) -> None:
    entry = {**probe(), "passed": passed, "fails": fails, "total_evaluated": passed + fails}
    found = read_garak(garak(entry, probe(passed=10)))
    assert bool(fails) == bool(found.findings)
    assert ("pass" == found.result) is (not fails)
