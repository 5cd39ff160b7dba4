"""Reads `content/measures/`: what each measure is, and where the law names one. Closed, linted.

A measure that a control or a rule names and that is not there, one that nobody asks for, a
threshold of law without its rule: each is an error with file, line and column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from dutybound.errors import ContentError, Problem, did_you_mean
from dutybound.packs.catalogue_schema import Slug
from dutybound.packs.reading import Document, Where, read_yaml
from dutybound.packs.schema import Grade
from dutybound.packs.shapes import Closed, Day, Text, like
from dutybound.packs.validation import validate
from dutybound.terms.law import Rule
from dutybound.terms.measure import (
    ComparisonPolicy,
    DefaultThreshold,
    MeasureCatalogue,
    MeasureEntry,
    NamedByLaw,
    Side,
)

FOLDER: Final = "measures"
LAW: Final = "law.yaml"
HOUSE: Final = "internal_policy"
LONGEST: Final = 400
FunctionName = Annotated[str, like(r"[a-z_]+\.[a-z_]+", "is `module.function` of the package")]
Field_ = Literal["employment", "insurance", "general_purpose_models"]


class ThresholdModel(Closed):
    """A threshold on offer. nature: only `internal_policy`; else the rule has the nature."""

    value: float
    side: Side
    nature: Literal["internal_policy"] | None = None
    rule: Text | None = None
    cite: Text | None = None
    since: Day | None = None
    only_for: tuple[Field_, ...] = ()
    why: Text


class MeasureModel(Closed):
    """One measure."""

    id: Slug
    name: Text
    says: Text
    unit: Text
    range: Text
    better: Literal["higher", "lower", "near_zero", "near_one", "neither"]
    how: Literal["computed", "reported"]
    function: FunctionName | None = None
    origin: Annotated[Text | None, Field(alias="from")] = None
    sources: tuple[Text, ...] = Field(min_length=1)
    limits: tuple[Text, ...] = Field(min_length=1)
    undefined: tuple[Text, ...] = Field(min_length=1)
    thresholds: tuple[ThresholdModel, ...] = ()


class FamilyFile(Closed):
    """A file of `measures/`: one family."""

    dutybound: Literal["measure-family/1"]
    family: Slug
    title: Text
    measures: tuple[MeasureModel, ...] = Field(min_length=1)


class PolicyModel(Closed):
    """How a text wants groups compared."""

    reference: Literal["highest", "largest", "rest"]
    minimum_share: Annotated[float, Field(ge=0, lt=1)]
    intersections: bool
    report_unknown: bool


class NamedModel(Closed):
    """A rule that names metrics."""

    rules: Text
    measures: tuple[Slug, ...] = Field(min_length=1)
    cite: Text
    since: Day
    threshold: Literal["none", "rule_of_thumb", "fixed"]
    only_for: tuple[Field_, ...] = ()
    policy: PolicyModel | None = None
    note: Text
    grade: Grade


class LawFile(Closed):
    """`law.yaml`."""

    dutybound: Literal["measure-law/1"]
    checked_on: Day
    named: tuple[NamedModel, ...]


@dataclass(slots=True)
class _Reader:
    """Collects files, then checks what points where."""

    rules: Mapping[str, Rule]
    problems: list[Problem]
    families: dict[str, str]
    entries: dict[str, MeasureEntry]
    named: dict[str, NamedByLaw]
    places: dict[str, tuple[Document, Where]]
    law: LawFile | None = None

    def wrong(self, document: Document, where: Where, message: str) -> None:
        self.problems.append(document.problem(where, message))

    # ------------------------------------------------------------------ families
    def take_family(self, document: Document) -> None:
        model = validate(FamilyFile, document, self.problems)
        if model is None:
            return
        if model.family in self.families:
            text = f"The family `{model.family}` stands in two files."
            self.wrong(document, ("family",), text)
        self.families[model.family] = model.title
        for i, measure in enumerate(model.measures):
            where: Where = ("measures", i)
            if measure.id in self.entries:
                self.wrong(document, (*where, "id"), f"`{measure.id}` stands here again.")
            self._check(measure, document, where)
            self.entries[measure.id] = self._entry(measure, model.family)
            self.places[measure.id] = (document, (*where, "id"))

    def _check(self, measure: MeasureModel, document: Document, where: Where) -> None:
        if (measure.how == "computed") != (measure.function is not None):
            text = "A computed measure names its `function`, and no other does."
            self.wrong(document, (*where, "how"), text)
        if (measure.how == "reported") != (measure.origin is not None):
            text = "A reported measure says where it comes `from`, and no other does."
            self.wrong(document, (*where, "how"), text)
        for said in (measure.says, *measure.limits, *measure.undefined):
            if len(said) > LONGEST or "\N{EM DASH}" in said:
                text = f"`{said[:40]}...` is over {LONGEST} characters, or has an em dash."
                self.wrong(document, where, text)
        for j, threshold in enumerate(measure.thresholds):
            self._check_threshold(threshold, document, (*where, "thresholds", j))

    def _check_threshold(self, t: ThresholdModel, document: Document, where: Where) -> None:
        if (t.nature is None) == (t.rule is None):
            text = "A threshold has either a `rule`, or `nature: internal_policy`."
            self.wrong(document, where, text)
        if t.rule is None:
            return
        if t.rule not in self.rules:
            hint = did_you_mean(t.rule, self.rules)
            self.wrong(document, (*where, "rule"), f"There is no rule `{t.rule}`.{hint}")
        if not (t.cite and t.since and t.only_for):
            text = "A threshold of a rule needs `cite`, `since` and `only_for`."
            self.wrong(document, where, text)

    def _entry(self, m: MeasureModel, family: str) -> MeasureEntry:
        thresholds = tuple(
            DefaultThreshold(
                t.value, t.side, self._nature(t), t.why, t.rule, t.cite, t.since, t.only_for
            )
            for t in m.thresholds
        )
        return MeasureEntry(
            m.id, family, m.name, m.says, m.unit, m.range, m.better, m.how, m.sources, m.limits,
            m.undefined, m.function, m.origin, thresholds,
        )  # fmt: skip

    def _nature(self, t: ThresholdModel) -> str:
        rule = self.rules.get(t.rule or "")
        return HOUSE if rule is None else rule.nature

    # ------------------------------------------------------------------ law
    def take_law(self, document: Document) -> None:
        self.law = validate(LawFile, document, self.problems)
        for i, line in enumerate(self.law.named if self.law else ()):
            where: Where = ("named", i)
            if line.rules not in self.rules:
                hint = did_you_mean(line.rules, self.rules)
                text = f"There is no rule `{line.rules}`.{hint}"
                self.wrong(document, (*where, "rules"), text)
            if line.rules in self.named:
                self.wrong(document, (*where, "rules"), f"`{line.rules}` stands here again.")
            for j, name in enumerate(line.measures):
                if name not in self.entries:
                    hint = did_you_mean(name, self.entries)
                    text = f"There is no measure `{name}`.{hint}"
                    self.wrong(document, (*where, "measures", j), text)
            policy = ComparisonPolicy(**line.policy.model_dump()) if line.policy else None
            self.named[line.rules] = NamedByLaw(
                line.rules, line.measures, line.cite, line.since, line.threshold, line.only_for,
                line.note, line.grade, policy,
            )  # fmt: skip


def read_measures(folder: Path, rules: Mapping[str, Rule]) -> MeasureCatalogue:
    """The measures of a content folder. rules: by id, for what points at them.

    Raises ContentError with every problem that was found.
    """
    reader = _read(folder, rules)
    asked = {name: ids for name, ids, *_ in _asked(folder) if ids}
    if reader.problems or reader.law is None:
        raise ContentError(sorted(set(reader.problems)))
    return MeasureCatalogue(
        dict(sorted(reader.families.items())),
        dict(sorted(reader.entries.items())),
        reader.named,
        asked,
        reader.law.checked_on,
    )


def measure_problems(folder: Path, rules: Mapping[str, Rule]) -> tuple[Problem, ...]:
    """What is wrong with the measures, and with what controls and rules ask for. For the lint."""
    reader = _read(folder, rules)
    problems = list(reader.problems)
    asked: set[str] = set()
    for _, ids, document, where in _asked(folder):
        for j, name in enumerate(ids):
            if name in ids[:j]:
                problems.append(document.problem((*where, j), f"`{name}` stands here twice."))
            if name not in reader.entries:
                problems.append(document.problem((*where, j), _dead(name, reader)))
        asked.update(ids)
    for rule in rules.values():
        for name in dict.fromkeys(n for t in rule.texts for n in t.detail.get("measures") or ()):
            asked.add(name)
            if name not in reader.entries:
                problems.append(Problem(rule.file, rule.line, 1, _dead(name, reader)))
    for name, (document, where) in reader.places.items():
        if name not in asked:
            text = f"No control and no rule asks for `{name}`. Name it in `measures` of a control."
            problems.append(document.problem(where, text))
    return tuple(sorted(set(problems)))


def _dead(name: str, reader: _Reader) -> str:
    return f"There is no measure `{name}`.{did_you_mean(name, reader.entries)}"


def _read(folder: Path, rules: Mapping[str, Rule]) -> _Reader:
    reader = _Reader(rules, [], {}, {}, {}, {})
    root = folder / FOLDER
    for path in sorted(root.glob("*.yaml")):
        if path.name != LAW:
            reader.take_family(read_yaml(path, f"{FOLDER}/{path.name}"))
    reader.take_law(read_yaml(root / LAW, f"{FOLDER}/{LAW}"))
    return reader


def _asked(folder: Path) -> Iterator[tuple[str, tuple[str, ...], Document, Where]]:
    """Each control with the measures it names, and where they stand."""
    for path in sorted((folder / "controls").glob("*.yaml")):
        document = read_yaml(path, f"controls/{path.name}")
        controls: Any = document.value.get("controls") if isinstance(document.value, dict) else None
        for i, control in enumerate(controls if isinstance(controls, list) else ()):
            if isinstance(control, dict) and isinstance(control.get("measures"), list):
                ids = tuple(str(x) for x in control["measures"])
                yield str(control.get("id")), ids, document, ("controls", i, "measures")
