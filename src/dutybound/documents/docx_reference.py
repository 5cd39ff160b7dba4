"""The look of Word files: a reference document of styles, header and footer.

It is made here, from text, so that no binary file is kept. An organisation replaces it with a
.docx of its own that has the same names of styles.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from dutybound.documents import docx_parts as parts
from dutybound.errors import BadInput

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_NEEDED: Final = ("[Content_Types].xml", "word/document.xml", "word/styles.xml")
_LARGEST: Final = 20_000_000  # bytes, unpacked


def make() -> bytes:
    """The reference document that is used without another. Always the same bytes."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for name, text in parts.PARTS.items():
            archive.writestr(ZipInfo(name, _EPOCH), text, ZIP_DEFLATED)
    return made.getvalue()


def load(path: Path | None) -> bytes:
    """The reference document of an organisation, or ours. Raises BadInput if it is no .docx."""
    if path is None:
        return make()
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadInput.one(str(path), f"It cannot be read: {error.strerror}.") from error
    try:
        with ZipFile(BytesIO(raw)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            missing = sorted(set(_NEEDED) - set(archive.namelist()))
    except BadZipFile as error:
        raise BadInput.one(str(path), "It is not a .docx file: give one saved by Word.") from error
    if missing:
        raise BadInput.one(str(path), f"It is not a .docx file: {missing[0]} is missing.")
    if size > _LARGEST:
        raise BadInput.one(str(path), f"It unpacks to {size:,} bytes; at most {_LARGEST:,}.")
    return raw
