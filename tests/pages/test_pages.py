"""What anybody must be able to rely on in a page, whatever they read it with."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dutybound.assess.html import STYLE, table
from tests.pages.made import COMMANDS, write

VOID = {"meta", "img", "br", "hr", "input"}
FIRST_PAGE = [
    "Decision requested",
    "Recommendation per market (computed)",
    "Blockers",
    "Evidence",
    "What SOC 2 proves, and what not",
    "Conflicts between regimes",
    "Options",
    "Dissent",
    "Exceptions",
    "Limits",
]
STATES = ("met", "partial", "open", "unassessed", "shielded", "no-control")


@dataclass
class Tag:
    """An element with its attributes, its text and the names of those around it."""

    name: str
    attrs: dict[str, str | None]
    around: tuple[str, ...]
    section: str | None
    text: str = ""


@dataclass
class Page(HTMLParser):
    """A page that was read, with all its elements in order."""

    html: str
    tags: list[Tag] = field(default_factory=list)
    _open: list[Tag] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        assert [] == self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        around = tuple(t.name for t in self._open)
        inside = [t.attrs.get("class") for t in self._open if t.name == "section"]
        found = Tag(tag, dict(attrs), around, inside[-1] if inside else None)
        self.tags.append(found)
        if tag not in VOID:
            self._open.append(found)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().name == tag

    def handle_data(self, data: str) -> None:
        for tag in self._open:
            tag.text += data

    def named(self, *names: str) -> list[Tag]:
        """The elements of some names, in order."""
        return [t for t in self.tags if t.name in names]


@pytest.fixture(scope="module", params=COMMANDS)
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """Each page in turn."""
    path = write(request.param, tmp_path_factory.mktemp("pages"))
    return Page(path.read_text(encoding="utf-8"))


def test_language_title_and_one_main_heading(page: Page) -> None:
    assert ["en"] == [t.attrs.get("lang") for t in page.named("html")]
    (title,), (head,) = page.named("title"), page.named("h1")
    assert title.text == head.text != ""
    assert 1 == len(page.named("main"))


def test_headings_go_down_one_level_at_a_time(page: Page) -> None:
    levels = [int(t.name[1]) for t in page.named("h1", "h2", "h3", "h4")]
    assert 1 == levels[0]
    assert [] == [(a, b) for a, b in zip(levels, levels[1:], strict=False) if b - a > 1]


def test_every_table_has_a_caption_and_every_header_a_scope(page: Page) -> None:
    assert page.named("table")
    assert len(page.named("table")) == len(page.named("caption"))
    assert all(t.text.strip() for t in page.named("caption"))
    assert {"col", "row"} == {t.attrs.get("scope") for t in page.named("th")}
    assert all(t.text.strip() for t in page.named("th") if t.attrs["scope"] == "col")


def test_no_table_is_empty(page: Page) -> None:
    bodies = len(page.named("tbody"))
    rows = [t for t in page.named("tr") if "tbody" in t.around]
    assert len(rows) >= bodies == len(page.named("table"))
    assert all(t.text.strip() for t in page.named("tbody"))


def test_a_table_that_scrolls_can_be_reached_with_the_keyboard(page: Page) -> None:
    regions = [t for t in page.named("div") if t.attrs.get("class") == "scroll"]
    assert len(page.named("table")) == len(regions)
    for region in regions:
        assert ("region", "0") == (region.attrs["role"], region.attrs["tabindex"])
        assert region.attrs["aria-label"]


def test_every_picture_has_words(page: Page) -> None:
    """There is none today; one that comes needs a text."""
    assert [] == [t for t in page.named("img") if not t.attrs.get("alt")]
    assert [] == [t for t in page.named("svg") if not t.attrs.get("aria-label")]


def test_colour_is_never_alone(page: Page) -> None:
    """A coloured cell says in words what it means, or stands in a column that does."""
    coloured = [
        t for t in page.named("td") if set(STATES) & set((t.attrs.get("class") or "").split())
    ]
    assert coloured
    assert [] == [t for t in coloured if not t.text.strip()]


def test_links_lead_somewhere_and_names_are_given_once(page: Page) -> None:
    names = [t.attrs["id"] for t in page.tags if "id" in t.attrs]
    assert len(names) == len(set(names))
    targets = [t.attrs["href"] or "" for t in page.named("a")]
    assert [] == [t for t in targets if t.removeprefix("#") not in names]


# ---------------------------------------------------------------- the launch dossier
@pytest.mark.parametrize("name", [n for n in COMMANDS if n.startswith("launch")])
def test_first_page_holds_what_has_to_be_seen_first(name: str, tmp_path: Path) -> None:
    page = Page(write(name, tmp_path).read_text(encoding="utf-8"))
    first = [t for t in page.named("h2") if t.section == "first"]
    assert FIRST_PAGE == [t.text for t in first]
    assert ["first", "full"] == [t.attrs["class"] for t in page.named("section")]
    rows = [t for t in page.named("tr") if t.section == "first"]
    assert len(rows) < 40  # the rest stands in full below


def test_the_heat_map_says_in_words_what_is_met(tmp_path: Path) -> None:
    page = Page(write("gaps", tmp_path).read_text(encoding="utf-8"))
    words = {t.text for t in page.named("td") if t.attrs.get("class") in ("met n", "partial n")}
    assert {"1 met", "0 of 1 met"} <= words


def test_a_table_without_rows_is_a_sentence() -> None:
    assert "<p>Conditions: none.</p>" == table("Conditions", ("id", "why"), ())


# ---------------------------------------------------------------- contrast
def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb or #rgb. Source: WCAG 2.2, "relative luminance"."""
    plain = colour.lstrip("#")
    full = plain if len(plain) == 6 else "".join(c * 2 for c in plain)
    parts = [int(full[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21. Source: WCAG 2.2, "contrast ratio"."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_known_pairs() -> None:
    """21 for black on white; 4.54 for #767676 on white, as is well known."""
    assert 21.0 == pytest.approx(contrast("#000", "#fff"))
    assert 4.54 == pytest.approx(contrast("#767676", "#fff"), abs=0.005)


def test_text_stands_out_on_every_background() -> None:
    """4.5 for text (WCAG 2.2, 1.4.3); 3 for the lines of a table (1.4.11)."""
    grounds = re.findall(r"background:(#[0-9a-f]{3,6})", STYLE)
    inks = re.findall(r"(?<![-\w])color:(#[0-9a-f]{3,6})", STYLE)
    assert len(grounds) >= len(STATES) + 1
    assert "#1b1b1b" in inks
    assert [] == [g for g in grounds if contrast("#1b1b1b", g) < 4.5]
    assert [] == [i for i in inks if contrast(i, "#fff") < 4.5]
    lines = re.findall(r"border:1px solid (#[0-9a-f]{3,6})", STYLE)
    assert ["#767676"] == lines
    assert contrast(lines[0], "#fff") >= 3
