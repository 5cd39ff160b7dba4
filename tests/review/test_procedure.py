"""The oversight procedure: the words of the Markdown and nothing else of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from dutybound.assess.review_procedure import blocks, inline, parts, read_procedure
from dutybound.errors import BadInput

MARKDOWN = r"""---
title: x
---
::: {.note}
**Purpose:** who may stop\.
:::

# Oversight {#oversight .x}

## When

- one [[1](#s-1), [2](#s-2)]{.src}
- two,
  on two lines

1. first
2. second

### Deeper

| Step | Within \| by |
|------|:------:|
| [Open: who?]{.gap} | `2` days |
"""
EXPECTED = [
    "<p>Purpose: who may stop.</p>",
    "<h3>Oversight</h3>",
    "<h3>When</h3>",
    "<ul><li>one</li><li>two, on two lines</li></ul>",
    "<ol><li>first</li><li>second</li></ol>",
    "<h4>Deeper</h4>",
    '<div class="scroll" role="region" tabindex="0" aria-label="Table of the procedure">\n'
    "<table>\n<caption>Table of the procedure</caption>\n"
    '<thead><tr><th scope="col">Step</th><th scope="col">Within | by</th></tr></thead>\n'
    '<tbody>\n<tr><th scope="row">Open: who?</th><td>2 days</td></tr>\n</tbody>\n</table>\n</div>',
]


def test_shape_of_a_document_of_the_dossier() -> None:
    assert EXPECTED == list(blocks(MARKDOWN))


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("[click](javascript:x)", "click"),
        ("![pic](http://x/y.png)", "![pic](http://x/y.png)"),
        ("<b onclick=x>&amp;", "&lt;b onclick=x&gt;&amp;amp;"),
        ("[kept] as it is", "[kept] as it is"),
        ("\u202eabc", '<span class="mark">U+202E</span>abc'),
        (r"\<script\>", "&lt;script&gt;"),
        ("[a [b](c)](d)", "[a b](d)"),
    ],
)
def test_only_words_come_through(markdown: str, html: str) -> None:
    assert html == inline(markdown)


@pytest.mark.parametrize("text", ["[" * 200_000, "# " + " " * 200_000 + "x", "|" * 200_000 + "\n-"])
def test_odd_text_ends(text: str) -> None:
    assert 1 == len(list(blocks(text)))


def test_what_a_reviewer_acts_on_stands_open() -> None:
    """Sections of the document of the dossier, by anchor; its sources are left out."""
    text = "# T\n\n## Why {#duties}\n\na\n\n## Stop {#stop}\n\nb\n\n---\n\nc\n\n---\n\n"
    text += "## S {#sources}\n\nd\n"
    rest = "<summary>The rest of the procedure</summary>\n<h3>Why</h3>\n<p>a</p>"
    assert [
        "<h3>T</h3>",
        "<h3>Stop</h3>",
        "<p>b</p>",
        "<p>---</p>",
        "<p>c</p>",
        "<p>---</p>",
        f"<details>\n{rest}\n</details>",
    ] == list(parts(text))
    assert list(blocks(MARKDOWN)) == list(parts(MARKDOWN))


def test_from_a_dossier(tmp_path: Path) -> None:
    (tmp_path / "md").mkdir()
    with pytest.raises(BadInput, match="There is no `md/oversight-procedure"):
        read_procedure(tmp_path)
    path = tmp_path / "md/oversight-procedure.bank-eu.md"
    path.write_text("# A\n", encoding="utf-8")
    found = read_procedure(tmp_path)
    assert (path.name, "<h3>A</h3>") == (found.name, found.html)
    assert hashlib.sha256(b"# A\n").hexdigest() == found.sha256
    (tmp_path / "md/oversight-procedure.bank-uk.md").write_text("# B\n", encoding="utf-8")
    with pytest.raises(BadInput, match="Which of these"):
        read_procedure(tmp_path)


def test_a_page_is_no_procedure(tmp_path: Path) -> None:
    path = tmp_path / "oversight.html"
    path.write_text("<script>", encoding="utf-8")
    with pytest.raises(BadInput, match=r"the `\.md` file"):
        read_procedure(path)
