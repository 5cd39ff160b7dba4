"""Hostile text in every place of a document, in every format: it is shown, and does nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from dutybound.documents.coverage import spelled
from dutybound.documents.escape import authored, blocks, inline, visible
from dutybound.documents.page import FORMATS, Page
from tests.documents.made import Seen, page, part, pdf_text, rendered, squeezed, word_text

CANARY = "canary-5f1d-must-not-be-read"
PAYLOADS = {
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attributes": '" onmouseover="alert(1)" x=\'y\'',
    "entities": "&lt;b&gt; &amp;amp; &#106;avascript &copy;",
    "comment": "<!-- --> ]]> <![CDATA[ x ]]> <?php echo 1 ?>",
    "markdown": "# h *e* **s** `c` [l](http://x.org) ![i](i.png) > q ~~s~~ | a | b |",
    "list": "1. one",
    "rule": "---",
    "yaml": "--- title: x --- ...",
    "fence": "``` ::: {.gap} ~~~",
    "span": "[x]{.gap} {#id .c} [[1](#s-1)]{.src}",
    "note": "[^purpose] [^x]: note ^[inline]",
    "definition": "[Open]: http://evil.example",
    "jinja": "{{ 7*7 }} {% include 'x' %} {# c #}",
    "typst": '#import "@preview/x:1.0.0" #read("/etc/passwd") @ref <label> $x$ _e_ \\u{41}',
    "latex": "\\input{/etc/passwd} $\\write18{id}$ \\end{document}",
    "raw": "`<b>x</b>`{=html} ```{=openxml} <w:p/>",
    "formula": "=cmd|' /C calc'!A0 +1 -1 @SUM(A1)",
    "file": "![x](file:///etc/passwd) [y](file:///etc/passwd) ![z](/etc/passwd)",
    "link": "[y](javascript:alert(1)) <javascript:alert(1)> <http://x.org>",
    "right to left": "\u202egpj.exe\u2066x\u2069 \u200f",
    "controls": "a\x00b\x08c\x1bd\x7fe\x85f\ufefe\uffffg",
    "surrogate": "a\ud800b",
    "private": "a\ue000b\U000f0000c\ue03a",
    "linear a": "\U00010600 \U00010660",
    "quotes": "'x' \"y\" -- --- ... https://x.org www.x.org a@b.org",
    "scripts": "Ж ω ç 中文 😀 ก",
    "word field": 'PAGE \\* MERGEFORMAT } HYPERLINK "http://x.org"',
}
BENIGN = "benign"


def document(text: str, name: str) -> Page:
    """The text in a heading, paragraph, list, cell, caption, note, gap, link, quote and title."""
    m = inline(text)
    body = (
        f"## {m} {{#head}}\n\n{m}[^n]\n\n{blocks(text)}\n\n- {m}\n\n1. x {m}\n\n> {m}\n\n"
        f"::: {{.table}}\n{m}\n\n| {m} | b |\n|---|---|\n| {m} | {m} |\n:::\n\n[{m}]{{.gap}} "
        f"[{m}](https://example.org/) *{m}*\n\n![x](chart)\n\n::: note\n{m}\n:::\n\n"
        f"## Last\n\n[^n]: {m}\n"
    )
    front = {"state": text, "version": "1"}
    return page(body, text, name=name, alt=text, front=front, contents=False)


PLACES = 13  # in the body: heading, paragraphs, lists, quote, table, gap, link, note box, footnote


@pytest.fixture(scope="module")
def files() -> Mapping[tuple[str, str], bytes]:
    """Every payload in every format."""
    names = {BENIGN: BENIGN, **PAYLOADS}
    return rendered([document(text, name) for name, text in names.items()], *FORMATS)


def links(pdf: bytes) -> set[str]:
    """The addresses that a PDF leads to."""
    pages = PdfReader(BytesIO(pdf)).pages
    notes = [note.get_object() for p in pages for note in p.get("/Annots", ())]
    return {str(n["/A"]["/URI"]) for n in notes if "/URI" in n.get("/A", {})}


def structure(raw: bytes) -> list[tuple[str, dict[str, str | None]]]:
    """Tags and attributes, without the values that hold the text itself."""
    own = ("alt", "aria-label", "class")
    return [(t, {k: v for k, v in a.items() if k not in own}) for t, a in Seen(raw).tags]


@pytest.mark.parametrize("name", PAYLOADS)
def test_html_shows_the_text_and_has_no_other_element(
    files: Mapping[tuple[str, str], bytes], name: str
) -> None:
    raw, shown = files[name, "html"], visible(PAYLOADS[name])
    seen = Seen(raw)
    emphasis = ("em",)  # emphasis of words in signs may not be read as emphasis
    expected = [s for s in structure(files[BENIGN, "html"]) if s[0] not in emphasis]
    assert expected == [s for s in structure(raw) if s[0] not in emphasis]
    assert PLACES <= seen.text.count(shown)
    assert [shown] == seen.by_tag["h1"]
    assert [shown] == [a["alt"] for t, a in seen.tags if t == "img"]


@pytest.mark.parametrize("name", PAYLOADS)
def test_word_shows_the_text_and_has_no_other_element(
    files: Mapping[tuple[str, str], bytes], name: str
) -> None:
    def kinds(docx: bytes) -> set[str]:
        return set(re.findall(r"<([\w:]+)", part(docx)))

    shown = visible(PAYLOADS[name])
    assert PLACES <= word_text(files[name, "docx"]).count(shown)
    script = {"w:rFonts"}  # of East Asian text
    assert kinds(files[name, "docx"]) <= kinds(files[BENIGN, "docx"]) | script
    codes = re.findall(r"<w:instrText[^>]*>([^<]*)", part(files[name, "docx"]))
    assert [] == [c for c in codes if not re.match(r" (NOTEREF|TOC) ", c)]
    targets = re.findall('Target="(http[^"]*)"', part(files[name, "docx"], WORD_LINKS))
    assert ["https://example.org/"] == targets


WORD_LINKS = "word/_rels/document.xml.rels"


@pytest.mark.parametrize("name", PAYLOADS)
def test_pdf_shows_the_text(files: Mapping[tuple[str, str], bytes], name: str) -> None:
    text = pdf_text(files[name, "pdf"]).replace("-", "").replace("\u00ad", "")
    shown = squeezed(spelled(visible(PAYLOADS[name]))).replace("-", "").replace("\u00ad", "")
    assert shown == "" or PLACES <= text.count(shown)
    assert {"https://example.org/"} == links(files[name, "pdf"])


@pytest.mark.parametrize("name", PAYLOADS)
def test_markdown_is_encoded_and_keeps_its_frame(
    files: Mapping[tuple[str, str], bytes], name: str
) -> None:
    lines = files[name, "md"].decode().split("\n")
    assert ["---", "title", "lang", "state", "version", "---"] == [
        line.partition(":")[0].strip('"') for line in lines[:6]
    ]


def test_nothing_is_read_from_the_disk(tmp_path: Path) -> None:
    """Also where the Markdown itself asks for it, as a template could."""
    secret = tmp_path / "secret.txt"
    secret.write_text(CANARY, encoding="utf-8")
    picture = tmp_path / "secret.svg"
    picture.write_text(f"<svg><!-- {CANARY} --></svg>", encoding="utf-8")
    paths = [f"{secret}", f"file://{secret}", f"{picture}", f"file://{picture}", "../md/0.md"]
    asked = "\n\n".join(f"![x]({p}) [y](<{p}>) `x`{{include={p}}}" for p in paths)
    fence = f'```{{=typst}}\n#read("{secret}")\n```\n\n::: {{include="{secret}"}}\nx\n:::\n'
    texts = [asked, fence, authored(asked), authored(fence), f'<img src="{secret}">\n\n<!-- x']
    pages = [page(f"## A\n\n{t}\n", name=f"p{n}") for n, t in enumerate(texts)]
    for (name, kind), raw in rendered(pages, *FORMATS).items():
        assert CANARY.encode() not in raw, (name, kind)
        if kind == "html":
            assert [] == [t for t, _ in Seen(raw).tags if t in ("img", "script")]
        if kind == "docx":
            assert CANARY not in part(raw)
            assert "file:" not in part(raw, WORD_LINKS)


MEGABYTE = 1_000_000
BIG = {
    "words": "word and " * (MEGABYTE // 9),
    "one word": "x" * MEGABYTE,
    "signs": "*[<`{|_$" * (MEGABYTE // 8),
}


@pytest.mark.parametrize("name", BIG)
def test_a_megabyte_is_shown_or_counted(name: str) -> None:
    """In full in Markdown, HTML and Word; a PDF says how much it leaves out."""
    text = BIG[name]
    m, shown = inline(text), visible(text)
    body = f"## {m}\n\n{m}[^n]\n\n- {m}\n\n| a | b |\n|---|---|\n| {m} | x |\n\n[^n]: {m}\n"
    files = rendered(page(body, contents=False), "html", "docx", "pdf")
    html, docx, pdf = (files["instructions", kind] for kind in ("html", "docx", "pdf"))
    assert 5 == Seen(html).text.count(shown)
    assert 5 <= word_text(docx).count(shown)  # and once more in the contents
    counted = re.findall(r"⟨…([\d,]+)morecharacters", pdf_text(pdf))
    assert [f"{len(shown) - 1000:,}", *[f"{len(shown) - 20_000:,}"] * 4] == counted
