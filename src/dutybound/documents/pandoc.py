"""One pandoc process for many documents: it parses our Markdown and writes Word files.

The process starts in an empty folder of its own and is given text only. What could make it read a
file or an address is taken out in `filters/read.lua` before anything is written.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

from dutybound.documents.dialect import CLASSES, EXTENSIONS
from dutybound.documents.escape import visible
from dutybound.documents.packed import pack
from dutybound.documents.page import Page, shown
from dutybound.errors import DutyboundError

_HEAP: Final = "-M1500m"  # a document that needs more is refused, not swapped


def run(
    pages: Sequence[Page],
    formats: Collection[str],
    *,
    day: date,
    phrases: Mapping[str, str],
    reference: bytes,
    folder: Path,
) -> Iterator[tuple[int, str, bytes]]:
    """Parse and write pages. Gives (place in pages, "json" or "docx", content) as they come.

    folder: empty; it holds the work. Raises DutyboundError if pandoc fails.
    """
    _prepare(pages, formats, phrases, folder)
    (folder / "reference.docx").write_bytes(reference)
    with script("work.lua", folder) as arguments:
        yield from _results(arguments, day, folder)


def _prepare(
    pages: Sequence[Page], formats: Collection[str], phrases: Mapping[str, str], folder: Path
) -> None:
    jobs = []
    for place, page in enumerate(pages):
        text = pack(page.body)
        (folder / f"{place}.md").write_text(text, encoding="utf-8", newline="\n")
        job = _job(page, place, formats, phrases, folder)
        jobs.append({**job, "packed": text != page.body})
    work = {
        "jobs": jobs,
        "extensions": EXTENSIONS,
        "classes": CLASSES,
        "reference": str(folder / "reference.docx"),
    }
    (folder / "jobs.json").write_text(json.dumps(work), encoding="utf-8")


def _job(
    page: Page, place: int, formats: Collection[str], phrases: Mapping[str, str], folder: Path
) -> dict[str, Any]:
    pictures = {}
    for number, (name, picture) in enumerate(sorted(page.pictures.items())):
        file = f"{place}-{number}.png"
        (folder / file).write_bytes(picture.png)
        pictures[name] = {"file": file, "alt": visible(picture.alt)}
    return {
        "name": str(place),
        "title": visible(page.title),
        "lang": page.lang,
        "contents": phrases["contents"] if page.contents else "",
        "front": [[visible(label), visible(value)] for label, value in shown(page, phrases)],
        "pictures": pictures,
        "tree": bool({"html", "pdf"} & set(formats)),
        "docx": "docx" in formats,
    }


@contextmanager
def script(name: str, folder: Path) -> Iterator[list[str]]:
    """The arguments that run one of our scripts on a folder."""
    with as_file(files("dutybound.documents") / "filters") as filters:
        yield ["lua", str(filters / name), str(folder)]


def _results(words: Sequence[str], day: date, folder: Path) -> Iterator[tuple[int, str, bytes]]:
    with start(words, day, folder) as process:
        try:
            for line in process.stdout or ():
                name, _, kind = line.decode().strip().partition(".")
                path = folder / f"{name}.{kind}"
                yield int(name), kind, path.read_bytes()
                path.unlink()
        finally:
            if process.poll() is None:
                process.kill()
    check(process, folder)


def answer(words: Sequence[str], day: date, folder: Path, seconds: float) -> bytes:
    """What pandoc says. Raises DutyboundError if it fails or needs more time."""
    with start(words, day, folder) as process:
        try:
            said, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            process.kill()
            raise DutyboundError(f"pandoc took over {seconds:g} seconds.") from error
    check(process, folder)
    return said


def start(words: Sequence[str], day: date, folder: Path) -> subprocess.Popen[bytes]:
    """Start pandoc in a folder, with an environment that tells it nothing but the day."""
    stamp = int(datetime.combine(day, time(), UTC).timestamp())
    with (folder / "errors.txt").open("wb") as errors:
        return subprocess.Popen(  # noqa: S603 - our own binary and script, no text of a user
            [program(), "+RTS", _HEAP, "-RTS", *words],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={"SOURCE_DATE_EPOCH": str(stamp), "LC_ALL": "C.UTF-8", "HOME": str(folder)}
            | ({"SYSTEMROOT": os.environ["SYSTEMROOT"]} if "SYSTEMROOT" in os.environ else {}),
        )


def program() -> str:
    """The pandoc that the extra `documents` brings."""
    try:
        import pypandoc
    except ImportError as error:
        raise DutyboundError(
            "Documents need more packages. Install them with: pip install 'dutybound[documents]'"
        ) from error
    return str(pypandoc.get_pandoc_path())


def check(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Raise DutyboundError if pandoc ended by itself, and not well."""
    if process.returncode:
        said = (folder / "errors.txt").read_text(encoding="utf-8", errors="replace").strip()
        raise DutyboundError(
            f"pandoc could not finish the documents: {said[-500:] or 'no reason given'}"
        )
