"""The witness client against servers that are sound, slow, hostile or absent."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from dutybound.ledger.checkpoint import Checkpoint, read_body
from dutybound.ledger.encoding import LedgerError
from dutybound.ledger.keys import NoteKey, read_key
from dutybound.ledger.note import read_note
from dutybound.ledger.policy import KnownWitness, Policy, k_of_n
from dutybound.ledger.witnessing import Refusal, decide, read_request
from dutybound.store.http_post import PostError, post
from dutybound.store.witness import Witnesses, WitnessState
from tests.outside.plainlog import Log, consistency
from tests.outside.plainlog import NoteKey as PlainKey

Reply = Callable[[BaseHTTPRequestHandler, bytes], None]
LOG = Log([b"entry %d" % i for i in range(50)])
TIME = 1_790_000_000


@contextmanager
def server(reply: Reply) -> Iterator[str]:
    """A server on loopback that answers every POST with `reply`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reply(self, self.rfile.read(int(self.headers["Content-Length"])))

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=httpd.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}"
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()


def answer(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


class Honest:
    """A witness as the specification asks for, around `decide`."""

    def __init__(self, name: str) -> None:
        self.key = PlainKey(name, kind=4)
        self.known: Checkpoint | None = None
        self.asked = 0

    def __call__(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        assert "/add-checkpoint" == handler.path
        self.asked += 1
        request = read_request(body)
        try:
            self.known = decide(request, self.known, [read_key(LOG.key.vkey)])
        except Refusal as refusal:
            size = f"{self.known.size if self.known else 0}\n".encode()
            if refusal.status == 409:
                answer(handler, 409, size, Content_Type="text/x.tlog.size")
            else:
                answer(handler, refusal.status, str(refusal).encode())
        else:
            text = request.note.text.decode()
            answer(handler, 200, self.key.line(text, TIME).encode())


def known(name: str, key: PlainKey, url: str | None) -> KnownWitness:
    found: NoteKey = read_key(key.vkey)
    return KnownWitness(name, found, url)


def policy(need: int, *witnesses: KnownWitness) -> Policy:
    return k_of_n(need, (), witnesses)


def ask(client: Witnesses, size: int = 50, log: Log = LOG) -> tuple[bytes, bool]:
    return client.cosign(
        log.checkpoint(size).encode(), lambda old: consistency(old, log.leaves[:size])
    )


def test_two_of_three() -> None:
    """One witness is absent; two are enough, and one is not."""
    one, two = Honest("w1.example"), Honest("w2.example")
    absent = PlainKey("w3.example", kind=4)
    with server(one) as first, server(two) as second, server(one) as gone:
        pass
    with server(one) as first, server(two) as second:
        witnesses = (
            known("a", one.key, first),
            known("b", two.key, f"{second}/"),
            known("c", absent, gone),
        )
        client = Witnesses(policy(2, *witnesses))
        note, met = ask(client)
        assert met
        assert ["cosigned", "cosigned", "unreachable"] == [o.state for o in client.outcomes]
        assert [TIME, TIME, None] == [o.time for o in client.outcomes]
        assert 3 == len(read_note(note).signatures)
        assert not ask(Witnesses(policy(3, *witnesses)))[1]


def test_lines_that_are_there_are_not_asked_for_again() -> None:
    witness = Honest("w1.example")
    with server(witness) as url:
        client = Witnesses(policy(1, known("a", witness.key, url)))
        note, _ = ask(client)
        assert 1 == witness.asked
        again, met = client.cosign(note, lambda old: [])
        assert (note, True, 1) == (again, met, witness.asked)


def test_witness_that_has_seen_more_by_now_is_asked_a_second_time() -> None:
    witness = Honest("w1.example")
    with server(witness) as url:
        for size in (7, 20, 50):  # each client is new and begins at 0
            assert ask(Witnesses(policy(1, known("a", witness.key, url))), size)[1]
        assert 1 + 2 + 2 == witness.asked


def test_line_from_a_file() -> None:
    """A witness without address: its line is under the checkpoint already."""
    key = PlainKey("auditor.example", kind=4)
    client = Witnesses(policy(1, known("auditor", key, None)))
    assert not ask(client)[1]
    assert WitnessState.OFFLINE == client.outcomes[0].state
    note, met = client.cosign(LOG.checkpoint(None, key).encode(), lambda old: [])
    assert (True, LOG.checkpoint(None, key).encode()) == (met, note)


def test_line_of_another_checkpoint_in_the_file_counts_as_none() -> None:
    key = PlainKey("auditor.example", kind=4)
    spoiled = LOG.checkpoint() + key.line(LOG.text(49))
    note, met = Witnesses(policy(1, known("auditor", key, None))).cosign(
        spoiled.encode(), lambda old: []
    )
    assert (False, LOG.checkpoint().encode()) == (met, note)


def test_broken_line_does_not_stand_in_the_way_of_a_sound_one() -> None:
    witness = Honest("w1.example")
    with server(witness) as url:
        client = Witnesses(policy(1, known("a", witness.key, url)))
        spoiled = LOG.checkpoint() + witness.key.line(LOG.text(49))
        note, met = client.cosign(spoiled.encode(), lambda old: [])
    assert (True, LOG.checkpoint() + witness.key.line(LOG.text(), TIME)) == (met, note.decode())


def lines(key: PlainKey, text: str) -> bytes:
    return key.line(text, TIME).encode()


W = PlainKey("w1.example", kind=4)
HOSTILE: dict[str, tuple[Reply, str]] = {
    "other key": (
        lambda h, b: answer(h, 200, lines(PlainKey("w1.example", kind=4), LOG.text())),
        "by a known key",
    ),
    "other checkpoint": (lambda h, b: answer(h, 200, lines(W, LOG.text(49))), "does not hold"),
    "plain signature": (
        lambda h, b: answer(h, 200, PlainKey("w1.example", 1, W.secret).line(LOG.text()).encode()),
        "by a known key",
    ),
    "no lines": (lambda h, b: answer(h, 200, b""), "signature line"),
    "page": (lambda h, b: answer(h, 200, b"<html>\n"), "signature line"),
    "another note": (
        lambda h, b: answer(h, 200, b"evil\n\n" + lines(W, "evil\n")),
        "not made of signature lines",
    ),
    "error": (lambda h, b: answer(h, 500, b"out of\x1b[1m order\nmore"), "500: out of[1m order"),
    "unknown log": (lambda h, b: answer(h, 404, b""), "404: no reason given"),
    "conflict without a size": (lambda h, b: answer(h, 409, b"3\n"), "409: 3"),
    "size of another form": (
        lambda h, b: answer(h, 409, b"0x3\n", Content_Type="text/x.tlog.size"),
        "is not a number",
    ),
    "endless conflict": (
        lambda h, b: answer(h, 409, b"9\n", Content_Type="text/x.tlog.size"),
        "it has seen 9 entries by now",
    ),
    "redirect": (
        lambda h, b: answer(h, 307, b"", Location="http://127.0.0.1:1/add-checkpoint"),
        "it answered 307",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_answer_that_is_no_cosignature(name: str) -> None:
    reply, reason = HOSTILE[name]
    with server(reply) as url:
        client = Witnesses(policy(1, known("a", W, url)))
        note, met = ask(client)
    (outcome,) = client.outcomes
    assert (False, LOG.checkpoint().encode()) == (met, note)
    assert outcome.state in (WitnessState.REFUSED, WitnessState.CONTRADICTS)
    assert reason in outcome.reason


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        (60, "the log went back: the witness has seen 60 entries, the checkpoint has 50"),
        (50, "the witness has seen another history of the same 50 entries"),
    ],
)
def test_conflict_is_told_apart_from_a_failure(size: int, reason: str) -> None:
    body = f"{size}\n".encode()
    with server(lambda h, b: answer(h, 409, body, Content_Type="text/x.tlog.size")) as url:
        client = Witnesses(policy(1, known("a", W, url)))
        ask(client)
    assert (WitnessState.CONTRADICTS, reason) == (
        client.outcomes[0].state,
        client.outcomes[0].reason,
    )


def drip(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """One byte now and then, for as long as somebody reads."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(100):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        handler.close_connection = True


def flood(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """More than anybody wants."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(100):
            handler.wfile.write(b"x" * 65_536)
    except OSError:
        handler.close_connection = True


def silence(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """No answer for a while."""
    time.sleep(1)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [(drip, "no answer in 0.3 s"), (flood, "than 65,536 bytes"), (silence, "no answer in 0.3 s")],
)
def test_slow_and_large_answers_are_cut_off(reply: Reply, reason: str) -> None:
    with server(reply) as url:
        client = Witnesses(policy(1, known("a", W, url)), seconds=0.3)
        began = time.perf_counter()
        assert not ask(client)[1]
        assert time.perf_counter() - began < 5
    assert WitnessState.UNREACHABLE == client.outcomes[0].state
    assert reason in client.outcomes[0].reason


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/x", "127.0.0.1:1", "http:///x", "http://u:p@127.0.0.1/", "http://a:b/"]
)
def test_addresses_of_another_form_are_refused(url: str) -> None:
    with pytest.raises(PostError):
        post(url, b"", "text/plain", seconds=1, most=1)


def test_note_that_is_no_checkpoint_is_refused() -> None:
    with pytest.raises(LedgerError):
        Witnesses(policy(1, known("a", W, None))).cosign(b"x\n", lambda old: [])
    assert 50 == read_body(read_note(LOG.checkpoint().encode()).text).size
