"""The review page as a file: sealed, the same each time, readable in both colours."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from pathlib import Path

import jsonschema_rs
import pytest

from dutybound.assess.review import in_script
from dutybound.assess.review_shown import digest_of_text, shown, spelled
from dutybound.assess.schema import schema
from dutybound.errors import BadInput
from dutybound.packs.compile import default_content
from dutybound.packs.texts import plain
from tests.pages.test_pages import Page, contrast
from tests.review.kit import EXAMPLE, desk, record, run

RECORD = EXAMPLE / "review/decision.json"
OVERSIGHT = EXAMPLE / "review/oversight.md"


@pytest.fixture
def page(tmp_path: Path) -> str:
    """The page of the example."""
    out = tmp_path / "page.html"
    done = run("documents", "review", RECORD, "-o", out, "--procedure", OVERSIGHT)
    assert 0 == done.exit_code
    return out.read_text(encoding="utf-8")


def source_hash(text: str) -> str:
    """Source: Content Security Policy Level 3, "hash-source"."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_policy_lets_nothing_in_or_out(page: str) -> None:
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert found
    policy = dict(p.split(" ", 1) for p in html.unescape(found[1]).split("; "))
    styles = re.findall(r"<style>(.*?)</style>", page, re.S)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    assert (1, 1) == (len(styles), len(scripts))
    none = ("default-src", "connect-src", "img-src", "form-action", "base-uri")
    assert {
        **dict.fromkeys(none, "'none'"),
        "script-src": source_hash(scripts[0]),
        "style-src": source_hash(styles[0]),
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    } == policy


def test_nothing_outside_is_named(page: str) -> None:
    parts = Page(page)
    assert [] == [t for t in parts.tags if "src" in t.attrs or "style" in t.attrs]
    assert [] == [t for t in parts.tags if any(a.startswith("on") for a in t.attrs)]
    links = [t.attrs["href"] or "" for t in parts.tags if "href" in t.attrs]
    assert len(links) >= 7
    assert [] == [href for href in links if not href.startswith("#")]
    names = [t.attrs["id"] for t in parts.tags if "id" in t.attrs]
    assert len(names) == len(set(names))
    assert [] == [href for href in links if href.removeprefix("#") not in names]


def test_every_field_has_a_label_and_what_describes_it_is_there(page: str) -> None:
    parts = Page(page)
    names = {t.attrs["id"] for t in parts.tags if "id" in t.attrs}
    labels = [t.attrs["for"] for t in parts.named("label")]
    fields = [t.attrs["id"] for t in parts.named("input", "select", "textarea")]
    assert sorted(f or "" for f in fields) == sorted(f or "" for f in labels)
    described = [
        t.attrs["aria-describedby"] or "" for t in parts.tags if "aria-describedby" in t.attrs
    ]
    assert len(described) >= 8
    assert [] == [d for line in described for d in line.split() if d not in names]
    levels = [int(t.name[1]) for t in parts.named("h1", "h2", "h3", "h4")]
    assert [] == [(a, b) for a, b in zip(levels, levels[1:], strict=False) if b - a > 1]


def test_nothing_is_chosen_beforehand(page: str) -> None:
    parts = Page(page)
    assert [] == [t for t in parts.tags if {"checked", "selected"} & set(t.attrs)]


def test_the_same_inputs_give_the_same_bytes(page: str, tmp_path: Path) -> None:
    again = tmp_path / "again.html"
    run("documents", "review", RECORD, "-o", again, "--procedure", OVERSIGHT)
    assert page == again.read_text(encoding="utf-8")


def test_two_persons_and_a_missing_procedure_are_said(tmp_path: Path) -> None:
    found = desk(tmp_path, record(review={"reviewers": 2}), procedure=None)
    page = found.page.read_text(encoding="utf-8")
    assert "a second person, other than you, must sign" in page
    assert "Open: no oversight procedure was given" in page


@pytest.mark.parametrize("dark", [False, True])
def test_contrast(dark: bool) -> None:
    """4.5 for text (WCAG 2.2, 1.4.3), 3 for borders and focus (1.4.11)."""
    rules = plain("review.css")
    start = rules.index("@media (prefers-color-scheme:dark)") if dark else 0
    block = rules[start:].partition("}")[0]
    colours = dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})", block))
    assert 10 == len(colours)
    for ink in ("ink", "soft", "accent", "bad"):
        assert contrast(colours[ink], colours["ground"]) >= 4.5, ink
    assert contrast(colours["ink"], colours["head"]) >= 4.5
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5
    assert contrast(colours["on-warn"], colours["warn"]) >= 4.5
    assert contrast(colours["line"], colours["ground"]) >= 3


def test_json_in_a_script_ends_nothing() -> None:
    evil = {"a": "</script><!--<script>&\u2028\u2029é"}
    found = in_script(evil)
    assert re.fullmatch(r"[ -;=?-~]*", found)
    assert "&" not in found
    assert evil == json.loads(found)


@pytest.mark.parametrize(
    ("value", "html_of_it"),
    [
        (None, "missing"),
        (True, "yes"),
        (1e-7, "<bdi>1e-07</bdi>"),
        ("<b>", "<bdi>&lt;b&gt;</bdi>"),
        (
            "\u200f\x07",
            '<bdi><span class="mark">U+200F</span><span class="mark">U+0007</span></bdi>',
        ),
    ],
)
def test_values_as_they_are_shown(value: object, html_of_it: str) -> None:
    assert html_of_it == shown(value)


def test_letters_of_every_script_stay() -> None:
    assert "Ünal 北京 مرحبا 👍" == spelled("Ünal 北京 مرحبا 👍")


def test_the_digest_of_what_is_shown_leaves_out_blanks_and_tags() -> None:
    assert hashlib.sha256(b"a<bc").hexdigest() == digest_of_text("<p>a &lt;\n <b>b</b>\tc</p>")


# ---------------------------------------------------------------- the command
def test_json_and_the_record_beside_it(tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    done = run("documents", "review", RECORD, "-o", out, "--with-record", "--json")
    value = json.loads(done.stdout)
    jsonschema_rs.validate(schema("review-page", default_content), value)
    assert hashlib.sha256(out.read_bytes()).hexdigest() == value["sha256"]
    kept = (tmp_path / "decision-pl-2026-11-24-0417.json").read_bytes()
    assert hashlib.sha256(kept).hexdigest() == value["record_sha256"]
    assert "No --procedure" in done.stderr


def test_it_overwrites_nothing_unless_told(tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    out.write_text("mine", encoding="utf-8")
    with pytest.raises(BadInput, match="--force"):
        run("documents", "review", RECORD, "-o", out)
    assert "mine" == out.read_text(encoding="utf-8")
    assert 0 == run("documents", "review", RECORD, "-o", out, "--force").exit_code


def test_an_unknown_control_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Did you mean"):
        run("documents", "review", RECORD, "-o", tmp_path / "p.html", "--control", "DB-HUM-1")
    assert [] == list(tmp_path.iterdir())


def test_an_expired_review_is_said(tmp_path: Path) -> None:
    late = record(at="2026-11-01T08:00:00Z", review={"expires_at": "2026-11-02T08:00:00Z"})
    path = tmp_path / "r.json"
    path.write_text(json.dumps(late), encoding="utf-8")
    done = run("documents", "review", path, "-o", tmp_path / "p.html")
    assert "The review has expired" in done.stderr
