"""measures.yaml: what it may say, and where and why it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutybound.errors import BadInput
from dutybound.packs.measure_config import parse_measure_config, read_measure_config
from dutybound.terms.table import (
    MISSING,
    OTHER,
    Ground,
    Label,
    Score,
    Source,
    StoredProfile,
    Window,
)

FULL = """\
dutybound: measures/1
name: Loan decisions
source: {parquet: decisions}
row_id: id
time: {column: decided_at, bucket: week}
model_version: version
score: {column: score, low: 300, high: 850}
decision: {column: decision, favourable: [approve]}
label: {column: repaid, positive: [1], negative: [0]}
features:
  - {column: income, kind: number}
  - {column: channel, kind: category}
protected:
  - name: sex
    column: sex
    groups: {women: [f, female], men: [m, male]}
    reference: men
    grounds: [{market: us, basis: self-test, recorded_by: alice, recorded_on: 2026-01-02}]
  - name: age
    column: age
    bands: [25, 65]
    grounds: [{market: us, basis: self-test, recorded_by: alice, recorded_on: 2026-01-02}]
intersections: [[sex, age]]
legitimate: [{name: history, column: bureau, bands: [600]}]
windows:
  reference: {from: 2026-01-01, until: 2026-04-01}
  current: {from: 2026-04-01, until: "2026-04-02T12:00:00Z"}
thresholds:
  - {measure: ks, at_most: 0.1, over: [income], why: agreed by the model board}
limits: {memory: 500, deadline: 60}
"""


def changed(old: str, new: str) -> str:
    assert 1 == FULL.count(old)
    return FULL.replace(old, new)


def problems(text: str) -> str:
    with pytest.raises(BadInput) as error:
        parse_measure_config(text, "measures.yaml")
    return str(error.value)


def test_everything() -> None:
    found = parse_measure_config(FULL, "measures.yaml")
    assert ("Loan decisions", "id", "version") == (found.name, found.row_id, found.model_version)
    assert Source("duckdb", "parquet", "decisions") == found.source
    assert Score("score", 300.0, 850.0) == found.score
    assert Label("repaid", "category", (1,), (0,)) == found.label
    assert {"women": ("f", "female"), "men": ("m", "male")} == found.protected[0].by.groups
    assert (Ground("us", "self-test", "alice", "2026-01-02"),) == found.protected[1].grounds
    assert Window(since="2026-01-01T00:00:00", until="2026-04-01T00:00:00") == found.reference
    assert found.current is not None
    assert "2026-04-02T12:00:00" == found.current.until
    assert (500, 60.0, None, 1000) == (
        found.limits.memory, found.limits.deadline, found.limits.threads, found.limits.categories,
    )  # fmt: skip
    assert (0.1, None, ("income",)) == (
        found.thresholds[0].at_most, found.thresholds[0].at_least, found.thresholds[0].over,
    )  # fmt: skip


def test_names_of_groups_and_bands() -> None:
    sex, age = parse_measure_config(FULL, "m").protected
    assert ("women", "men", OTHER, MISSING) == sex.by.levels
    assert ("under 25", "25 to 65", "65 or more", OTHER, MISSING) == age.by.levels


def test_the_least() -> None:
    found = parse_measure_config("dutybound: measures/1\nname: x\n", "m")
    assert ((), (), None) == (found.features, found.protected, found.reference)


def test_relative_paths_are_from_the_folder_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "measures.yaml"
    pinned = f"reference: {{profile: ref.json, sha256: {'a' * 64}}}"
    path.write_text(changed("reference: {from: 2026-01-01, until: 2026-04-01}", pinned))
    found = read_measure_config(path)
    assert found.source is not None
    assert str(tmp_path / "decisions") == found.source.place
    assert StoredProfile(str(tmp_path / "ref.json"), "a" * 64) == found.reference


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{duckdb: a.db, table: t}", Source("duckdb", "table", "a.db", "t")),
        ("{delta: d}", Source("duckdb", "delta", "d")),
        ("{postgres: service=s, table: s.t}", Source("postgres", "table", "service=s", "s.t")),
        ("{ibis: 'snowflake://a/d', table: t}", Source("ibis", "table", "snowflake://a/d", "t")),
        ("{spark: {parquet: p, master: m}}", Source("spark", "parquet", "p", None, "m")),
        ("{spark: {table: a.b}}", Source("spark", "table", None, "a.b")),
        ("{spark: {delta: d}}", Source("spark", "delta", "d")),
    ],
)  # fmt: skip
def test_sources(source: str, expected: Source) -> None:
    assert expected == parse_measure_config(changed("{parquet: decisions}", source), "m").source


WRONG = [
    ("{parquet: decisions}", "{parquet: a, delta: b}", "3:1: `source` has one of", "has 2."),
    ("{parquet: decisions}", "{duckdb: a}", "3:1:", "`duckdb` needs `table`"),
    ("{parquet: decisions}", "{parquet: a, table: b}", "3:1:", "takes no `table`"),
    ("{parquet: decisions}", "{spark: {}}", "3:10:", "one of parquet, delta, table"),
    ("{parquet: decisions}", "{postgres: 'postgresql://a:b@h/d', table: t}", "3:", "no password"),
    ("{parquet: decisions}", "{ibis: 'host=h password=x', table: t}", "3:", "no password"),
    ("row_id: id", "row_ids: id", "4:1: Unknown key `row_ids`. Did you mean `row_id`?", ""),
    ("row_id: id", "unique_ids: true", "4:1:", "`unique_ids` needs `row_id`"),
    ("low: 300", "low: 900", "7:", "`high` is above `low`"),
    ("high: 850", "high: .nan", "7:", "high"),
    ("positive: [1], ", "", "9:1:", "`positive` is missing"),
    ("negative: [0]", "negative: [1]", "9:", "`1` is positive and negative"),
    ("positive: [1], negative: [0]", "positive: [1], kind: number", "9:1:", "no `positive`"),
    ("row_id: id", "prediction: p", "4:1:", "needs a label of the kind `number`"),
    ("{column: channel, kind", "{column: income, kind", "12:6:", "stands twice in `features`"),
    ("{column: channel, kind", "{column: repaid, kind", "12:6:", "`repaid` is the label"),
    ("men: [m, male]}", "men: [m, f]}", "16:", "`f` is in the groups `women` and `men`"),
    ("reference: men", "reference: man", "17:", "`man` is no group. Did you mean `men`?"),
    ("    bands: [25, 65]", "    bands: [65, 25]", "21:", "`bands` rise"),
    ("    bands: [25, 65]", "    bands: [25]\n    groups: {a: [1]}", "21:", "take one"),
    ("  - name: age", "  - name: sex", "19:", "stands twice in `protected`"),
    ("  - name: age", "  - name: label", "19:", "has a meaning of its own"),
    ("[[sex, age]]", "[[sex, ages]]", "23:", "`ages` is not among `protected`. Did you mean"),
    ("[[sex, age]]", "[[sex]]", "23:", "two or more different"),
    ("{name: history", "{name: sex", "24:", "The name `sex` is taken"),
    ("until: 2026-04-01}", "until: 2026-04-03}", "27:", "The windows overlap"),
    ("until: 2026-04-01}", "until: 2025-04-01}", "26:", "`until` is after `from`"),
    ("until: 2026-04-01}", "until: 2026-02-30}", "26:", "not in the calendar"),
    ("until: 2026-04-01}", "until: tomorrow}", "26:", "is not a day"),
    ("{from: 2026-01-01, until: 2026-04-01}", "{profile: r.json}", "26:", "`sha256` is missing"),
    ("{from: 2026-01-01, until: 2026-04-01}", "{column: w}", "26:", "`values` go together"),
    ("{from: 2026-01-01, until: 2026-04-01}", "{}", "26:", "A window has `from`"),
    ("{from: 2026-01-01, u", "{profile: r, from: 2026-01-01, u", "26:", "only `sha256` beside"),
    ("time: {column: decided_at, bucket: week}", "unique_ids: false", "26:", "needs the key"),
    ("at_most: 0.1, ", "", "29:5:", "one of `at_most`, `at_least`"),
    ("at_most: 0.1, ", "at_most: 0.1, at_least: 0, ", "29:5:", "one of `at_most`, `at_least`"),
    (", why: agreed by the model board", "", "29:5:", "`why` is missing"),
    ("memory: 500", "memory: 1", "30:", "memory"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "says"), WRONG)
def test_what_is_refused(old: str, new: str, place: str, says: str) -> None:
    message = problems(changed(old, new))
    assert f"measures.yaml:{place}" in message
    assert says in message


def test_a_protected_attribute_needs_a_ground() -> None:
    lines = FULL.splitlines(keepends=True)
    text = "".join(lines[:17] + lines[18:])
    assert "The key `grounds` is missing" in problems(text)


def test_windows_by_value_overlap() -> None:
    text = (
        "dutybound: measures/1\nname: x\nwindows:\n"
        "  reference: {column: w, values: [a, b]}\n  current: {column: w, values: [b]}\n"
    )
    assert "5:3: The windows overlap" in problems(text)
    parse_measure_config(text.replace("[a, b]", "[a]"), "m")


def test_a_reference_without_a_current_window() -> None:
    text = "dutybound: measures/1\nname: x\nwindows:\n  reference: {column: w, values: [a]}\n"
    assert "needs a current one" in problems(text)
