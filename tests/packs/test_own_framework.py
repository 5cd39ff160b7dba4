"""A user's own framework from YAML, CSV and XLSX: the same shape, errors with row and column."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from dutybound.assess.catalogue import catalogue
from dutybound.errors import BadInput
from dutybound.packs.own_framework import read_framework, with_frameworks
from dutybound.terms.control import Framework, Mapping, Relationship

EXAMPLES = Path(__file__).resolve().parents[2] / "examples/own-framework"
CSV = EXAMPLES / "model-risk-policy.csv"
HEAD = "id,title,control,relationship,strength,why\n"
WHY = "Covered: a part of it that matters. Open: all the rest of it."


def load(path: Path) -> tuple[Framework, tuple[Mapping, ...]]:
    book, (name,) = with_frameworks(catalogue(), [path], {})
    return book.frameworks[name], book.crosswalks[name]


def refused(path: Path) -> str:
    with pytest.raises(BadInput) as caught:
        with_frameworks(catalogue(), [path], {})
    return str(caught.value)


def test_the_example_table() -> None:
    framework, lines = load(CSV)
    assert ("model-risk-policy", "internal_policy") == (framework.id, framework.nature)
    assert ["1", "1.1", "2", "2.1", "2.2"] == list(framework.elements)
    assert not framework.elements["1"].assessable
    assert [("DB-GOV-07", "1.1"), ("DB-ROB-06", "2.1"), ("DB-ROB-01", "2.1")] == [
        (x.source, x.target) for x in lines
    ]


def test_the_example_in_yaml() -> None:
    framework, lines = load(EXAMPLES / "customer-contract.yaml")
    assert "contract" == framework.nature
    assert [Relationship.SUPERSET, Relationship.INTERSECTS] == [x.relationship for x in lines]


def test_a_sheet_says_the_same_as_a_table(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    main = book.active
    with CSV.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.reader(lines) if not row[0].startswith("#")]
    for row in rows:
        main.append([int(c) if c.isdigit() else c or None for c in row])
    head = book.create_sheet("framework")
    for line in (
        ("framework", "model-risk-policy"),
        ("title", "Example Bank model risk policy"),
        ("version", "2026-10"),
        ("nature", "internal_policy"),
        ("effect", "Binds all units of Example Bank; breaches go to the group risk committee."),
        ("source", "model-risk-policy.csv"),
    ):
        head.append(line)
    path = tmp_path / "other.xlsx"
    book.save(path)
    assert load(CSV) == load(path)


def test_semicolons_are_read(tmp_path: Path) -> None:
    path = tmp_path / "Our Rules.csv"
    path.write_text(
        f"id;title;control;relationship;strength;why\nA;First;DB-GOV-01;intersects-with;3;{WHY}\n"
    )
    framework, lines = load(path)
    assert ("our-rules", "Our Rules", 1) == (framework.id, framework.title, len(lines))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "The table is empty"),
        ("id,titel\nA,First\n", "t.csv:1:2: Unknown column `titel`. Did you mean `title`?"),
        ("id\nA\n", "The column `title` is missing"),
        ("id,title,id\nA,B,C\n", "t.csv:1:3: The column `id` stands here again"),
        ("# natur: contract\nid,title\nA,B\n", "Unknown head `natur`. Did you mean `nature`?"),
        ("# nature: law\nid,title\nA,B\n", "`nature`"),
        ("id,title\nA,\n", "t.csv:2:2: The key `title` is missing"),
        ("id,title,parent\nA,First,B\n", "t.csv:2:3: The parent `B` of `A` stands not above it"),
        (HEAD + f"A,First,DB-GOV-99,superset-of,3,{WHY}\n", "t.csv:2:3: No control `DB-GOV-99`"),
        (HEAD + f"A,First,DB-GOV-01,covers,3,{WHY}\n", "t.csv:2:4: `relationship`"),
        (HEAD + f"A,First,DB-GOV-01,intersects-with,,{WHY}\n", "`strength` (1 to 10) belongs"),
        (HEAD + f"A,First,DB-GOV-01,intersects-with,many,{WHY}\n", "t.csv:2:5: `strength`"),
        (HEAD + "A,First,DB-GOV-01,intersects-with,3,because\n", "t.csv:2:6: `why` is too short"),
        (HEAD + "A,First,DB-GOV-01,superset-of,9\n", "`why`"),
        ('id,title\nA,"First\n', "This is no valid CSV"),
    ],
)  # fmt: skip
def test_a_flawed_table_is_refused_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    assert says in refused(path)


def test_the_id_of_a_shipped_framework_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "soc2.csv"
    path.write_text("id,title\nA,First\n")
    assert "The framework soc2 is there already" in refused(path)


def test_other_files_are_refused(tmp_path: Path) -> None:
    for name in ("a.txt", "a.xlsx"):
        path = tmp_path / name
        path.write_bytes(b"nothing")
        with pytest.raises(BadInput):
            read_framework(path)


def test_a_sheet_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    path = tmp_path / "a.xlsx"
    openpyxl.Workbook().save(path)
    monkeypatch.setattr("dutybound.packs.own_framework.MAX_UNPACKED", 10)
    assert "unpacks to too much" in refused(path)


def test_what_is_added_leaves_the_catalogue_alone() -> None:
    before = catalogue()
    book, _ = with_frameworks(before, [CSV], {})
    assert "model-risk-policy" not in before.frameworks
    assert before.controls == book.controls
    assert before.crosswalks["soc2"] == book.crosswalks["soc2"]
