"""Plain text as Markdown that shows as exactly that text (until the renderer lands)."""

import re


def inline(text: str) -> str:
    return re.sub(r'([\\`*_{}\[\]()#+\-.!|<>~$@&^"\':=])', r"\\\1", re.sub(r"\s+", " ", text))


def blocks(text: str) -> str:
    return "\n\n".join(inline(p) for p in re.split(r"\n\s*\n", text.strip()))


def authored(text: str) -> str:
    return text.replace("<", "\\<")
