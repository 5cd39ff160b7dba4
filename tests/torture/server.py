"""A PostgreSQL server of our own, which can be killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.store.conftest import program


class Server:
    """It listens on a Unix socket in its folder, and runs as an unprivileged user."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._user = "nobody" if os.geteuid() == 0 else None  # it refuses to run as root
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def dsn(self) -> str:
        """How to connect."""
        return f"postgresql://tester@/postgres?host={self.folder}"

    def create(self) -> None:
        """Make the data folder. fsync stays on: the log refuses a server without it."""
        if self._user is not None:
            shutil.chown(self.folder, self._user)
        command = [_program("initdb"), "-D", str(self.folder / "data"), "-U", "tester"]
        command += ["-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(command, check=True, capture_output=True, user=self._user, cwd=self.folder)

    def start(self) -> None:
        """Start, and wait until it answers; after a kill it first replays its log."""
        command = [_program("postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder)]
        command += ["-c", "listen_addresses=", "-c", "max_connections=60"]
        with (self.folder / "messages").open("ab") as messages:
            self._running = subprocess.Popen(
                command, stdout=messages, stderr=messages, user=self._user, cwd=self.folder
            )
        import psycopg

        for _ in range(600):
            try:
                psycopg.connect(self.dsn).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise RuntimeError("PostgreSQL did not start; see its messages")

    def kill(self) -> None:
        """kill -9 to the server and each of its processes."""
        assert self._running is not None
        pid = self._running.pid
        os.kill(pid, signal.SIGSTOP)  # so that it starts no more of them
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            os.kill(int(child), signal.SIGKILL)
        os.kill(pid, signal.SIGKILL)
        self._running.wait(timeout=60)

    def stop(self) -> None:
        """A fast shutdown."""
        if self._running is not None and self._running.poll() is None:
            self._running.send_signal(signal.SIGINT)
            self._running.wait(timeout=60)


@contextmanager
def postgres() -> Iterator[Server]:
    """A running server, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    server = Server(folder)
    try:
        server.create()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def _program(name: str) -> str:
    found = program(name)
    if found is None:
        raise SystemExit(f"{name} is not installed: run tests/store/setup.sh")
    return found
