"""Repeated checks through the report and the command: levels, alarms, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema_rs
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from dutybound.assess.measure import measure_profiles
from dutybound.assess.measure_table import profile_table_of
from dutybound.assess.measure_watch import watch_profiles
from dutybound.cli.main import cli
from dutybound.errors import BadInput
from dutybound.packs.measure_watch import WatchFile, read_watch
from dutybound.packs.output_schemas import output_schema
from dutybound.terms.measure import Verdict
from dutybound.terms.table import ChosenThreshold, Decision, Label, TableConfig
from dutybound.terms.watch import Watching, WatchRecord
from dutybound.warehouse.profile import Profile, Profiles
from tests.schema_check import problems

CONFIG = """\
dutybound: measures/1
name: repeated
time: {column: at, bucket: month}
decision: {column: decision, favourable: ["yes"]}
label: {column: paid, positive: [1]}
thresholds:
  - {measure: accuracy, at_least: 0.8, calm: 0.85, why: ours}
watch: {alpha: 0.05, confirm: 1}
"""
KEY = "performance / accuracy / all rows"


def table(folder: Path, right: int, day: int, rows: int = 1000) -> Path:
    """So many of the rows, all of one day, are decided rightly."""
    columns = {
        "at": pa.array([f"2026-05-{day:02d}T12:00:00"] * rows).cast(pa.timestamp("us")),
        "decision": ["yes"] * rows,
        "paid": [1] * right + [0] * (rows - right),
    }
    path = folder / f"day-{day}-{right}.parquet"
    pq.write_table(pa.table(columns), path)
    return path


class Look:
    """Looks of one watch, through the command."""

    def __init__(self, folder: Path, config: str = CONFIG) -> None:
        self.folder, self.file = folder, folder / "watch.json"
        self.config = folder / "measures.yaml"
        self.config.write_text(config)

    def run(self, path: Path, *words: str) -> Result:
        start = [] if self.file.exists() else ["--start"]
        line = ["measure", str(path), "--config", str(self.config), "--watch", str(self.file)]
        return CliRunner().invoke(cli, [*line, *start, *words], standalone_mode=False)

    def json(self, path: Path) -> dict[str, Any]:
        done = self.run(path, "--json")
        assert done.exception is None, done.output
        value: dict[str, Any] = json.loads(done.stdout)
        assert [] == list(problems(value, output_schema("measure-report")))
        found: dict[str, Any] = value["watch"]
        return found

    def refused(self, path: Path, said: str) -> None:
        before = self.file.read_bytes() if self.file.exists() else b""
        done = self.run(path)
        assert isinstance(done.exception, BadInput)
        assert said in str(done.exception)
        assert before == (self.file.read_bytes() if self.file.exists() else b"")


def test_an_alarm_rises_stays_and_ends(tmp_path: Path) -> None:
    """0.8 is the least; 0.7 is outside it, 0.83 is inside but not calm, 0.9 is."""
    look, seen = Look(tmp_path), []
    for day, right in enumerate((900, 790, 700, 830, 900), start=1):
        seen.append(look.json(table(tmp_path, right, day))["alarms"])
    assert [[], [], [KEY], [KEY], []] == seen
    state = look.json(table(tmp_path, 700, 6))["lines"]
    assert [(KEY, True, 6)] == [(s["line"], s["alarm"], s["since"]) for s in state]


def test_each_look_uses_its_share_of_alpha(tmp_path: Path) -> None:
    """6 / pi^2 of 0.05 at the first look, a quarter of that at the second; one family of lines."""
    look = Look(tmp_path)
    found = [look.json(table(tmp_path, 900, day)) for day in (1, 2)]
    assert [0.030396, 0.007599] == [round(f["used"], 6) for f in found]
    assert [0.030396, 0.037995] == [round(f["spent"], 6) for f in found]
    assert [1, 1] == [f["families"] for f in found]
    assert round(1 - 0.007599, 6) == round(found[1]["level"], 6)
    assert sha256(look.file.read_bytes()).hexdigest() == found[1]["state_sha256"]


def test_several_families_share_a_look(tmp_path: Path) -> None:
    more = CONFIG.replace("watch:", "  - {measure: recall, at_least: 0.5, why: ours}\nwatch:")
    found = Look(tmp_path, more).json(table(tmp_path, 900, 1))
    assert 2 == found["families"]
    assert round(1 - 0.030396 / 2, 6) == round(found["level"], 6)


def test_confirmation(tmp_path: Path) -> None:
    look = Look(tmp_path, CONFIG.replace("confirm: 1", "confirm: 2"))
    seen = [look.json(table(tmp_path, right, day))["lines"][0] for day, right in
            enumerate((700, 900, 700, 700), start=1)]  # fmt: skip
    assert [(False, 1), (False, 0), (False, 1), (True, 0)] == [(s["alarm"], s["run"]) for s in seen]


def test_the_same_rows_again_are_no_new_look(tmp_path: Path) -> None:
    look, first = Look(tmp_path), table(tmp_path, 700, 1)
    before = look.json(first)
    kept = look.file.read_bytes()
    again = look.json(first)
    assert (1, False, 1, True) == (
        before["look"], before["repeated"], again["look"], again["repeated"],
    )  # fmt: skip
    assert kept == look.file.read_bytes()
    assert before["alarms"] == again["alarms"] == [KEY]


def test_what_would_break_the_level_is_refused(tmp_path: Path) -> None:
    look = Look(tmp_path)
    first, second = table(tmp_path, 900, 3), table(tmp_path, 910, 4)
    for path in (first, second):
        look.json(path)
    look.refused(first, "seen at look 1")
    look.refused(table(tmp_path, 900, 2), "Time goes forward")
    third = table(tmp_path, 900, 5)
    for old, new in (("0.8,", "0.7,"), ("alpha: 0.05", "alpha: 0.5"), ("[1]", "[1, 2]")):
        look.config.write_text(CONFIG.replace(old, new))
        look.refused(third, "another configuration")
    look.config.write_text(CONFIG.replace("why: ours", "why: other words"))
    assert 3 == look.json(third)["look"]


def test_planned_looks_come_to_an_end(tmp_path: Path) -> None:
    look = Look(tmp_path, CONFIG.replace("confirm: 1", "spending: pocock, looks: 2"))
    spent = [look.json(table(tmp_path, 900, day))["spent"] for day in (1, 2)]
    assert 0.05 == round(spent[1], 9)
    look.refused(table(tmp_path, 900, 3), "All 2 planned looks")


def test_a_watch_is_started_once_and_on_purpose(tmp_path: Path) -> None:
    look, path = Look(tmp_path), table(tmp_path, 900, 1)
    words = ["measure", str(path), "--config", str(look.config), "--watch", str(look.file)]
    done = CliRunner().invoke(cli, words)
    assert "Use --start" in str(done.exception)
    look.json(path)
    done = CliRunner().invoke(cli, [*words, "--start"])
    assert "leave out --start" in str(done.exception)
    done = CliRunner().invoke(cli, [*words[:4], "--start"])
    assert "--watch STATE" in str(done.exception)


def test_another_reference_is_refused(tmp_path: Path) -> None:
    config = CONFIG + (
        "windows:\n  reference: {from: 2026-05-01, until: 2026-05-02}\n"
        "  current: {from: 2026-05-02, until: 2026-06-01}\n"
    )
    look = Look(tmp_path, config)

    def joined(right: int, day: int) -> Path:
        parts = [pq.read_table(table(tmp_path, *x)) for x in ((right, 1), (900, day))]
        path = tmp_path / f"joined-{right}-{day}.parquet"
        pq.write_table(pa.concat_tables(parts), path)
        return path

    look.json(joined(900, 2))
    look.refused(joined(901, 3), "another reference profile")
    assert 2 == look.json(joined(900, 3))["look"]


def test_the_exit_code_of_an_alarm(tmp_path: Path) -> None:
    look = Look(tmp_path)
    codes = []
    for day, right in enumerate((900, 700, 830, 900), start=1):
        codes.append(look.run(table(tmp_path, right, day), "--fail-on", "alarm").return_value)
    assert [0, 1, 1, 0] == codes


def test_text_and_page_say_what_a_look_may_do(tmp_path: Path) -> None:
    look, page = Look(tmp_path), tmp_path / "page.html"
    said = look.run(table(tmp_path, 700, 1)).stdout
    assert "Look 1." in said
    assert f"alarm {KEY}, since look 1" in " ".join(said.split())
    look.run(table(tmp_path, 700, 2), "--html", str(page))
    text = page.read_text()
    assert "Look 2." in text
    assert "Alarms of repeated checks" in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda v: v | {"more": 1}, "more"),
        (lambda v: v | {"config_sha256": "0"}, "config_sha256"),
        (lambda v: v | {"looks": v["looks"] * 2}, "not numbered"),
        (lambda v: v | {"lines": v["lines"] * 2}, "stands twice"),
        (lambda v: v | {"lines": [v["lines"][0] | {"alarm": True}]}, "no look at which it rose"),
        (
            lambda v: v | {"lines": [v["lines"][0] | {"alarm": True, "since": 9}]},
            "a look that was not made",
        ),
        (lambda v: v | {"watch": v["watch"] | {"looks": 1}, "looks": []}, "another configuration"),
        (lambda v: [v], "valid dictionary"),
    ],
)
def test_a_changed_file_is_refused(tmp_path: Path, change: Any, said: str) -> None:
    look = Look(tmp_path)
    look.json(table(tmp_path, 900, 1))
    look.file.write_text(json.dumps(change(json.loads(look.file.read_text()))))
    look.refused(table(tmp_path, 900, 2), said)


def test_the_file_of_a_watch_has_a_schema(tmp_path: Path) -> None:
    look = Look(tmp_path)
    look.json(table(tmp_path, 700, 1))
    schema = WatchFile.model_json_schema(by_alias=True)
    jsonschema_rs.validator_for(schema).validate(json.loads(look.file.read_text()))
    look.file.write_text("no json")
    with pytest.raises(BadInput, match="no file of a watch"):
        read_watch(look.file)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("confirm: 1", "looks: 5", "takes no `looks`"),
        ("confirm: 1", "spending: pocock", "needs `looks`"),
        ("alpha: 0.05", "alpha: 1", "alpha"),
        ("calm: 0.85", "calm: 0.75", "inner side"),
        ("watch: {alpha: 0.05, confirm: 1}", "", "needs the key `watch`"),
    ],
)
def test_a_watch_that_means_nothing(tmp_path: Path, old: str, new: str, said: str) -> None:
    look = Look(tmp_path, CONFIG.replace(old, new))
    done = look.run(table(tmp_path, 900, 1))
    assert isinstance(done.exception, BadInput)
    assert said in str(done.exception)


# ---------------------------------------------------------------------- simulated
def profile(folder: Path, config: TableConfig) -> Profile:
    """Of rows with all four pairs of label and decision."""
    columns = {"decision": ["yes", "yes", "no", "no"], "paid": [1, 0, 1, 0]}
    path = folder / "four.parquet"
    pq.write_table(pa.table(columns), path)
    return profile_table_of(config, str(path)).current


def drawn(base: Profile, rng: np.random.Generator, accuracy: float, rows: int) -> Profile:
    """The same profile with other counts: so many rows, each right with that chance."""
    (cells,) = base.groups.values()
    label, decision = (cells.codes[:, cells.dims.index(d)] for d in ("label", "decision"))
    share = np.where(label == decision, accuracy, 1 - accuracy) / 2
    counts = rng.multinomial(rows, share)
    kept = counts > 0
    fewer = replace(cells, codes=cells.codes[kept], counts=counts[kept])
    return replace(base, rows=rows, groups={k: fewer for k in base.groups})


def test_false_alarms_over_many_looks(tmp_path: Path) -> None:
    """True accuracy of exactly 0.8, two thresholds, 15 looks: few of 100 watches ever alarm.

    A report at 95 % on each look would: 1 - 0.975^15 = 32 % of them for one threshold alone.
    """
    config = TableConfig(
        "simulated", decision=Decision("decision", ("yes",)), label=Label("paid", positive=(1,)),
        thresholds=(
            ChosenThreshold("accuracy", "ours", at_least=0.8),
            ChosenThreshold("recall", "ours", at_least=0.8),
        ),
        watch=Watching(alpha=0.05),
    )  # fmt: skip
    base = profile(tmp_path, config)
    rng = np.random.default_rng(5)
    alarmed = naive = 0
    for _ in range(100):
        record: WatchRecord | None = None
        outside = False
        for _ in range(15):
            profiles = Profiles(drawn(base, rng, 0.8, 2000), None, 0)
            outside |= bool(measure_profiles(config, profiles).with_verdict(Verdict.BREACH))
            report = watch_profiles(config, profiles, record, "watch")
            assert report.watched is not None
            record = report.watched.record
        alarmed += any(s.since is not None for s in record.lines.values()) if record else 0
        naive += outside
    assert alarmed <= 5
    assert naive >= 30


def test_a_true_change_is_found(tmp_path: Path) -> None:
    config = TableConfig(
        "simulated", decision=Decision("decision", ("yes",)), label=Label("paid", positive=(1,)),
        thresholds=(ChosenThreshold("accuracy", "ours", at_least=0.8),), watch=Watching(),
    )  # fmt: skip
    base, rng = profile(tmp_path, config), np.random.default_rng(6)
    record, first = None, 0
    for look in range(1, 21):
        accuracy = 0.85 if look < 10 else 0.72
        report = watch_profiles(config, Profiles(drawn(base, rng, accuracy, 2000), None, 0), record,
                                "watch")  # fmt: skip
        assert report.watched is not None
        record = report.watched.record
        if report.watched.alarms and not first:
            first = look
    assert 10 == first
