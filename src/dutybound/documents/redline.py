"""What changed in a document since it was written, and because of which records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from dutybound.documents.build import Built
from dutybound.documents.escape import inline

_SECTION: Final = re.compile(r"^## (?P<title>.*) \{#(?P<id>[a-z0-9-]+)\}$", re.MULTILINE)
_REFS: Final = re.compile(r" ?\[(?:\[\d+\]\(#s-\d+\)(?:, )?)+\]\{\.src\}")
_GAP: Final = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\{\.gap\}")
_ESCAPED: Final = re.compile(r"\\(.)")
_ENTITY: Final = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&#123;": "{", "&#125;": "}"}
CLOSING: Final = ("open-questions", "sources")


@dataclass(frozen=True, slots=True)
class Change:
    """One paragraph or row that went, came, or reads otherwise."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class SectionChange:
    """What changed in a section. because: records, each as it was and as it is."""

    id: str
    title: str
    changes: tuple[Change, ...]
    because: tuple[tuple[str, str, str], ...]


def sections_of(body: str) -> dict[str, tuple[str, str]]:
    """The sections of a body: id to (title, text), in order."""
    heads = list(_SECTION.finditer(body))
    ends = [*(h.start() for h in heads[1:]), len(body)]
    return {h["id"]: (h["title"], body[h.end() : end]) for h, end in zip(heads, ends, strict=True)}


def changes(
    old_body: str,
    old_records: Mapping[str, Mapping[str, str]],
    built: Built,
) -> tuple[SectionChange, ...]:
    """What changed in each section.

    old_records: by section, what each record showed when the old body was written.
    """
    before, after = sections_of(old_body), sections_of(built.body)
    now = {s.id: {x.key: x.shortened for x in s.sources} for s in built.sections}
    found = []
    for name in [*after, *(n for n in before if n not in after)]:
        if name in CLOSING:
            continue
        title = (after.get(name) or before[name])[0]
        diff = tuple(_diff(before.get(name, ("", ""))[1], after.get(name, ("", ""))[1]))
        if diff:
            why = tuple(_because(old_records.get(name, {}), now.get(name, {})))
            found.append(SectionChange(name, plain(title), diff, why))
    return tuple(found)


def _because(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key, ""), new.get(key, "")
        if was != now:
            yield key, was, now


def plain(text: str) -> str:
    """Markdown of ours as text: without numbers of sources and without escapes."""
    text = _GAP.sub(r"\1", _REFS.sub("", text))
    for entity, sign in _ENTITY.items():
        text = text.replace(entity, sign)
    return _ESCAPED.sub(r"\1", text)


def _diff(before: str, after: str) -> Iterator[Change]:
    old = [plain(line) for line in before.splitlines() if _counts(line)]
    new = [plain(line) for line in after.splitlines() if _counts(line)]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for what, i, j, k, m in matcher.get_opcodes():
        if what == "equal":
            continue
        gone, come = old[i:j], new[k:m]
        for n in range(max(len(gone), len(come))):
            yield Change(gone[n] if n < len(gone) else "", come[n] if n < len(come) else "")


def _counts(line: str) -> bool:
    stripped = line.strip()
    return bool(stripped) and set(stripped) - set("|-:") != set() and stripped != ":::"


def as_markdown(found: Sequence[SectionChange], words: Mapping[str, str]) -> str:
    """The changes as Markdown of ours: what went and what came is marked with signs as well."""
    parts = []
    for section in found:
        parts += [f"## {inline(section.title)} {{#{section.id}}}", ""]
        parts += [
            f"- {inline(words['phrase.because'])} {inline(key)}: "
            f"{inline(was or '–')} → {inline(now or '–')}"
            for key, was, now in section.because
        ]
        parts.append("")
        parts += [f"- {_words(c)}" for c in section.changes]
        parts.append("")
    return "\n".join(parts)


def _words(change: Change) -> str:
    """A change word by word; [−gone−] and [+come+] also read without colours."""
    old, new = change.before.split(), change.after.split()
    said = []
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            said.append(inline(" ".join(old[i:j])))
            continue
        if j > i:
            said.append(f"[{inline('−' + ' '.join(old[i:j]) + '−')}]{{.del}}")
        if m > k:
            said.append(f"[{inline('+' + ' '.join(new[k:m]) + '+')}]{{.ins}}")
    return " ".join(said)
