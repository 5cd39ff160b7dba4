"""A Word file, opened with another library: styles, headings, tables, notes, contents."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest

from dutybound.documents import docx_reference
from dutybound.documents.render import render
from dutybound.errors import BadInput
from tests.documents.made import BODY, DAY, LABELS, one, page, part


@pytest.fixture(scope="module")
def raw() -> bytes:
    return one(page(BODY + "\n[1]{#s-1} and [[1](#s-1)]{.src}\n", lang="de"), "docx")


@pytest.fixture(scope="module")
def word(raw: bytes) -> Any:
    return docx.Document(BytesIO(raw))


def styled(word: Any, name: str) -> list[str]:
    return [p.text for p in word.paragraphs if p.style.name == name]


def test_title_and_headings_have_real_styles(word: Any) -> None:
    assert ["Instructions for use"] == styled(word, "Title")
    assert ["Scope", "Use"] == styled(word, "Heading 1")
    assert ["Parts"] == styled(word, "Heading 2")


def test_contents_are_a_field_that_is_filled(word: Any, raw: bytes) -> None:
    assert (["Scope", "Use"], ["Parts"]) == (styled(word, "toc 1"), styled(word, "toc 2"))
    assert ' TOC \\o "1-2" \\h \\z \\u ' in part(raw)
    anchors = set(re.findall('w:anchor="([^"]*)"', part(raw)))
    names = set(re.findall('<w:bookmarkStart[^>]*w:name="([^"]*)"', part(raw)))
    assert anchors <= names


def test_the_table_repeats_its_header(word: Any, raw: bytes) -> None:
    front, table = word.tables
    assert [["Version", "0.1"], ["State", "draft"]] == [
        [cell.text for cell in row.cells] for row in front.rows
    ]
    assert [["Group", "Rate"], ["women", "0.71"], ["men", "0.73"]] == [
        [cell.text for cell in row.cells] for row in table.rows
    ]
    assert 1 == part(raw).count("<w:tblHeader")
    assert ["Rate of approval by group"] == styled(word, "Table Caption")


def test_a_gap_and_a_mark_have_styles_of_their_own(word: Any) -> None:
    runs = [r for p in word.paragraphs for r in p.runs]
    gap = "".join(r.text for r in runs if r.style.name == "Gap")
    assert "Open: Which data was it trained on?" == gap
    assert "w:shd" in word.styles["Gap"].element.xml
    assert "w:bdr" in word.styles["Gap"].element.xml  # not by colour alone
    assert "superscript" in word.styles["Source Mark"].element.xml


def test_a_note_that_is_named_twice_stands_once(raw: bytes) -> None:
    assert 2 == part(raw).count("<w:footnoteReference ")
    assert [" NOTEREF _note1 \\f \\h "] == re.findall("<w:instrText[^>]*>( NOTE[^<]*)", part(raw))
    assert 1 == part(raw, "word/footnotes.xml").count("Art. 13(3) AI Act.")


def test_properties_language_and_page_numbers(word: Any, raw: bytes) -> None:
    found = word.core_properties
    assert "Instructions for use" == found.title
    assert "2026-11-25" == found.created.date().isoformat()
    assert "de" == found.language
    languages = re.findall('<w:lang [^>]*w:val="([^"]*)"', part(raw, "word/styles.xml"))
    assert {"de"} == {code[:2] for code in languages}
    footer = word.sections[0].footer._element.xml
    assert ["PAGE", "NUMPAGES"] == re.findall(r"> (\w+) <", footer)


def test_a_picture_has_words(raw: bytes) -> None:
    assert 'descr="Rates of approval: women 0.71, men 0.73."' in part(raw)


def test_another_reference_gives_its_look(tmp_path: Path) -> None:
    own = docx.Document(BytesIO(docx_reference.make()))
    own.styles["Title"].font.name = "Garamond"
    own.sections[0].footer.paragraphs[0].text = "Example Bank AG"
    own.save(str(tmp_path / "own.docx"))
    (file,) = render([page()], ["docx"], day=DAY, words=LABELS, reference=tmp_path / "own.docx")
    made = docx.Document(BytesIO(file.data))
    assert "Garamond" == made.styles["Title"].font.name
    assert "Example Bank AG" == made.sections[0].footer.paragraphs[0].text


@pytest.mark.parametrize("content", [None, b"text", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_word_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.docx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput, match=r"x\.docx: It (cannot be read|is not a \.docx file)"):
        list(render([page()], ["docx"], day=DAY, words={}, reference=path))
