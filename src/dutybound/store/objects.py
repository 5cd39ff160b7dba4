"""Evidence by content: each object lies under the sha256 of its bytes."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from dutybound.store.durable import STAGING, at_once, sync_file, sync_folder
from dutybound.store.errors import StoreError

_DIGEST: Final = re.compile(r"[0-9a-f]{64}\Z")
_HEAD: Final = 2


class Objects:
    """A folder `objects/sha256/ab/cdef…`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "sha256"

    def path(self, digest: str) -> Path:
        """Where the object with this sha256 lies. Raises StoreError if it is no digest."""
        if not _DIGEST.match(digest):
            raise StoreError(f"`{digest[:80]}` is not a sha256: 64 hex digits in lower case")
        return self.folder / digest[:_HEAD] / digest[_HEAD:]

    def put(self, raw: bytes) -> str:
        """Keep bytes, durably. Returns their sha256. What is there already stays."""
        return self.put_all([raw])[0]

    def put_all(self, raws: Sequence[bytes]) -> list[str]:
        """Keep several objects, durably, and return their sha256."""
        digests = [sha256(raw).hexdigest() for raw in raws]
        new = {}
        for digest, raw in zip(digests, raws, strict=True):
            path = self.path(digest)
            if not path.exists():
                new[path] = raw
        mine = f"{os.getpid()}-{threading.get_ident()}{STAGING}"
        asides = {path: path.with_name(f".{path.name}-{mine}") for path in new}
        for path, raw in new.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            asides[path].write_bytes(raw)
        at_once(sync_file, list(asides.values()))
        for path, aside in asides.items():
            aside.replace(path)
        # Another process may have made a file or folder and been killed before it was durable.
        folders = {self.path(digest).parent for digest in digests}
        above = [self.folder, self.folder.parent, self.folder.parent.parent] if digests else []
        at_once(sync_folder, [*folders, *above])
        return digests

    def get(self, digest: str) -> bytes | None:
        """The bytes, None if there are none. Raises StoreError if they were changed."""
        path = self.path(digest)
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"{path}: it cannot be read: {error.strerror}") from error
        if sha256(raw).hexdigest() != digest:
            raise StoreError(f"{path}: its bytes are not those that its name states")
        return raw

    def half_written(self, digest: str) -> Iterator[Path]:
        """What processes that were killed have left of an object."""
        path = self.path(digest)
        return path.parent.glob(f".{path.name}-*{STAGING}")

    def remove(self, digest: str) -> bool:
        """Erase an object, durably. False if there was none."""
        path = self.path(digest)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        sync_folder(path.parent)
        return True

    def digests(self) -> Iterator[str]:
        """Every digest, in order."""
        if self.folder.is_dir():
            for head in sorted(self.folder.iterdir()):
                for path in sorted(head.iterdir()):
                    if _DIGEST.match(head.name + path.name):
                        yield head.name + path.name
