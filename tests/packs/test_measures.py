"""The measures of the content: closed, linted, and in step with the code, controls and rules."""

from __future__ import annotations

import shutil
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest

from dutybound.errors import ContentError
from dutybound.packs import measures_compile
from dutybound.packs.compile import content_folder, default_content
from dutybound.packs.measures import measure_problems, read_measures
from dutybound.packs.measures_compile import default_measures, from_plain, plain, write_measures
from dutybound.terms.law import Content
from dutybound.terms.measure import MeasureCatalogue, Side


@pytest.fixture(scope="module")
def content() -> Content:
    """The content that comes with the package."""
    return default_content()


@pytest.fixture(scope="module")
def found(content: Content) -> MeasureCatalogue:
    """Its measures."""
    return read_measures(content_folder(), content.rules)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the parts that belong together."""
    for name in ("measures", "controls"):
        shutil.copytree(content_folder() / name, tmp_path / name)
    return tmp_path


def edit(path: Path, old: str, new: str) -> int:
    """Replace the first place; gives its line."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_shipped_measures_are_sound(content: Content, found: MeasureCatalogue) -> None:
    assert () == measure_problems(content_folder(), content.rules)
    assert ["drift", "fairness", "operation", "performance"] == list(found.families)


def test_each_computed_measure_has_its_function(found: MeasureCatalogue) -> None:
    computed = [m for m in found.entries.values() if m.how == "computed"]
    assert 50 < len(computed)
    for measure in computed:
        module, _, name = str(measure.function).partition(".")
        assert callable(getattr(import_module(f"dutybound.measure.{module}"), name)), measure.id


def test_four_fifths_is_for_employment_only(found: MeasureCatalogue) -> None:
    """29 CFR 1607.4(D), in force since 25 September 1978; guidance, no law."""
    only = [(m.id, t) for m in found.entries.values() for t in m.thresholds if t.rule]
    assert ["impact-ratio"] == [name for name, _ in only]
    t = only[0][1]
    assert (0.8, Side.AT_LEAST, "supervisory_guidance") == (t.value, t.side, t.nature)
    assert (("employment",), date(1978, 9, 25)) == (t.only_for, t.since)
    assert "29 CFR 1607.4(D)" == t.cite


def test_new_york_names_the_ratio_without_a_pass_mark(found: MeasureCatalogue) -> None:
    line = found.named["us-nyc-aedt.5-301.audit-figures"]
    assert ("none", date(2023, 7, 5)) == (line.threshold, line.since)
    named = {"selection-rate", "scoring-rate", "impact-ratio", "scoring-impact-ratio"}
    assert named == set(line.measures)
    assert line.policy is not None
    assert ("highest", 0.02, True) == (
        line.policy.reference,
        line.policy.minimum_share,
        line.policy.intersections,
    )


def test_no_credit_rule_names_a_metric(content: Content, found: MeasureCatalogue) -> None:
    markets = {"us-fed-ecoa-regb", "us-fed-fha", "uk-equality-act", "uk-consumer-duty", "gdpr"}
    assert set() == {content.rules[r].act for r in found.named} & markets


def test_every_other_threshold_is_house_policy(found: MeasureCatalogue) -> None:
    natures = {t.nature for m in found.entries.values() for t in m.thresholds if not t.rule}
    assert {"internal_policy"} == natures


def test_compiled_form_says_the_same(
    content: Content, found: MeasureCatalogue, tmp_path: Path
) -> None:
    assert found == from_plain(plain(found)) == default_measures()
    assert found == write_measures(content_folder(), tmp_path, content.rules)
    assert ["measures.json"] == [p.name for p in tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("measures/drift.yaml", "unit: share of the population", "units: x", "Unknown key `units`"),
        ("measures/drift.yaml", "better: lower", "better: small", "`better`"),
        ("measures/drift.yaml", "function: distances.ks", "function: ks", "module.function"),
        ("measures/drift.yaml", "how: computed", "how: reported", "names its `function`"),
        ("measures/operation.yaml", "from: decision records, ", "", "where it comes `from`"),
        ("measures/fairness.yaml", "id: scoring-rate", "id: selection-rate", "stands here again"),
        ("measures/fairness.yaml", "family: fairness", "family: drift", "stands in two files"),
        ("measures/law.yaml", "rules: us-nyc-aedt.5-301", "rules: us-nyc-aedt.5-30", "no rule"),
        ("measures/law.yaml", "[training-compute]", "[training-computes]", "Did you mean"),
        ("measures/fairness.yaml", "rule: us-fed-ugesp", "rule: us-fed-uges", "no rule"),
        ("measures/fairness.yaml", "        since: 1978-09-25\n", "", "needs `cite`, `since`"),
        ("measures/drift.yaml", "nature: internal_policy, ", "", "either a `rule`"),
        ("measures/drift.yaml", "says: Largest", f"says: {'x' * 400}", "over 400 characters"),
        (
            "measures/law.yaml",
            "us-nyc-aedt.20-871-a-1.bias-audit",
            "us-nyc-aedt.5-301.audit-figures",
            "stands here again",
        ),
        ("controls/monitoring.yaml", "time-to-detect", "time-to-detekt", "Did you mean"),
        ("controls/monitoring.yaml", "time-to-detect]", "time-to-detect, time-to-detect]", "twice"),
    ],
)
def test_a_flaw_is_named_with_its_place(
    folder: Path, content: Content, file: str, old: str, new: str, says: str
) -> None:
    line = edit(folder / file, old, new)
    found = measure_problems(folder, content.rules)
    hits = [p for p in found if says in p.message]
    assert hits, found
    assert file in {p.file for p in hits}
    assert all(p.line > 0 for p in hits)
    assert any(abs(p.line - line) < 20 for p in hits)


def test_a_measure_that_nobody_asks_for(folder: Path, content: Content) -> None:
    name = "labeller-agreement"
    edit(folder / "controls/data.yaml", f"measures: [{name}]", "measures: []")
    messages = [p.message for p in measure_problems(folder, content.rules)]
    assert [
        "No control and no rule asks for `labeller-agreement`. Name it in `measures` of a control."
    ] == messages


def test_reading_refuses_what_is_not_sound(folder: Path, content: Content) -> None:
    edit(folder / "measures/drift.yaml", "better: lower", "better: small")
    with pytest.raises(ContentError, match=r"measures/drift\.yaml:\d+:\d+"):
        read_measures(folder, content.rules)


def test_without_the_compiled_form_the_yaml_is_read(
    found: MeasureCatalogue, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Also where nothing can be written: the folder is a file there."""
    (tmp_path / "taken").write_text("", encoding="utf-8")
    for path in (tmp_path / "measures.json", tmp_path / "taken" / "measures.json"):
        monkeypatch.setattr(measures_compile, "MEASURES", path)
        monkeypatch.setattr(measures_compile, "COMPILED", path)
        assert found == default_measures()
    assert (tmp_path / "measures.json").is_file()
