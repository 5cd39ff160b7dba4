"""A measuring run for continuous integration: JUnit XML and SARIF, of judged values only."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from dutybound.assess.measure import Report
from dutybound.assess.measure_lines import Line
from dutybound.assess.measures import measures
from dutybound.terms.measure import Verdict

LEVELS: Final = {
    Verdict.BREACH: "error",
    Verdict.NOT_ENOUGH_DATA: "warning",
    Verdict.UNDEFINED: "warning",
    Verdict.NO_BREACH: "none",
}
SARIF: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def junit_text(report: Report) -> str:
    """JUnit XML: a suite for each part. Outside: failure. Without verdict: skipped, and why."""
    judged = sorted(report.judged, key=lambda x: (x.part, x.key))
    suites = [_suite(part, list(found)) for part, found in groupby(judged, key=lambda x: x.part)]
    body = "".join(suites)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<testsuites name={_attr(report.config.name)}>\n{body}</testsuites>\n"
    )


def _suite(part: str, found: list[Line]) -> str:
    failed = sum(x.judgement.verdict is Verdict.BREACH for x in found)
    skipped = sum(x.judgement.verdict in _OPEN for x in found)
    cases = "".join(_case(x) for x in found)
    return (
        f'<testsuite name="{part}" tests="{len(found)}" failures="{failed}" errors="0" '
        f'skipped="{skipped}">\n{cases}</testsuite>\n'
    )


_OPEN: Final = (Verdict.NOT_ENOUGH_DATA, Verdict.UNDEFINED)


def _case(x: Line) -> str:
    head = f'<testcase classname="measure.{x.part}" name={_attr(x.key)}'
    why = _attr(x.judgement.why)
    if x.judgement.verdict is Verdict.BREACH:
        return f'{head}><failure type="breach" message={why}/></testcase>\n'
    if x.judgement.verdict in _OPEN:
        return f"{head}><skipped message={why}/></testcase>\n"
    return f"{head}/>\n"


def _attr(words: str) -> str:
    """Text as an attribute; what XML cannot hold becomes a mark."""
    clean = "".join(c if c >= " " and not 0xD800 <= ord(c) <= 0xDFFF else "\ufffd" for c in words)
    return quoteattr(clean)


def sarif_text(report: Report) -> str:
    """SARIF 2.1.0: a result for each value that is outside or has no verdict."""
    entries = measures().entries
    shown = [x for x in report.judged if x.judgement.verdict is not Verdict.NO_BREACH]
    names = sorted({x.measure for x in shown})
    rules = [
        {
            "id": name,
            "name": entries[name].name,
            "shortDescription": {"text": entries[name].says},
        }
        for name in names
    ]
    run = {
        "tool": {"driver": {"name": "dutybound measure", "rules": rules}},
        "results": [_result(x, names, report.config.name) for x in shown],
    }
    value = {"$schema": SARIF, "version": "2.1.0", "runs": [run]}
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _result(x: Line, names: list[str], table: str) -> dict[str, Any]:
    where = {"name": x.key, "fullyQualifiedName": f"{table} / {x.key}"}
    return {
        "ruleId": x.measure,
        "ruleIndex": names.index(x.measure),
        "level": LEVELS[x.judgement.verdict],
        "message": {"text": f"{x.key}: {x.judgement.why}"},
        "locations": [{"logicalLocations": [where]}],
        "partialFingerprints": {"line/v1": x.key},
        "properties": {"verdict": str(x.judgement.verdict)},
    }
