"""Time and memory of rendering: `python benchmarks/documents.py [DOCUMENTS] [SECTIONS]`.

40 documents of about 5 to 15 pages in four formats, then one document as HTML in a process of its
own. Each figure is from a fresh process; memory is the largest of Python and of pandoc.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from datetime import date

PARAGRAPH = "The provider keeps this at the disposal of the authorities for ten years. " * 12
DAY = date(2026, 11, 25)


def section(number: int) -> str:
    """About a page and a half: text with notes, a gap, a list, a table of 15 rows."""
    rows = "\n".join(
        f"| group {n} | {1000 + n} | {700 + n} | 0.{70 + n} | within the limit that is set |"
        for n in range(15)
    )
    return (
        f"## {number}. Design {{#design-{number}}}\n\n{PARAGRAPH}[^a{number}]\n\n{PARAGRAPH}\n\n"
        f"[Open: Which data was it trained on?]{{.gap}} {PARAGRAPH}\n\n"
        "### Parts\n\n- one\n- two\n\n"
        "::: {.table}\nRates by group\n\n| Group | Applications | Approved | Rate | Assessment |\n"
        f"|:--|--:|--:|--:|:--|\n{rows}\n:::\n\n[^a{number}]: Profile fact `model_{number}`.\n"
    )


def render_all(documents: int, most: int, formats: list[str]) -> None:
    """Render, and print what it took."""
    from dutybound.documents.page import Page
    from dutybound.documents.render import render

    start = time.perf_counter()
    pages = [
        Page(
            name=f"document-{n}",
            title=f"Document {n}",
            lang="en",
            front={"version": "0.1", "state": "draft"},
            body="\n\n".join(section(s) for s in range(1, 3 + n % (most - 2))),
        )
        for n in range(documents)
    ]
    size = sum(len(file.data) for file in render(pages, formats, day=DAY, words={}))
    took = time.perf_counter() - start
    own, child = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(
        f"{documents} documents, {' '.join(formats)}: {took:.2f} s, processor "
        f"{own.ru_utime + own.ru_stime:.2f} s + pandoc {child.ru_utime + child.ru_stime:.2f} s, "
        f"memory {own.ru_maxrss // 1024} MB, pandoc {child.ru_maxrss // 1024} MB, {size:,} bytes"
    )


def main() -> None:
    """Each measurement in a process of its own."""
    if len(sys.argv) > 3:
        render_all(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
        return
    documents, most = (*sys.argv[1:], "40", "10")[:2] if len(sys.argv) < 3 else sys.argv[1:3]
    for count, formats in ((documents, "md html docx pdf"), ("1", "html")):
        words = [sys.executable, __file__, count, most, *formats.split()]
        for _ in range(3):
            start = time.perf_counter()
            subprocess.run(words, check=True)
            print(f"  whole process: {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
