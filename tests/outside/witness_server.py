"""A real witness, litewitness from Debian, on loopback for one test."""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from dutybound.ledger.keys import KeyType, NoteKey
from tests.outside import tools

NAME = "witness.example/w1"


@dataclass(frozen=True)
class RunningWitness:
    """Where it listens, and its key."""

    url: str
    key: NoteKey
    database: Path
    control: Path

    def knows(self, origin: str, vkey: str) -> None:
        """Tell it of a log."""
        for command in (("add-log",), ("add-key", "-key", vkey)):
            done = tools.run(
                self.control, command[0], "-db", self.database, "-origin", origin, *command[1:]
            )
            assert done.returncode == 0, done.stderr


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def process(*command: object, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program in the background, ended at the end."""
    running = subprocess.Popen(
        [str(part) for part in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **env},
    )
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


@contextmanager
def litewitness(folder: Path) -> Iterator[RunningWitness]:
    """A witness with a new key. Its key lies in an ssh-agent, as it wants."""
    binaries = tools.need("litewitness") / "bin"
    if shutil.which("ssh-agent") is None or shutil.which("ssh-keygen") is None:
        pytest.skip("litewitness: wants the programs of OpenSSH")
    agent, key, database = folder / "agent", folder / "key", folder / "witness.db"
    with ExitStack() as stack:
        stack.enter_context(process("ssh-agent", "-D", "-a", agent))
        wait_for(agent.exists)
        done = tools.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
        assert done.returncode == 0, done.stderr
        done = tools.run("ssh-add", "-q", key, SSH_AUTH_SOCK=str(agent))
        assert done.returncode == 0, done.stderr
        public = key.with_suffix(".pub").read_text(encoding="utf-8").split()[1]
        fingerprint = tools.run("ssh-keygen", "-l", "-f", key).stdout.split()[1]
        address = f"127.0.0.1:{free_port()}"
        stack.enter_context(
            process(
                binaries / "litewitness",
                *("-db", database, "-name", NAME, "-key", fingerprint),
                *("-ssh-agent", agent, "-listen", address),
                # Built in GOPATH mode, it takes the old defaults and would answer 404 to all.
                GODEBUG="httpmuxgo121=0",
            )
        )
        url = f"http://{address}"
        wait_for(lambda: answers(url))
        raw = base64.b64decode(public)[-32:]
        note_key = NoteKey(NAME, KeyType.COSIGNATURE, raw)
        yield RunningWitness(url, note_key, database, binaries / "witnessctl")


def answers(url: str) -> bool:
    """Whether a server is there."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False


def wait_for(ready: object, seconds: float = 15) -> None:
    """Wait until a function gives true. Fails the test after a while."""
    assert callable(ready)
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "it did not start in time"
        time.sleep(0.02)
