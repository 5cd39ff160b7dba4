"""Reads and writes the file of a watch: closed, canonical JSON, replaced in one step."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from time import sleep
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr, ValidationError

from dutybound.errors import BadInput
from dutybound.packs.reading import read_bytes
from dutybound.packs.shapes import Closed, Digest
from dutybound.packs.writing import replace_file
from dutybound.terms import watch as terms

FORM: Final = "dutybound/measure-watch/1"
MAX_BYTES: Final = 50_000_000
PAUSE: Final = 0.1
TRIES: Final = 600
Spending = Literal["endless", "obrien-fleming", "pocock"]
Share = Annotated[StrictFloat, Field(gt=0, lt=1)]
Count = Annotated[StrictInt, Field(ge=0)]
Place = Annotated[StrictInt, Field(ge=1)]


class WatchingShape(Closed):
    """What was agreed before the first look."""

    alpha: Share
    spending: Spending
    looks: Place | None
    confirm: Place


class LookShape(Closed):
    look: Place
    level: Share
    rows: Place
    first: StrictStr | None
    last: StrictStr | None
    profile_sha256: Digest


class LineShape(Closed):
    line: StrictStr
    alarm: StrictBool
    run: Count
    since: Place | None
    why: StrictStr


class WatchFile(Closed):
    """The file of a watch."""

    form: Literal["dutybound/measure-watch/1"] = Field(alias="schema")
    watch: WatchingShape
    config_sha256: Digest
    reference_sha256: Digest | None
    looks: tuple[LookShape, ...]
    lines: tuple[LineShape, ...]


def watch_bytes(record: terms.WatchRecord) -> bytes:
    """The bytes of the file. Equal records have equal bytes."""
    value = {
        "schema": FORM,
        "watch": asdict(record.watching),
        "config_sha256": record.config_sha256,
        "reference_sha256": record.reference_sha256,
        "looks": [asdict(look) for look in record.looks],
        "lines": [{"line": key, **asdict(s)} for key, s in sorted(record.lines.items())],
    }
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=True).encode() + b"\n"


def watch_sha256(record: terms.WatchRecord) -> str:
    """The digest of the file."""
    return sha256(watch_bytes(record)).hexdigest()


def start_watch(record: terms.WatchRecord, path: Path) -> None:
    """Write a new file. Raises BadInput if it is there, also if another process just made it."""
    new = path.with_name(f".{path.name}.{os.getpid()}.start")
    try:
        replace_file(new, watch_bytes(record))
        os.link(new, path)  # unlike a rename, it fails if the name is taken
    except FileExistsError as error:
        raise BadInput.one(str(path), "The file exists: a watch is started once.") from error
    except OSError as error:
        raise BadInput.one(str(path), f"It cannot be written: {error.strerror}.") from error
    finally:
        new.unlink(missing_ok=True)


@contextmanager
def one_look(path: Path, tries: int = TRIES) -> Iterator[None]:
    """Keep other processes from the file of a watch while one look is read, made and written.

    The lock is on the file itself and ends with the process, however that ends. Raises BadInput
    if the file is not there, or after `tries` pauses of PAUSE seconds.
    """
    handle = _locked(path, tries)
    try:
        yield
    finally:
        os.close(handle)


def _locked(path: Path, tries: int) -> int:
    import fcntl

    for _ in range(max(1, tries)):
        try:
            handle = os.open(path, os.O_RDWR)
        except OSError as error:
            raise BadInput.one(str(path), f"It cannot be opened: {error.strerror}.") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle  # else the look before put another file in its place: once more
        except BlockingIOError:
            sleep(PAUSE)
        except OSError as error:
            os.close(handle)
            raise BadInput.one(str(path), f"It cannot be locked: {error.strerror}.") from error
        os.close(handle)
    raise BadInput.one(
        str(path),
        f"Another process makes a look and has not ended in {tries * PAUSE:g} s. Nothing was "
        "spent by this one: try again.",
    )


def write_watch(record: terms.WatchRecord, path: Path) -> None:
    """Replace the file, inside of `one_look`. Raises BadInput."""
    replace_file(path, watch_bytes(record))


def read_watch(path: Path) -> terms.WatchRecord:
    """The record in a file. Raises BadInput if it cannot be read or is not one."""
    shown = str(path)
    raw = read_bytes(path, shown, MAX_BYTES)
    try:
        file = WatchFile.model_validate(json.loads(raw))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise BadInput.one(
            shown, f"This is no file of a watch: `{where}`: {first['msg']}."
        ) from None
    except ValueError as error:
        raise BadInput.one(shown, f"This is no file of a watch: {error}.") from error
    for message in _wrong(file):
        raise BadInput.one(shown, f"{message} It was changed by hand; take an earlier copy.")
    return _record(file)


def _wrong(file: WatchFile) -> Iterator[str]:
    """What no watch can have written."""
    if [look.look for look in file.looks] != list(range(1, len(file.looks) + 1)):
        yield "The looks are not numbered 1, 2, 3 ..."
    if file.watch.looks is not None and len(file.looks) > file.watch.looks:
        yield "There are more looks than were planned."
    names = [line.line for line in file.lines]
    if names != sorted(set(names)):
        yield "The lines are not in order, or one stands twice."
    if any((line.since is not None) != line.alarm for line in file.lines):
        yield "An alarm has no look at which it rose."
    if any(line.since is not None and line.since > len(file.looks) for line in file.lines):
        yield "An alarm rose at a look that was not made."


def _record(file: WatchFile) -> terms.WatchRecord:
    lines: dict[str, Any] = {
        x.line: terms.LineState(x.alarm, x.run, x.since, x.why) for x in file.lines
    }
    return terms.WatchRecord(
        terms.Watching(**file.watch.model_dump()),
        file.config_sha256,
        file.reference_sha256,
        tuple(terms.Look(**look.model_dump()) for look in file.looks),
        lines,
    )
