"""The signer as a process of its own, asked over a Unix socket: one line of JSON each way."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import socketserver
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from dutybound.ledger.encoding import LedgerError, decode, decode_hash, encode
from dutybound.ledger.keys import NoteKey, read_key
from dutybound.store.errors import StoreError
from dutybound.store.signer import CheckpointSigner, Rotation, SignerRefused

MAX_LINE: Final = 100_000
_SECONDS: Final = 30


class SocketSigner:
    """A signer in another process, see CheckpointSigner."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def active_keys(self) -> tuple[NoteKey, ...]:
        """See CheckpointSigner."""
        return tuple(read_key(text) for text in self._ask({"do": "keys"})["keys"])

    def last(self) -> bytes:
        """See CheckpointSigner."""
        return decode(self._ask({"do": "last"})["note"], "the note")

    def sign(self, body: bytes, proof: Sequence[bytes]) -> bytes:
        """See CheckpointSigner."""
        asked = {"do": "sign", "body": encode(body), "proof": [encode(h) for h in proof]}
        return decode(self._ask(asked)["note"], "the note")

    def begin_rotation(self, at: str) -> Rotation:
        """See CheckpointSigner."""
        found = self._ask({"do": "begin_rotation", "at": at})
        return Rotation(
            decode(found["record"], "the record"),
            decode(found["signature"], "the signature"),
            read_key(found["old"]),
            read_key(found["new"]),
        )

    def finish_rotation(self) -> None:
        """See CheckpointSigner."""
        self._ask({"do": "finish_rotation"})

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(_SECONDS)
                line.connect(str(self.path))
                line.sendall(json.dumps(question).encode() + b"\n")
                with line.makefile("rb") as answers:
                    answer = json.loads(answers.readline(MAX_LINE))
        except (OSError, ValueError) as error:
            raise StoreError(f"{self.path}: the signer does not answer: {error}") from error
        if "refused" in answer:
            raise SignerRefused(str(answer["refused"]))
        return dict(answer)


def serve(
    signer: CheckpointSigner, path: Path, ready: Callable[[Stop], None], group: str | None = None
) -> None:
    """Answer on a Unix socket that only its owner can reach, until told to stop.

    group: whose members can reach it too. ready: called with a way to stop, once the socket
    listens. Raises StoreError if another process listens there.
    """
    _make_room(path)
    before = os.umask(stat.S_IRWXG | stat.S_IRWXO)
    try:
        server = _Server(str(path), signer)
    except OSError as error:
        raise StoreError(f"{path}: no socket can be made there: {error.strerror}") from error
    finally:
        os.umask(before)
    with server:
        try:
            _open_to(path, group)
            ready(server.shutdown)
            server.serve_forever(poll_interval=0.2)
        finally:
            path.unlink(missing_ok=True)


Stop = Callable[[], None]


def _open_to(path: Path, group: str | None) -> None:
    if group is None:
        return
    try:
        shutil.chown(path, group=group)
    except (OSError, LookupError) as error:
        raise StoreError(f"{path}: it cannot be given to the group {group}: {error}") from error
    path.chmod(stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IWGRP)


def _make_room(path: Path) -> None:
    """Remove the socket of a process that is gone."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
        else:
            raise StoreError(f"{path}: a signer listens there already")


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: str, signer: CheckpointSigner) -> None:
        self.signer = signer
        super().__init__(path, _Handler)


class _Handler(socketserver.StreamRequestHandler):
    timeout = _SECONDS

    def handle(self) -> None:
        try:
            question = json.loads(self.rfile.readline(MAX_LINE))
            answer = _answer(self.server.signer, question)  # type: ignore[attr-defined]
        except (StoreError, LedgerError) as error:
            answer = {"refused": str(error)}
        except (ValueError, KeyError, TypeError, AttributeError):
            answer = {"refused": "this is no question that the signer knows"}
        except OSError:
            return
        with contextlib.suppress(OSError):  # who asked is gone
            self.wfile.write(json.dumps(answer).encode() + b"\n")


def _answer(signer: CheckpointSigner, question: dict[str, Any]) -> dict[str, Any]:
    match question["do"]:
        case "keys":
            return {"keys": [k.text for k in signer.active_keys()]}
        case "last":
            return {"note": encode(signer.last())}
        case "sign":
            proof = [decode_hash(h, "a hash of the proof") for h in question["proof"]]
            return {"note": encode(signer.sign(decode(question["body"], "the body"), proof))}
        case "begin_rotation":
            made = signer.begin_rotation(str(question["at"]))
            return {
                "record": encode(made.record),
                "signature": encode(made.signature),
                "old": made.old.text,
                "new": made.new.text,
            }
        case "finish_rotation":
            signer.finish_rotation()
            return {"done": True}
    raise KeyError
