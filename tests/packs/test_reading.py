"""YAML 1.2 with positions, and files that mean harm: one clear error, fast and small."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dutybound.errors import BadInput
from dutybound.packs.reading import MAX_BYTES, Document, parse_yaml, read_yaml, scalar

SECOND = 1.0
MEGABYTES_200 = 200 * 1024


def problem(text: str) -> str:
    """The one problem of a text."""
    with pytest.raises(BadInput) as caught:
        parse_yaml(text, "f.yaml")
    assert 1 == len(caught.value.problems)
    return str(caught.value)


# ---------------------------------------------------------------------- the core schema
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("no", "no"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("12", 12),
        ("-3", -3),
        ("0.5", 0.5),
        ("1e3", 1000.0),
        ("1_000", "1_000"),
        ("0o17", "0o17"),
        ("12:30", "12:30"),
        ("2026-08-02", "2026-08-02"),
        ("1" * 50, "1" * 50),
    ],
)
def test_scalars(written: str, expected: object) -> None:
    """`no` is Norway, and a date stays as it was written."""
    found = scalar(written)
    assert (expected, type(expected)) == (found, type(found))


def test_quoted_text_is_text() -> None:
    assert {"a": "true", "b": "12", "c": ""} == parse_yaml(
        "{a: 'true', b: \"12\", c: ''}", "f"
    ).value


def test_positions() -> None:
    document = parse_yaml("system:\n  id: s\nuses:\n  - id: u\n    purposes: [a, b]\n", "f.yaml")
    assert {"system": {"id": "s"}, "uses": [{"id": "u", "purposes": ["a", "b"]}]} == document.value
    assert (1, 1) == document.at(("system",))
    assert (5, 5) == document.at(("uses", 0, "purposes"))
    assert (5, 19) == document.at(("uses", 0, "purposes", 1))


def test_a_missing_path_has_the_position_of_the_nearest_above() -> None:
    document = parse_yaml("a:\n  b: 1\n", "f.yaml")
    assert (2, 3) == document.at(("a", "b", "c", 3))
    assert "f.yaml:2:3: wrong" == str(document.problem(("a", "b", "c"), "wrong"))


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert isinstance(read_yaml(path), Document)
    assert {"a": 1} == read_yaml(path).value


# ---------------------------------------------------------------------- what is refused
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2\n", "f.yaml:2:1: The key `a` stands here a second time."),
        ("a: {b: 1, b: 2}\n", "f.yaml:1:11: The key `b` stands here a second time."),
        ("a: &x 1\n", "f.yaml:1:4: Anchors (`&name`) are not read. Write the value out."),
        ("a: *x\n", "f.yaml:1:4: Aliases (`*name`) are not read. Write the value out."),
        ("a: !!python/object:os.system 1\n", "f.yaml:1:4: Tags (`!name`) are not read."),
        ("a: !x {b: 1}\n", "f.yaml:1:4: Tags (`!name`) are not read."),
        ("a: 1\n---\nb: 2\n", "f.yaml:2:1: A file holds one document; remove the second `---`."),
        ("[a, b]: 1\n", "f.yaml:1:1: A key must be plain text."),
        ("a: [1\nb: 2\n", "f.yaml:2:2: This is not valid YAML"),
        ("a: 'x\n", "This is not valid YAML"),
        ("a:\n\t- b\n", "f.yaml:2:1: This is not valid YAML"),
        ("", "f.yaml:1:1: The file is empty."),
        ("# only a remark\n", "f.yaml:1:1: The file is empty."),
        ("---\n...\n", "f.yaml:1:1: The file is empty."),
        ("a: \x01\n", "f.yaml: This is not valid YAML"),
    ],
)
def test_refused_with_a_position(text: str, message: str) -> None:
    assert message in problem(text)


def _bomb() -> bytes:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    return "\n".join(lines).encode()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a million lines": lambda: b"a: 1\n" * 1_000_000,
    "a million short lines": lambda: b"-\n" * 499_000,
    "many values in little space": lambda: b"[" + b"1," * 400_000 + b"1]",
    "deep flow": lambda: b"[" * 400_000,
    "deep mappings": lambda: b"{a: " * 200_000,
    "deep blocks": lambda: b"\n".join(b" " * i + b"a:" for i in range(1_300)),
    "deep dashes": lambda: b"- " * 400_000,
    "one long line": lambda: b"a: " + b"x" * 2_000_000,
    "a long key": lambda: b"x" * 900_000 + b": 1\n",
    "an alias bomb": _bomb,
    "binary": lambda: bytes(range(256)) * 200,
    "zeros": lambda: bytes(1000),
    "UTF-16": lambda: "a: 1\n".encode("utf-16"),
    "latin-1": lambda: "a: Köln\n".encode("latin-1"),
    "empty": lambda: b"",
    "many wrong quotes": lambda: b"'" * 300_001,
    "a number of many digits": lambda: b"a: {" + b"9" * 900_000 + b": 1, b: *x}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files(name: str, tmp_path: Path) -> None:
    """Each gives one problem that names the file, in under a second and little memory."""
    path = tmp_path / "hostile.yaml"
    path.write_bytes(HOSTILE[name]())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    with pytest.raises(BadInput) as caught:
        read_yaml(path, "hostile.yaml")
    assert SECOND > time.process_time() - started
    assert MEGABYTES_200 > resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert 1 == len(caught.value.problems)
    assert 300 > len(str(caught.value))
    assert str(caught.value).startswith("hostile.yaml:")


def test_wrong_encoding_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(BadInput, match=r"f\.yaml:2:1: The file is not UTF-8 text"):
        read_yaml(path, "f.yaml")


def test_too_large_says_how_large(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(BadInput, match=r"f\.yaml: The file has 1,000,001 bytes"):
        read_yaml(path, "f.yaml")


@pytest.mark.parametrize("make", [Path.mkdir, lambda _: None])
def test_no_file(make: Callable[[Path], Any], tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    make(path)
    with pytest.raises(BadInput, match=r"is a folder|does not exist"):
        read_yaml(path)


@pytest.mark.parametrize(
    ("written", "value"), [("2.10", 2.1), ("010", 10), ("1e3", 1000.0), ("+5", 5), ("1.", 1.0)]
)
def test_a_number_that_loses_its_spelling_is_no_version(written: str, value: float) -> None:
    found = parse_yaml(f"system: {{version: {written}}}", "f.yaml")
    problem = found.lost_version(("system", "version"))
    assert problem is not None
    assert (1, 10) == (problem.line, problem.column)
    assert f"is the number {value}" in problem.message


@pytest.mark.parametrize("written", ["2.1", "10", "2.1.0", "'2.10'", "1.0", "v2.10", "~"])
def test_a_version_that_keeps_its_spelling(written: str) -> None:
    found = parse_yaml(f"system: {{version: {written}}}", "f.yaml")
    assert found.lost_version(("system", "version")) is None
