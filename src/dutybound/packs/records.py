"""Reads `records.yaml`: what people answered for documents, each with who said it and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from dutybound.errors import BadInput, Problem, did_you_mean
from dutybound.packs.documents_schema import RecordModel, RecordsFile
from dutybound.packs.facts import as_date, shorten
from dutybound.packs.reading import Document, Where, decode, parse_yaml, read_bytes
from dutybound.packs.validation import validate
from dutybound.terms.document import AuthoredText, FieldEntry, Record

LIMIT: Final = 4_000_000
_FRONT: Final = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


class Records:
    """The answers of one system, by field and by what they are about."""

    def __init__(self, system: str | None = None, found: tuple[Record, ...] = ()) -> None:
        self.system = system
        self.all = found
        self._by: dict[tuple[str, str | None], Record] = {(r.field, r.about): r for r in found}

    def get(self, name: str, about: str | None = None) -> Record | None:
        """The answer for a thing; None if there is none."""
        return self._by.get((name, about))


def read_records(
    path: Path,
    fields: Mapping[str, FieldEntry],
    about: Mapping[str, tuple[str, ...]],
    system: str,
) -> Records:
    """The answers in a file, or in the *.yaml files of a folder.

    about: `party` and `use` to the ids that a field of that kind may be for. Raises BadInput with
    every problem: an unknown field, a value of another type, an answer that stands twice, nobody
    who said it.
    """
    folder = path.is_dir()
    paths = sorted(path.glob("*.yaml")) if folder else [path]
    if not paths:
        raise BadInput.one(str(path), "There is no file *.yaml with answers in it.")
    problems: list[Problem] = []
    found: list[Record] = []
    seen: dict[tuple[str, str | None], str] = {}
    for one in paths:
        name = f"{path.name}/{one.name}" if folder else one.name
        document = parse_yaml(decode(read_bytes(one, name, LIMIT), name), name)
        model = validate(RecordsFile, document, problems)
        if model is None:
            continue
        if model.system != system:
            text = f"It is about `{model.system}`, not about `{system}`."
            problems.append(document.problem(("system",), text))
        found += _Reader(document, model, fields, about, problems, seen).records()
    if problems:
        raise BadInput(sorted(set(problems)))
    return Records(system, tuple(found))


class _Reader:
    def __init__(
        self,
        document: Document,
        model: RecordsFile,
        fields: Mapping[str, FieldEntry],
        about: Mapping[str, tuple[str, ...]],
        problems: list[Problem],
        seen: dict[tuple[str, str | None], str],
    ) -> None:
        self._document, self._model, self._fields = document, model, fields
        self._about, self._problems, self._seen = about, problems, seen
        self._here: set[tuple[str, str | None]] = set()

    def wrong(self, where: Where, message: str) -> None:
        self._problems.append(self._document.problem(where, message))

    def records(self) -> Iterator[Record]:
        """Each answer that is sound."""
        for name, given in self._model.records.items():
            where: Where = ("records", name)
            entry = self._fields.get(name)
            if entry is None:
                hint = did_you_mean(name, self._fields)
                self.wrong(where, f"No document shows a field `{name}`.{hint}")
            elif isinstance(given, tuple):
                for i, one in enumerate(given):
                    yield from self._one(entry, one, (*where, i))
            else:
                yield from self._one(entry, given, where)

    def _one(self, entry: FieldEntry, given: RecordModel, where: Where) -> Iterator[Record]:
        by, on = given.by or self._model.defaults.by, given.on or self._model.defaults.on
        if by is None or on is None:
            self.wrong(where, "Who said it, and when? Add `by` and `on`, here or in `defaults`.")
            return
        if not self._about_fits(entry, given.about, where):
            return
        if (given.nothing is None) == (given.value is None):
            self.wrong(where, "Give a `value`, or `nothing` with the reason why there is none.")
            return
        value = None
        if given.nothing is None:
            value = self._value(entry, given.value, (*where, "value"))
            if value is None:
                return
        line, _ = self._document.at(where)
        yield Record(
            field=entry.id,
            value=value,
            by=by,
            on=on.isoformat(),
            file=self._document.file,
            line=line,
            about=given.about,
            source=given.source,
            nothing=given.nothing,
        )

    def _about_fits(self, entry: FieldEntry, about: str | None, where: Where) -> bool:
        before = self._seen.setdefault((entry.id, about), self._document.file)
        key = (entry.id, about)
        if key in self._here or before != self._document.file:
            self.wrong(where, f"`{entry.id}` is answered in {before} already.")
            return False
        self._here.add(key)
        if entry.per == "system":
            if about is not None:
                self.wrong((*where, "for"), f"`{entry.id}` is about the system: leave `for` out.")
            return about is None
        known = self._about[entry.per]
        if about is None or about not in known:
            hint = did_you_mean(about or "", known)
            text = f"For which {entry.per}? Add `for`, one of: {', '.join(known)}.{hint}"
            self.wrong(where, text)
            return False
        return True

    def _value(self, entry: FieldEntry, value: Any, where: Where) -> Any:
        found = _CONVERT[entry.type](value, self._document.respelled.get(where))
        if entry.type == "table" and isinstance(value, list):
            found = self._rows(entry, value, where)
        elif found is None:
            text = f"`{entry.id}` is a {entry.type}, not `{shorten(value)}`."
            self.wrong(where, text)
        return found

    def _rows(self, entry: FieldEntry, value: list[Any], where: Where) -> Any:
        columns = entry.columns or {}
        rows = []
        for i, row in enumerate(value):
            if not isinstance(row, dict):
                self.wrong((*where, i), f"A row is a mapping with: {', '.join(columns)}.")
                return None
            for key in row:
                if key not in columns:
                    hint = did_you_mean(str(key), columns)
                    known = ", ".join(columns)
                    self.wrong((*where, i, key), f"No column `{key}`.{hint} Known: {known}.")
                    return None
            rows.append({k: _cell(v) for k, v in row.items()})
        return rows


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(str(v) for v in value)
    return str(value)


def _text(value: Any, written: str | None) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return written or str(value)


def _list(value: Any, _: str | None) -> list[str] | None:
    members = value if isinstance(value, list) else None
    if not members or any(isinstance(m, list | dict | bool) or m is None for m in members):
        return None
    return [str(m) for m in members]


def _date(value: Any, _: str | None) -> str | None:
    found = value if isinstance(value, date) else as_date(value)
    return None if found is None else found.isoformat()


def _number(value: Any, _: str | None) -> int | float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _flag(value: Any, _: str | None) -> bool | None:
    return value if isinstance(value, bool) else None


def _table(value: Any, _: str | None) -> None:
    """Rows are read with their columns; anything else is no table."""


_CONVERT: Final[Mapping[str, Any]] = {
    "line": _text,
    "text": _text,
    "list": _list,
    "date": _date,
    "number": _number,
    "flag": _flag,
    "table": _table,
}


def read_authored(path: Path, shown: str) -> AuthoredText:
    """What a person wrote for a section: Markdown that begins with `by` and `on` as front matter.

    Raises BadInput if it does not say who wrote it and when.
    """
    from hashlib import sha256

    raw = read_bytes(path, shown, LIMIT)
    text = decode(raw, shown)
    front = _FRONT.match(text)
    about = parse_yaml(front.group(1) + "\n", shown).value if front else None
    on = as_date(about.get("on")) if isinstance(about, dict) else None
    by = about.get("by") if isinstance(about, dict) else None
    if front is None or on is None or not isinstance(by, str) or not by.strip():
        says = "Who wrote it, and when? Begin the file with `---`, `by: NAME`, `on: DAY`, `---`."
        raise BadInput.one(shown, says)
    body = text[front.end() :].strip("\n")
    return AuthoredText(body, by.strip(), on.isoformat(), shown, sha256(raw).hexdigest())
