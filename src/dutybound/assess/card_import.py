"""`card import`: a model card or a CycloneDX model as answers to fields and facts of a profile.

Only what the card says is taken over, word for word and with its place. What no field asks for is
kept beside it, so that an export gives the whole card back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dutybound.errors import BadInput
from dutybound.interchange import card_parts, cyclonedx
from dutybound.interchange.model_card import (
    Section,
    heading_key,
    parse_card,
    said,
)
from dutybound.packs.reading import decode, parse_yaml, read_bytes
from dutybound.packs.writing import to_yaml
from dutybound.terms.card import CardMap, FactRule
from dutybound.terms.document import FieldEntry

LIMIT: Final = cyclonedx.LIMIT
HUGGING_FACE: Final = "hugging-face"
CYCLONEDX: Final = "cyclonedx"
EXTRA: Final = "dutybound/card-extra/1"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a card says on a field. place: the section or part that says it."""

    field: str
    value: Any
    place: str


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact that a card states. says: the word of the card. many: whether the fact is a set."""

    fact: str
    value: str
    place: str
    says: str
    many: bool


@dataclass(frozen=True, slots=True)
class Imported:
    """What a card gives. format: `hugging-face` or `cyclonedx`. name: of the model, if it has one.

    kept: sections and parts that answer no field. card: the card as plain values, whole.
    """

    format: str
    file: str
    sha256: str
    name: str | None
    answers: tuple[Answer, ...]
    facts: tuple[Stated, ...]
    kept: tuple[str, ...]
    card: Mapping[str, Any] = field(default_factory=dict)

    def extra(self) -> dict[str, Any]:
        """`dutybound/card-extra/1`: what an export needs to give the whole card back."""
        return {
            "schema": EXTRA,
            "format": self.format,
            "file": self.file,
            "sha256": self.sha256,
            "extra": dict(self.card),
        }


def import_card(
    path: Path, mapping: CardMap, fields: Mapping[str, FieldEntry], model: str | None = None
) -> Imported:
    """Read a README.md with its metadata block, or a CycloneDX file in JSON.

    model: the name of the component, if a bill has several. Raises BadInput.
    """
    if not path.is_file():
        says = "The file does not exist. Give a README.md, or a CycloneDX file in JSON."
        raise BadInput.one(str(path), says)
    raw = read_bytes(path, path.name, LIMIT)
    digest = sha256(raw).hexdigest()
    if raw.lstrip()[:1] == b"{":
        return _cyclonedx(raw, path.name, digest, mapping, fields, model)
    if model is not None:
        raise BadInput.one("--model", "Only a CycloneDX bill can have several models.")
    return _hugging_face(decode(raw, path.name), path.name, digest, mapping, fields)


# ---------------------------------------------------------------------- Hugging Face
def read_metadata(block: str | None, shown: str) -> dict[str, Any]:
    """The metadata of a card: plain values, read strictly. Raises BadInput."""
    if block is None or not block.strip():
        return {}
    found = parse_yaml("\n" + block, shown).value  # the block begins on the second line
    if not isinstance(found, dict):
        raise BadInput.one(shown, "The metadata block is not a mapping of keys to values.", 2, 1)
    return found


def answered_sections(
    sections: tuple[Section, ...], mapping: CardMap, fields: Mapping[str, FieldEntry]
) -> dict[int, tuple[str, Any]]:
    """Place of a section to the field that it answers and the value; one section for a field."""
    found: dict[int, tuple[str, Any]] = {}
    for rule in mapping.sections:
        wanted = {heading_key(h) for h in rule.headings}
        for i, section in enumerate(sections):
            if section.level and heading_key(section.heading) in wanted:
                value = card_parts.text_value(said(section), fields[rule.field].type)
                if value is not None:
                    found[i] = (rule.field, value)
                    break
    return found


def _hugging_face(
    text: str, shown: str, digest: str, mapping: CardMap, fields: Mapping[str, FieldEntry]
) -> Imported:
    parsed = parse_card(text, shown)
    metadata = read_metadata(parsed.block, shown)
    taken = answered_sections(parsed.sections, mapping, fields)
    answers = [
        Answer(name, value, f"section {parsed.sections[i].heading}")
        for i, (name, value) in sorted(taken.items())
    ]
    figures = figure_rows(card_parts.figures_of_index(metadata.get("model-index")), mapping)
    if figures:
        answers.append(Answer(mapping.results, figures, "metadata model-index"))
    facts = _facts(mapping.metadata_facts, metadata.get, "metadata")
    read = {r.path for r in mapping.metadata_facts} | {"model-index"}
    kept = [f"metadata {key}" for key in metadata if key not in read]
    kept += [
        f"section {s.heading or '(before the first heading)'}"
        for i, s in enumerate(parsed.sections)
        if i not in taken and said(s)
    ]
    title = next((s.heading for s in parsed.sections if s.level == 1), None)
    card = {
        "block": parsed.block,
        "metadata": metadata,
        "sections": [
            {"level": s.level, "heading": s.heading, "text": s.text} for s in parsed.sections
        ],
    }
    name = metadata.get("model_name") or title
    return Imported(
        HUGGING_FACE, shown, digest, None if name is None else str(name), tuple(answers),
        tuple(facts), tuple(kept), card,
    )  # fmt: skip


def figure_rows(figures: list[dict[str, str]], mapping: CardMap) -> list[dict[str, str]]:
    """Figures as rows of the field that holds results."""
    names = mapping.result_columns
    return [{names[k]: v for k, v in row.items() if k in names} for row in figures]


def rows_figures(rows: list[dict[str, Any]], mapping: CardMap) -> list[dict[str, Any]]:
    """Rows of the field that holds results as figures."""
    return [
        {key: row[column] for key, column in mapping.result_columns.items() if row.get(column)}
        for row in rows
    ]


# ---------------------------------------------------------------------- CycloneDX
def _cyclonedx(
    raw: bytes, shown: str, digest: str, mapping: CardMap, fields: Mapping[str, FieldEntry],
    model: str | None,
) -> Imported:  # fmt: skip
    bom = cyclonedx.read_bom(raw, shown)
    component = cyclonedx.model_of(bom, model, shown)
    answers = []
    for rule in mapping.parts:
        found = cyclonedx.get(component, rule.path)
        value = card_parts.part_value(found, rule, fields[rule.field].type)
        if value is not None:
            answers.append(Answer(rule.field, value, rule.path))
    metrics = cyclonedx.get(component, METRICS)
    figures = figure_rows(card_parts.figures_of_metrics(metrics), mapping)
    if figures:
        answers.append(Answer(mapping.results, figures, METRICS))
    facts = _facts(mapping.part_facts, lambda path: _licence_or(component, path), "")
    read = {*(r.path for r in mapping.parts), *(r.path for r in mapping.part_facts), METRICS}
    kept = [path for path in _leaves(component) if path not in read and path not in ("type",)]
    name = component.get("name")
    return Imported(
        CYCLONEDX, shown, digest, None if name is None else str(name), tuple(answers),
        tuple(facts), tuple(kept), {"model": component.get("name"), "bom": bom},
    )  # fmt: skip


METRICS: Final = "modelCard.quantitativeAnalysis.performanceMetrics"
LICENCES: Final = "licenses"


def _licence_or(component: Mapping[str, Any], path: str) -> Any:
    """A value of a component; of its licences the id, if there is exactly one."""
    found = cyclonedx.get(component, path)
    if path != LICENCES:
        return found
    if not isinstance(found, list) or len(found) != 1 or not isinstance(found[0], dict):
        return None
    inner = found[0].get("license")
    return inner.get("id") if isinstance(inner, dict) else found[0].get("expression")


def _leaves(tree: Mapping[str, Any], before: str = "") -> list[str]:
    """Paths of a component down to two levels below the model card."""
    found = []
    for key, value in tree.items():
        path = f"{before}{key}"
        if isinstance(value, dict) and path.count(".") < 3 and path.startswith("modelCard"):
            found += _leaves(value, f"{path}.")
        else:
            found.append(path)
    return found


# ---------------------------------------------------------------------- facts and files
def _facts(rules: tuple[FactRule, ...], get: Any, place: str) -> list[Stated]:
    found = []
    for rule in rules:
        says = get(rule.path)
        value = rule.values.get(says.strip().lower()) if isinstance(says, str) else None
        if value is not None:
            where = f"{place} {rule.path}".strip()
            found.append(Stated(rule.fact, value, where, str(says).strip(), rule.many))
    return found


def records_text(found: Imported, system: str, by: str, on: date) -> str:
    """The answers as `records.yaml`. system: id of the system. by, on: who takes them over."""
    records = {
        a.field: {"value": a.value, "source": f"{found.file}, {a.place}"} for a in found.answers
    }
    value = {
        "dutybound": "records/1",
        "system": system,
        "defaults": {"by": by, "on": on.isoformat()},
        "records": records,
    }
    head = f"# Taken from {found.file} word for word. Check each answer; it counts as yours.\n"
    return head + to_yaml(value)


def facts_text(found: Imported, model: str) -> str:
    """The facts as a piece of a profile. model: id of the model in the profile."""
    lines = [
        f"# What {found.file} states, as facts of a profile. Check each and move it into your "
        "profile.",
        "# What is not here, the card does not state.",
    ]
    parts: dict[str, list[Stated]] = {}
    for fact in found.facts:
        parts.setdefault(fact.fact.partition(".")[0], []).append(fact)
    if "system" in parts:
        lines.append("system:")
        lines += [f"  {_fact(f)}" for f in parts["system"]]
    if "model" in parts:
        lines += ["models:", f"  - id: {model}"]
        lines += [f"    {_fact(f)}" for f in parts["model"]]
    return "\n".join(lines) + "\n"


def _fact(fact: Stated) -> str:
    name = fact.fact.partition(".")[2]
    value = f"[{fact.value}]" if fact.many else fact.value
    says = " ".join(fact.says.split())[:60]
    return f"{name}: {value}  # {fact.place}: {says}"


__all__ = ["Answer", "Imported", "Stated", "facts_text", "import_card", "records_text"]
