"""South German credit: the data are the source's, and what the command measures is right.

Figures are worked out of dutybound: by hand, by scikit-learn, or by fairlearn.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from fairlearn import metrics as fair
from sklearn import metrics

from dutybound.assess.signing import SUFFIX
from dutybound.cli.main import cli
from dutybound.packs.model_config import read_model_config
from dutybound.terms.model_file import Logistic, ModelConfig

EXAMPLE: Final = Path(__file__).resolve().parents[2] / "examples/german-credit"
DATA: Final = EXAMPLE / "applications.csv"
# Published with the data set by those who use it, of the file inside UCI's archive number 573.
SOURCE: Final = "5f363343f356ca38a0236baab849e472846399b2176ccc5bd686483dd8a7562f"
GERMAN: Final = (
    "laufkont laufzeit moral verw hoehe sparkont beszeit rate famges buerge wohnzeit verm alter "
    "weitkred wohn bishkred beruf pers telef gastarb kredit"
)
# Counts of the codes, as textbooks on the data print them (per 1,000).
COUNTS: Final = {
    "status": {1: 274, 2: 269, 3: 63, 4: 394},
    "credit_history": {0: 40, 1: 49, 2: 530, 3: 88, 4: 293},
    "purpose": {0: 234, 1: 103, 2: 181, 3: 280, 4: 12, 5: 22, 6: 50, 8: 9, 9: 97, 10: 12},
    "savings": {1: 603, 2: 103, 3: 63, 4: 48, 5: 183},
    "employment_duration": {1: 62, 2: 172, 3: 339, 4: 174, 5: 253},
    "installment_rate": {1: 136, 2: 231, 3: 157, 4: 476},
    "personal_status_sex": {1: 50, 2: 310, 3: 548, 4: 92},
    "other_debtors": {1: 907, 2: 41, 3: 52},
    "present_residence": {1: 130, 2: 308, 3: 149, 4: 413},
    "property": {1: 282, 2: 232, 3: 332, 4: 154},
    "other_installment_plans": {1: 139, 2: 47, 3: 814},
    "housing": {1: 179, 2: 714, 3: 107},
    "number_credits": {1: 633, 2: 333, 3: 28, 4: 6},
    "job": {1: 22, 2: 200, 3: 630, 4: 148},
    "people_liable": {1: 155, 2: 845},
    "telephone": {1: 596, 2: 404},
    "foreign_worker": {1: 37, 2: 963},
    "credit_risk": {0: 300, 1: 700},
}


# ---------------------------------------------------------------------- the data
@pytest.fixture(scope="module")
def credits() -> list[dict[str, int]]:
    with DATA.open(newline="", encoding="utf-8") as file:
        return [{k: int(v) for k, v in row.items()} for row in csv.DictReader(file)]


def test_the_data_are_the_file_of_the_source() -> None:
    """German names, spaces and CR LF give the source's file, byte for byte."""
    _, *rows = DATA.read_text(encoding="utf-8").splitlines()
    text = "".join(f"{line}\r\n" for line in (GERMAN, *(r.replace(",", " ") for r in rows)))
    assert (47_940, SOURCE) == (len(text), sha256(text.encode()).hexdigest())


def test_the_page_states_the_digests() -> None:
    page = (EXAMPLE / "SOURCE.md").read_text(encoding="utf-8")
    assert f"`{sha256(DATA.read_bytes()).hexdigest()}`" in page
    assert f"`{SOURCE}`" in page


def test_the_published_marginals(credits: list[dict[str, int]]) -> None:
    found = {name: dict(sorted(Counter(r[name] for r in credits).items())) for name in COUNTS}
    assert COUNTS == found
    amount = np.array([r["amount"] for r in credits])
    assert ("3271.248", "2822.752") == (f"{amount.mean():.3f}", f"{amount.std(ddof=1):.3f}")


def paid(credits: list[dict[str, int]], *codes: int) -> tuple[int, int]:
    """Credits of these codes of status and sex, and how many were paid back."""
    some = [r["credit_risk"] for r in credits if r["personal_status_sex"] in codes]
    return len(some), sum(some)


def test_what_the_older_file_would_have_claimed(credits: list[dict[str, int]]) -> None:
    """The rates and counts that the README prints."""
    assert [(50, 30), (310, 201), (548, 402), (92, 67)] == [paid(credits, c) for c in (1, 2, 3, 4)]
    assert (690, 499) == paid(credits, 1, 3, 4)  # men in the older words: 72.3 %
    assert (598, 432) == paid(credits, 1, 3)  # known to be men: 72.2 %
    page = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    for code, size, rate in ((1, 50, 60.0), (2, 310, 64.8), (3, 548, 73.4), (4, 92, 72.8)):
        assert f"| {size} | {rate} % |" in page, code
    # All of the 310 who did not pay are women, or all who did: 67 / (92 + 109), 268 / (92 + 201).
    assert ("33", "91") == (f"{100 * 67 / 201:.0f}", f"{100 * 268 / 293:.0f}")
    assert "between 33 % and 91 %" in page


# ---------------------------------------------------------------------- the model
@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("german-credit")
    words = [sys.executable, str(EXAMPLE / "train.py"), str(folder)]
    subprocess.run(words, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def table(work: Path) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = pq.read_table(work / "held-out.parquet").to_pydict()
    return found


def weights(config: ModelConfig) -> dict[str, float]:
    assert isinstance(config.model.logistic, Logistic)
    return {**config.model.logistic.weights, "": config.model.logistic.intercept}


def test_the_model_of_the_example_is_what_its_script_writes(work: Path) -> None:
    """Solvers differ in the last digits from machine to machine, so weights need not be equal."""
    kept, made = (read_model_config(f / "score.yaml") for f in (EXAMPLE, work))
    assert pytest.approx(weights(kept), rel=0.01, abs=1e-5) == weights(made)
    assert (kept.features, len(kept.refits)) == (made.features, 5)


def test_no_feature_tells_age_sex_or_foreign_work() -> None:
    text = (EXAMPLE / "score.yaml").read_text(encoding="utf-8")
    assert [] == [w for w in ("column: age", "sex", "foreign", "status") if w in text]


def test_half_of_each_outcome_is_held_out(table: dict[str, list[Any]]) -> None:
    assert {0: 150, 1: 350} == dict(Counter(table["repaid"]))
    # 350 x 0.95 / 0.7 + 150 x 0.05 / 0.3 = 475 + 25
    assert 500 == pytest.approx(sum(table["weight"]))
    # Odds of 0.6 / 0.4 times (0.95 / 0.05) / (0.7 / 0.3) are 171 / 14.
    odds = np.array(table["bank_score"]) / (1 - np.array(table["bank_score"]))
    here = np.array(table["score"]) / (1 - np.array(table["score"]))
    assert pytest.approx((171 / 14) / 1.5, rel=1e-3) == odds / here


def test_sex_is_missing_where_the_code_does_not_tell_it(
    credits: list[dict[str, int]], table: dict[str, list[Any]]
) -> None:
    code = [credits[i - 1]["personal_status_sex"] for i in table["id"]]
    assert {(1, "male"), (2, None), (3, "male"), (4, "female")} == set(
        zip(code, table["sex"], strict=True)
    )
    assert Counter({"male": 300, None: 157, "female": 43}) == Counter(table["sex"])


# ---------------------------------------------------------------------- what is measured
def measured(work: Path, name: str) -> dict[tuple[str, str, str | None], dict[str, Any]]:
    """The lines of a run, by measure, what it is over, and group."""
    words = ["measure", str(work / "held-out.parquet"), "--config", str(EXAMPLE / f"{name}.yaml")]
    done = CliRunner().invoke(cli, [*words, "--json"], catch_exceptions=False)
    assert 0 == done.exit_code
    lines = json.loads(done.stdout)["lines"]
    return {(x["measure"], x["over"], x["group"]): x for x in lines}


@pytest.fixture(scope="module")
def fairness(work: Path) -> dict[tuple[str, str, str | None], dict[str, Any]]:
    return measured(work, "fairness")


def test_performance_is_what_scikit_learn_says(work: Path, table: dict[str, list[Any]]) -> None:
    found = measured(work, "performance")
    label, score, chosen = table["repaid"], table["score"], table["approved"]
    brier = metrics.brier_score_loss(label, score)
    assert pytest.approx(metrics.roc_auc_score(label, score), abs=2e-4) == value(found, "auc")
    assert pytest.approx(brier, abs=2e-4) == value(found, "brier")
    assert pytest.approx(metrics.accuracy_score(label, chosen)) == value(found, "accuracy")
    for name, figure in (("auc", 0.765), ("brier", 0.172), ("calibration", 0.056)):
        line = found[name, "all rows", None]
        assert pytest.approx(figure, abs=0.005) == line["value"], name
        assert "no_breach" == line["verdict"]


def printed(row: str, *figures: float) -> None:
    """A row of the page holds these, but for the decision or two that another solver changes."""
    page = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^\| {re.escape(row)} \| (.*) \|$", page, re.M)
    said = [float(cell.removesuffix(" %")) for cell in found.split(" | ")]
    assert pytest.approx(list(figures), abs=0.005 * (100 if "%" in found else 1)) == said


def test_weighted_to_the_bank_is_what_scikit_learn_says(
    work: Path, table: dict[str, list[Any]]
) -> None:
    found = measured(work, "population")
    label, score, chosen = table["repaid"], table["bank_score"], table["approved"]
    of: dict[str, Any] = {"sample_weight": table["weight"]}
    expected = {
        "accuracy": metrics.accuracy_score(label, chosen, **of),
        "precision": metrics.precision_score(label, chosen, **of),
        "recall": metrics.recall_score(label, chosen, **of),
        "auc": metrics.roc_auc_score(label, score, **of),
        "brier": metrics.brier_score_loss(label, score, **of),
    }
    assert pytest.approx(expected, abs=2e-4) == {m: value(found, m) for m in expected}
    approved = float(np.average(chosen, weights=table["weight"]))
    printed("approved, at the same decisions", 100 * float(np.mean(chosen)), 100 * approved)
    printed("accuracy", metrics.accuracy_score(label, chosen), expected["accuracy"])
    plain = metrics.precision_score(label, chosen)
    printed("precision: paid back, of the approved", plain, expected["precision"])
    young = np.array(table["age"]) < 26
    older = (np.array(table["age"]) >= 26) & (np.array(table["age"]) < 60)
    rate = [float(np.mean(np.array(chosen)[g & (np.array(label) == 1)])) for g in (young, older)]
    gap = rate[0] - rate[1]
    assert pytest.approx(gap) == value(found, "equal-opportunity", "age", "under 26")
    printed("true positive rate of those under 26, less that from 26 to 59", gap, gap)


def value(
    found: dict[tuple[str, str, str | None], dict[str, Any]],
    measure: str,
    over: str = "all rows",
    group: str | None = None,
) -> float:
    return float(found[measure, over, group]["value"])


AGE: Final = ("under 26", "26 to 60", "60 or more")


def group_of(table: dict[str, list[Any]], attribute: str) -> list[str]:
    """The group of each row, as fairness.yaml names them."""
    if attribute == "age":
        return [AGE[(a >= 26) + (a >= 60)] for a in table["age"]]
    if attribute == "sex":
        names = {"female": "women", "male": "men", None: "(missing)"}
        return [names[s] for s in table["sex"]]
    return list(table["foreign_worker"])


@pytest.mark.parametrize(
    ("attribute", "reference"), [("age", "26 to 60"), ("sex", "men"), ("foreign_worker", "no")]
)
def test_fairness_is_what_fairlearn_says(
    fairness: dict[tuple[str, str, str | None], dict[str, Any]],
    table: dict[str, list[Any]],
    attribute: str,
    reference: str,
) -> None:
    of = group_of(table, attribute)
    known = np.array(of) != "(missing)"
    frame = fair.MetricFrame(
        metrics={
            "selected": fair.selection_rate,
            "tpr": fair.true_positive_rate,
            "fpr": fair.false_positive_rate,
            "precision": metrics.precision_score,
        },
        y_true=np.array(table["repaid"])[known],
        y_pred=np.array(table["approved"])[known],
        sensitive_features=np.array(of)[known],
    ).by_group
    groups = set(of) - {"(missing)"}
    assert groups == set(frame.index)
    base = frame.loc[reference]
    gaps = frame - base
    for group in groups:
        row, gap = frame.loc[group], gaps.loc[group]
        expected = {
            "selection-rate": row["selected"],
            "false-discovery-rate": 1 - row["precision"],
            "impact-ratio": row["selected"] / base["selected"],
            "statistical-parity": gap["selected"],
            "equal-opportunity": gap["tpr"],
            "predictive-parity": gap["precision"],
        }
        found = {m: value(fairness, m, attribute, group) for m in expected}
        assert pytest.approx(expected) == found, group
    spread = frame.max() - frame.min()
    odds = max(spread["tpr"], spread["fpr"])
    assert pytest.approx(odds) == value(fairness, "equalised-odds", attribute)


def test_the_bounds_on_sex_worked_by_hand(
    fairness: dict[tuple[str, str, str | None], dict[str, Any]], table: dict[str, list[Any]]
) -> None:
    """All of the unknown who were refused are women and the others men, or the other way round."""
    chosen = Counter(zip(table["sex"], table["approved"], strict=True))
    women, men, unknown = (
        (chosen[s, 1], chosen[s, 1] + chosen[s, 0]) for s in ("female", "male", None)
    )
    yes, no = unknown[0], unknown[1] - unknown[0]
    lowest = (women[0] / (women[1] + no)) / ((men[0] + yes) / (men[1] + yes))
    highest = ((women[0] + yes) / (women[1] + yes)) / (men[0] / (men[1] + no))
    line = fairness["missing-attribute-bounds", "sex", "women"]
    assert pytest.approx(lowest) == line["value"]
    assert f"between {lowest:.4g} and {highest:.4g}" in line["note"]
    assert pytest.approx((0.40, 1.58), abs=0.02) == (lowest, highest)
    assert 157 == line["rows"]


def test_nothing_on_groups_is_settled(
    fairness: dict[tuple[str, str, str | None], dict[str, Any]],
) -> None:
    """Nothing is said of sex, and the rows without it are counted, not filled in."""
    judged = {k: x["verdict"] for k, x in fairness.items() if x["threshold"] is not None}
    judged = {k: v for k, v in judged.items() if k[2] not in {"26 to 60", "men", "no"}}
    assert 8 == len(judged)
    assert {"not_enough_data"} == set(judged.values())


@pytest.mark.parametrize(
    ("row", "attribute", "group"),
    [
        ("approvals under 26 years, less those from 26 to 59", "age", "under 26"),
        ("approvals of 60 or more, less those from 26 to 59", "age", "60 or more"),
        ("approvals of foreign workers, less those of others", "foreign_worker", "yes"),
        ("approvals of known women, less those of known men", "sex", "women"),
    ],
)
def test_gaps_on_the_page(
    fairness: dict[tuple[str, str, str | None], dict[str, Any]],
    row: str,
    attribute: str,
    group: str,
) -> None:
    page = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^\| {re.escape(row)} \| (\S+) \| (\S+) to (\S+) \|", page, re.M)
    line = fairness["statistical-parity", attribute, group]
    figures = (line["value"], line["interval"]["low"], line["interval"]["high"])
    assert pytest.approx(figures, abs=0.015) == tuple(map(float, found))


def test_the_older_coding_hides_what_it_does_not_know(work: Path) -> None:
    found = measured(work, "old-coding")
    line = found["statistical-parity", "sex", "women"]
    assert 157 == line["rows"]
    assert pytest.approx(-0.03, abs=0.01) == line["value"]
    assert [] == [k for k in found if k[0] == "missing-attribute-bounds"]


# ---------------------------------------------------------------------- the evidence
def held(kind: str) -> list[dict[str, Any]]:
    """The outputs of a command that were signed; each is named by its own digest."""
    paths = [p for p in sorted((EXAMPLE / "evidence").glob(f"{kind}-*.json"))]
    paths = [p for p in paths if not p.name.endswith(SUFFIX)]
    assert [] == [p for p in paths if not p.stem.endswith(sha256(p.read_bytes()).hexdigest()[:8])]
    return [json.loads(p.read_bytes()) for p in paths]


def test_the_explanation_that_was_signed_is_of_this_model() -> None:
    (value,) = held("explain-model")
    kept = read_model_config(EXAMPLE / "score.yaml")
    assert [f.name for f in kept.features] == [f["name"] for f in value["model"]["features"]]
    assert (500, 164) == (value["table"]["rows"], value["reasons"]["decisions"])
    page = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    judged = [x for x in value["lines"] if x["threshold"] is not None]
    shown = {
        "reason-fidelity": ("taken away", "100 %", "97.7 % to 100 %"),
        "reason-agreement": ("SHAP names too", "95.3 %", "93.5 % to 97.0 %"),
        "reason-stability": ("six fits", "0.81", "0.80 to 0.82"),
    }
    for line in (x for x in judged if x["measure"] in shown):
        what, point, span = shown[line["measure"]]
        assert f"{what} | {point} | {span} |" in page
        figures = (line["value"], line["interval"]["low"], line["interval"]["high"])
        times = 100 if "%" in point else 1
        said = [float(x) / times for x in re.findall(r"[0-9.]+", f"{point} {span}")]
        assert pytest.approx(said, abs=0.5 * 10 ** -(3 if times == 100 else 2)) == list(figures)
    assert set(shown) | {"decision-change-rate"} == {x["measure"] for x in judged}


def test_the_measures_that_were_signed_are_those_of_the_page(work: Path) -> None:
    """What was signed is what the commands give today, and the page prints it rounded."""
    page = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    signed = {len(v["protected"]): v["lines"] for v in held("measure")}
    assert {0, 3} == set(signed)
    for count, name in ((0, "performance"), (3, "fairness")):
        now = measured(work, name)
        for line in signed[count]:
            if line["threshold"] is None or line["value"] is None:
                continue
            key = (line["measure"], line["over"], line["group"])
            assert pytest.approx(line["value"], abs=0.02) == now[key]["value"], key
    rows = re.findall(
        r"^\| (area|calibration|Brier)[^|]*\| ([0-9.]+) \| ([0-9.]+) to ([0-9.]+)", page, re.M
    )
    shown = {name: tuple(map(float, rest)) for name, *rest in rows}
    names = {"auc": "area", "calibration": "calibration", "brier": "Brier"}
    found = {
        names[x["measure"]]: tuple(
            round(v, 3) for v in (x["value"], x["interval"]["low"], x["interval"]["high"])
        )
        for x in signed[0]
        if x["measure"] in names and x["threshold"] is not None
    }
    assert shown == found
