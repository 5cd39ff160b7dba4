"""Two processes that look at once: no look is lost, and a process that dies keeps no lock."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import sleep

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dutybound.errors import BadInput
from dutybound.packs.measure_watch import one_look, read_watch, start_watch
from dutybound.terms.watch import Watching, WatchRecord

CONFIG = """\
dutybound: measures/1
name: at once
decision: {column: decision, favourable: ["yes"]}
label: {column: paid, positive: [1]}
thresholds:
  - {measure: accuracy, at_least: 0.8, why: ours}
watch: {alpha: 0.05}
"""
HOLD = """
import sys, time
from pathlib import Path
from dutybound.packs.measure_watch import one_look
with one_look(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def table(folder: Path, right: int) -> Path:
    path = folder / f"{right}.parquet"
    paid = [1] * right + [0] * (1000 - right)
    pq.write_table(pa.table({"decision": ["yes"] * 1000, "paid": paid}), path)
    return path


def look(path: Path, *words: str) -> subprocess.Popen[str]:
    state, config = path.parent / "watch.json", path.parent / "measures.yaml"
    line = ["measure", str(path), "--config", str(config), "--watch", str(state), *words]
    return subprocess.Popen(
        [sys.executable, "-m", "dutybound", *line],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = process.communicate(timeout=120)
    return process.returncode, said.strip()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A watch after its first look."""
    (tmp_path / "measures.yaml").write_text(CONFIG)
    assert (0, "") == ended(look(table(tmp_path, 900), "--start"))
    return tmp_path / "watch.json"


def test_no_look_is_lost(state: Path) -> None:
    """Both processes are ready to look before either may: the lock is held until they wait."""
    handle = os.open(state, os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    both = [look(table(state.parent, right)) for right in (910, 920)]
    waiting = {p.pid for p in both}
    for _ in range(600):
        if all(opened(pid, state) for pid in waiting):
            break
        sleep(0.1)
    else:
        pytest.fail("the processes did not come to the file")
    assert 1 == len(read_watch(state).looks)
    os.close(handle)
    assert [(0, ""), (0, "")] == [ended(p) for p in both]
    looks = read_watch(state).looks
    assert [1, 2, 3] == [x.look for x in looks]
    assert 3 == len({x.profile_sha256 for x in looks})
    left = sorted(p.name for p in state.parent.iterdir() if "watch" in p.name)
    assert ["watch.json"] == left


def opened(pid: int, path: Path) -> bool:
    """Whether a process has come as far as to open the file: it does so at each try."""
    for _ in range(50):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            try:
                if entry.samefile(path):
                    return True
            except OSError:
                continue
        sleep(0.005)
    return False


def test_a_wait_has_an_end(state: Path) -> None:
    with (
        one_look(state),
        pytest.raises(BadInput, match=r"has not ended in 0\.3 s\. Nothing was spent"),
        one_look(state, tries=3),
    ):
        pytest.fail("two looks at once")
    with one_look(state, tries=1):
        pass


def test_a_process_that_dies_keeps_no_lock(state: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(state)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert "held\n" == holder.stdout.readline()
    with pytest.raises(BadInput, match="Another process makes a look"), one_look(state, tries=1):
        pytest.fail("two looks at once")
    holder.send_signal(signal.SIGKILL)
    holder.wait(timeout=60)
    holder.stdout.close()
    with one_look(state, tries=1):
        pass
    assert (0, "") == ended(look(table(state.parent, 930)))
    assert 2 == len(read_watch(state).looks)


def test_a_watch_is_started_once(tmp_path: Path) -> None:
    """Also if both processes saw that there was no file."""
    path = tmp_path / "watch.json"
    start_watch(WatchRecord(Watching(), "0" * 64, None), path)
    before = path.read_bytes()
    with pytest.raises(BadInput, match="a watch is started once"):
        start_watch(WatchRecord(Watching(alpha=0.01), "1" * 64, None), path)
    assert before == path.read_bytes()
    assert ["watch.json"] == [p.name for p in tmp_path.iterdir()]


def test_a_file_that_may_not_be_written(state: Path) -> None:
    state.unlink()
    with pytest.raises(BadInput, match="It cannot be opened"), one_look(state):
        pytest.fail("there is no file")
