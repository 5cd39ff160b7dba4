"""`card export`: a Hugging Face card or a CycloneDX model from a profile, its records and figures.

With the extra part of an import, the card of that time is the base: what no field asks for stays
as it was, and a part is written again only if its answer has changed since.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dutybound.assess.card_import import (
    CYCLONEDX,
    EXTRA,
    HUGGING_FACE,
    LIMIT,
    METRICS,
    answered_sections,
    figure_rows,
    rows_figures,
)
from dutybound.errors import BadInput
from dutybound.interchange import card_parts, cyclonedx
from dutybound.interchange.card_parts import index_of_figures
from dutybound.interchange.card_yaml import block_of
from dutybound.interchange.model_card import Section, card_text, heading_key
from dutybound.interchange.strict_json import JsonError, parse
from dutybound.packs.reading import read_bytes
from dutybound.packs.records import Records
from dutybound.terms.card import CardMap
from dutybound.terms.document import FieldEntry

REPORT: Final = "dutybound/measure-report/"
WHOLE: Final = "all rows"
PARTS: Final = ("performance", "calibration")
COMPARED: Final = ("impact-ratio", "statistical-parity", "equal-opportunity", "predictive-parity")
RESULTS: Final = "Results"


@dataclass(frozen=True, slots=True)
class Material:
    """What a card is made from. name, version, says: of the system. report: JSON of `measure`, or
    None. base: the card of an import, or None."""

    name: str
    version: str | None
    says: str | None
    records: Records
    mapping: CardMap
    fields: Mapping[str, FieldEntry]
    report: Mapping[str, Any] | None = None
    base: Mapping[str, Any] | None = None

    def value(self, name: str) -> Any:
        """What is answered on a field; None if nobody did, or if the answer is `nothing`."""
        found = self.records.get(name)
        return None if found is None or found.nothing is not None else found.value


def read_extra(path: Path, wanted: str) -> Mapping[str, Any]:
    """The extra part of an import. wanted: the format it has to be of. Raises BadInput."""
    value = _json(path)
    if value.get("schema") != EXTRA or not isinstance(value.get("extra"), dict):
        raise BadInput.one(path.name, f"This is no extra part of a card ({EXTRA}).")
    if value.get("format") != wanted:
        text = f"It is of a card in the format `{value.get('format')}`, not `{wanted}`."
        raise BadInput.one(path.name, text)
    found: Mapping[str, Any] = value["extra"]
    if not _sound(found, wanted):
        raise BadInput.one(path.name, "A part of the card is missing. Import the card again.")
    return found


def _sound(found: Mapping[str, Any], form: str) -> bool:
    if form == CYCLONEDX:
        return isinstance(found.get("bom"), dict)
    sections = found.get("sections")
    return (
        isinstance(found.get("metadata"), dict)
        and isinstance(sections, list)
        and all(
            isinstance(s, dict)
            and s.keys() >= {"level", "heading", "text"}
            and s["level"] in range(7)
            for s in sections
        )
    )


def read_report(path: Path) -> Mapping[str, Any]:
    """JSON of `dutybound measure`. Raises BadInput."""
    value = _json(path)
    if not str(value.get("schema", "")).startswith(REPORT):
        raise BadInput.one(path.name, "This is not the JSON of `dutybound measure --json`.")
    if not value.keys() >= {"name", "lines", "windows"}:
        raise BadInput.one(path.name, "The report is not whole. Measure again.")
    return value


def _json(path: Path) -> dict[str, Any]:
    try:
        value = parse(read_bytes(path, path.name, LIMIT), LIMIT)
    except JsonError as error:
        raise BadInput.one(path.name, f"This is not JSON: {error}.") from error
    if not isinstance(value, dict):
        raise BadInput.one(path.name, "This is not a JSON object.")
    return value


# ---------------------------------------------------------------------- figures
def measured(report: Mapping[str, Any], *, groups: bool = True) -> list[dict[str, str]]:
    """Figures of a measuring run: of all rows, and with groups of each group that was compared.

    Joint groups of several attributes only where a threshold was chosen for them.
    """
    last = report["windows"]["current"]["last"]
    table = str(report["name"]) + (f", until {str(last)[:10]}" if last else "")
    found = []
    for line in report["lines"]:
        if line["value"] is None or not (_whole(line) or (groups and _compared(line))):
            continue
        group = ": ".join(x for x in (line["over"], line["group"]) if x)
        row = {
            "metric": line["measure"],
            "value": f"{line['value']:.6g}",
            "data": table if _whole(line) else f"{table}, {group}",
        }
        span = line["interval"]
        if span is not None and span["low"] is not None and span["high"] is not None:
            row["interval"] = f"{span['low']:.6g} to {span['high']:.6g}"
        found.append(row)
    return found


def _whole(line: Mapping[str, Any]) -> bool:
    return line["part"] in PARTS and line["over"] == WHOLE


def _compared(line: Mapping[str, Any]) -> bool:
    single = ", " not in line["over"] or line["threshold"] is not None
    return (
        line["part"] == "fairness"
        and line["measure"] in COMPARED
        and line["group"] != line["against"]
        and single
    )


def _recorded(material: Material) -> list[dict[str, Any]]:
    """Figures that people recorded."""
    return rows_figures(material.value(material.mapping.results) or [], material.mapping)


# ---------------------------------------------------------------------- Hugging Face
def hugging_face(material: Material) -> str:
    """A README.md."""
    base = material.base or {"metadata": {}, "sections": []}
    sections = _base_sections(base["sections"])
    old = answered_sections(sections, material.mapping, material.fields)
    by_field = {name: (place, value) for place, (name, value) in old.items()}
    found = list(sections) or _opening(material)
    added = []
    for rule in material.mapping.sections:
        value = material.value(rule.field)
        if rule.field in by_field:
            place, before = by_field[rule.field]
            if value is not None and value != before:
                found[place] = _section(found[place], value)
        elif value is not None:
            added.append(_new(found, rule.headings, value))
    found += [s for s in added if s is not None]
    if material.report is not None:
        found.append(Section(2, _free(found, RESULTS), _table(measured(material.report))))
    return card_text(_block(material, base), found)


def _base_sections(given: Any) -> tuple[Section, ...]:
    return tuple(Section(int(s["level"]), str(s["heading"]), str(s["text"])) for s in given)


def _opening(material: Material) -> list[Section]:
    title = f"{material.name} {material.version or ''}".strip()
    return [Section(1, title, material.says or "")]


def _section(old: Section, value: Any) -> Section:
    return Section(old.level, old.heading, card_parts.value_text(value))


def _new(found: list[Section], headings: tuple[str, ...], value: Any) -> Section | None:
    """A section for an answer: an empty one of the base with that heading is filled instead."""
    wanted = {heading_key(h) for h in headings}
    for i, section in enumerate(found):
        if section.level and heading_key(section.heading) in wanted:
            found[i] = _section(section, value)
            return None
    return Section(2, headings[0], card_parts.value_text(value))


def _free(found: list[Section], heading: str) -> str:
    """A heading that no section has yet."""
    taken = {heading_key(s.heading) for s in found}
    return heading if heading_key(heading) not in taken else f"{heading} measured with dutybound"


def _table(figures: list[dict[str, str]]) -> str:
    head = "| Metric | Value | 95 % interval | On which data |\n|---|---|---|---|\n"
    return head + "\n".join(
        "| " + " | ".join(_cell(f.get(k, "")) for k in ("metric", "value", "interval", "data"))
        + " |"
        for f in figures
    )  # fmt: skip


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")


def _block(material: Material, base: Mapping[str, Any]) -> str:
    """The metadata block: that of the base, letter by letter, if it still says the same."""
    found = _metadata(material, base["metadata"])
    block = base.get("block")
    same = isinstance(block, str) and found == base["metadata"]
    return block if same else block_of(found)  # type: ignore[return-value]


def _metadata(material: Material, base: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata of the base; recorded figures are written again only if they changed."""
    found = deepcopy(dict(base))
    old = figures_of(base.get("model-index"), material)
    recorded = material.value(material.mapping.results)
    task = str(base.get("pipeline_tag") or _task(material.report))
    if recorded is not None and recorded != old:
        found["model-index"] = index_of_figures(_recorded(material), material.name, task)
    if material.report is not None:
        fresh = index_of_figures(measured(material.report, groups=False), material.name, task)
        found["model-index"] = _joined(found.get("model-index"), fresh)
    return found


def figures_of(index: Any, material: Material) -> list[dict[str, str]]:
    """`model-index` as rows of the field that holds results."""
    return figure_rows(card_parts.figures_of_index(index), material.mapping)


def _joined(index: Any, fresh: list[dict[str, Any]]) -> Any:
    """The results of a run beside those that are there."""
    if not isinstance(index, list) or not index or not isinstance(index[0], dict) or not fresh:
        return index or fresh
    first, *rest = index
    old = first.get("results")
    results = [*(old if isinstance(old, list) else []), *fresh[0]["results"]]
    return [{**first, "results": results}, *rest]


def _task(report: Mapping[str, Any] | None) -> str:
    """A table was measured: a class or a number was predicted."""
    lines = report["lines"] if report is not None else ()
    number = any(x["measure"] == "r-squared" and x["value"] is not None for x in lines)
    return "tabular-regression" if number else "tabular-classification"


# ---------------------------------------------------------------------- CycloneDX
def cyclonedx_bom(material: Material) -> str:
    """A bill of materials with the model, as JSON text."""
    base = material.base
    if base is None:
        bom = cyclonedx.new_bom(material.name, material.version)
        component = cyclonedx.model_of(bom, None, CYCLONEDX)
        if material.says:
            component["description"] = material.says
    else:
        bom = deepcopy(dict(base["bom"]))
        component = cyclonedx.model_of(bom, base.get("model"), CYCLONEDX)
    for rule in material.mapping.parts:
        value = material.value(rule.field)
        found = cyclonedx.get(component, rule.path)
        before = card_parts.part_value(found, rule, material.fields[rule.field].type)
        if value is not None and value != before:
            cyclonedx.put(component, rule.path, card_parts.part_json(value, rule, found))
    _metrics(material, component)
    return json.dumps(cyclonedx.finished(bom), indent=2, ensure_ascii=False) + "\n"


def _metrics(material: Material, component: dict[str, Any]) -> None:
    found = cyclonedx.get(component, METRICS)
    old = figure_rows(card_parts.figures_of_metrics(found), material.mapping)
    recorded = material.value(material.mapping.results)
    metrics = found if isinstance(found, list) else []
    if recorded is not None and recorded != old:
        metrics = card_parts.metrics_of_figures(_recorded(material), found)
    if material.report is not None:
        metrics = [*metrics, *card_parts.metrics_of_figures(measured(material.report))]
    if metrics:
        cyclonedx.put(component, METRICS, metrics)


FORMATS: Final = {"hf": HUGGING_FACE, "cyclonedx": CYCLONEDX}


def export(material: Material, form: str) -> str:
    """A card. form: `hf` or `cyclonedx`."""
    return hugging_face(material) if form == "hf" else cyclonedx_bom(material)
