"""Parts of a CycloneDX model and sections of a card as values of fields, and back.

One rule keeps what is not understood: a part whose value is still what the field says is not
written again, so its keys that nobody reads stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from dutybound.interchange.cyclonedx import lines_of, text_of
from dutybound.terms.card import PartRule
from dutybound.terms.document import FieldType

SELF: Final = "."  # the object of a list is itself the text of a column
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SPAN: Final = re.compile(r"\s*(\S+) to (\S+)\s*\Z")


def clean(text: str) -> str:
    """Text without control characters, which no records file may hold."""
    return _CONTROL.sub("", text).strip()


def text_value(text: str, kind: FieldType) -> Any:
    """Text as the value of a field; None if there is none."""
    found = clean(text)
    if not found:
        return None
    if kind == "list":
        return lines_of(found)
    return " ".join(found.split()) if kind == "line" else found


def value_text(value: Any) -> str:
    """The value of a field as text: a list as lines with `- `."""
    if isinstance(value, list):
        return "\n".join(f"- {' '.join(str(v).split())}" for v in value)
    return str(value)


# ---------------------------------------------------------------------- parts of a model
def part_value(found: Any, rule: PartRule, kind: FieldType) -> Any:
    """A part as the value of a field of that kind; None if it says nothing."""
    if not isinstance(found, list):
        return None
    if rule.columns is not None:
        rows = [row for member in found if (row := _row(member, rule.columns))]
        return rows or None
    texts = [clean(text) for member in found if (text := text_of(_inner(member, rule.item)))]
    texts = [t for t in texts if t]
    if not texts:
        return None
    if kind == "list":
        return texts
    return texts[0] if len(texts) == 1 else value_text(texts)


def _inner(member: Any, key: str | None) -> Any:
    if key is None:  # the member is the text
        return member
    return member.get(key) if isinstance(member, Mapping) else None


def _row(member: Any, columns: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for column, key in columns.items():
        text = text_of(member if key == SELF else _inner(member, key))
        if text and clean(text):
            found[column] = clean(text)
    return found


def part_json(value: Any, rule: PartRule, before: Any = None) -> list[Any]:
    """The value of a field as a part. before: the part as it was; a member of it that still says
    the same is kept with all its keys."""
    old = list(before) if isinstance(before, list) else []
    if rule.columns is not None:
        columns = rule.columns
        rows = [row for row in value if isinstance(row, Mapping)]
        known = [_row(member, columns) for member in old]
        return [_kept(_filled(row, columns), known, old) or _object(row, columns) for row in rows]
    texts = [str(v) for v in value] if isinstance(value, list) else lines_of(str(value))
    said = [clean(text_of(_inner(member, rule.item)) or "") for member in old]
    item = rule.item
    return [
        _kept(clean(text), said, old) or (text if item is None else {item: text}) for text in texts
    ]


def _filled(row: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, str]:
    return {c: clean(str(row[c])) for c in columns if row.get(c)}


def _kept(said: Any, known: Sequence[Any], members: Sequence[Any]) -> Any:
    """The member of the old part that says this; None if there is none."""
    return next((m for k, m in zip(known, members, strict=True) if k and k == said), None)


def _object(row: Mapping[str, Any], columns: Mapping[str, str]) -> Any:
    if SELF in columns.values():
        column = next(c for c, key in columns.items() if key == SELF)
        return str(row.get(column) or "")
    return {key: str(row[column]) for column, key in columns.items() if row.get(column)}


# ---------------------------------------------------------------------- figures
def figures_of_metrics(found: Any) -> list[dict[str, str]]:
    """`performanceMetrics` as rows of metric, value, interval, data."""
    members = found if isinstance(found, list) else []
    return [row for member in members if (row := _metric_row(member))]


def _metric_row(member: Any) -> dict[str, str]:
    if not isinstance(member, Mapping):
        return {}
    span = member.get("confidenceInterval")
    low, high = (text_of(_inner(span, k)) for k in ("lowerBound", "upperBound"))
    return _figure(
        metric=member.get("type"),
        value=member.get("value"),
        interval=f"{low} to {high}" if low and high else None,
        data=member.get("slice"),
    )


def metrics_of_figures(
    rows: Sequence[Mapping[str, Any]], before: Any = None
) -> list[dict[str, Any]]:
    """Rows of metric, value, interval, data as `performanceMetrics`. before: as in `part_json`."""
    old = before if isinstance(before, list) else []
    known = [_metric_row(member) for member in old]
    found = []
    for row in rows:
        one = _kept({k: v for k, v in row.items() if v}, known, old) or _metric(row)
        if one:
            found.append(one)
    return found


def _metric(row: Mapping[str, Any]) -> dict[str, Any]:
    one: dict[str, Any] = {}
    for key, name in (("type", "metric"), ("value", "value"), ("slice", "data")):
        if row.get(name):
            one[key] = str(row[name])
    span = _SPAN.match(str(row.get("interval") or ""))
    if span:
        one["confidenceInterval"] = {"lowerBound": span[1], "upperBound": span[2]}
    return one


def figures_of_index(found: Any) -> list[dict[str, str]]:
    """`model-index` of a Hugging Face card as rows of metric, value, data."""
    rows = []
    for model in found if isinstance(found, list) else ():
        results = _inner(model, "results")
        for result in results if isinstance(results, list) else ():
            data = _inner(_inner(result, "dataset"), "name")
            metrics = _inner(result, "metrics")
            for metric in metrics if isinstance(metrics, list) else ():
                name = _inner(metric, "name") or _inner(metric, "type")
                value = _inner(metric, "value")
                rows.append(_figure(metric=name, value=value, interval=None, data=data))
    return [r for r in rows if r]


def index_of_figures(
    rows: Sequence[Mapping[str, Any]], model: str, task: str
) -> list[dict[str, Any]]:
    """Rows of metric, value, data as `model-index`. task: a task of the Hub."""
    by_data: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row.get("metric") and row.get("value"):
            metric = {"type": _slug(str(row["metric"])), "value": _number(row["value"])}
            metric["name"] = str(row["metric"])
            by_data.setdefault(str(row.get("data") or "not stated"), []).append(metric)
    results = [
        {"task": {"type": task}, "dataset": {"type": _slug(data), "name": data}, "metrics": found}
        for data, found in by_data.items()
    ]
    return [{"name": model, "results": results}] if results else []


def _figure(**parts: Any) -> dict[str, str]:
    texts = {key: text_of(value) for key, value in parts.items()}
    return {key: clean(text) for key, text in texts.items() if text and clean(text)}


def _number(value: Any) -> Any:
    try:
        number = float(str(value))
    except ValueError:
        return str(value)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "other"
