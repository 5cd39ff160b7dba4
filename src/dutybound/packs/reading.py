"""YAML 1.2 with positions, and limits that hostile files cannot pass.

`read_yaml` gives plain values and a map from each path to its line and column. It refuses
aliases, anchors, tags, several documents, duplicate keys, deep nesting and large files. `no` is
Norway: only `true`, `false`, `null` and numbers are special, as in the YAML 1.2 core schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml

from dutybound.errors import BadInput, Problem

Key: TypeAlias = str | int
Where: TypeAlias = tuple[Key, ...]

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 40
MAX_NODES: Final = 60_000
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_INT = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_CONSTANTS: Final = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip


@dataclass(slots=True)
class Document:
    """A YAML file as plain values. `marks`: path to (line, column), both from 1.

    respelled: path to the text of a number that is written otherwise than its value, such as 2.10.
    """

    file: str
    value: Any
    marks: dict[Where, tuple[int, int]] = field(default_factory=dict)
    respelled: dict[Where, str] = field(default_factory=dict)

    def at(self, where: Where) -> tuple[int, int]:
        """The position of a path, or of the nearest path above it."""
        while where and where not in self.marks:
            where = where[:-1]
        return self.marks.get(where, (1, 1))

    def lost_version(self, where: Where) -> Problem | None:
        """The problem of a version without quotes that would be read as another one."""
        text = self.respelled.get(where)
        if text is None:
            return None
        value = self.value
        for key in where:
            value = value[key]
        return self.problem(
            where,
            f"`{where[-1]}: {text}` without quotes is the number {value}, so evidence for {value} "
            f'would count for it. Write "{text}".',
        )

    def problem(self, where: Where, message: str) -> Problem:
        """A problem at a path of this file."""
        line, column = self.at(where)
        return Problem(self.file, line, column, message)


def read_bytes(path: Path, shown: str, limit: int = MAX_BYTES) -> bytes:
    """The bytes of a regular file, refused if it is too large or cannot be read."""
    try:
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "does not exist"
            raise BadInput.one(shown, f"The file {what}. Give the path of a YAML file.")
        size = path.stat().st_size
        if size > limit:
            raise BadInput.one(
                shown,
                f"The file has {size:,} bytes; at most {limit:,} are read. "
                "Split it, or check that it is the right file.",
            )
        return path.read_bytes()
    except OSError as error:
        raise BadInput.one(shown, f"The file cannot be read: {error.strerror}.") from error


def decode(raw: bytes, shown: str) -> str:
    """Text of a UTF-8 file."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadInput.one(
            shown, "The file is not UTF-8 text. Save it as UTF-8.", line, 1
        ) from error
    if "\0" in text:
        raise BadInput.one(shown, "The file is binary, not text. Give a YAML file.")
    return text


def read_yaml(path: Path, shown: str | None = None, *, limit: int = MAX_BYTES) -> Document:
    """Read a YAML file. Raises BadInput with one problem if it cannot be read."""
    name = str(path) if shown is None else shown
    return parse_yaml(decode(read_bytes(path, name, limit), name), name)


def parse_yaml(text: str, shown: str) -> Document:
    """Parse YAML text. `shown`: the file name for errors."""
    try:
        return _Builder(shown).build(_events(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = error.problem or "it cannot be parsed"
        raise BadInput.one(
            shown, f"This is not valid YAML: {what}. Check indentation and quotes.", line, column
        ) from error
    except yaml.YAMLError as error:
        raise BadInput.one(
            shown, f"This is not valid YAML: {_plain(error)}. Remove the odd character."
        ) from error


def _plain(error: yaml.YAMLError) -> str:
    reason = getattr(error, "reason", None)
    return str(reason or str(error).splitlines()[0])


def _events(text: str) -> Iterator[yaml.Event]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


class _Builder:
    """Builds values from parser events, so that limits hold while the file is being read."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._marks: dict[Where, tuple[int, int]] = {}
        self._respelled: dict[Where, str] = {}
        self._nodes = 0

    def build(self, events: Iterator[yaml.Event]) -> Document:
        document: Document | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if document is not None:
                    self._refuse(event, "A file holds one document; remove the second `---`.")
                value = self._value(next(events), events, (), 0)
                document = Document(self._file, value, self._marks, self._respelled)
        if document is None or document.value is None:
            raise BadInput.one(self._file, "The file is empty. See `dutybound init`.", 1, 1)
        return document

    def _refuse(self, event: yaml.Event, message: str) -> None:
        raise BadInput.one(self._file, message, *_position(event))

    def _value(
        self, event: yaml.Event, events: Iterator[yaml.Event], where: Where, depth: int
    ) -> Any:
        self._check(event, depth)
        self._marks[where] = _position(event)
        if isinstance(event, yaml.ScalarEvent):
            if _CONTROL.search(event.value):
                self._refuse(event, "The text holds a control character. Remove it.")
            if not event.implicit[0]:
                return event.value
            value = scalar(event.value)
            if isinstance(value, int | float) and str(value).lower() != event.value.lower():
                self._respelled[where] = event.value
            return value
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, where, depth)
        return self._mapping(events, where, depth)

    def _check(self, event: yaml.Event, depth: int) -> None:
        self._nodes += 1
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, "Aliases (`*name`) are not read. Write the value out.")
        if getattr(event, "anchor", None):
            self._refuse(event, "Anchors (`&name`) are not read. Write the value out.")
        if getattr(event, "tag", None):
            self._refuse(event, "Tags (`!name`) are not read. Remove the tag.")
        if depth > MAX_DEPTH:
            self._refuse(event, f"Nested deeper than {MAX_DEPTH} levels.")
        if self._nodes > MAX_NODES:
            self._refuse(event, f"More than {MAX_NODES:,} values in one file. Split it.")

    def _sequence(self, events: Iterator[yaml.Event], where: Where, depth: int) -> list[Any]:
        items: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._value(event, events, (*where, len(items)), depth + 1))
        return items

    def _mapping(self, events: Iterator[yaml.Event], where: Where, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse(event, "A key must be plain text.")
            key = str(getattr(event, "value", ""))
            self._check(event, depth)
            if key in found:
                self._refuse(event, f"The key `{key}` stands here a second time.")
            position = _position(event)
            found[key] = self._value(next(events), events, (*where, key), depth + 1)
            self._marks[(*where, key)] = position
        return found


def _position(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def scalar(text: str) -> Any:
    """The value of a plain scalar by the YAML 1.2 core schema."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INT.match(text):
        return int(text) if len(text) < 40 else text
    if _FLOAT.match(text):
        return float(text)
    return text
