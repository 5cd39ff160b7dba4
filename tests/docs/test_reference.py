"""Reference pages say what the code and the content say."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from dutybound.assess.proof import DEFAULT_REASONS
from dutybound.packs import schema
from dutybound.packs.compile import default_content
from dutybound.packs.conditions import _FORMS
from dutybound.rules.conditions import children
from dutybound.terms.law import Condition

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
MODELS = [
    m
    for m in vars(schema).values()
    if isinstance(m, type) and issubclass(m, schema.Closed) and m is not schema.Closed
]


def page(name: str) -> str:
    """The text of a page."""
    return (DOCS / name).read_text(encoding="utf-8")


def test_built_pages_are_current() -> None:
    """If not: run `.venv/bin/python docs/build.py`."""
    command = [sys.executable, str(DOCS / "build.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stdout)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_key_of_the_language_is_documented(model: type[BaseModel]) -> None:
    text = page("reference/language.md")
    names = {info.alias or name for name, info in model.model_fields.items()}
    assert names
    assert [] == sorted(n for n in names if not re.search(rf"\b{n}\b", text))


def test_every_form_of_condition_is_documented() -> None:
    text = page("reference/language.md")
    known = {key for form, (needed, more, _) in _FORMS.items() for key in (form, *needed, *more)}
    assert [] == sorted(key for key in known if not re.search(rf"[{{\s,`]{key}\b:?", text))


def _reasons(condition: Condition) -> Iterator[str]:
    if condition[0] == "mark" and "reason" in condition[1]:
        yield condition[1]["reason"]
    for inner in children(condition):
        yield from _reasons(inner)


def test_every_reason_code_is_documented() -> None:
    content = default_content()
    codes = {*DEFAULT_REASONS.values(), "exception", "transition", "not_law", "no_text"}
    for act in content.acts.values():
        codes.update(c for c in (act.until_reason, *_reasons(act.scope)) if c)
    for rule in content.rules.values():
        codes.update(c for c in (rule.reason, rule.until_reason) if c)
        for text in rule.texts:
            codes.update(_reasons(text.when))
            codes.update(r for e in text.exceptions for r in _reasons(e.when))
    rows = [r for r in page("explanation/how-verdicts-are-made.md").splitlines() if "| `" in r]
    documented = set(re.findall(r"`(\w+)`", " ".join(row.split("|")[1] for row in rows)))
    assert [] == sorted(codes - documented)
