"""The caller's end of the worker: deadlines that hold, whatever an engine does."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from time import perf_counter
from typing import Any, Final, TypeAlias

from dutybound.errors import BadInput, DutyboundError
from dutybound.terms.table import Limits, Source
from dutybound.warehouse.worker import read_frame, write_frame

TICK: Final = 0.5
MODULE: Final = "dutybound.warehouse.worker"


class DeadlineError(DutyboundError):
    """A statement ran past its deadline and was ended."""


class EngineFailed(DutyboundError):
    """The engine refused a statement, or its process ended."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What runs now. done: statements that are finished, of total; seconds: of this one."""

    statement: str
    done: int
    total: int
    seconds: float


Report: TypeAlias = Callable[[Progress], None]


class Worker:
    """A process that can open one table, with a folder for what does not fit into memory.

    Made early, it loads DuckDB while the caller still reads its configuration. Use as a context,
    or give it to an Engine, which ends it.
    """

    def __init__(self) -> None:
        self.scratch = tempfile.TemporaryDirectory(prefix="dutybound-")
        self.process = _start()
        self.killed = False

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def kill(self) -> None:
        """End the process with all that it started, such as a Java runtime.

        What it has written and nobody read is an answer to an older question, and is lost.
        """
        self.killed = True
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def close(self) -> None:
        """End the process and remove what it wrote; nothing the second time."""
        if self.process.poll() is None:
            self.kill()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        self.scratch.cleanup()


class Engine:
    """A table that is open in another process. Use as a context: leaving it ends the process."""

    def __init__(
        self,
        source: Source,
        limits: Limits,
        report: Report | None = None,
        worker: Worker | None = None,
    ) -> None:
        self.source, self.limits = source, limits
        self.done, self.total = 0, 1
        self._report = report
        self._worker = worker or Worker()
        self._process = self._worker.process
        self.dialect = ""
        self.types: dict[str, str] = {}
        self._send(self._opening())

    def _opening(self) -> dict[str, Any]:
        source, limits = self.source, self.limits
        return {
            "engine": source.engine, "form": source.form, "place": source.place,
            "table": source.table, "master": source.master, "memory": limits.memory,
            "threads": limits.threads, "scratch": self.scratch, "deadline": limits.deadline,
        }  # fmt: skip

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def scratch(self) -> str:
        """The folder for what does not fit into memory."""
        return self._worker.scratch.name

    def open(self) -> None:
        """Wait until the table is open. Raises BadInput if it cannot be read."""
        try:
            found = self._answer("open the table")
        except EngineFailed as error:
            raise BadInput.one(shown(self.source), f"The table cannot be read: {error}") from error
        self.dialect, self.types = found["dialect"], found["types"]
        if self.source.engine == "ibis":
            self._check_reading()

    def _check_reading(self) -> None:
        """Refuse an engine that reads statements otherwise than they are meant."""
        from dutybound.warehouse.probe import question, wrong

        self._send({"sql": question(self.dialect)})
        odd = wrong(self._answer("how the engine reads statements"))
        if odd:
            raise BadInput.one(
                shown(self.source),
                f"The engine would count otherwise than it is meant: {'; '.join(odd)}. It cannot "
                "be used. Export the table to Parquet and read that.",
            )

    def run(self, name: str, text: str) -> list[list[Any]]:
        """The columns of what a statement gives; none if it gives no row.

        Raises DeadlineError, EngineFailed.
        """
        return next(self.each([(name, text)]))

    def each(self, asked: Iterable[tuple[str, str]]) -> Iterator[list[list[Any]]]:
        """The columns of each named statement, in order, as `run` gives them.

        The next statement runs while the caller works on the answer to the last one. If it stops
        early or a statement fails, the process is ended: the next answer would be to this question.
        Raises DeadlineError, EngineFailed.
        """
        ahead = iter(asked)
        now = next(ahead, None)
        if now is not None:
            self._send({"sql": now[1]})
        while now is not None:
            following = next(ahead, None)
            raw = self._wait(now[0])
            if following is not None and raw is not None:
                self._send({"sql": following[1]})
            try:
                columns: list[list[Any]] = self._read(now[0], raw)
                self.done += 1
                yield columns
            except (GeneratorExit, EngineFailed):
                if following is not None:
                    self._worker.kill()
                raise
            now = following

    def define(self, text: str) -> None:
        """Run a statement that gives no rows."""
        self._send({"sql": text})
        self._answer("define a view")

    def row_groups(self, column: str) -> list[list[Any]]:
        """What Parquet files state about a time column: see `row_groups`. None elsewhere."""
        self._send({"row_groups": column})
        found: list[list[Any]] = self._answer("row groups")
        return found

    def close(self) -> None:
        """End the process and remove what it wrote."""
        self._worker.close()

    # ------------------------------------------------------------------ frames
    def _send(self, value: Mapping[str, Any]) -> None:
        raw = BytesIO()
        write_frame(raw, dict(value))
        try:
            self._process.stdin.write(raw.getvalue())  # type: ignore[union-attr]
            self._process.stdin.flush()  # type: ignore[union-attr]
        except BrokenPipeError:
            return  # the answer will say that the process ended

    def _answer(self, name: str) -> Any:
        return self._read(name, self._wait(name))

    def _read(self, name: str, raw: bytearray | None) -> Any:
        frame = None if raw is None else read_frame(BytesIO(raw))
        if frame is None:
            code = self._process.wait()
            raise EngineFailed(
                f"The process that ran `{name}` ended by itself (code {code}). If memory ran out, "
                "set `limits.memory` lower, or read fewer rows."
            )
        if "error" in frame:
            raise EngineFailed(f"`{name}`: {frame['error']}")
        return frame["ok"]

    def _wait(self, name: str) -> bytearray | None:
        """The bytes of an answer; None if the process ended."""
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - opened as a pipe in _start
        if self._worker.killed:
            return None
        begun = perf_counter()
        raw, need = bytearray(), 8
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while len(raw) < need:
                spent = perf_counter() - begun
                self._tell(name, spent)
                if spent > self.limits.deadline:
                    self._late(name)
                left = max(0.0, min(TICK, self.limits.deadline - spent))
                if not selector.select(left):
                    continue
                piece = os.read(stdout.fileno(), 1 << 20)
                if not piece:
                    return None
                raw += piece
                if len(raw) >= 8:
                    need = 8 + int.from_bytes(raw[:8], "big")
        return raw

    def _tell(self, name: str, seconds: float) -> None:
        if self._report is not None:
            self._report(Progress(name, self.done, self.total, seconds))

    def _late(self, name: str) -> None:
        self._worker.kill()
        raise DeadlineError(
            f"`{name}` ran longer than {self.limits.deadline:g} s and was ended. Set "
            "`limits.deadline` higher, or read fewer rows."
        )


def _start() -> subprocess.Popen[bytes]:
    environment = {**os.environ, "TZ": "UTC"}
    return subprocess.Popen(  # noqa: S603 - our own module with our own interpreter
        [sys.executable, "-m", MODULE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        bufsize=0,
        start_new_session=True,
    )


def shown(source: Source) -> str:
    """A table as it is named in errors, without passwords."""
    if source.engine in ("postgres", "ibis"):
        return source.table or source.engine
    return source.place or source.table or source.engine
