"""Writes an audit pack as a folder or a zip file: the same pack gives the same bytes."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from dutybound.errors import BadInput

# The first day that a zip file can hold: the day of writing says nothing about the evidence.
_DAY: Final = (1980, 1, 1, 0, 0, 0)
_MODE: Final = 0o100644 << 16
_CHUNK: Final = 1 << 20
Parts = Mapping[str, bytes | Path]


def write_pack(parts: Parts, output: Path, progress: Callable[[str], None]) -> None:
    """Write a zip file if the name ends in `.zip`, otherwise a new folder.

    progress: is told the name of each part. Nothing that exists is replaced. Raises BadInput.
    """
    if output.exists():
        raise BadInput.one(str(output), "It exists already. Choose another name or remove it.")
    if not output.parent.is_dir():
        raise BadInput.one(str(output), f"There is no folder {output.parent}.")
    write = _write_zip if output.suffix == ".zip" else _write_folder
    try:
        write(parts, output, progress)
    except OSError as error:
        raise BadInput.one(str(output), f"It cannot be written: {error.strerror}.") from error


def _write_zip(parts: Parts, output: Path, progress: Callable[[str], None]) -> None:
    handle, aside = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for name in sorted(parts):
                progress(name)
                _add(archive, name, parts[name])
        Path(aside).chmod(0o644)
        Path(aside).replace(output)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def _add(archive: zipfile.ZipFile, name: str, part: bytes | Path) -> None:
    entry = zipfile.ZipInfo(name, _DAY)
    entry.external_attr = _MODE
    if isinstance(part, bytes):
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, part)
        return
    # Stored as it is: readers rightly refuse what unpacks to a thousand times its size.
    entry.file_size = part.stat().st_size
    with archive.open(entry, "w") as target, part.open("rb") as source:
        shutil.copyfileobj(source, target, _CHUNK)


def _write_folder(parts: Parts, output: Path, progress: Callable[[str], None]) -> None:
    aside = Path(tempfile.mkdtemp(dir=output.parent, prefix=f".{output.name}."))
    try:
        for name in sorted(parts):
            progress(name)
            _put(aside / name, parts[name])
        aside.chmod(0o755)
        aside.rename(output)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _put(path: Path, part: bytes | Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(part, bytes):
        path.write_bytes(part)
    else:
        shutil.copyfile(part, path)
