"""Drives Chromium through its debugging protocol, over a pipe: no server, no other library."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

PATIENCE: Final = 60.0
# Chromium reads commands from 3 and writes to 4; the pipe may have any numbers before.
START: Final = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
for target, end in zip((3, 4), ends):
    os.dup2(end, target)
os.execvp(sys.argv[3], sys.argv[3:])
"""
Json = dict[str, Any]


class Browser:
    """A browser without a window. Answers and events come one after the other, ended by a NUL."""

    def __init__(self, program: str, folder: Path) -> None:
        self.folder = folder
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        words = [program, "--headless=new", "--disable-gpu", "--no-first-run"]
        words += [f"--user-data-dir={folder / 'profile'}", "--remote-debugging-pipe"]
        if os.geteuid() == 0:
            words.append("--no-sandbox")  # Chromium refuses to run as root with it
        ends = (theirs_in, theirs_out)
        self._process = subprocess.Popen(
            [sys.executable, "-c", START, *map(str, ends), *words],
            pass_fds=ends,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._buffer = b""
        self._number = 0
        self.events: list[Json] = []

    def send(self, method: str, session: str | None = None, **params: Any) -> Json:
        """One command, and its answer."""
        self._number += 1
        message: Json = {"id": self._number, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        end = time.perf_counter() + PATIENCE
        while True:
            found = self._next(end)
            if found.get("id") == self._number:
                assert "error" not in found, (method, found["error"])
                answer: Json = found["result"]
                return answer
            self.events.append(found)

    def wait(self, method: str, session: str | None = None, **params: Any) -> Json:
        """The first event of a kind that is not yet used up, with these parameters."""
        end = time.perf_counter() + PATIENCE
        while True:
            for i, found in enumerate(self.events):
                same = found.get("method") == method and found.get("sessionId") == session
                inner: Json = found.get("params", {})
                if same and params.items() <= inner.items():
                    del self.events[i]
                    return inner
            self.events.append(self._next(end))

    def _next(self, end: float) -> Json:
        while b"\0" not in self._buffer:
            left = end - time.perf_counter()
            ready, _, _ = select.select([self._in], [], [], max(0.0, left))
            assert ready, "The browser does not answer."
            read = os.read(self._in, 1 << 20)
            assert read, "The browser ended."
            self._buffer += read
        raw, _, self._buffer = self._buffer.partition(b"\0")
        found: Json = json.loads(raw)
        return found

    def open(self, path: Path, downloads: Path, **how: Any) -> Tab:
        """Open a file in a tab of its own."""
        return Tab(self, path, downloads, **how)

    def close(self) -> None:
        """End the browser and what it started."""
        self.send("Browser.close")
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for end in (self._in, self._out):
            os.close(end)


class Tab:
    """A page. before: a script that runs before those of the page. script: whether any run."""

    def __init__(
        self,
        browser: Browser,
        path: Path,
        downloads: Path,
        *,
        before: str = "",
        script: bool = True,
        width: int = 1000,
        dark: bool = False,
    ) -> None:
        self.browser = browser
        self.downloads = downloads
        browser.send(
            "Browser.setDownloadBehavior",
            behavior="allow",
            downloadPath=str(downloads),
            eventsEnabled=True,
        )
        target = browser.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.send("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "DOM", "Network", "Accessibility"):
            self.send(f"{domain}.enable")
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=900,
                  deviceScaleFactor=1, mobile=False)  # fmt: skip
        colours = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[colours])
        self.send("Emulation.setScriptExecutionDisabled", value=not script)
        if before:
            self.send("Page.addScriptToEvaluateOnNewDocument", source=before)
        self.send("Page.navigate", url=path.as_uri())
        browser.wait("Page.loadEventFired", self.session)

    def send(self, method: str, **params: Any) -> Json:
        """One command to this page."""
        return self.browser.send(method, self.session, **params)

    def value(self, expression: str) -> Any:
        """The value of an expression in the page; promises are waited for."""
        found = self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def until(self, expression: str) -> None:
        """Wait until an expression holds in the page."""
        end = time.perf_counter() + PATIENCE
        while not self.value(f"Boolean({expression})"):
            assert time.perf_counter() < end, expression
            time.sleep(0.05)

    def visible(self, name: str) -> bool:
        """Whether the element of an id is shown."""
        found: bool = self.value(f"document.getElementById({json.dumps(name)}).checkVisibility()")
        return found

    def text(self, name: str) -> str:
        """The text of the element of an id."""
        found: str = self.value(f"document.getElementById({json.dumps(name)}).innerText")
        return found

    def click(self, name: str) -> None:
        """Click the element of an id, as a person does: with a mouse, where it is."""
        point = self.value(
            f"(() => {{ const e = document.getElementById({json.dumps(name)});"
            "e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect();"
            "return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=point[0], y=point[1],
                      button="left", clickCount=1)  # fmt: skip

    def type(self, name: str, words: str) -> None:
        """Type into the field of an id."""
        self.value(f"document.getElementById({json.dumps(name)}).focus()")
        self.send("Input.insertText", text=words)

    def key(self, name: str) -> None:
        """Press a key, such as Tab."""
        codes = {"Tab": 9, "Enter": 13, "Space": 32}
        text = {"Enter": "\r", "Space": " "}.get(name, "")
        for kind in ("keyDown", "keyUp"):
            typed = {"text": text} if text and kind == "keyDown" else {}
            self.send("Input.dispatchKeyEvent", type=kind, code=name,
                      key=" " if name == "Space" else name,
                      windowsVirtualKeyCode=codes[name], **typed)  # fmt: skip

    def choose(self, name: str, value: str) -> None:
        """Choose an option of a list by its value."""
        self.value(
            f"(() => {{ const e = document.getElementById({json.dumps(name)});"
            f"e.value = {json.dumps(value)}; e.dispatchEvent(new Event('change')); }})()"
        )

    def file(self, name: str, path: Path) -> None:
        """Choose a file in the field of an id."""
        root = self.send("DOM.getDocument")["root"]["nodeId"]
        node = self.send("DOM.querySelector", nodeId=root, selector=f"#{name}")["nodeId"]
        self.send("DOM.setFileInputFiles", nodeId=node, files=[str(path)])

    def saved(self) -> Path:
        """The next file that the page saves, when it is whole."""
        begun = self.browser.wait("Browser.downloadWillBegin")
        self.browser.wait("Browser.downloadProgress", guid=begun["guid"], state="completed")
        return self.downloads / str(begun["suggestedFilename"])
