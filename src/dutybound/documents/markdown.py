"""A document as a Markdown file with front matter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from dutybound.documents.escape import UNSEEN, inline, visible
from dutybound.documents.page import Page

_PICTURE: Final = re.compile(r"!\[[^\]\n]*\]\(([^)\s]+)\)")


def write(page: Page) -> bytes:
    """The file as UTF-8: front matter, the title, the body. Charts are .svg files beside it."""
    head = "\n".join(_mapping({"title": page.title, "lang": page.lang, **page.front}, ""))
    title = inline(page.title)
    return f"---\n{head}\n---\n\n# {title}\n\n{_body(page)}\n".encode()


def _body(page: Page) -> str:
    def described(found: re.Match[str]) -> str:
        picture = page.pictures.get(found[1])
        return f"![{inline(picture.alt)}]({found[1]}.svg)" if picture else found[0]

    return _PICTURE.sub(described, page.body).strip("\n")


def _mapping(values: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, value in values.items():
        yield from _entry(f"{indent}{_scalar(key)}:", value, indent)


def _entry(head: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        yield head
        yield from _mapping(value, indent + "  ")
    elif isinstance(value, list | tuple) and value:
        yield head
        for member in value:
            yield from _entry(f"{indent}  -", member, indent + "  ")
    elif isinstance(value, Mapping | list | tuple):
        yield f"{head} {'{}' if isinstance(value, Mapping) else '[]'}"
    else:
        yield f"{head} {_scalar(value)}"


def _scalar(value: Any) -> str:
    """Every string is quoted, so that no YAML reader sees a number, a date or a tag in it."""
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    text = str(value)
    return json.dumps(UNSEEN.sub(lambda m: visible(m[0]), text), ensure_ascii=False)
