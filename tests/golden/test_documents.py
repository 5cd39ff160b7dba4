"""Documents of the credit-scoring example, as they are written in Markdown and HTML."""

from __future__ import annotations

import re

import pytest

from dutybound.assess.documents_write import page_of, render_words
from dutybound.documents.render import render
from dutybound.packs.compile import default_content
from tests.documents.family import DAY, documents, example, opened
from tests.golden.test_text import compare


@pytest.mark.parametrize("document", ["adverse-action-notice", "risk-management-file"])
def test_markdown(document: str, update_golden: bool) -> None:
    built = documents(example("credit-scoring"), document)[0]
    content = default_content()
    text = built.body.replace(f"content {content.version}", "content VERSION")
    compare(
        f"document-{document}", text.replace(content.checked_on.isoformat(), "DAY"), update_golden
    )


@pytest.mark.parametrize("document", ["adverse-action-notice", "risk-management-file"])
def test_html(document: str, update_golden: bool) -> None:
    """The page without its style sheet, which is the same for all."""
    dossier = opened(example("credit-scoring"), (document,))
    built = dossier.build(dossier.wanted[0])
    (page,) = render([page_of(dossier, built)], ("html",), day=DAY, words=render_words(dossier))
    content = dossier.found.assessment.content
    text = re.sub(r"<style>.*?</style>", "<style/>", page.data.decode(), flags=re.S)
    text = text.replace(content.version, "VERSION").replace(content.checked_on.isoformat(), "DAY")
    text = re.sub(r"sha256-[A-Za-z0-9+/=]+", "sha256-STYLE", text)
    compare(f"document-{document}-html", text.replace(built.sha256, "DIGEST"), update_golden)
