"""A document of the credit-scoring example, as it is written in Markdown."""

from __future__ import annotations

import pytest

from dutybound.packs.compile import default_content
from tests.documents.family import documents, example
from tests.golden.test_text import compare


@pytest.mark.parametrize("document", ["adverse-action-notice", "risk-management-file"])
def test_markdown(document: str, update_golden: bool) -> None:
    built = documents(example("credit-scoring"), document)[0]
    content = default_content()
    text = built.body.replace(f"content {content.version}", "content VERSION")
    compare(
        f"document-{document}", text.replace(content.checked_on.isoformat(), "DAY"), update_golden
    )
