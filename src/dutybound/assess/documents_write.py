"""Writes a dossier: every document in every format, an overview, and redlines of what changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dutybound.assess.documents import Dossier
from dutybound.assess.dossier_folder import (
    MANIFEST,
    SCHEMA,
    Manifest,
    changed_by_hand,
    document_json,
    read_manifest,
    refuse_changed,
)
from dutybound.documents.build import Built, Wanted
from dutybound.documents.escape import inline
from dutybound.documents.redline import SectionChange, as_markdown, changes
from dutybound.documents.tables import pipe_table
from dutybound.store.durable import make_folder, write_file

FORMATS: Final = ("md", "html", "docx", "pdf")
LABELS: Final = ("system", "about", "as_of", "state", "version", "issued-by", "digest")
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it. changed: by document, what reads otherwise than before."""

    documents: tuple[Built, ...]
    changed: Mapping[str, tuple[SectionChange, ...]]
    files: tuple[str, ...]
    manifest: Mapping[str, Any]


def write_dossier(
    dossier: Dossier,
    folder: Path,
    formats: Sequence[str],
    *,
    reference: Path | None = None,
    replace: bool = False,
    progress: Progress | None = None,
) -> Written:
    """Write the documents that were asked for into a folder.

    formats: of FORMATS; Markdown is always written, since redlines are made from it. replace: go on
    where files were changed by hand, and keep the changed ones. Raises BadInput.
    """
    manifest = read_manifest(folder)
    wanted = dossier.wanted
    touched = changed_by_hand(folder, manifest, [w.id for w in wanted])
    if not replace:
        refuse_changed(touched)
    built = [_built(dossier, w, i, len(wanted), progress) for i, w in enumerate(wanted)]
    changed = _changed(folder, manifest, built)
    make_folder(folder)
    for name in touched:
        path = folder / name
        path.replace(path.with_name(f"{path.stem}.changed{path.suffix}"))
    files = _render(dossier, folder, built, formats, reference, progress)
    whole = _manifest(dossier, manifest, built, files)
    more = list(_redlines(dossier, folder, built, changed))
    more.append(_overview(dossier, folder, whole))
    write_file(folder / MANIFEST, _json(whole))
    names = [f["path"] for d in files.values() for f in d.values()]
    return Written(tuple(built), changed, (*names, *more, MANIFEST), whole)


def _built(
    dossier: Dossier, wanted: Wanted, i: int, count: int, progress: Progress | None
) -> Built:
    if progress is not None:
        progress(i, count, wanted.id)
    return dossier.build(wanted)


def _changed(
    folder: Path, manifest: Manifest, built: Sequence[Built]
) -> dict[str, tuple[SectionChange, ...]]:
    found = {}
    for one in built:
        old = manifest.documents.get(one.wanted.id)
        path = folder / "md" / f"{one.wanted.id}.md"
        if old is None or not path.exists():
            continue
        records = {s["id"]: s["shown"] for s in old["sections"]}
        diff = changes(path.read_text(encoding="utf-8"), records, one)
        if diff:
            found[one.wanted.id] = diff
    return found


def page_of(dossier: Dossier, built: Built, more: Mapping[str, Any] | None = None) -> Any:
    """A document as a page for the renderer. more: front matter besides, for an issued one."""
    from dutybound.documents.page import Page

    words = dossier.materials.words
    state = "phrase.state-open" if built.questions else "phrase.complete"
    result = dossier.found.assessment
    front = {
        "document": built.wanted.id,
        "system": f"{result.profile.id} {dossier.materials.version}".strip(),
        "about": _party_name(dossier, built.wanted.party),
        "as_of": result.as_of.isoformat(),
        "content": result.content.version,
        "state": f"{words['phrase.draft']}, {words[state]}",
        "digest": built.sha256,
    }
    return Page(
        name=built.wanted.id,
        title=built.title,
        lang=dossier.asked.language,
        front={**built.front, **front, **(more or {})},
        body=built.body,
        pictures=dict(built.pictures),
        contents=not built.wanted.entry.short,
        landscape=built.wanted.entry.landscape,
        short=built.wanted.entry.short,
    )


def _party_name(dossier: Dossier, party: str | None) -> str:
    found = dossier.found.assessment.profile.about.get(f"parties.{party}.name")
    return party or "" if found is None else found[0]


def render_words(dossier: Dossier) -> dict[str, str]:
    """The fixed phrases of the renderer, and the labels of the front matter that it shows."""
    words = dossier.materials.words
    own = {k.removeprefix("phrase."): v for k, v in words.items() if k.startswith("phrase.")}
    return {k: v for k, v in own.items() if k in _RENDERED or k in LABELS}


_RENDERED: Final = ("back", "contents", "more", "page", "skip", "source", "sources", "table")


def _render(
    dossier: Dossier,
    folder: Path,
    built: Sequence[Built],
    formats: Sequence[str],
    reference: Path | None,
    progress: Progress | None,
) -> dict[str, dict[str, dict[str, str]]]:
    """Render and write; by document and format, path and digest."""
    from dutybound.documents.render import render

    pages = [page_of(dossier, b) for b in built]
    chosen = ("md", *(f for f in formats if f != "md"))
    found: dict[str, dict[str, dict[str, str]]] = {b.wanted.id: {} for b in built}
    for name in chosen:
        make_folder(folder / name)
    for one in render(
        pages,
        chosen,
        day=dossier.found.assessment.as_of,
        words=render_words(dossier),
        reference=reference,
        progress=progress,
    ):
        path = f"{one.format}/{one.name}.{one.format}"
        write_file(folder / path, one.data, sync=False)
        digest = sha256(one.data).hexdigest()
        found[one.name][one.format] = {"path": path, "sha256": digest}
    for page in pages:  # what the Markdown file shows by name
        for name, picture in page.pictures.items():
            write_file(folder / "md" / f"{name}.svg", picture.svg, sync=False)
    return found


def _manifest(
    dossier: Dossier,
    before: Manifest,
    built: Sequence[Built],
    files: Mapping[str, Mapping[str, dict[str, str]]],
) -> dict[str, Any]:
    result = dossier.found.assessment
    made = {b.wanted.id: document_json(b, files[b.wanted.id]) for b in built}
    kept = {} if dossier.asked.only is None else dict(before.documents)
    documents = {**kept, **made}
    return {
        "schema": SCHEMA,
        "system": result.profile.id,
        "name": result.profile.name,
        "version": dossier.materials.version,
        "profile_sha256": result.profile.sha256,
        "as_of": result.as_of.isoformat(),
        "known_on": result.known_on.isoformat(),
        "language": dossier.asked.language,
        "content": {"version": result.content.version, "sha256": result.content.sha256},
        "documents": sorted(documents.values(), key=lambda d: (d["family"], d["id"])),
        "issued": list(before.issued),
        "not_covered": list(result.not_covered),
    }


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


# ---------------------------------------------------------------------- beside the documents
def _redlines(
    dossier: Dossier,
    folder: Path,
    built: Sequence[Built],
    changed: Mapping[str, tuple[SectionChange, ...]],
) -> Iterator[str]:
    """Pages with what changed since the last writing; those of before are replaced."""
    from dutybound.documents.page import Page
    from dutybound.documents.render import render

    words = dossier.materials.words
    titles = {b.wanted.id: b.title for b in built}
    for old in (folder / "redline").glob("*") if (folder / "redline").is_dir() else ():
        if old.suffix in (".md", ".html") and old.stem in titles:
            old.unlink()
    pages = [
        Page(
            name=name,
            title=f"{titles[name]}: {words['phrase.changes']}",
            lang=dossier.asked.language,
            front={"document": name, "as_of": dossier.found.assessment.as_of.isoformat()},
            body=as_markdown(diff, words),
            contents=False,
        )
        for name, diff in changed.items()
    ]
    if not pages:
        return
    make_folder(folder / "redline")
    day = dossier.found.assessment.as_of
    for one in render(pages, ("md", "html"), day=day, words=render_words(dossier)):
        path = f"redline/{one.name}.{one.format}"
        write_file(folder / path, one.data, sync=False)
        yield path


def _overview(dossier: Dossier, folder: Path, whole: Mapping[str, Any]) -> str:
    """A page that lists the documents, with links, what is open and what was issued."""
    from dutybound.documents.page import Page
    from dutybound.documents.render import render

    words = dossier.materials.words
    rows = [_line(d, whole, words) for d in whole["documents"]]
    heads = ("family", "document", "state", "open-count", "formats", "answers")
    body = "\n\n".join(
        (
            inline(words["phrase.not-advice"]),
            pipe_table([inline(words[f"phrase.{h}"]) for h in heads], rows),
        )
    )
    page = Page(
        name="index",
        title=f"{words['phrase.overview']}: {whole['name']} {whole['version']}",
        lang=dossier.asked.language,
        front={"as_of": whole["as_of"], "content": whole["content"]["version"]},
        body=f"{body}\n",
        contents=False,
    )
    day = dossier.found.assessment.as_of
    (one,) = render([page], ("html",), day=day, words=render_words(dossier))
    write_file(folder / "index.html", one.data, sync=False)
    return "index.html"


def _line(
    document: Mapping[str, Any], whole: Mapping[str, Any], words: Mapping[str, str]
) -> list[str]:
    state = words["phrase.complete" if document["state"] == "complete" else "phrase.state-open"]
    issued = [i for i in whole["issued"] if i["id"] == document["id"]]
    if issued:
        state += f"; {words['phrase.issued']} {issued[-1]['version']}"
    links = " ".join(f"[{name}]({file['path']})" for name, file in document["files"].items())
    party = f" ({document['party']})" if document["party"] else ""
    return [
        inline(document["family"]),
        inline(f"{document['title']}{party}"),
        inline(state),
        str(document["open"]),
        links,
        inline("; ".join(document["answers"])),
    ]
