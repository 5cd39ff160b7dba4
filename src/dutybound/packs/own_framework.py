"""Frameworks of a user's own, from YAML, CSV or XLSX, without code.

A table has one row for each element, or several rows for one element that is mapped to several
controls. Whatever the form, the same closed shape is checked, and errors name file, row and column.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from dutybound.errors import BadInput, did_you_mean
from dutybound.packs.catalogue import CatalogueReader
from dutybound.packs.reading import Document, Where, decode, read_bytes, read_yaml, scalar
from dutybound.terms.control import Catalogue
from dutybound.terms.law import Rule

ELEMENT: Final = ("id", "title", "summary", "level", "parent", "assessable")
LINE: Final = ("control", "relationship", "strength", "rationale", "why")
HEAD: Final = ("framework", "title", "version", "nature", "effect", "source")
SHEET: Final = "framework"
MAX_ROWS: Final = 20_000
MAX_UNPACKED: Final = 50_000_000
_DEFAULTS: Final = {
    "version": "1",
    "nature": "internal_policy",
    "effect": "Set by its owner; this tool knows of no legal effect.",
}
_UNREADABLE: Final = (
    zipfile.BadZipFile, ValueError, KeyError, OSError, EOFError, TypeError, SyntaxError,
)  # fmt: skip
_SLUG = re.compile(r"[^a-z0-9]+")


def with_frameworks(
    catalogue: Catalogue, paths: Iterable[Path], rules: dict[str, Rule]
) -> tuple[Catalogue, list[str]]:
    """The catalogue with further frameworks from files, and their ids.

    Raises BadInput with every problem that was found.
    """
    reader = CatalogueReader(rules)
    nowhere = Document("", None)
    reader.controls = {k: (c, nowhere, ()) for k, c in catalogue.controls.items()}
    reader.frameworks = dict(catalogue.frameworks)
    added = []
    for path in paths:
        found = reader.take_framework(read_framework(path))
        if found is not None:
            added.append(found.id)
    reader.build_crosswalks()
    if reader.problems:
        raise BadInput(sorted(set(reader.problems)))
    more = {name: reader.crosswalks[name] for name in added}
    return (
        replace(
            catalogue, frameworks=reader.frameworks, crosswalks={**catalogue.crosswalks, **more}
        ),
        added,
    )


def read_framework(path: Path) -> Document:
    """A framework file as a document in the shape of `framework.yaml`."""
    ending = path.suffix.lower()
    if ending in (".yaml", ".yml"):
        return read_yaml(path)
    if ending == ".csv":
        return _table(path, *_csv_rows(path))
    if ending == ".xlsx":
        return _table(path, *_xlsx_rows(path))
    raise BadInput.one(str(path), "A framework is read from .yaml, .csv or .xlsx. Save it as one.")


Rows = list[tuple[int, Sequence[str]]]


def _csv_rows(path: Path) -> tuple[dict[str, str], Rows]:
    """Head lines (`# key: value`) and the rows with their line numbers."""
    text = decode(read_bytes(path, str(path)), str(path))
    lines = text.splitlines(keepends=True)
    head: dict[str, str] = {}
    start = 0
    for line in lines:
        if not line.startswith("#"):
            break
        key, _, value = line.lstrip("#").partition(":")
        head[key.strip()] = value.strip().strip(",").strip('"')
        start += 1
    first = lines[start] if start < len(lines) else ""
    mark = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO("".join(lines[start:])), delimiter=mark, strict=True)
    rows: Rows = []
    try:
        begins = start + 1
        for row in reader:
            rows.append((begins, row))
            begins = start + reader.line_num + 1
    except csv.Error as error:
        text = f"This is no valid CSV: {error}. Check the quotes."
        raise BadInput.one(str(path), text, start + reader.line_num, 1) from error
    return head, rows


def _xlsx_rows(path: Path) -> tuple[dict[str, str], Rows]:
    """Head (sheet `framework`, keys and values) and the rows of the first other sheet."""
    try:
        import openpyxl  # type: ignore[import-untyped,unused-ignore]
    except ImportError as error:
        text = "To read .xlsx, install dutybound[spreadsheet], or save the sheet as .csv."
        raise BadInput.one(str(path), text) from error
    raw = read_bytes(path, str(path))
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MAX_UNPACKED:
                raise BadInput.one(str(path), "The file unpacks to too much. Split the sheet.")
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        sheets = {sheet.title: sheet for sheet in book.worksheets}
        head_sheet = sheets.pop(SHEET, None)
        head = {
            _cell(row[0]): _cell(row[1])
            for row in (head_sheet.iter_rows(values_only=True, max_row=50) if head_sheet else ())
            if len(row) > 1 and row[0] is not None
        }
        main = next(iter(sheets.values()), None)
        cells = main.iter_rows(values_only=True, max_row=MAX_ROWS) if main is not None else ()
        rows: Rows = [(i, [_cell(c) for c in row]) for i, row in enumerate(cells, start=1)]
        book.close()
    except _UNREADABLE as error:
        raise BadInput.one(str(path), "This is no readable .xlsx file. Save it again.") from error
    return head, rows


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).strip()


def _table(path: Path, head: dict[str, str], rows: Rows) -> Document:
    """A table as a document: values in the shape of `framework.yaml`, with rows as positions."""
    rows = [(n, row) for n, row in rows if any(c.strip() for c in row)]
    if not rows:
        raise BadInput.one(str(path), "The table is empty: it needs a row of column names.")
    first, names = rows[0][0], [c.strip().lower().replace(" ", "_") for c in rows[0][1]]
    _check_names(path, first, names)
    _check_head(path, head)
    stem = _SLUG.sub("-", path.stem.lower()).strip("-") or "own"
    document = Document(str(path), {**_DEFAULTS, "source": path.name, "title": path.stem, **head})
    document.value.setdefault("framework", stem)
    elements: list[dict[str, Any]] = []
    mappings: list[dict[str, Any]] = []
    document.value |= {"elements": elements, "mappings": mappings}
    seen: set[str] = set()
    for line, row in rows[1:]:
        cells = {n: c.strip() for n, c in zip(names, row, strict=False) if n and c.strip()}
        name = cells.get("id", "")
        if name not in seen or not name:
            seen.add(name)
            _mark(document, ("elements", len(elements)), line, names)
            elements.append(_element(cells))
        if cells.get("control"):
            where: Where = ("mappings", len(mappings))
            _mark(document, where, line, names)
            for cell, key in _RENAMED.items():
                if cell in names:
                    document.marks[(*where, key)] = (line, names.index(cell) + 1)
            mappings.append(_line(cells))
    return document


_RENAMED: Final = {"control": "source", "id": "target", "rationale": "matching-rationale"}


def _check_names(path: Path, line: int, names: list[str]) -> None:
    known = (*ELEMENT, *LINE)
    for i, name in enumerate(names, start=1):
        if name and name not in known:
            text = f"Unknown column `{name}`.{did_you_mean(name, known)} Known: {', '.join(known)}."
            raise BadInput.one(str(path), text, line, i)
        if name and names.index(name) != i - 1:
            raise BadInput.one(str(path), f"The column `{name}` stands here again.", line, i)
    for name in ("id", "title"):
        if name not in names:
            raise BadInput.one(str(path), f"The column `{name}` is missing.", line, 1)


def _check_head(path: Path, head: dict[str, str]) -> None:
    for key in head:
        if key not in HEAD:
            text = f"Unknown head `{key}`.{did_you_mean(key, HEAD)} Known: {', '.join(HEAD)}."
            raise BadInput.one(str(path), text, 1, 1)


def _mark(document: Document, where: Where, line: int, names: list[str]) -> None:
    document.marks[where] = (line, 1)
    for i, name in enumerate(names, start=1):
        document.marks[(*where, name)] = (line, i)


def _element(cells: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {k: cells[k] for k in ELEMENT if k in cells}
    found.setdefault("level", "requirement")
    if "assessable" in found:
        word = str(found["assessable"]).lower()
        found["assessable"] = {"yes": True, "no": False}.get(word, scalar(word))
    return found


def _line(cells: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "source": cells["control"],
        "target": cells.get("id", ""),
        "relationship": cells.get("relationship", ""),
        "matching-rationale": cells.get("rationale", "semantic"),
        "why": cells.get("why", ""),
    }
    if "strength" in cells:
        found["strength"] = scalar(cells["strength"])
    return found
