"""One HTTP POST with limits: a time in all, a size of the answer, and no redirects."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from dutybound.errors import DutyboundError

_CHUNK: Final = 65_536


class PostError(DutyboundError):
    """No answer could be had, or it was too large or too slow."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered. type: its Content-Type, without parameters."""

    status: int
    type: str
    body: bytes


def post(url: str, body: bytes, content_type: str, *, seconds: float, most: int) -> Answer:
    """Send a body and read the answer, whatever its status.

    seconds: for everything together; most: bytes of the answer. A redirect is an answer like any
    other and is not followed. Raises PostError.
    """
    end = time.monotonic() + seconds
    try:
        connection = _connection(url, seconds)
        try:
            connection.request("POST", _target(url), body, {"Content-Type": content_type})
            # Once the answer says that it closes, the connection no longer names its socket.
            sock = connection.sock
            with connection.getresponse() as response:
                kind = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
                return Answer(response.status, kind, _read(sock, response, end, most))
        finally:
            connection.close()
    except TimeoutError as error:
        raise PostError(f"{url}: no answer in {seconds:g} s") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise PostError(f"{url}: no answer: {error or type(error).__name__}") from error


def _connection(url: str, seconds: float) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise PostError(f"{url}: this is not an address of the form http(s)://host/path")
    if parts.scheme == "http":
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=seconds)
    context = ssl.create_default_context()
    return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=seconds, context=context)


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _read(sock: socket.socket, response: http.client.HTTPResponse, end: float, most: int) -> bytes:
    """Read until the end, however slowly the bytes come, but no longer and no more than allowed.

    Raises TimeoutError, PostError.
    """
    parts: list[bytes] = []
    size = 0
    while size <= most:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        sock.settimeout(left)
        part = response.read1(min(_CHUNK, most + 1 - size))
        if not part:
            return b"".join(parts)
        parts.append(part)
        size += len(part)
    raise PostError(f"the answer has more than {most:,} bytes")
