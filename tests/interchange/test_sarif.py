"""SARIF: what is open stays open, and hostile files are refused with a place."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutybound.interchange.sarif import read_sarif
from dutybound.interchange.scan_text import MAX_BYTES, ScanError, clean, of_score, tags_of
from dutybound.terms.security import BLOCKING, Scan, Severity, Standing

Json = dict[str, Any]


def log(*results: Any, **run: Any) -> bytes:
    """A file with one run by a tool with one rule."""
    rule = {"id": "R1", "defaultConfiguration": {"level": "note"}}
    whole: Json = {
        "tool": {"driver": {"name": "tool", "version": "1", "rules": [rule]}},
        "invocations": [{"executionSuccessful": True, "endTimeUtc": "2026-11-02T10:00:00Z"}],
        "properties": {"target": "api", "scope": "all"},
        "results": list(results),
        **run,
    }
    return json.dumps({"version": "2.1.0", "runs": [whole]}).encode()


def result(**more: Any) -> Json:
    return {"ruleId": "R1", "message": {"text": "a finding"}, **more}


def one(*results: Any, **run: Any) -> Scan:
    return read_sarif(log(*results, **run))[0]


def high(**more: Any) -> Json:
    return result(level="error", **more)


def test_a_clean_run_passes() -> None:
    scan = one()
    assert ("pass", None, ()) == (scan.result, scan.objection, scan.lacks)
    assert ("tool", "1", "2026-11-02") == (scan.tool, scan.version, str(scan.made_on))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"level": "error"}, Severity.HIGH),
        ({"level": "warning"}, Severity.MEDIUM),
        ({}, Severity.LOW),  # the rule says note
        ({"ruleId": "other"}, Severity.UNKNOWN),  # nobody says anything
        ({"level": "none"}, Severity.UNKNOWN),
        ({"properties": {"security-severity": "9.8"}}, Severity.CRITICAL),
        ({"properties": {"security-severity": 7}}, Severity.HIGH),
        ({"level": "error", "properties": {"security-severity": "3.9"}}, Severity.LOW),
        ({"kind": "review", "level": "none"}, Severity.UNKNOWN),
        ({"kind": "informational", "level": "none"}, Severity.INFO),
    ],
)
def test_severity(more: Json, expected: Severity) -> None:
    assert [expected] == [f.severity for f in one(result(**more)).findings]


@pytest.mark.parametrize("kind", ["pass", "notApplicable"])
def test_what_passed_is_no_finding(kind: str) -> None:
    assert () == one(result(kind=kind)).findings


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, Standing.OPEN),
        ({"baselineState": "new"}, Standing.OPEN),
        ({"baselineState": "unchanged"}, Standing.OPEN),
        ({"baselineState": "updated"}, Standing.OPEN),
        ({"baselineState": "absent"}, Standing.GONE),
        ({"suppressions": []}, Standing.OPEN),
        ({"suppressions": [{"kind": "inSource"}]}, Standing.OPEN),  # grave and no reason
        ({"suppressions": [{"kind": "external", "justification": "seen"}]}, Standing.SUPPRESSED),
        (
            {"suppressions": [{"kind": "external", "status": "rejected", "justification": "x"}]},
            Standing.OPEN,
        ),
        (
            {"suppressions": [{"kind": "external", "status": "underReview"}]},
            Standing.OPEN,
        ),
        (
            {
                "suppressions": [
                    {"kind": "external", "status": "accepted", "justification": "x"},
                    {"kind": "external", "status": "underReview", "justification": "x"},
                ]
            },
            Standing.OPEN,
        ),
    ],
)
def test_standing_of_a_high_finding(more: Json, expected: Standing) -> None:
    scan = one(high(**more))
    assert expected is scan.findings[0].standing
    assert ("fail" if expected is Standing.OPEN else "pass") == scan.result


def test_a_low_finding_may_be_suppressed_without_a_reason() -> None:
    found = one(result(suppressions=[{"kind": "inSource"}])).findings[0]
    assert Standing.SUPPRESSED is found.standing


def test_unknown_severity_is_no_pass() -> None:
    scan = one(result(ruleId="other"))
    assert "inconclusive" == scan.result
    assert "unknown severity" in str(scan.objection)


@pytest.mark.parametrize(
    "run",
    [
        {"invocations": [{"executionSuccessful": False}]},
        {"results": None},
        {
            "invocations": [
                {
                    "executionSuccessful": True,
                    "toolExecutionNotifications": [
                        {"level": "error", "message": {"text": "could not parse"}}
                    ],
                }
            ]
        },
    ],
)
def test_a_run_that_did_not_end_objects(run: Json) -> None:
    scan = one(**run)
    assert (False, "inconclusive") == (scan.completed, scan.result)
    assert "did not run to its end" in str(scan.objection)


def test_a_run_that_does_not_say_whether_it_ended_is_no_pass_and_lacks_its_day() -> None:
    scan = one(invocations=[])
    assert (None, "inconclusive", None) == (scan.completed, scan.result, scan.objection)
    assert ("date",) == scan.lacks


def test_tags_come_from_rule_relationship_taxon_and_result() -> None:
    rule = {
        "id": "R1",
        "properties": {"tags": ["external/cwe/cwe-079", "LLM05:2025"]},
        "relationships": [{"target": {"id": "918", "toolComponent": {"name": "CWE"}}}],
    }
    scan = one(
        result(
            taxa=[{"id": "CWE-22", "toolComponent": {"name": "CWE"}}],
            properties={"tags": ["AML.T0051.001"]},
        ),
        tool={"driver": {"name": "t", "rules": [rule]}},
    )
    tags = scan.findings[0].tags
    assert {"cwe-79", "LLM05:2025", "cwe-918", "cwe-22", "AML.T0051"} <= set(tags)


def test_rule_of_an_extension() -> None:
    rule = {"id": "X", "defaultConfiguration": {"level": "error"}}
    tool = {"driver": {"name": "t"}, "extensions": [{"name": "e", "rules": [rule]}]}
    found = one(
        {"rule": {"index": 0, "toolComponent": {"index": 0}}, "message": {"text": "m"}}, tool=tool
    ).findings[0]
    assert ("X", Severity.HIGH) == (found.rule, found.severity)


# ---------------------------------------------------------------------- hostile
@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "not JSON"),
        (b"[]", "$ is not an object"),
        (b'{"version": "2.0.0", "runs": []}', "2.1.0 is read"),
        (b'{"version": "2.1.0", "runs": []}', "no tool ran"),
        (b'{"version": "2.1.0", "runs": {}}', "$.runs is not a list"),
        (b'{"version": "2.1.0", "runs": [1]}', "$.runs[0] is not an object"),
        (b'{"version": "2.1.0", "version": "2.1.0", "runs": [{}]}', "stands twice"),
        (b'{"version": "2.1.0", "runs": [{}]}', "tool.driver.name is missing"),
        (b'{"version": "2.1.0", "runs": [{"a": NaN}]}', "no JSON value"),
        (b'{"a":' * 200_000, "nested deeper"),
        (b'{"version": "2.1.0", "a": ' + b"[" * 100 + b"]" * 100 + b"}", "nested deeper"),
        (b"\xff\xfe{", "not JSON in UTF-8"),
        (b'{"version": "2.1.0", "a": ' + b"9" * 10_000 + b"}", "not JSON"),
        (log({"ruleId": 1}), "results[0].ruleId is not text"),
        (log(result(level="fatal")), "results[0].level is `fatal`"),
        (log(result(kind=["fail"])), "results[0].kind"),
        (log(result(baselineState="gone")), "baselineState is `gone`"),
        (log(result(suppressions="all")), "suppressions is not a list"),
        (log(result(suppressions=[{"kind": "mine"}])), "suppressions[0].kind is `mine`"),
        (log(result(suppressions=[{}])), "suppressions[0].kind is missing"),
        (log(result(properties={"security-severity": "low"})), "not a number from 0 to 10"),
        (log(result(properties={"security-severity": "1e999"})), "not a number from 0 to 10"),
        (log(result(properties={"security-severity": True})), "not a number from 0 to 10"),
        (log(result(properties={"security-severity": -1})), "not a number from 0 to 10"),
        (log(result(properties={"tags": [7]})), "tags[0] is not text"),
        (log(result(ruleIndex=5)), "points to rule 5"),
        (log(result(ruleIndex=True)), "is not an index"),
        (log(result(ruleIndex=-2)), "is not an index"),
        (log({"ruleId": "R2", "ruleIndex": 0}), "its index points to R1"),
        (log({}), "names no rule"),
        (log(result(), results={}), "results is not a list"),
        (log(invocations=[{}]), "executionSuccessful is not true or false"),
        (
            log(invocations=[{"executionSuccessful": True, "endTimeUtc": "today"}]),
            "endTimeUtc is not a time",
        ),
        (
            log(externalPropertyFileReferences={"results": [{"location": {"uri": "x"}}]}),
            "in other files",
        ),
    ],
    ids=range(34),
)
def test_hostile_files_are_refused_with_a_place(raw: bytes, says: str) -> None:
    with pytest.raises(ScanError) as caught:
        read_sarif(raw)
    assert says in str(caught.value)


def test_a_hundred_thousand_results_are_refused_whole_and_soon() -> None:
    start = time.perf_counter()
    with pytest.raises(ScanError, match="100,000 results; at most 20,000 are read"):
        read_sarif(log(*[{"ruleId": "R1"}] * 100_000))
    assert 10 > time.perf_counter() - start


def test_results_are_counted_over_all_runs() -> None:
    run = json.loads(log(*[{"ruleId": "R1"}] * 1_500))["runs"][0]
    with pytest.raises(ScanError, match="22,500 results"):
        read_sarif(json.dumps({"version": "2.1.0", "runs": [run] * 15}).encode())


def test_a_bomb_of_bytes_is_refused_unread() -> None:
    with pytest.raises(ScanError, match="20,000,000 are read"):
        read_sarif(b" " * (MAX_BYTES + 1))


def test_a_byte_order_mark_is_no_harm() -> None:
    assert "pass" == read_sarif(b"\xef\xbb\xbf" + log())[0].result


def test_text_cannot_steer_a_terminal() -> None:
    text = "\x1b[2Jgone\u202eback\ud800 " + "x" * 10_000
    shown = one(result(message={"text": text})).findings[0].title
    assert shown.startswith("[2Jgone back x")
    assert len(shown) <= 300
    assert shown.encode()


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("external/cwe/cwe-079", "cwe-79"),
        ("CWE_502", "cwe-502"),
        ("LLM1:2025", "LLM01:2025"),
        ("owasp-llm-2026:LLM05", "LLM05:2026"),
        ("OWASP API4:2023 Unrestricted", "API4:2023"),
        ("API10:2023", "API10:2023"),
        ("owasp:llm05", "LLM05"),
        ("mitre/AML.T0051.000", "AML.T0051"),
        ("Security", "security"),
    ],
)
def test_tags_have_one_spelling(tag: str, expected: str) -> None:
    assert (expected,) == tags_of([tag])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            [
                "version", "runs", "tool", "driver", "name", "rules", "id", "results", "ruleId",
                "ruleIndex", "rule", "level", "kind", "message", "text", "suppressions", "taxa",
                "properties", "tags", "security-severity", "invocations", "baselineState",
            ]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_a_run_of_any_shape_is_read_or_refused(value: Any) -> None:
    raw = json.dumps({"version": "2.1.0", "runs": [value]}).encode()
    try:
        scans = read_sarif(raw)
    except ScanError:
        return
    assert all(isinstance(s, Scan) for s in scans)


@given(st.lists(JSON, max_size=3), JSON)
def test_results_of_any_shape_are_read_or_refused(results: list[Any], properties: Any) -> None:
    try:
        read_sarif(log(*results, result(properties=properties)))
    except ScanError:
        return


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "level": st.sampled_from(["error", "warning", "note", "none"]),
                "baselineState": st.sampled_from(["new", "unchanged", "updated", "absent"]),
                "ruleId": st.sampled_from(["R1", "other"]),
                "suppressions": st.lists(
                    st.fixed_dictionaries(
                        {"kind": st.sampled_from(["inSource", "external"])},
                        optional={
                            "status": st.sampled_from(["accepted", "underReview", "rejected"]),
                            "justification": st.sampled_from(["", " ", "because"]),
                        },
                    ),
                    max_size=2,
                ),
            },
        ),
        max_size=5,
    )
)
def test_nothing_blocking_and_open_ever_passes(values: list[Json]) -> None:
    scan = one(*(result(**v) for v in values))
    if any(f.severity in BLOCKING for f in scan.open):
        assert "pass" != scan.result
        assert scan.objection is not None


@given(st.text())
def test_clean_text_is_printable(text: str) -> None:
    shown = clean(text)
    assert shown.encode("utf-8") is not None
    assert "\n" not in shown
    assert len(shown) <= 300


@given(st.floats(0, 10))
def test_a_higher_score_is_never_less_grave(score: float) -> None:
    order = [Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO]
    assert order.index(of_score(min(10, score + 1))) <= order.index(of_score(score))
