"""Any text shows as itself: pandoc, which did not write the Markdown, says what it reads."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dutybound.documents import authored, escape, packed, pandoc
from dutybound.documents.dialect import EXTENSIONS

SIGNS = list("\\`*_{}[]()#+-.!|<>&;:\"'~^$@=%/?,0123ab \n\t")
PIECES = [
    *("http://", "www.", "[^1]", "[^1]: ", "```", "~~~", "---", "===", ":::", "<!--", "<script>"),
    *("&amp;", "&#35;", "&copy", "{{", "{%", "1.", "10)", "123456789. ", "    ", "\n\n", "\r\n"),
    *("| a |", "|-|", "![", "](", "a_b", "__a__", "{.gap}", "{#id}", "\\\\", "\u00a0", "\u3000"),
    *(
        "é",
        "中",
        "😀",
        "\u202e",
        "\x00",
        "\ue000",
        "\ud800",
        "\ufffe",
        "\u2028",
        "=cmd|' /C calc'!A0",
    ),
]
TEXTS = st.lists(st.one_of(st.sampled_from(SIGNS + PIECES), st.characters()), max_size=25).map(
    "".join
)


def parsed(markdown: str) -> list[Any]:
    """The blocks that pandoc reads, with a reader that was not told anything else."""
    kind = "+".join(["commonmark", *EXTENSIONS])
    done = subprocess.run(
        [pandoc.program(), "-f", kind, "-t", "json"],
        input=markdown.encode(),
        capture_output=True,
        check=True,
    )
    blocks: list[Any] = json.loads(done.stdout)["blocks"]
    return blocks


def text(inlines: list[Any]) -> str:
    """Plain words only: anything else is an error."""
    assert {i["t"] for i in inlines} <= {"Str", "Space"}, inlines
    return "".join(i["c"] if i["t"] == "Str" else " " for i in inlines)


@pytest.mark.parametrize(
    ("shown", "given_text"),
    [
        ("a b", "  a\n\t b "),
        ("⟨U+202E⟩gpj.exe", "\u202egpj.exe"),
        ("a⟨U+0000⟩b", "a\0b"),
        ("⟨U+D800⟩", "\ud800"),
        ("⟨U+E000⟩⟨U+FFFE⟩⟨U+10FFFF⟩", "\ue000\ufffe\U0010ffff"),
        ("⟨U+2066⟩⟨U+200F⟩⟨U+061C⟩⟨U+FEFF⟩⟨U+E0041⟩", "\u2066\u200f\u061c\ufeff\U000e0041"),
        ("a\u200db\u00a0c", "a\u200db\u00a0c"),
    ],
)
def test_unseen_characters_become_marks(shown: str, given_text: str) -> None:
    assert shown == escape.visible(given_text)


@pytest.mark.parametrize(
    ("markdown", "given_text"),
    [
        ("Art. 13(1), 2.5 % of a_b - c", "Art. 13(1), 2.5 % of a_b - c"),
        (r"\# a \# b#", "# a # b#"),
        (r"1\. Jan", "1. Jan"),
        (r"12\) x", "12) x"),
        (r"\- x", "- x"),
        (r"\[\^1\]", "[^1]"),
        (r"https\://www\.x.org", "https://www.x.org"),
        (r"R\&D & x", "R&D & x"),
    ],
)
def test_only_what_would_be_markup_is_escaped(markdown: str, given_text: str) -> None:
    assert markdown.replace(r"\^", "^") == escape.inline(given_text)


@settings(max_examples=20, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=12))
def test_any_text_shows_as_itself_in_every_place(texts: list[str]) -> None:
    shown = [v for v in map(escape.visible, texts) if v]
    parts = [
        f"## {m}\n\n{m}\n\n- {m}\n\n> {m}\n\n| a | b |\n|---|---|\n| {m} | {m} |\n\n[{m}]{{.gap}} "
        f"[{m}](https://x.org/)[^n{n}]\n\n[^n{n}]: {m}\n"
        for n, m in enumerate(filter(None, map(escape.inline, texts)))
    ]
    got = parsed("\n".join(parts))
    kinds = ["Header", "Para", "BulletList", "BlockQuote", "Table", "Para"]
    assert kinds * len(shown) == [b["t"] for b in got]
    for place, expected in enumerate(shown):
        head, para, items, quote, table, last = (b["c"] for b in got[place * 6 : place * 6 + 6])
        gap, space, link, note = last
        assert [expected] * 9 == [
            text(head[2]),
            text(para),
            text(items[0][0]["c"]),
            text(quote[0]["c"]),
            *(text(cell[4][0]["c"]) for cell in table[4][0][3][0][1]),
            text(gap["c"][1]),
            text(link["c"][1]),
            text(note["c"][0]["c"]),
        ]
        assert "Space" == space["t"]


@settings(max_examples=15, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=12))
def test_paragraphs_show_as_themselves(texts: list[str]) -> None:
    expected = [escape.visible(t) for t in texts if escape.visible(t)]
    got = parsed("\n\n".join(filter(None, map(escape.blocks, texts))))
    assert {"Para"} >= {b["t"] for b in got}
    assert " ".join(expected).split() == " ".join(text(b["c"]) for b in got).split()


def test_blank_lines_part_paragraphs() -> None:
    assert "a b\n\nc\n\nd" == escape.blocks("a\nb\n \n\nc\r\n\r\nd\n")
    many = escape.blocks("\n\n".join(f"p{n}" for n in range(502))).split("\n\n")
    assert (501, "p500 ¶ p501") == (len(many), many[-1])


AUTHORED = """# Title

Text *em* <b onclick="x">raw</b> ![img](file:///etc/passwd) [bad](javascript:alert(1)) [^s] {.gap}
[good](https://x.org) [x]{.gap}

[^s]: mine
[Open]: https://x.org

Under
===

::: note
x
:::

1. a
    - b

| A | B |
|---|--:|
| *x* | 2 |

```
# code {.x}
never closed"""
CLEAN = r"""#### Title

Text *em* \<b onclick="x">raw\</b> img (file\:///etc/passwd) bad (javascript:alert(1)) \[^s\] \{.gap\} [good](<https://x.org>) \[x\]\{.gap\}

\[^s\]: mine \[Open\]: https\://x.org

#### Under

\::: note x :::

1) a

   + b

| A | B |
|---|--:|
| *x* | 2 |

```
# code {.x}
never closed
```"""  # noqa: E501 - a line of Markdown is a paragraph


def test_a_persons_markdown_stays_in_its_place() -> None:
    assert CLEAN == escape.authored(AUTHORED)


def _stringified(nodes: Any) -> str:
    """The words of parsed Markdown; raw markup, attributes and notes are errors."""
    if isinstance(nodes, list):
        return "".join(map(_stringified, nodes))
    if not isinstance(nodes, dict):
        return ""
    kind: str = nodes["t"]
    content: Any = nodes.get("c", [])
    assert kind not in ("RawInline", "RawBlock", "Image", "Note", "Span", "Div", "DefinitionList")
    if kind in ("Str", "Code", "CodeBlock"):
        words: str = content if kind == "Str" else content[1]
        assert kind == "Str" or content[0] == ["", [], []]
        return "".join(words.split())
    return _stringified(content)


@settings(max_examples=20, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=10))
def test_authored_text_never_reaches_beyond_its_place(texts: list[str]) -> None:
    cleaned = authored.clean(texts)
    got = parsed("\n\n".join(f"## mark{n}\n\n{c}" for n, c in enumerate([*cleaned, "end"])))
    marks = [b["c"][2][0]["c"] for b in got if b["t"] == "Header" and b["c"][0] == 2]
    assert [f"mark{n}" for n in range(len(texts) + 1)] == marks
    assert {b["c"][0] for b in got if b["t"] == "Header"} <= {2, 4, 5, 6}
    _stringified(got)


@settings(max_examples=20, deadline=None)
@given(TEXTS)
def test_authored_text_is_the_same_when_it_is_cleaned_again(text: str) -> None:
    once = authored.clean([text])[0]
    assert _stringified(parsed(once)) == _stringified(parsed(authored.clean([once])[0]))


@pytest.mark.parametrize("text", ["> " * 3000 + "deep", "- " * 3000 + "deep", "[" * 200_000])
def test_what_cannot_be_read_is_shown_as_text(text: str) -> None:
    assert escape.blocks(text) == escape.authored(text)


@settings(max_examples=15, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_packing_a_long_line_keeps_its_words(texts: list[str]) -> None:
    line = " ".join(filter(None, (escape.inline(t) for t in texts))) + " "
    assert len(line) < 20_000
    assert line == packed.pack(line)  # short: as it is
    long = "- " + line * (25_000 // len(line) + 1)
    opened = "".join(
        (chr(ord(c) - 0x10640) if 0x10660 <= ord(c) <= 0x106BE else c)
        if not 0x10600 <= ord(c) <= 0x1065E
        else "\\" + chr(ord(c) - 0x105E0)
        for c in packed.pack(long)
    )
    assert long == opened
