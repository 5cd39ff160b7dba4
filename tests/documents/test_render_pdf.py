"""A PDF, opened with another library: tagged, PDF/A, pages, outline, text."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from dutybound.documents import coverage, escape
from tests.documents.made import BODY, one, page, pdf_text, squeezed


@pytest.fixture(scope="module")
def raw() -> bytes:
    return one(page(lang="fr"), "pdf")


def test_it_is_tagged_and_has_a_language(raw: bytes) -> None:
    catalog: Any = PdfReader(BytesIO(raw)).root_object
    assert catalog["/MarkInfo"]["/Marked"]
    assert "fr" == catalog["/Lang"]
    assert "/StructTreeRoot" in catalog


def test_it_says_which_standards_it_keeps(raw: bytes) -> None:
    catalog: Any = PdfReader(BytesIO(raw)).root_object
    metadata = catalog["/Metadata"].get_data().decode()
    found = dict(re.findall("<(pdf[au]+id:[a-z]+)>([^<]*)<", metadata))
    assert ("2", "A", "1") == (
        found["pdfaid:part"],
        found["pdfaid:conformance"],
        found["pdfuaid:part"],
    )
    assert "2026-11-25" in metadata


def test_every_font_is_inside(raw: bytes) -> None:
    pages: list[Any] = list(PdfReader(BytesIO(raw)).pages)
    fonts = {
        font.get_object()["/BaseFont"]: font.get_object()["/DescendantFonts"][0].get_object()
        for p in pages
        for font in p["/Resources"]["/Font"].values()
    }
    assert fonts
    for font in fonts.values():
        described = font["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(described), font["/BaseFont"]


def test_outline_contents_and_page_numbers() -> None:
    reader = PdfReader(BytesIO(one(page(BODY + "\n" + "word " * 3000), "pdf")))
    outline: list[Any] = list(reader.outline)
    titles = [str(e.title) for e in outline if not isinstance(e, list)]
    inner = [str(e.title) for part in outline if isinstance(part, list) for e in part]
    assert (["Scope", "Use"], ["Parts"]) == (titles, inner)
    first, *others = [p.extract_text() for p in reader.pages]
    assert "Contents" in first
    assert others
    for number, text in enumerate([first, *others], 1):
        assert f"Page {number} / {len(others) + 1}" in text


def test_the_header_of_a_table_is_repeated_on_each_page() -> None:
    rows = "\n".join(f"| row {n} | {n} |" for n in range(120))
    raw = one(page(f"## A\n\n| Column | Number |\n|---|--:|\n{rows}\n", contents=False), "pdf")
    texts = [p.extract_text() for p in PdfReader(BytesIO(raw)).pages]
    assert 3 <= len(texts)
    assert len(texts) == sum("Column" in t and "Number" in t for t in texts)
    assert all(f"row {n}" in "\n".join(texts) for n in range(120))


@pytest.mark.parametrize(("landscape", "size"), [(False, (595, 842)), (True, (842, 595))])
def test_pages_are_a4_on_either_side(landscape: bool, size: tuple[int, int]) -> None:
    (box, *_) = [
        p.mediabox for p in PdfReader(BytesIO(one(page(landscape=landscape), "pdf"))).pages
    ]
    assert size == (round(box.width), round(box.height))


def test_every_character_that_is_said_to_be_covered_has_a_glyph() -> None:
    """PDF/A refuses a character without one; then, more characters would be spelled."""
    known = [c for c in map(chr, range(0x20, 0x20000)) if coverage.spelled(c) == c]
    known = [c for c in known if escape.visible(c) == c and not c.isspace()]
    known = [c for c in known if normalize("NFC", c) == c]  # pandoc reads others as that form
    assert 7000 < len(known)
    lines = [" ".join(known[n : n + 60]) for n in range(0, len(known), 60)]
    body = "## A\n\n" + "\n\n".join(map(escape.inline, lines))
    text = pdf_text(one(page(body, contents=False), "pdf"))
    assert "⟨U+" not in text
    assert set("ЖωçÞŁאԱ∀→") <= set(text)


def test_a_character_without_a_glyph_is_spelled() -> None:
    text = pdf_text(one(page("## A\n\n中 and 😀 and ж\n", contents=False), "pdf"))
    assert "⟨U+4E2D⟩and⟨U+1F600⟩andж" in text


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=20))
def test_any_text_can_be_set(texts: list[str]) -> None:
    body = "## A\n\n" + "\n\n".join(map(escape.inline, texts))
    assert one(page(body, contents=False), "pdf").startswith(b"%PDF-1.7")


def test_a_long_word_is_broken_and_keeps_every_character() -> None:
    word = "0123456789abcdef" * 40
    raw = one(page(f"## A\n\n{word}\n\n| a | b |\n|---|---|\n| {word} | x |\n"), "pdf")
    assert 2 == squeezed(pdf_text(raw)).count(word)
