"""A process that opens a table and runs statements, so that the caller can end it at any time.

    python -m dutybound.warehouse.worker

Reads frames from standard input and answers each with a frame on standard output; a frame is its
length in 8 bytes and a value of plain types in Python's marshal form, which both ends share: the
parent starts this with its own interpreter, and nobody else writes here.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO, Final

if TYPE_CHECKING:
    from dutybound.warehouse.engines import Opened


PLAIN: Final = {int, float, str, bool, type(None)}


def write_frame(stream: BinaryIO, value: Any) -> None:
    """One frame."""
    raw = marshal.dumps(value)
    stream.write(len(raw).to_bytes(8, "big") + raw)
    stream.flush()


def read_frame(stream: BinaryIO) -> Any:
    """One frame, or None at the end."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    raw = stream.read(int.from_bytes(head, "big"))
    return marshal.loads(raw)  # noqa: S302 - from the process at the other end of our own pipe


def plain(value: Any) -> Any:
    """A value that an engine gives, as a plain type; times as ISO 8601 in UTC without offset."""
    if value is None or type(value) in PLAIN:
        return value
    if isinstance(value, datetime):
        moment = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return moment.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def columns_of(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Rows by column, of plain types."""
    found = [list(column) for column in zip(*rows, strict=True)]
    return [c if set(map(type, c)) <= PLAIN else [plain(v) for v in c] for c in found]


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer until the pipe is closed: first `open`, then `run` as often as asked."""
    from dutybound.warehouse.engines import EngineError, open_engine

    engine: Opened | None = None
    while (asked := read_frame(source)) is not None:
        try:
            if engine is None:
                engine = open_engine(asked)
                answer: Any = {"dialect": engine.dialect, "types": engine.types()}
            elif "row_groups" in asked:
                answer = columns_of(engine.row_groups(asked["row_groups"]))
            else:
                answer = columns_of(engine.run(asked["sql"]))
        except (EngineError, OSError, ImportError) as error:
            write_frame(target, {"error": str(error), "kind": type(error).__name__})
        else:
            write_frame(target, {"ok": answer})


def main() -> None:
    """Serve on the standard streams; what engines print goes to standard error.

    The usual engine is loaded before anything is asked; the caller is reading its own files then.
    """
    with suppress(ImportError):
        import duckdb  # noqa: F401
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
