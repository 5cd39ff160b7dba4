"""Pages in Markdown, HTML, DOCX and PDF. Same pages, day and versions of the tools, same bytes."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from dutybound.documents import docx_reference, html_page, markdown, pandoc
from dutybound.documents.page import FORMATS, Page, Picture, Rendered
from dutybound.documents.tree import read
from dutybound.documents.typst_pdf import Press
from dutybound.errors import BadInput

__all__ = ["FORMATS", "WORDS", "Page", "Picture", "Rendered", "render"]

Progress = Callable[[int, int, str], None]
_AHEAD: Final = 4  # documents that wait for each worker
# Fixed phrases. `words` replaces them in another language, and adds the labels of front matter.
WORDS: Final = {
    "back": "Back to mention",
    "contents": "Contents",
    "more": "more characters: see the HTML or Markdown file",
    "page": "Page",
    "skip": "Skip to the text",
    "source": "Source",
    "sources": "Sources",
    "table": "Table",
}


def render(
    pages: Sequence[Page],
    formats: Collection[str],
    *,
    day: date,
    words: Mapping[str, str],
    reference: Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Iterator[Rendered]:
    """Render pages, in an order that is the same each time for each page.

    formats: some of FORMATS. day: the date inside the files. words: fixed phrases, see WORDS, and
    labels for keys of the front matter that are shown. reference: a .docx file whose styles,
    header and footer are taken. workers: PDF files that are made at the same time, 2 if None.
    progress: told (files done, files in all, name of the file). Raises BadInput for an unknown
    format or an unusable reference.
    """
    unknown = sorted(set(formats) - set(FORMATS))
    if unknown:
        raise BadInput.one(unknown[0], f"Not a format. Formats: {', '.join(FORMATS)}.")
    whole = _Run(pages, formats, day, {**WORDS, **words}, progress)
    yield from whole.markdown()
    if set(formats) - {"md"}:
        with TemporaryDirectory(prefix="dutybound-") as folder:
            yield from whole.others(Path(folder), reference, workers or 2)


class _Run:
    def __init__(
        self,
        pages: Sequence[Page],
        formats: Collection[str],
        day: date,
        phrases: Mapping[str, str],
        progress: Progress | None,
    ) -> None:
        self._pages = pages
        self._formats = formats
        self._day = day
        self._phrases = phrases
        self._progress = progress
        self._done = 0
        self._all = len(pages) * len(set(formats))

    def _made(self, place: int, kind: str, data: bytes) -> Rendered:
        self._done += 1
        page = self._pages[place]
        if self._progress:
            self._progress(self._done, self._all, f"{page.name}.{kind}")
        return Rendered(page.name, kind, data)

    def markdown(self) -> Iterator[Rendered]:
        """The Markdown files need no other program."""
        if "md" in self._formats:
            for place, page in enumerate(self._pages):
                yield self._made(place, "md", markdown.write(page))

    def others(self, folder: Path, reference: Path | None, workers: int) -> Iterator[Rendered]:
        """Everything else. PDF files are made while pandoc works on the next documents."""
        base = docx_reference.load(reference) if "docx" in self._formats else b""
        (folder / "pandoc").mkdir()
        (folder / "typst").mkdir()
        results = pandoc.run(
            self._pages,
            self._formats,
            day=self._day,
            phrases=self._phrases,
            reference=base,
            folder=folder / "pandoc",
        )
        queue: deque[tuple[int, Future[bytes]]] = deque()
        with ThreadPoolExecutor(workers) as pool:
            press = Press(str(folder / "typst"), self._day)
            for place, kind, data in results:
                if kind == "docx":
                    yield self._made(place, kind, data)
                    continue
                page, tree = self._pages[place], read(json.loads(data))
                if "html" in self._formats:
                    made = html_page.write(page, tree, self._phrases)
                    yield self._made(place, "html", made)
                if "pdf" in self._formats:
                    job = pool.submit(press.write, page, tree, self._phrases)
                    queue.append((place, job))
                    while len(queue) > _AHEAD * workers:
                        yield self._first(queue)
            while queue:
                yield self._first(queue)

    def _first(self, queue: deque[tuple[int, Future[bytes]]]) -> Rendered:
        place, job = queue.popleft()
        return self._made(place, "pdf", job.result())
