"""`dutybound explain-model`: values worked by hand, what is withheld, files, signatures."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from dutybound.assess.intake import check_evidence
from dutybound.assess.opening import open_folder
from dutybound.cli.main import cli
from dutybound.errors import BadInput
from dutybound.models.model import ModelError
from dutybound.packs.catalogue_compile import default_catalogue
from dutybound.packs.compile import default_content
from dutybound.packs.evidence import read_trust
from dutybound.packs.output_schemas import output_schema
from dutybound.packs.profile import ProfileReader
from dutybound.terms.evidence import Rung
from tests.cli.model_kit import CONFIG, columns, configured, run, written
from tests.models.kit import logistic_onnx
from tests.schema_check import problems

SYSTEM = Path(__file__).resolve().parents[2] / "examples/credit-scoring/system.yaml"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return written(tmp_path)


def report(table: Path, more: str = "", *words: object) -> dict[str, Any]:
    found = run(table, "--config", configured(table.parent, CONFIG + more), "--json", *words)
    assert 0 == found.exit_code, (found.output, found.exception)
    value: dict[str, Any] = json.loads(found.stdout)
    assert [] == list(problems(value, output_schema("model-explanation")))
    return value


def test_reasons_are_those_worked_by_hand(table: Path) -> None:
    value = report(table)
    assert (200, 200, 0.5) == tuple(value["table"][k] for k in ("rows", "labelled")) + (
        value["table"]["adverse"]["value"],
    )
    said = value["reasons"]
    assert ("linear-points", "log-odds", 100) == (said["method"], said["unit"], said["decisions"])
    # a pushes in 40 + 30 + 10 rows, always first since it stands first; b in the 30.
    counted = {r["feature"]: (r["first"], r["named"]) for r in said["by_feature"]}
    assert {"a": (80, 80), "b": (0, 30), "p": (0, 0)} == counted
    # p alone refused 20 persons, and helped to refuse 10 more.
    assert (20, 30, 0.3) == (
        said["without_reason"],
        said["withheld"]["decisions"],
        said["withheld"]["value"],
    )


def test_the_deletion_test_is_that_worked_by_hand(table: Path) -> None:
    """70 fall from 0.7311 to 0.2689 and turn; 10 fall from 0.8808 to 0.5, which is adverse still;
    20 have no reason. The control moves the 10 only, by 0.8808 - 0.7311."""
    found = report(table)["reasons"]["deletion"]
    assert 0.8 == found["moved"]["value"]
    assert 0.7 == found["turned"]["value"]
    assert 0.8 == found["beats"]["value"]
    assert 0.361562 == round(found["size"]["value"], 6)


def test_the_agreement_is_that_worked_by_hand(table: Path) -> None:
    """Against the mean of the table b = 1 is farther out (0.15) than a = 1 (0.65), so SHAP names b
    first in 30 of the 80 that have a reason; both name the same ones."""
    found = report(table)["reasons"]["agreement"]
    assert ("permutation-shap", 20) == (found["beside"], found["without"])
    assert 0.625 == found["first"]["value"]
    assert 1.0 == found["shared"]["value"]


def test_changes_are_those_worked_by_hand(table: Path) -> None:
    """a falls in steps of 0.3. From 2 the margin is below 0 at 0.9. Beside b at 1, a would have to
    be below 0: none. With p at 2 nothing helps."""
    value = report(table)
    cases = {c["row"]: c for c in value["decisions"]["cases"]}
    assert 100 == len(cases)
    assert [{"feature": "a", "old": 2.0, "new": 0.9}] == cases[100]["change"]["found"]
    assert ("c-100", True) == (cases[100]["id"], cases[100]["change"]["exact"])
    assert cases[140]["change"]["none"] and cases[170]["change"]["none"]
    # The 10 with p at 1 need a margin of a + 1 - 1 below 0: none either.
    assert 0.4 == value["decisions"]["changeable"]["value"]
    assert [("a", 2.0)] == [(r["feature"], r["contribution"]) for r in cases[100]["reasons"]]
    assert (False, True) == (cases[100]["withheld"], cases[199]["withheld"])


def test_importance_is_the_mean_distance_from_the_mean_for_log_odds(table: Path) -> None:
    """Only the order is worked by hand: a varies most, then p, then b."""
    value = report(table)["importance"]
    assert "a" == value["features"][0]["feature"]
    assert all(f["value_error"] is not None for f in value["features"])
    assert (200, 20240601) == (value["sample"]["rows"], value["sample"]["seed"])


def test_a_missing_value_is_refused_by_a_logistic_model(table: Path) -> None:
    tests = report(table)["robustness"]["tests"]
    missing = [t for t in tests if t["test"] == "missing-values"]
    assert [1.0, 1.0, 1.0] == [t["refused"]["value"] for t in missing]
    assert {None} == {t["changed"]["value"] for t in missing}


def test_decisions_near_the_threshold(table: Path) -> None:
    """Scores are 0.27, 0.73 and 0.88: none lies within 0.05 of 0.5."""
    assert 0.0 == report(table)["robustness"]["near_threshold"]["share"]["value"]


def test_stability_over_refits(table: Path) -> None:
    """The same weights twice more: all ranks alike. Then a refit that turns a and b around."""
    same = "{logistic: {intercept: -1, weights: {a: 1, b: 1, p: 1}}}"
    found = report(table, f"refits: [{same}, {same}]\n")["stability"]
    assert (3, 1.0, 1.0) == (found["models"], found["ranking"]["value"], found["first"]["value"])
    other = "{logistic: {intercept: -1, weights: {a: -1, b: 1, p: 1}}}"
    found = report(table, f"refits: [{other}]\n")["stability"]
    assert found["ranking"]["value"] < 1 and 0.2 == found["first"]["value"]


def test_without_a_label_there_are_no_cohorts(table: Path) -> None:
    text = CONFIG.replace('label: {column: y, positive: ["yes"]}\n', "")
    found = run(table, "--config", configured(table.parent, text), "--json")
    assert "names no label" in json.loads(found.stdout)["cohorts"]["undefined"]


def test_a_table_without_adverse_decisions(table: Path) -> None:
    text = CONFIG.replace("threshold: 0.5", "threshold: 0.99")
    found = run(table, "--config", configured(table.parent, text), "--json")
    assert 0 == found.exit_code, found.exception
    value = json.loads(found.stdout)
    assert [] == list(problems(value, output_schema("model-explanation")))
    assert value["reasons"] is None
    assert {"no adverse decision"} == {
        x["undefined"].removeprefix("there is ") for x in value["lines"][:1]
    }
    assert 0 == run(table, "--config", table.parent / "model.yaml").exit_code
    html = table.parent / "page.html"
    assert 0 == run(table, "--config", table.parent / "model.yaml", "--html", html).exit_code


# ---------------------------------------------------------------------- thresholds
FIDELITY = "thresholds: [{measure: reason-fidelity, at_least: 0.95, why: ours}]\n"
CHANGES = "thresholds: [{measure: decision-change-rate, at_most: 0.5, over: [gaussian-noise, "


def test_nothing_is_judged_but_by_what_was_chosen(table: Path) -> None:
    value = report(table)
    assert {"not_judged", "undefined"} >= {x["verdict"] for x in value["lines"]}
    assert [] == value["controls"]
    judged = report(table, FIDELITY)
    (line,) = (x for x in judged["lines"] if x["threshold"])
    # 80 of 100: Wilson's interval ends at 0.867, below 0.95.
    assert ("breach", 0.8) == (line["verdict"], line["value"])
    assert 0.8666 == round(line["interval"]["high"], 4)
    assert [("DB-EXP-04", "breach")] == [(c["id"], c["verdict"]) for c in judged["controls"]]


def test_rates_under_one_threshold_are_judged_together(table: Path) -> None:
    chosen = CHANGES + "perturbation], why: ours}]\n"
    lines = [x for x in report(table, chosen)["lines"] if x["threshold"]]
    assert 4 == len(lines)
    assert {round(1 - 0.05 / 4, 6)} == {x["judged_on"]["level"] for x in lines}


@pytest.mark.parametrize(("condition", "code"), [("breach", 1), ("undecided", 0), ("withheld", 1)])
def test_the_exit_code_is_only_asked_for(table: Path, condition: str, code: int) -> None:
    path = configured(table.parent, CONFIG + FIDELITY)
    plain = ["explain-model", str(table), "--config", str(path)]
    for more, expected in (([], 0), (["--fail-on", condition], code)):
        done = CliRunner().invoke(cli, [*plain, *more], standalone_mode=False)
        assert expected == done.return_value


def test_a_threshold_on_what_is_not_computed_is_refused(table: Path) -> None:
    text = CONFIG + FIDELITY.replace("reason-fidelity", "reason-fidelty")
    found = run(table, "--config", configured(table.parent, text))
    assert isinstance(found.exception, BadInput)
    assert "Did you mean `reason-fidelity`?" in str(found.exception)


def test_reasons_by_screening(table: Path) -> None:
    """100 adverse decisions in four kinds: what p, a and b do follows from their values alone."""
    text = "reasons: {method: screened}\n"
    said = report(table, text)["reasons"]
    assert "score" == said["unit"]
    assert {"a": 80, "b": 30, "p": 0} == {r["feature"]: r["named"] for r in said["by_feature"]}
    assert 30 == said["withheld"]["decisions"]
    assert 3 == said["screening"]["features"]
    assert 1.0 == said["screening"]["same_list"]["value"] or said["screening"]["tried"] == 3.0


@pytest.mark.parametrize(("method", "needs"), [("points", "logistic"), ("paths", "trees")])
def test_a_method_that_the_model_cannot_have(table: Path, method: str, needs: str) -> None:
    (table.parent / "model.onnx").write_bytes(logistic_onnx([1.0, 1.0, 1.0], -1.0))
    model = CONFIG[CONFIG.index("{logistic") : CONFIG.index("\ndecision")]
    text = CONFIG.replace(model, "{onnx: model.onnx}") + f"reasons: {{method: {method}}}\n"
    done = run(table, "--config", configured(table.parent, text))
    assert isinstance(done.exception, BadInput)
    assert f"`{needs}`" in str(done.exception)


# ---------------------------------------------------------------------- files
def test_the_file_of_reasons(table: Path) -> None:
    path = table.parent / "reasons.parquet"
    value = report(table, "", "--reasons", path)
    assert value["reasons"]["file"] == {
        "name": "reasons.parquet",
        "rows": 100,
        "sha256": sha256(path.read_bytes()).hexdigest(),
    }
    held = pq.read_table(path)
    rows = held.to_pylist()
    assert [100, 140, 170, 190] == [rows[i]["row"] for i in (0, 40, 70, 90)]
    first, second, third, last = (rows[i] for i in (0, 40, 70, 90))
    assert ("a", 2.0, 2.0, 0.0) == tuple(
        first[f"{k}_1"] for k in ("reason", "contribution", "value", "reference")
    )
    assert ("Too much of a", None) == (first["notice_1"], first["reason_2"])
    assert ("a", "b", None) == tuple(second[f"reason_{k}"] for k in (1, 2, 3))
    assert (None, True) == (third["reason_1"], third["withheld"])
    assert ("a", None, True) == (last["reason_1"], last["reason_2"], last["withheld"])
    assert 0.462117 == round(first["moved"], 6)
    assert {("linear-points", "permutation-shap", 0.625)} == {
        (r["method"], r["agreement_method"], r["agreement_first"]) for r in rows
    }
    about = json.loads(held.schema.metadata[b"dutybound"])
    assert ("dutybound/reasons/1", 200) == (about["format"], about["table"]["rows"])


def test_words_for_a_notice_depend_on_the_side(table: Path) -> None:
    """a is a reason where it lies above its reference of 0, never below."""
    for words, first in (("{high: Too much of a}", "Too much of a"), ("{low: Too little}", None)):
        path = table.parent / "reasons.parquet"
        text = CONFIG.replace("notice: Too much of a", f"notice: {words}")
        done = run(table, "--config", configured(table.parent, text), "--reasons", path)
        assert 0 == done.exit_code, done.exception
        assert first == pq.read_table(path).to_pylist()[0]["notice_1"]


def test_the_page_has_charts_tables_and_no_script(table: Path) -> None:
    path = table.parent / "page.html"
    done = run(table, "--config", configured(table.parent, CONFIG + FIDELITY), "--html", path)
    assert (0, "") == (done.exit_code, done.stdout)
    text = path.read_text()
    assert "<script" not in text and 5 < text.count("<svg")
    assert "Importance of features" in text and "Too much of a" in text
    assert "What is stated there is not the whole" in text


def test_the_terminal_says_worst_first(table: Path) -> None:
    said = run(table, "--config", configured(table.parent, CONFIG + FIDELITY)).stdout
    order = ["worst first", "outside (1)", "Reasons of adverse", "What the model uses", "Limits"]
    assert sorted(said.index(x) for x in order) == [said.index(x) for x in order]


def test_the_same_input_gives_the_same_bytes(table: Path) -> None:
    words = (table, "--config", configured(table.parent), "--json")
    assert run(*words).stdout == run(*words).stdout


# ---------------------------------------------------------------------- models
def test_an_onnx_file_gives_the_same_decisions(table: Path) -> None:
    (table.parent / "model.onnx").write_bytes(logistic_onnx([1.0, 1.0, 1.0], -1.0))
    text = CONFIG.replace("{logistic: {intercept: -1, weights: {a: 1, b: 1, p: 1}}}", "{onnx: "
                          "model.onnx}")  # fmt: skip
    found = json.loads(run(table, "--config", configured(table.parent, text), "--json").stdout)
    assert ("onnx", "model.onnx") == (found["model"]["form"], found["model"]["name"])
    said = found["reasons"]
    assert "replacement-by-reference" == said["method"]
    assert {"a": 80, "b": 30, "p": 0} == {r["feature"]: r["named"] for r in said["by_feature"]}
    pinned = text.replace("model.onnx}", f"model.onnx, sha256: {'0' * 64}}}")
    done = run(table, "--config", configured(table.parent, pinned))
    assert isinstance(done.exception, ModelError)
    assert "not the one that is pinned" in str(done.exception)


def test_code_runs_only_where_it_was_allowed(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (table.parent / "ours_scoring.py").write_text(
        "import numpy as np\n\ndef score(x):\n    return 1 / (1 + np.exp(1 - x.sum(axis=1)))\n"
    )
    monkeypatch.syspath_prepend(str(table.parent))
    text = CONFIG.replace("{logistic: {intercept: -1, weights: {a: 1, b: 1, p: 1}}}",
                          "{callable: 'ours_scoring:score'}")  # fmt: skip
    words = (table, "--config", configured(table.parent, text))
    done = run(*words)
    assert isinstance(done.exception, BadInput)
    assert "--allow-code" in str(done.exception)
    import sys

    assert "ours_scoring" not in sys.modules
    found = json.loads(run(*words, "--allow-code", "--json").stdout)
    assert ("callable", 100) == (found["model"]["form"], found["reasons"]["decisions"])


def test_trees_beside_a_function(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (table.parent / "ours_trees.py").write_text(
        "import numpy as np\n"
        "from sklearn.ensemble import GradientBoostingClassifier\n"
        "x = np.random.default_rng(1).uniform(0, 2, (500, 3))\n"
        "trees = GradientBoostingClassifier(n_estimators=20, random_state=0)\n"
        "trees.fit(x, x.sum(axis=1) > 2)\n"
        "def score(x):\n    return trees.predict_proba(x)[:, 1]\n"
    )
    monkeypatch.syspath_prepend(str(table.parent))
    text = CONFIG.replace("{logistic: {intercept: -1, weights: {a: 1, b: 1, p: 1}}}",
                          "{callable: 'ours_trees:score', trees: 'ours_trees:trees'}")  # fmt: skip
    done = run(table, "--config", configured(table.parent, text), "--allow-code", "--json")
    value = json.loads(done.stdout)
    assert ("tree-path-attribution", "log-odds") == tuple(
        value["reasons"][k] for k in ("method", "unit")
    )
    assert "tree-shap-path-dependent" == value["importance"]["method"]
    assert {None} == {f["value_error"] for f in value["importance"]["features"]}


def test_texts_with_codes_and_csv(tmp_path: Path) -> None:
    held = columns()
    lines = ["a,b,p,y,id"]
    word = {0.0: "none", 1.0: "some", 2.0: "much"}
    for a, b, p, y, i in zip(*(held[k] for k in ("a", "b", "p", "y", "id")), strict=True):
        lines.append(f"{word[a]},{b},{p},{y},{i}")
    path = tmp_path / "table.csv"
    path.write_text("\n".join(lines) + "\n")
    text = CONFIG.replace(
        "{column: a, low: 0, high: 3, change: down, notice: Too much of a}",
        "{column: a, codes: {none: 0, some: 1, much: 2}, change: any}",
    )
    done = run(path, "--config", configured(tmp_path, text), "--json")
    assert 0 == done.exit_code, done.exception
    value = json.loads(done.stdout)
    named = {r["feature"]: r["named"] for r in value["reasons"]["by_feature"]}
    assert {"a": 80, "b": 30, "p": 0} == named
    short = text.replace(", much: 2", "")
    done = run(path, "--config", configured(tmp_path, short))
    assert isinstance(done.exception, ModelError)
    assert "`much`: not among its `codes`" in str(done.exception)


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("a", ["x"] * 200, "not numbers"),
        ("a", [float("inf")] * 200, "infinite"),
        ("a", [None] * 200, "has no value in the reference rows"),
        ("a", None, "has no column `a`"),
        ("b", [None] + [0.0] * 199, "missing or infinite"),
    ],
)
def test_bad_tables_are_refused(tmp_path: Path, column: str, values: Any, said: str) -> None:
    held = columns()
    if values is None:
        del held[column]
    else:
        held[column] = values
    done = run(written(tmp_path, held), "--config", configured(tmp_path))
    assert isinstance(done.exception, ModelError), done.output
    assert said in str(done.exception)


def test_a_table_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    for raw, said in ((None, "no such table"), (b"not parquet", "cannot be read as parquet")):
        if raw is not None:
            path.write_bytes(raw)
        done = run(path, "--config", configured(tmp_path))
        assert isinstance(done.exception, ModelError)
        assert said in str(done.exception)


def test_a_folder_of_files(tmp_path: Path) -> None:
    """Two files below a folder, beside one that is no table."""
    held = columns()
    folder = tmp_path / "rows"
    for i, part in enumerate((slice(0, 100), slice(100, 200))):
        inner = folder / f"day={i}"
        inner.mkdir(parents=True)
        written(inner, {k: v[part] for k, v in held.items()})
    (folder / "notes.yaml").write_text("a: 1\n")
    done = run(folder, "--config", configured(tmp_path), "--json")
    assert 0 == done.exit_code, done.exception
    value = json.loads(done.stdout)
    assert (200, 100) == (value["table"]["rows"], value["reasons"]["decisions"])
    (tmp_path / "none").mkdir()
    done = run(tmp_path / "none", "--config", tmp_path / "model.yaml")
    assert "holds no file" in str(done.exception)


def test_columns_with_hostile_names(tmp_path: Path) -> None:
    name = 'a\'; DROP TABLE "x" <b>'
    held = columns()
    held[name] = held.pop("a")
    quoted = name.replace("'", "''")
    text = CONFIG.replace("{a: 1,", f"{{'{quoted}': 1,").replace(
        "{column: a,", f"{{column: '{quoted}',"
    )
    html = tmp_path / "page.html"
    done = run(written(tmp_path, held), "--config", configured(tmp_path, text), "--html", html)
    assert 0 == done.exit_code, done.exception
    assert "<b>" not in html.read_text()


# ---------------------------------------------------------------------- evidence
HEAD = "dutybound: trust/1\norganisations:\n  - {id: acme, name: Acme, relation: own}\n"
INSIDE = FIDELITY.replace("0.95", "0.7")


def signed(table: Path, chosen: str, *more: str) -> tuple[Path, Any]:
    record = table.parent / "record"
    record.mkdir()
    (record / "trust.yaml").write_text(HEAD)
    key = str(table.parent / "alice.key")
    who = ("--person", "alice", "--organisation", "acme", "--role", "lead")
    words = ["keys", "new", "-o", key, *who, "--trust", str(record / "trust.yaml")]
    assert 0 == CliRunner().invoke(cli, words, catch_exceptions=False).exit_code
    path = configured(table.parent, CONFIG + chosen)
    command = (table, "--config", path, "--system", SYSTEM, "--sign", key, "--to", record)
    done = run(*command, "--json", *more)
    assert 0 == done.exit_code, (done.output, done.exception)
    return record, json.loads(done.stdout)


def reached(record: Path) -> tuple[dict[str, Rung], list[str]]:
    today = datetime.now(UTC).date()
    opened = open_folder(record, read_trust(record / "trust.yaml"))
    system = ProfileReader(default_content()).read(SYSTEM, today=today)
    checked, refused = check_evidence(opened, default_catalogue(), system, today, today=today)
    return {k: v for c in checked for k, v in c.reaches.items()}, [r.reason for r in refused]


def test_a_run_inside_the_thresholds_is_a_test_that_counts(table: Path) -> None:
    record, value = signed(table, INSIDE, "--party", "bank-eu")
    assert {"DB-EXP-04": Rung.TESTED} == reached(record)[0]
    # Single decisions are about persons and stay out of what is signed.
    assert [] == value["decisions"]["cases"]


def test_a_run_outside_a_threshold_raises_nothing(table: Path) -> None:
    record, _ = signed(table, FIDELITY, "--party", "all")
    assert ({}, ["The result of the test is: fail."]) == reached(record)


def test_a_control_on_a_use_needs_the_party_that_tested(table: Path) -> None:
    record, _ = signed(table, INSIDE)
    rungs, (why,) = reached(record)
    assert {} == rungs
    assert "`parties`" in why


def test_a_signature_needs_a_system(table: Path) -> None:
    done = run(table, "--config", configured(table.parent), "--sign", "any.key")
    assert isinstance(done.exception, BadInput)
    assert "--system" in str(done.exception)
