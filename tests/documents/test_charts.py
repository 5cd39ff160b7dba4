"""Charts from a small report: words and numbers by hand, shapes, bytes, hostile labels."""

from __future__ import annotations

import builtins
import json
import os
import subprocess
import sys
from copy import deepcopy
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from dutybound.documents import chart_drawing, charts
from dutybound.documents.chart_marks import share_mark
from dutybound.documents.charts import Chart
from dutybound.errors import BadInput
from dutybound.measure.intervals import wilson

SVG = "{http://www.w3.org/2000/svg}"
AT_LEAST = {"value": 0.8, "side": "at_least", "nature": "internal_policy", "why": "ours"}


def line(
    part: str, measure: str, over: str, value: float | None, verdict: str = "not_judged",
    **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """A line of a report, half a tenth wide on both sides."""
    span = None if value is None else {"low": value - 0.05, "high": value + 0.05, "level": 0.95}
    found = {
        "part": part, "measure": measure, "over": over, "group": None, "against": None,
        "value": value, "undefined": None, "interval": span, "n": 200.0, "rate": None,
        "rows": 200, "threshold": None, "verdict": verdict, "why": "",
    }  # fmt: skip
    return {**found, **more}


def report(*lines: dict[str, Any], curve: Any = None, last: str | None = None) -> dict[str, Any]:
    return {
        "schema": "dutybound/measure-report/1",
        "lines": list(lines),
        "reliability": curve,
        "windows": {"current": {"last": last}},
    }


FAIRNESS = report(
    line("fairness", "impact-ratio", "sex", 0.7, "breach", group="women", against="men",
         rate={"value": 0.42}, threshold=AT_LEAST),
    line("fairness", "impact-ratio", "age", 0.95, "no_breach", group="65 or more",
         against="25 to 65", threshold=AT_LEAST),
    line("fairness", "impact-ratio", "age", 0.85, "not_enough_data", group="under 25",
         against="25 to 65", threshold=AT_LEAST),
    line("fairness", "impact-ratio", "origin", None, "undefined", group="E",
         undefined="no row of the group", threshold=AT_LEAST),
)  # fmt: skip


def texts(chart: Chart) -> list[str]:
    """The words of a picture, as text and not as outlines."""
    root = ElementTree.fromstring(chart.svg)
    return ["".join(t.itertext()) for t in root.iter(f"{SVG}text")]


def made(chart: Chart | None) -> Chart:
    assert chart is not None
    return chart


def test_fairness_by_group() -> None:
    chart = made(charts.fairness_chart(FAIRNESS))
    assert (
        "Impact ratio by group, with 95 % intervals: 3 groups, lowest sex: women 0.7, highest "
        "age: 65 or more 0.95. Threshold: at least 0.8. 1 outside, 1 inside, 1 not enough data."
        " The picture shows 3 of 4; the table has all."
    ) == chart.alt
    assert (
        "sex: women", "men", "200", "0.42", "0.7", "0.65 to 0.75", "at least 0.8", "outside",
    ) == chart.rows[0]  # fmt: skip
    assert ("no value: no row of the group", "no value") == (chart.rows[3][4], chart.rows[3][7])
    assert len(chart.columns) == len(chart.rows[0])
    assert {"sex: women", "0.7 outside", "0.95 inside", "0.85 not enough data"} <= set(texts(chart))


def test_verdicts_have_a_shape_of_their_own_and_a_word() -> None:
    """In black and white the shapes and the words are left."""
    assert 4 == len(set(chart_drawing.SHAPES.values()))
    svg = made(charts.fairness_chart(FAIRNESS)).svg.decode()
    paths = {p.attrib["d"] for p in ElementTree.fromstring(svg).iter(f"{SVG}path")
             if p.attrib.get("fill", "").startswith("#")}  # fmt: skip
    assert 3 <= len({d for d in paths if d})


def test_the_picture_says_what_it_shows() -> None:
    chart = made(charts.fairness_chart(FAIRNESS))
    root = ElementTree.fromstring(chart.svg)
    assert ("img", "fairness-title fairness-desc") == (
        root.attrib["role"], root.attrib["aria-labelledby"],
    )  # fmt: skip
    title, desc = root[0], root[1]
    assert (chart.title, chart.alt) == (title.text, desc.text)
    assert b"\x89PNG\r\n\x1a\n" == chart.png[:8]


def test_calibration() -> None:
    """30 of 40 labels at 0.7: the share is 0.75, and 5 of 10 at 0.1 are the farthest off."""
    curve = [
        {"rows": 10, "score": 0.1, "positives": 5},
        {"rows": 40, "score": 0.7, "positives": 30},
        {"rows": 0, "score": 0.9, "positives": 0},
    ]
    chart = made(charts.calibration_chart(report(curve=curve)))
    assert "at the score 0.1 the share is 0.5" in chart.alt
    # Wilson: (0.75 + 0.04802 -+ 1.95996 sqrt(0.0046875 + 0.0006002)) / 1.09604
    assert ("0.7000", "40", "0.75", "0.5981 to 0.8581") == chart.rows[1]
    assert 2 == len(chart.rows)


@pytest.mark.parametrize(("positives", "rows"), [(0, 5), (5, 5), (30, 40), (1, 1000)])
def test_the_interval_of_a_share_is_wilsons(positives: int, rows: int) -> None:
    found = share_mark(0.5, positives, rows)
    low, high = wilson([positives], [rows], 0.95)
    assert found.low == pytest.approx(float(low[0]), abs=1e-12)
    assert found.high == pytest.approx(float(high[0]), abs=1e-12)


def test_drift_by_column() -> None:
    found = report(
        line("drift", "total-variation", "channel", 0.1),
        line("drift", "ks-distance", "income", 0.3, "breach",
             threshold={**AT_LEAST, "value": 0.2, "side": "at_most"}),
        line("drift", "psi", "income", 0.9),
        line("drift", "ks-distance", "empty", None, "undefined"),
    )  # fmt: skip
    chart = made(charts.drift_chart(found))
    assert [("income", "0.3", "outside"), ("channel", "0.1", "not judged")] == [
        (r[0], r[2], r[5]) for r in chart.rows
    ]
    assert "farthest income 0.3. Threshold: at most 0.2. 1 outside." in chart.alt


def test_drift_over_time() -> None:
    reports = [
        report(line("drift", "ks-distance", "income", v), last=f"2026-0{m}-28T00:00:00")
        for m, v in ((5, 0.2), (3, 0.1))
    ]
    chart = made(charts.drift_history_chart(reports))
    assert [("2026-03-28", "0.1"), ("2026-05-28", "0.2")] == [(r[1], r[2]) for r in chart.rows]
    assert "Farthest: income 0.2" in chart.alt
    assert charts.drift_history_chart(reports[:1]) is None


def test_performance_by_segment_and_over_time() -> None:
    found = report(
        line("performance", "accuracy", "all rows", 0.8),
        line("segments", "accuracy", "sex", 0.7, group="women"),
        line("time", "accuracy", "time", 0.75, "no_breach", group="2026-04-01"),
        line("time", "accuracy", "time", 0.85, "breach", group="2026-04-02"),
        line("time", "accuracy", "time", 0.5, group="(missing)"),
    )
    segments = made(charts.segment_chart(found))
    assert ["all rows", "sex: women"] == [r[0] for r in segments.rows]
    chart = made(charts.time_chart(found))
    assert "from 2026-04-01 to 2026-04-02: lowest 2026-04-01 0.75" in chart.alt
    assert {"outside", "inside"} <= set(texts(chart))  # the legend of the shapes
    assert "(missing)" == chart.rows[2][0]


@pytest.mark.parametrize(
    "make",
    [charts.fairness_chart, charts.calibration_chart, charts.drift_chart, charts.segment_chart,
     charts.time_chart],
)  # fmt: skip
def test_nothing_to_show(make: Any) -> None:
    assert make(report()) is None


def test_more_rows_than_a_picture_holds() -> None:
    """31 groups: those outside stay, the last one inside goes; the table has all."""
    lines = [
        line(
            "fairness", "impact-ratio", "g", 0.9, "no_breach", group=f"{i:02d}", threshold=AT_LEAST
        )
        for i in range(30)
    ]
    lines.append(
        line("fairness", "impact-ratio", "g", 0.5, "breach", group="30", threshold=AT_LEAST)
    )
    chart = made(charts.fairness_chart(report(*lines)))
    words = set(texts(chart))
    assert {"g: 30", "g: 28"} <= words and "g: 29" not in words
    assert 31 == len(chart.rows)
    assert "The picture shows 30 of 31" in chart.alt


HOSTILE = (
    "<script>alert(1)</script>", "]]>&amp;<!--", "\"' onload='x", "\u202egnitirw", "a\x1b[31m",
    "{{ datum.x }}", "x" * 3000, "name\nbreak", "%d $x$ \\input{y}", "",
)  # fmt: skip


def test_hostile_labels_are_text() -> None:
    lines = [line("fairness", "impact-ratio", "o", 0.9, group=g or None) for g in HOSTILE]
    lines += [line("drift", "ks-distance", g, 0.1) for g in HOSTILE]
    found = report(*lines)
    for chart in (made(charts.fairness_chart(found)), made(charts.drift_chart(found))):
        root = ElementTree.fromstring(chart.svg)
        tags = {e.tag.removeprefix(SVG) for e in root.iter()}
        assert {"svg", "title", "desc", "g", "path", "text", "line", "rect"} >= tags
        assert not [k for e in root.iter() for k in e.attrib if k.startswith("on") or "href" in k]
        said = "".join("".join(r) for r in chart.rows) + chart.alt + "".join(texts(chart))
        assert "\u202e" not in said and "\x1b" not in said
        assert "<script>alert(1)</script>" in said and "<U+202E>" in said


def test_the_same_bytes_in_any_order_process_and_time_zone(tmp_path: Path) -> None:
    """Ids and sizes do not depend on what was drawn before."""
    first = made(charts.fairness_chart(FAIRNESS))
    curve = [{"rows": 10, "score": 0.1, "positives": 5}]
    charts.calibration_chart(report(curve=curve))
    again = made(charts.fairness_chart(deepcopy(FAIRNESS)))
    assert (first.svg, first.png) == (again.svg, again.png)
    found = report(
        line("time", "accuracy", "time", 0.75, group="2026-04-01"),
        line("time", "accuracy", "time", 0.85, group="2026-04-02"),
    )
    path = tmp_path / "report.json"
    path.write_text(json.dumps(found))
    code = (
        "import json, sys, hashlib; from dutybound.documents.charts import time_chart as f;"
        "c = f(json.load(open(sys.argv[1]))); print(hashlib.sha256(c.svg + c.png).hexdigest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True, text=True, check=True, env={**os.environ, "TZ": "Asia/Tokyo"},
    )  # fmt: skip
    here = made(charts.time_chart(found))
    assert sha256(here.svg + here.png).hexdigest() == done.stdout.strip()


def test_ids_begin_with_the_name_of_the_chart() -> None:
    raw = '<svg class="m"><clipPath id="clip7"/><g clip-path="url(#clip7)"/></svg>'
    found = chart_drawing.dressed_svg(raw, "drift", "T", "A < B")
    assert (
        '<svg class="m" role="img" aria-labelledby="drift-title drift-desc">'
        '<title id="drift-title">T</title><desc id="drift-desc">A &lt; B</desc>'
        '<clipPath id="drift-0"/><g clip-path="url(#drift-0)"/></svg>'
    ) == found


def test_the_version_that_is_drawn() -> None:
    assert "6.1" == chart_drawing._version(["5.8", "6.1"])  # none that Altair writes for


@pytest.mark.parametrize("missing", ["altair", "vl_convert"])
def test_without_the_extra(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name == missing:
            raise ModuleNotFoundError(f"No module named '{missing}'", name=missing)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(BadInput, match=r"pip install 'dutybound\[documents\]'"):
        charts.fairness_chart(FAIRNESS)
