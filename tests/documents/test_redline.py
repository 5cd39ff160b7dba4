"""A redline says what reads otherwise than before, and because of which records."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutybound.documents.build import Built
from dutybound.documents.redline import as_markdown, changes, plain, sections_of
from tests.documents.toy import PROFILE, WORDS, built, dossier, entry, section

TEXT = "{% for u in uses %}A person can change it: {{ u.involvement.can_change }}{% endfor %}\n"


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Built, Built]:
    paper = entry(section(TEXT), section("Always the same.\n", name="two"))
    old = built(dossier(tmp_path, paper, monkeypatch))
    changed = PROFILE.replace("involvement: {can_change: false}", "involvement: {can_change: true}")
    return old, built(dossier(tmp_path, paper, monkeypatch, profile=changed))


def test_the_same_document_has_no_changes(two: tuple[Built, Built]) -> None:
    old, _ = two
    assert () == changes(old.body, {}, old)


def test_it_names_the_section_the_words_and_the_record(two: tuple[Built, Built]) -> None:
    old, new = two
    shown = {s.id: {x.key: x.shortened for x in s.sources} for s in old.sections}
    (found,) = changes(old.body, shown, new)
    assert "one" == found.id
    assert [("A person can change it: no", "A person can change it: yes")] == [
        (c.before, c.after) for c in found.changes
    ]
    assert (("fact uses.lend.involvement.can_change", "no", "yes"),) == found.because


def test_what_went_and_came_is_marked_with_signs(two: tuple[Built, Built]) -> None:
    old, new = two
    text = as_markdown(changes(old.body, {}, new), WORDS)
    assert "−no−]{.del}" in text
    assert "+yes+" in plain(text)


def test_numbers_of_sources_are_no_change(two: tuple[Built, Built]) -> None:
    old, _ = two
    renumbered = old.body.replace("[[1](#s-1)]{.src}", "[[7](#s-7)]{.src}")
    assert () == changes(renumbered, {}, old)


def test_a_section_that_went_is_a_change(two: tuple[Built, Built]) -> None:
    old, _ = two
    more = old.body.replace("## Open", "## Open") + "\n## Gone {#gone}\n\nIt was here.\n"
    assert ["gone"] == [c.id for c in changes(more, {}, old)]
    assert "gone" in sections_of(more)
