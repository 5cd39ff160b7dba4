"""Reads controls, frameworks and crosswalks; refuses what hangs in the air.

A line that points at nothing (a rule stem that no rule has, an element that its framework does
not have, a control that is not there) is an error with file, line and column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from dutybound.errors import ContentError, Problem, did_you_mean
from dutybound.packs.catalogue_schema import (
    ControlModel,
    CrosswalkFile,
    DomainFile,
    ElementModel,
    FrameworkFile,
    MappingModel,
    NeedModel,
    UnansweredFile,
)
from dutybound.packs.reading import Document, Where, read_yaml
from dutybound.packs.validation import validate
from dutybound.terms.control import (
    Catalogue,
    Control,
    ControlObject,
    Element,
    EvidenceNeed,
    Framework,
    Mapping,
    Relationship,
    Soc2Note,
)
from dutybound.terms.evidence import ABOUT_SYSTEMS, Rung
from dutybound.terms.law import Rule

ANSWERED: Final = ("duty", "prohibition", "right")
UNANSWERED: Final = "unanswered.yaml"
OTHER_FILES: Final = ("policy.yaml",)  # in the same folder, read elsewhere
PARTIAL: Final = (Relationship.SUBSET, Relationship.INTERSECTS)
OPEN_PART: Final = "Open:"
SHORTEST_WHY: Final = 40


def read_catalogue(
    folder: Path, known_rules: Table[str, Rule], *, complete: bool = True
) -> Catalogue:
    """All controls, frameworks and crosswalks of a content folder.

    known_rules: rule id to rule. complete: every binding duty, prohibition and right needs a
    control, or a reason in `controls/unanswered.yaml`.
    Raises ContentError with every problem that was found.
    """
    reader = CatalogueReader(known_rules)
    for path in sorted((folder / "controls").glob("*.yaml")):
        if path.name in OTHER_FILES:
            continue
        reader.take_controls(read_yaml(path, str(path.relative_to(folder))), path.name)
    for path in sorted((folder / "frameworks").glob("*/framework.yaml")):
        reader.take_framework(read_yaml(path, str(path.relative_to(folder))))
    for path in sorted((folder / "crosswalks").glob("*.yaml")):
        reader.take_crosswalk(read_yaml(path, str(path.relative_to(folder))))
    catalogue = reader.finish(complete=complete)
    if reader.problems:
        raise ContentError(sorted(set(reader.problems)))
    return catalogue


def answered_by(stem: str, rule_id: str) -> bool:
    """Whether a rule lies at or below a stem: stems are cut at dots."""
    return rule_id == stem or rule_id.startswith(stem + ".")


def stems_of(rule_id: str) -> list[str]:
    """Every stem under which a rule lies: `a.b.c` lies under `a`, `a.b` and `a.b.c`."""
    parts = rule_id.split(".")
    return [".".join(parts[: i + 1]) for i in range(len(parts))]


@dataclass(slots=True)
class CatalogueReader:
    """Collects files first and checks pointers at the end."""

    rules: Table[str, Rule]
    problems: list[Problem] = field(default_factory=list)
    domains: dict[str, str] = field(default_factory=dict)
    controls: dict[str, tuple[Control, Document, Where]] = field(default_factory=dict)
    frameworks: dict[str, Framework] = field(default_factory=dict)
    crosswalks: dict[str, tuple[Mapping, ...]] = field(default_factory=dict)
    _lines: list[tuple[str, MappingModel, Document, Where]] = field(default_factory=list)
    _unanswered: list[tuple[str, Document, Where]] = field(default_factory=list)
    _stems: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._stems = {stem for rule_id in self.rules for stem in stems_of(rule_id)}

    def _wrong(self, document: Document, where: Where, message: str) -> None:
        self.problems.append(document.problem(where, message))

    # ------------------------------------------------------------------ taking files
    def take_controls(self, document: Document, name: str) -> None:
        """Take a file of `controls/`."""
        if name == UNANSWERED:
            found = validate(UnansweredFile, document, self.problems)
            for i, line in enumerate(found.unanswered if found else ()):
                self._unanswered.append((line.rules, document, ("unanswered", i, "rules")))
            return
        model = validate(DomainFile, document, self.problems)
        if model is None:
            return
        if model.domain in self.domains:
            self._wrong(document, ("domain",), f"The domain {model.domain} stands in two files.")
        self.domains[model.domain] = model.title
        for i, control in enumerate(model.controls):
            self._take_control(control, model.domain, document, ("controls", i))

    def _take_control(
        self, model: ControlModel, domain: str, document: Document, where: Where
    ) -> None:
        if model.id in self.controls:
            self._wrong(document, (*where, "id"), f"The control {model.id} stands here again.")
        if not model.id.startswith(domain + "-"):
            self._wrong(document, (*where, "id"), f"{model.id} does not belong to {domain}.")
        self._check_needs(model, document, where)
        if model.object is ControlObject.SYSTEM and not any(
            need.kind in ABOUT_SYSTEMS for need in model.needs
        ):
            self._wrong(
                document,
                (*where, "object"),
                f"{model.id} is about the system, but asks for no evidence that can be about one: "
                f"{', '.join(sorted(ABOUT_SYSTEMS))}.",
            )
        if model.required == Rung.UNASSESSED:
            self._wrong(document, (*where, "required"), f"{model.id} requires nothing.")
        self.controls[model.id] = (_control(model, domain), document, where)

    def _check_needs(self, model: ControlModel, document: Document, where: Where) -> None:
        groups = Counter(n.any_of for n in model.needs if n.any_of is not None)
        for i, need in enumerate(model.needs):
            if need.any_of is not None and groups[need.any_of] == 1:
                text = f"`{need.any_of}` stands here alone. Name a second need with it, or none."
                self._wrong(document, (*where, "needs", i, "any_of"), text)
        lowest: dict[str, Rung] = {}
        for i, need in enumerate(model.needs):
            name = need.any_of or str(i)
            lowest[name] = min(lowest.get(name, need.rung), need.rung)
        if max(lowest.values()) < model.required:
            self._wrong(
                document,
                (*where, "needs"),
                f"{model.id} requires `{model.required.word}`, but no evidence it asks for "
                "reaches that rung. Add a need with that rung.",
            )

    def take_framework(self, document: Document) -> Framework | None:
        """Take a `framework.yaml`; its own mappings too, if it has any."""
        model = validate(FrameworkFile, document, self.problems)
        if model is None:
            return None
        if model.framework in self.frameworks:
            text = f"The framework {model.framework} is there already. Choose another id."
            self._wrong(document, ("framework",), text)
            return None
        elements: dict[str, Element] = {}
        for i, element in enumerate(model.elements):
            where: Where = ("elements", i)
            if element.id in elements:
                self._wrong(document, (*where, "id"), f"`{element.id}` stands here again.")
            if element.parent is not None and element.parent not in elements:
                hint = did_you_mean(element.parent, elements)
                text = f"The parent `{element.parent}` of `{element.id}` stands not above it.{hint}"
                self._wrong(document, (*where, "parent"), text)
            self._check_stems(element.detail.rules, document, (*where, "detail", "rules"))
            elements[element.id] = _element(element)
        found = Framework(
            model.framework, model.title, model.version, model.nature, model.effect, model.source,
            elements, model.short or model.title, model.column,
        )  # fmt: skip
        self.frameworks[model.framework] = found
        self._take_lines(model.framework, model.mappings, document)
        return found

    def take_crosswalk(self, document: Document) -> None:
        """Take a file of `crosswalks/`."""
        model = validate(CrosswalkFile, document, self.problems)
        if model is not None:
            self._take_lines(model.framework, model.mappings, document)

    def _take_lines(self, framework: str, lines: list[MappingModel], document: Document) -> None:
        for i, line in enumerate(lines):
            self._lines.append((framework, line, document, ("mappings", i)))

    # ------------------------------------------------------------------ checking pointers
    def finish(self, *, complete: bool) -> Catalogue:
        """Check every pointer and build the catalogue."""
        for control, document, where in self.controls.values():
            self._check_stems(control.answers, document, (*where, "answers"))
            for i, other in enumerate(control.after):
                if other not in self.controls or other == control.id:
                    hint = did_you_mean(other, self.controls)
                    text = f"{control.id} waits for `{other}`, which is no other control.{hint}"
                    self._wrong(document, (*where, "after", i), text)
        self._check_cycles()
        if complete:
            self._check_complete()
        self.build_crosswalks()
        return Catalogue(
            dict(sorted(self.domains.items())),
            {k: v[0] for k, v in sorted(self.controls.items())},
            self.frameworks,
            self.crosswalks,
        )

    def _check_stems(self, stems: Any, document: Document, where: Where) -> None:
        seen: set[str] = set()
        for i, stem in enumerate(stems):
            if stem not in self._stems:
                hint = did_you_mean(stem, self._stems)
                self._wrong(document, (*where, i), f"Dead pinpoint: no rule has `{stem}`.{hint}")
            elif any(s in seen for s in stems_of(stem)):
                self._wrong(document, (*where, i), f"`{stem}` is named already, or lies below one.")
            seen.add(stem)

    def _check_cycles(self) -> None:
        done: set[str] = set()

        def walk(name: str, path: tuple[str, ...]) -> None:
            if name in path:
                control, document, where = self.controls[name]
                text = f"Controls wait for each other: {' > '.join((*path, name))}."
                self._wrong(document, (*where, "after"), text)
                return
            if name in done or name not in self.controls:
                return
            for other in self.controls[name][0].after:
                walk(other, (*path, name))
            done.add(name)

        for name in self.controls:
            walk(name, ())

    def _check_complete(self) -> None:
        answered = {stem for control, _, _ in self.controls.values() for stem in control.answers}
        excused = {stem: (document, where) for stem, document, where in self._unanswered}
        used: set[str] = set()
        for rule in self.rules.values():
            if rule.nature != "binding_law" or rule.kind not in ANSWERED:
                continue
            stems = stems_of(rule.id)
            has = answered.intersection(stems)
            reason = set(excused).intersection(stems)
            used |= reason if not has else set()
            if not has and not reason:
                self.problems.append(
                    Problem(
                        rule.file,
                        rule.line,
                        1,
                        f"{rule.id}: no control answers this {rule.kind}. Name it in the "
                        f"`answers` of a control, or give a reason in controls/{UNANSWERED}.",
                    )  # fmt: skip
                )
        for stem, (document, where) in excused.items():
            if stem not in used:
                text = f"`{stem}` needs no excuse: no open rule lies below it. Remove the line."
                self._wrong(document, where, text)

    def build_crosswalks(self) -> None:
        """Check the lines that were taken and sort them by framework."""
        built: dict[str, dict[tuple[str, str], Mapping]] = {f: {} for f in self.frameworks}
        for framework, line, document, where in self._lines:
            mapping = self._mapping(framework, line, document, where)
            if mapping is None:
                continue
            key = (mapping.source, mapping.target)
            if key in built[framework]:
                self._wrong(document, where, f"{key[0]} and {key[1]} are mapped twice.")
            built[framework][key] = mapping
        self.crosswalks = {f: tuple(lines.values()) for f, lines in built.items()}

    def _mapping(
        self, framework: str, line: MappingModel, document: Document, where: Where
    ) -> Mapping | None:
        known = self.frameworks.get(framework)
        if known is None:
            hint = did_you_mean(framework, self.frameworks)
            self._wrong(document, ("framework",), f"There is no framework `{framework}`.{hint}")
            return None
        target = line.target.removeprefix(framework + ".")
        if target not in known.elements:
            hint = did_you_mean(target, known.elements)
            text = f"Dead pinpoint: {framework} has no element `{target}`.{hint}"
            self._wrong(document, (*where, "target"), text)
        elif not known.elements[target].assessable:
            text = f"`{target}` is a heading of {framework}. Map what stands below it."
            self._wrong(document, (*where, "target"), text)
        if line.source not in self.controls:
            hint = did_you_mean(line.source, self.controls)
            self._wrong(document, (*where, "source"), f"No control `{line.source}`.{hint}")
        self._check_line(line, document, where)
        return Mapping(
            line.source, target, line.relationship, line.matching_rationale, line.why, line.strength
        )

    def _check_line(self, line: MappingModel, document: Document, where: Where) -> None:
        if len(line.why) < SHORTEST_WHY:
            self._wrong(document, (*where, "why"), "`why` is too short to be a reason.")
        if line.relationship in PARTIAL and OPEN_PART not in line.why:
            text = f"A partial mapping says what stays open: add `{OPEN_PART} ...` to `why`."
            self._wrong(document, (*where, "why"), text)
        if (line.relationship is Relationship.NONE) != (line.strength is None):
            text = "`strength` (1 to 10) belongs to every line but `no-relationship`."
            self._wrong(document, where, text)


def _control(m: ControlModel, domain: str) -> Control:
    return Control(
        id=m.id,
        domain=domain,
        title=m.title,
        objective=m.objective,
        applies_to=tuple(m.applies_to),
        owner=m.owner,
        effort=m.effort,
        required=m.required,
        answers=tuple(m.answers),
        technical=tuple(m.technical),
        organisational=tuple(m.organisational),
        needs=tuple(_need(n) for n in m.needs),
        documents=tuple(m.documents),
        measures=tuple(m.measures),
        soc2=Soc2Note(m.soc2.evidence, m.soc2.note),
        security={k: tuple(v) for k, v in m.security.items()},
        after=tuple(m.after),
        scope=m.scope,
        focus=m.focus,
        object=m.object,
    )


def _need(m: NeedModel) -> EvidenceNeed:
    return EvidenceNeed(m.kind, m.what, m.freshness_days, m.rung, m.any_of)


def _element(m: ElementModel) -> Element:
    detail = m.detail.model_dump(exclude_defaults=True)
    return Element(m.id, m.title, m.summary, m.level, m.parent, m.assessable, detail)
