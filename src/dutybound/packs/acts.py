"""Reads a folder of content into acts, rules and disputes; reports every problem at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from dutybound.errors import BadInput, Problem, did_you_mean
from dutybound.packs.conditions import ConditionReader, is_iso_date
from dutybound.packs.reading import Document, Where, read_yaml
from dutybound.packs.schema import (
    ActFile,
    AmendedModel,
    DisputeModel,
    RuleFile,
    RuleModel,
    RuleTextModel,
)
from dutybound.packs.validation import validate
from dutybound.packs.vocabulary import Vocabulary
from dutybound.terms.law import (
    MUST_NATURES,
    Act,
    Condition,
    Dispute,
    ExceptionText,
    NamedDate,
    Reading,
    Rule,
    RuleText,
    Version,
)

DETAIL = (
    "must", "should", "may", "trigger", "technical", "organisational", "deadlines", "penalty",
    "controls", "documents", "measures", "note", "ends_when", "enforcement_note", "enforcer",
)  # fmt: skip


@dataclass(slots=True)
class _Source:
    """A parsed file of an act."""

    document: Document
    model: Any


@dataclass(slots=True)
class ActReader:
    """Collects files first, so that terms may be used before they are defined."""

    vocabulary: Vocabulary
    problems: list[Problem] = field(default_factory=list)
    acts: dict[str, _Source] = field(default_factory=dict)
    rules: dict[str, tuple[str, _Source, int]] = field(default_factory=dict)
    disputes: dict[str, tuple[str, _Source, int]] = field(default_factory=dict)

    # ------------------------------------------------------------------ files
    def collect(self, folder: Path, root: Path) -> None:
        """Read the files of one act. `root`: paths are shown relative to its parent."""
        shown = str(folder.relative_to(root))
        document = self._read(folder / "act.yaml", f"{shown}/act.yaml")
        act = validate(ActFile, document, self.problems) if document else None
        if document is None or act is None:
            return
        if act.act in self.acts:
            self.problems.append(document.problem(("act",), f"`{act.act}` exists already."))
            return
        self.acts[act.act] = _Source(document, act)
        for path in sorted(folder.glob("*.yaml")):
            if path.name != "act.yaml":
                self._collect_rules(path, f"{shown}/{path.name}", act.act)

    def _read(self, path: Path, shown: str) -> Document | None:
        try:
            return read_yaml(path, shown)
        except BadInput as error:
            self.problems.extend(error.problems)
            return None

    def _collect_rules(self, path: Path, shown: str, act: str) -> None:
        document = self._read(path, shown)
        model = validate(RuleFile, document, self.problems) if document else None
        if document is None or model is None:
            return
        source = _Source(document, model)
        for i, rule in enumerate(model.rules):
            self._add(self.rules, rule.id, (act, source, i), ("rules", i, "id"))
        for i, dispute in enumerate(model.disputes):
            self._add(self.disputes, dispute.id, (act, source, i), ("disputes", i, "id"))

    def _add(
        self, into: dict[str, Any], name: str, entry: tuple[str, _Source, int], where: Where
    ) -> None:
        act, source, _ = entry
        if not name.startswith(act + "."):
            self.problems.append(
                source.document.problem(where, f"The id `{name}` does not begin with `{act}.`.")
            )
        elif name in into:
            self.problems.append(
                source.document.problem(where, f"The id `{name}` is used twice; ids are unique.")
            )
        else:
            into[name] = entry

    # ------------------------------------------------------------------ names
    def reader(self, source: _Source, act_id: str) -> ConditionReader:
        """A reader for the conditions of one file."""

        def term_id(name: str) -> str | None:
            for candidate in (f"{act_id}.{name}", name):
                entry = self.rules.get(candidate)
                if entry is not None:
                    return candidate
            return None

        def dispute_id(name: str) -> str | None:
            for candidate in (f"{act_id}.{name}", name):
                if candidate in self.disputes:
                    return candidate
            return None

        def report(where: Where, message: str) -> None:
            self.problems.append(source.document.problem(where, message))

        def names() -> list[str]:
            own = [r.removeprefix(act_id + ".") for r in self.rules]
            return [*own, *self.vocabulary.facts]

        dates = self.acts[act_id].model.dates
        return ConditionReader(
            source.document, self.vocabulary, term_id, dispute_id, names, dates, report
        )

    # ------------------------------------------------------------------ values
    def build_act(self, act_id: str) -> Act:
        """The act as a value."""
        source = self.acts[act_id]
        model: ActFile = source.model
        reader = self.reader(source, act_id)
        self._check_act(source, model)
        dates = {
            name: NamedDate(
                name,
                d.cite,
                tuple((v.version, v.date) for v in d.values),
                tuple(
                    (reader.read(line.when, ("dates", name, "choose", i, "when")), line.date)
                    for i, line in enumerate(d.choose)
                ),
            )
            for name, d in model.dates.items()
        }
        return Act(
            id=act_id,
            title=model.title,
            market=model.market,
            territory=model.territory,
            nature=model.nature,
            legal_status=model.legal_status,
            enforcement_status=model.enforcement_status,
            grade=model.grade,
            cite=model.cite,
            checked_on=model.checked_on,
            legal_review=model.legal_review,
            scope=reader.read(model.scope, ("scope",)),
            reach=model.reach,
            versions=tuple(
                Version(v.id, v.published, v.in_force, v.cite) for v in model.versions
            ),
            until=model.until,
            until_reason=model.until_reason,
            dates=dates,
            penalties=self._penalties(model, reader),
            detail=_present(
                model,
                ("issuer", "enforcer", "enforcement_note", "effect", "replaced_by", "note",
                 "source", "not_covered"),
            ),
        )  # fmt: skip

    @staticmethod
    def _penalties(model: ActFile, reader: ConditionReader) -> dict[str, dict[str, Any]]:
        found = {}
        for name, penalty in model.penalties.items():
            plain = penalty.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
            for i, size in enumerate(penalty.size):
                where = ("penalties", name, "size", i, "when")
                plain["size"][i]["when"] = reader.read(size.when, where)
            found[name] = plain
        return found

    def _check_act(self, source: _Source, model: ActFile) -> None:
        def wrong(where: Where, message: str) -> None:
            self.problems.append(source.document.problem(where, message))

        if model.territory not in self.vocabulary.places:
            hint = did_you_mean(model.territory, self.vocabulary.places)
            wrong(("territory",), f"Unknown place `{model.territory}`.{hint}")
        ids = [v.id for v in model.versions]
        for i, (a, b) in enumerate(zip(model.versions, model.versions[1:], strict=False)):
            if b.in_force <= a.in_force or b.published < a.published:
                wrong(
                    ("versions", i + 1),
                    f"Version `{b.id}` overlaps `{a.id}`: versions follow each other in time.",
                )
        for name, d in model.dates.items():
            self._check_date(model, name, d, ids, wrong)

    @staticmethod
    def _check_date(model: ActFile, name: str, d: Any, ids: list[str], wrong: Any) -> None:
        if bool(d.values) == bool(d.choose):
            wrong(("dates", name), f"The date `{name}` needs either `values` or `choose`.")
        for i, value in enumerate(d.values):
            if value.version not in ids:
                hint = did_you_mean(value.version, ids)
                wrong(("dates", name, "values", i), f"No version `{value.version}`.{hint}")
        for i, line in enumerate(d.choose):
            target = model.dates.get(line.date)
            if not is_iso_date(line.date) and (target is None or target.choose):
                wrong(("dates", name, "choose", i), f"`{line.date}` is no fixed date of this act.")

    def build_dispute(self, dispute_id: str) -> Dispute:
        """The dispute as a value."""
        act_id, source, i = self.disputes[dispute_id]
        model: DisputeModel = source.model.disputes[i]
        reader = self.reader(source, act_id)
        if all(r.status == "draft_guidance" for r in model.readings):
            self.problems.append(
                source.document.problem(
                    ("disputes", i, "readings"), "A dispute needs a reading that is not a draft."
                )
            )
        return Dispute(
            dispute_id,
            model.question,
            tuple(
                Reading(
                    r.id,
                    r.says,
                    r.status,
                    r.cite or "",
                    reader.read(r.when, ("disputes", i, "readings", k, "when")),
                )
                for k, r in enumerate(model.readings)
            ),
        )

    def build_rule(self, rule_id: str) -> Rule:
        """The rule as a value."""
        act_id, source, i = self.rules[rule_id]
        return _RuleBuilder(self, act_id, source, i).build()


class _RuleBuilder:
    def __init__(self, owner: ActReader, act_id: str, source: _Source, index: int) -> None:
        self._owner = owner
        self._act: ActFile = owner.acts[act_id].model
        self._source = source
        self._where: Where = ("rules", index)
        self._model: RuleModel = source.model.rules[index]
        self._reader = owner.reader(source, act_id)

    def _wrong(self, message: str, *more: str | int) -> None:
        where = (*self._where, *more)
        text = f"{self._model.id}: {message}"
        self._owner.problems.append(self._source.document.problem(where, text))

    def build(self) -> Rule:
        m, act = self._model, self._act
        self._check()
        texts = [self._text(m, m.since or act.versions[0].id, self._where)]
        current = m.model_dump(by_alias=True)
        for i, amended in enumerate(m.amended):
            changes = amended.model_dump(by_alias=True, exclude_unset=True)
            current = {**current, **changes}
            merged = AmendedModel.model_validate(
                {k: v for k, v in current.items() if k in _text_keys() or k == "by"}
            )
            base = (*self._where, "amended", i)
            texts.append(self._text(merged, amended.by, base, changes.keys()))
        line, _ = self._source.document.at((*self._where, "id"))
        return Rule(
            id=m.id,
            act=act.act,
            kind=m.kind,
            title=m.title,
            nature=act.nature,
            over=tuple(m.over if m.over is not None else act.over),
            owed_by=self._owed_by(),
            gated=m.scope == "act" and m.kind != "term",
            reason=m.reason,
            show=m.show,
            targets=tuple(m.targets),
            saves=tuple(m.saves),
            shield=m.shield,
            extent=tuple(m.extent),
            until_reason=m.until_reason,
            deleted_by=m.deleted_by,
            legal_status=m.legal_status or act.legal_status,
            enforcement_status=m.enforcement_status or act.enforcement_status,
            disputes=tuple(self._dispute(d, i) for i, d in enumerate(m.disputes)),
            texts=tuple(texts),
            file=self._source.document.file,
            line=line,
        )

    def _owed_by(self) -> str | None:
        if self._model.owed_by is None:
            return None
        found = self._reader.term_id(self._model.owed_by)
        if found is None:
            hint = did_you_mean(self._model.owed_by, self._reader.term_names())
            self._wrong(f"`owed_by: {self._model.owed_by}` is no term.{hint}", "owed_by")
        return found

    def _dispute(self, name: str, i: int) -> str:
        found = self._reader.dispute_id(name)
        if found is None:
            self._wrong(f"There is no dispute `{name}`.", "disputes", i)
        return found or name

    def _text(
        self,
        m: RuleTextModel,
        version: str,
        base: Where,
        changed: Iterable[str] | None = None,
    ) -> RuleText:
        def at(key: str) -> Where:
            own = changed is None or key in changed
            return (*(base if own else self._where), key)

        grade = m.grade or self._act.grade
        exceptions = tuple(
            ExceptionText(
                e.id,
                e.pinpoint,
                e.grade or grade,
                self._reader.read(e.when, (*at("except"), i, "when")),
            )
            for i, e in enumerate(m.except_ or ())
        )
        for key in ("formal", "effective", "until", "defer"):
            self._check_day(getattr(m, key), at(key))
        self._check_penalty(m.penalty, at("penalty"))
        detail = _present(m, DETAIL)
        if m.title and changed is not None and "title" in changed:
            detail["title"] = m.title
        return RuleText(
            version=version,
            grade=grade,
            pinpoint=m.pinpoint or "",
            formal=m.formal,
            effective=m.effective,
            until=m.until,
            when=self._when(m.when, at("when")),
            exceptions=exceptions,
            defer=m.defer,
            detail=detail,
        )

    def _when(self, raw: Any, where: Where) -> Condition:
        return ("always",) if raw is None else self._reader.read(raw, where)

    def _check_day(self, value: str | None, where: Where) -> None:
        if value is None or value in self._act.dates or is_iso_date(value):
            return
        hint = did_you_mean(value, self._act.dates)
        self._owner.problems.append(
            self._source.document.problem(
                where, f"`{value}` is neither a date nor a date of the act.{hint}"
            )
        )

    def _check_penalty(self, value: str | list[str] | None, where: Where) -> None:
        for name in [value] if isinstance(value, str) else value or []:
            if name not in self._act.penalties:
                hint = did_you_mean(name, self._act.penalties)
                self._owner.problems.append(
                    self._source.document.problem(where, f"No penalty `{name}` in the act.{hint}")
                )

    def _check(self) -> None:
        m, act = self._model, self._act
        versions = [v.id for v in act.versions]
        for name in (m.since, m.deleted_by, *(a.by for a in m.amended)):
            if name is not None and name not in versions:
                hint = did_you_mean(name, versions)
                self._wrong(f"The act has no version `{name}`.{hint}")
        order = [versions.index(a.by) for a in m.amended if a.by in versions]
        if order != sorted(set(order)):
            self._wrong("amendments overlap: each version amends once, in order.", "amended")
        if not m.pinpoint:
            self._wrong("has no cite: the key `pinpoint` is missing.")
        if m.kind in ("duty", "prohibition") and not m.owed_by:
            self._wrong(f"is a {m.kind} without addressee: the key `owed_by` is missing.")
        if m.kind in ("exclusion", "transition", "relief") and not m.targets:
            self._wrong(f"is a {m.kind} without `targets`.")
        if m.kind == "transition" and m.shield == (m.defer is not None):
            self._wrong("is a transition: it needs either `shield: true` or `defer`.")
        self._check_verb()

    def _check_verb(self) -> None:
        m, act = self._model, self._act
        binding = act.nature in MUST_NATURES
        if m.must and not binding:
            self._wrong(f"is {act.nature}: it has a `should`, never a `must`.", "must")
        if m.should and binding:
            self._wrong("is binding: it has a `must`, not a `should`.", "should")
        if not binding and m.kind in ("duty", "prohibition"):
            self._wrong(f"is {act.nature}: it holds notes, not a {m.kind}.", "kind")
        if m.kind in ("duty", "prohibition") and not m.must:
            self._wrong("says not what to do: the key `must` is missing.")


def _text_keys() -> set[str]:
    return {info.alias or name for name, info in RuleTextModel.model_fields.items()}


def _present(model: BaseModel, keys: Iterable[str]) -> dict[str, Any]:
    plain = model.model_dump(mode="json", by_alias=True, include=set(keys), exclude_none=True)
    return {k: plain[k] for k in keys if plain.get(k) not in (None, [], {})}
