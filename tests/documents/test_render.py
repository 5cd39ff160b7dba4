"""Pages in every format: what is the same each time, and what a reader finds in it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml

from dutybound.documents.page import FORMATS
from dutybound.documents.render import render
from dutybound.errors import BadInput
from tests.documents.made import BODY, DAY, LABELS, Seen, one, page, rendered

AGAIN = """
import hashlib
from tests.documents.made import page, rendered
files = rendered([page(), page(name="other")], "md", "html", "docx", "pdf")
for key, data in sorted(files.items()):
    print(*key, hashlib.sha256(data).hexdigest())
"""


def test_another_process_gives_the_same_bytes() -> None:
    files = rendered([page(), page(name="other")], *FORMATS)
    expected = [f"{n} {f} {hashlib.sha256(d).hexdigest()}" for (n, f), d in sorted(files.items())]
    done = subprocess.run(
        [sys.executable, "-c", AGAIN], capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    assert 8 == len(expected)
    assert expected == done.stdout.splitlines()


def test_the_day_is_told_and_nothing_else_changes_it() -> None:
    def made(day: date) -> dict[str, bytes]:
        return {f.format: f.data for f in render([page()], FORMATS, day=day, words=LABELS)}

    first, later = made(DAY), made(date(2027, 1, 2))
    assert (first["md"], first["html"]) == (later["md"], later["html"])
    assert b"2027-01-02" in later["pdf"]
    assert first["docx"] != later["docx"]


def test_progress_names_every_file_once() -> None:
    told: list[tuple[int, int, str]] = []
    pages = [page(), page(name="other")]
    list(render(pages, FORMATS, day=DAY, words=LABELS, progress=lambda *t: told.append(t)))
    assert [(n, 8) for n in range(1, 9)] == [(n, total) for n, total, _ in told]
    assert {f"{n}.{f}" for n in ("instructions", "other") for f in FORMATS} == {n for *_, n in told}


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(BadInput, match=r"odt: Not a format. Formats: md, html, docx, pdf"):
        list(render([page()], ["odt"], day=DAY, words={}))


def test_markdown_has_front_matter_that_a_yaml_reader_reads() -> None:
    front = {"a": 'x: "y" # z', "b": [1, "2026-01-01", None], "c": {"d": True, "e": []}}
    head, text = one(page(front=front), "md").decode().removeprefix("---\n").split("\n---\n\n", 1)
    assert {"title": "Instructions for use", "lang": "en", **front} == yaml.safe_load(head)
    assert text.startswith("# Instructions for use\n\n## Scope {#scope}\n")
    assert "![Rates of approval: women 0.71, men 0.73.](chart.svg)" in text
    assert text.endswith("[^model]: Model card, section 2.\n")


def test_html_is_one_page_that_needs_nothing_else() -> None:
    raw = one(page(lang="de"), "html")
    seen = Seen(raw)
    assert ("html", {"lang": "de"}) == seen.tags[0]
    names = [tag for tag, _ in seen.tags]
    assert {"script", "link", "iframe", "object"}.isdisjoint(names)
    policy = [a["content"] for t, a in seen.tags if a.get("http-equiv")]
    assert ["default-src 'none'; img-src data:; style-src 'unsafe-inline'"] == policy
    sources = [a["src"] or "" for t, a in seen.tags if t == "img"]
    assert [True] == [s.startswith("data:image/svg+xml;base64,") for s in sources]


def test_html_has_landmarks_headings_and_contents() -> None:
    seen = Seen(one(page(), "html"))
    names = [tag for tag, _ in seen.tags if tag in ("header", "nav", "main", "section")]
    assert ["header", "nav", "main", "section"] == names
    heads = [(t, a.get("id")) for t, a in seen.tags if t in ("h1", "h2", "h3")]
    assert [
        ("h1", None),
        ("h2", "page-contents"),
        ("h2", "scope"),
        ("h3", "sec-parts"),
        ("h2", "sec-use"),
        ("h2", "page-sources"),
    ] == heads
    assert ["Instructions for use"] == seen.by_tag["h1"]
    links = [a["href"] for t, a in seen.tags if t == "a" and a["href"] in ("#scope", "#sec-parts")]
    assert ["#scope", "#sec-parts", "#scope"] == links
    assert ["Version", "State"] == seen.by_tag["dt"]
    assert ["0.1", "draft"] == seen.by_tag["dd"]


def test_html_links_lead_somewhere_and_ids_are_unique() -> None:
    body = BODY + "\n## Scope\n\n## Scope\n\n## 1\n\n## 中\n\n[1]{#s-1} and [[1](#s-1)]{.src}\n"
    seen = Seen(one(page(body), "html"))
    ids = [a["id"] for _, a in seen.tags if "id" in a]
    assert len(set(ids)) == len(ids)
    targets = [a["href"] or "" for t, a in seen.tags if t == "a"]
    assert set() == {t[1:] for t in targets if t.startswith("#")} - set(ids)
    assert {"scope", "sec-scope", "sec-scope-2", "s-1"} <= set(ids)


def test_html_notes_are_told_once_and_lead_back_to_each_mention() -> None:
    seen = Seen(one(page(), "html"))
    marks = [a["href"] for _, a in seen.tags if a.get("role") == "doc-noteref"]
    assert ["#page-source-1", "#page-source-2", "#page-source-1"] == marks
    backs = [a["href"] for _, a in seen.tags if a.get("role") == "doc-backlink"]
    assert ["#page-ref-1-1", "#page-ref-1-2", "#page-ref-2-1"] == backs
    assert 1 == seen.text.count("Profile fact purpose; Art. 13(3) AI Act.")


def test_html_tables_have_captions_and_scopes() -> None:
    seen = Seen(one(page(), "html"))
    assert ["Rate of approval by group"] == seen.by_tag["caption"]
    scopes = [a["scope"] for t, a in seen.tags if t == "th"]
    assert ["col", "col", "row", "row"] == scopes
    assert ["0.71", "0.73"] == seen.by_tag["td"]


def test_a_gap_is_marked() -> None:
    seen = Seen(one(page(), "html"))
    assert ("span", {"class": "gap"}) in seen.tags
    assert ["Open: Which data was it trained on?"] == [
        t for t in seen.by_tag["span"] if t.startswith("Open")
    ]


def test_a_page_without_contents_has_no_list_of_them() -> None:
    assert "nav" not in Seen(one(page(contents=False), "html")).by_tag


def test_phrases_and_labels_come_from_the_caller() -> None:
    words = {"contents": "Inhalt", "sources": "Quellen", "state": "Stand"}
    (file,) = render([page(lang="de")], ["html"], day=DAY, words=words)
    seen = Seen(file.data)
    assert {"Inhalt", "Quellen"} <= set(seen.by_tag["h2"])
    assert ["Stand"] == seen.by_tag["dt"]
