"""Cards in parts: sections by hand, code blocks, escapes, and nothing lost."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from dutybound.errors import BadInput
from dutybound.interchange.card_yaml import block_of
from dutybound.interchange.model_card import (
    Section,
    card_text,
    heading_key,
    parse_card,
    said,
)
from dutybound.packs.reading import parse_yaml

CARD = """\
---
license: mit
---
Before all.

# Title #

Text.
## Uses ##

```
# not a heading
```

### Direct Use
To rank.
"""


def test_sections() -> None:
    found = parse_card(CARD, "README.md")
    assert "license: mit\n" == found.block
    assert (
        Section(0, "", "Before all."),
        Section(1, "Title", "Text."),
        Section(2, "Uses", "```\n# not a heading\n```"),
        Section(3, "Direct Use", "To rank."),
    ) == found.sections


def test_without_a_block_and_with_windows_lines() -> None:
    assert (None, (Section(1, "A", "b"),)) == (
        parse_card("# A\r\n\r\nb\r\n", "x").block,
        parse_card("# A\r\n\r\nb\r\n", "x").sections,
    )
    assert () == parse_card("", "x").sections


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("---\na: 1\n", "has no end"),
        ("\0", "binary"),
        ("# x\n" * 2001, "more than 2,000 headings"),
    ],
)
def test_refused(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        parse_card(text, "README.md")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[More Information Needed]", ""),
        ("<!-- a\nb -->\n\n{{ x }} text", "{{ x }} text"),
        ("**[More information needed]**", ""),
        ("More is needed", "More is needed"),
    ],
)
def test_what_a_section_says(text: str, expected: str) -> None:
    assert expected == said(Section(2, "x", text))


def test_heading_keys() -> None:
    assert "bias risks and limitations" == heading_key("Bias, Risks, and Limitations")
    assert "out of scope use" == heading_key("🚫 Out-of-Scope  Use")


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            ["# a", "## b #", "\\# c", "\\\\## d", "```", "~~~", "````", "---", "", "  ", "#", "x"]
        ),
        st.text(st.characters(exclude_characters="\r\n\0", codec="utf-8"), max_size=12),
    ),
    max_size=14,
)


@given(LINES)
def test_reading_what_was_written_gives_the_same(lines: list[str]) -> None:
    """Any text in any section stays in it: it does not become a heading or swallow the next."""
    text = "\n".join(lines)
    sections = (Section(1, "A", text.strip("\n")), Section(2, "B", "end"))
    assume(sections[0].text == sections[0].text.strip())
    once = parse_card(card_text("a: 1", sections), "x")
    assert ["A", "B"] == [s.heading for s in once.sections]
    assert "end" == once.sections[1].text
    assert once == parse_card(card_text(once.block or "", once.sections), "x")


@given(LINES)
def test_cards_of_others_are_stable(lines: list[str]) -> None:
    text = "---\na: 1\n---\n" + "\n".join(lines)
    found = parse_card(text, "x")
    assert found == parse_card(card_text(found.block or "", found.sections), "x")


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**12), 10**12),
        st.floats(allow_nan=False, allow_infinity=False),
        st.sampled_from(
            ["no", "yes", "on", "1e5", "2024-01-01", "0x1f", "1_000", "~", "null", "="]
        ),
        st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=20),
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abc-:#", min_size=1, max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["license", "no", "tags", "x y", "1"]), VALUES, max_size=4))
def test_both_versions_of_yaml_read_the_same(metadata: dict[str, object]) -> None:
    """YAML 1.1 as the Hub reads it, and YAML 1.2 as it is read here."""
    text = block_of(metadata)
    assert metadata == yaml.safe_load(text)
    assert metadata == (parse_yaml(text, "x").value if metadata else {})
