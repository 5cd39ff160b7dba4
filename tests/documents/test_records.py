"""`records.yaml`: closed, with who said it and when; a wrong answer is an error with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutybound.errors import BadInput
from dutybound.packs.records import Records, read_authored, read_records
from tests.documents.toy import FIELDS

ABOUT = {"party": ("maker", "user"), "use": ("lend",)}
HEAD = "dutybound: records/1\nsystem: toy\ndefaults: {by: Ann, on: 2026-11-01}\nrecords:\n"


def read(folder: Path, text: str, head: str = HEAD) -> Records:
    path = folder / "records.yaml"
    path.write_text(head + text, encoding="utf-8")
    return read_records(path, FIELDS, ABOUT, "toy")


def test_an_answer_knows_who_said_it_where_and_when(tmp_path: Path) -> None:
    found = read(tmp_path, "  purpose.intended: {value: To judge., source: policy 4}\n")
    record = found.get("purpose.intended")
    assert record is not None
    assert ("To judge.", "Ann", "2026-11-01", "records.yaml", 5, "policy 4") == (
        record.value, record.by, record.on, record.file, record.line, record.source,
    )  # fmt: skip


def test_a_number_keeps_the_form_in_which_it_was_written(tmp_path: Path) -> None:
    found = read(tmp_path, "  purpose.intended: {value: 2.10}\n")
    record = found.get("purpose.intended")
    assert record is not None
    assert "2.10" == record.value


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("  purpose.intendd: {value: x}\n", 5, "Did you mean"),
        ("  purpose.intended: {value: [a]}\n", 5, "is a text"),
        ("  purpose.intended: {}\n", 5, "`nothing` with the reason"),
        ("  purpose.intended: {value: x, nothing: y}\n", 5, "`nothing` with the reason"),
        ("  purpose.intended: {value: x, for: maker}\n", 5, "leave `for` out"),
        ("  party.seat: {value: Bonn}\n", 5, "For which party"),
        ("  party.seat: [{for: makr, value: Bonn}]\n", 5, "maker"),
        ("  party.seat: [{for: maker, value: A}, {for: maker, value: B}]\n", 5, "already"),
        ("  risk.register: {value: [{risc: x}]}\n", 5, "No column `risc`"),
        ("  risk.register: {value: text}\n", 5, "is a table"),
        ("  use.harm: [{for: lend, value: []}]\n", 5, "is a list"),
        ("  purpose.intended: {value: x, wh: y}\n", 5, "Unknown key"),
    ],
)
def test_a_wrong_answer_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    with pytest.raises(BadInput) as found:
        read(tmp_path, text)
    assert any(line == p.line and says in p.message for p in found.value.problems)


def test_nobody_said_it(tmp_path: Path) -> None:
    head = "dutybound: records/1\nsystem: toy\nrecords:\n"
    with pytest.raises(BadInput, match="Who said it"):
        read(tmp_path, "  purpose.intended: {value: x}\n", head)


def test_it_is_about_another_system(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="about `toi`"):
        read(tmp_path, "  purpose.intended: {value: x}\n", HEAD.replace("toy", "toi"))


def test_the_files_of_a_folder_are_read_together(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD + "  purpose.intended: {value: x}\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text(
        HEAD + "  party.seat: [{for: maker, value: Bonn}]\n", encoding="utf-8"
    )
    found = read_records(tmp_path, FIELDS, ABOUT, "toy")
    assert {"purpose.intended", "party.seat"} == {r.field for r in found.all}
    (tmp_path / "c.yaml").write_text(HEAD + "  purpose.intended: {value: y}\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"a\.yaml already"):
        read_records(tmp_path, FIELDS, ABOUT, "toy")


@pytest.mark.parametrize(
    "text",
    ["no front", "---\nby: Ann\n---\nx", "---\non: 2026-01-01\n---\nx", "---\nby: ''\n---\n"],
)
def test_authored_text_says_who_wrote_it_and_when(tmp_path: Path, text: str) -> None:
    path = tmp_path / "one.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match="Who wrote it"):
        read_authored(path, "one.md")
    path.write_text("---\nby: Ann\non: 2026-01-01\n---\nIt *is*.\n", encoding="utf-8")
    found = read_authored(path, "one.md")
    assert ("It *is*.", "Ann", "2026-01-01") == (found.text, found.by, found.on)
