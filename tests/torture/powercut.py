"""E3: simulated power cuts, and the proof that the simulation sees what it should.

Processes work on a log one after the other, some killed on the way; strace records every change of
the disk. Then states are built that a power cut may leave after any of these changes: what was not
synced is there, or not, or in parts. In each, a reader of the public folder must find a whole log,
every acknowledged entry must be there, and the log must go on and pass its own check.

Mutants: the same with one kind of sync left out. Each must lose or break something, or be listed
here with the reason why not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.torture.crash import Options, Outcome, campaign
from tests.torture.disk import STYLES, PowerCut
from tests.torture.lives import Evidence, Life, changing, child, growing, making, small
from tests.torture.recovery import Claims, wrong_after
from tests.torture.trace import OPTIONS, Call, Machine, Said, Synced, calls, same

STATES = 10_000
MUTANT_STATES = 600
NEAR = 40
NEAR_STYLES = ("nothing", "names", "sectors", "sectors", "sectors", "mixed")
KILLED = 6
KILL_AT = ("fsync", "fdatasync", "rename", "openat", "pwrite64", "unlink", "write")
SQLITE_OFF = "sqlite: every sync"
OWN = "Teller"  # files that the lives write themselves
# These must be noticed in a run of any size; the others in a whole run.
CORE = (
    SQLITE_OFF,
    "sync_file < at_once < DurableTree.write < Publisher.publish: record/public/.new/N",
    "sync_folder < at_once < DurableTree._sync < DurableTree.write < Publisher.publish:"
    " record/public/tile/N/N.p",
    "write_file < LocalSigner.sign: record/log/signer/last-signed.new",
)
# Syncs whose absence costs nothing, and why.
ACCEPTED = {
    "sync_folder < SqliteLog._prepare: record/log": "SQLite syncs the folder of a new file too",
    "sync_folder < write_file < LocalSigner._new_key: record/log/signer": (
        "the next file in the folder is synced before signer.json names the key"
    ),
    "sync_folder < write_file < init_log: record/log": (
        "the folder is synced again once log.yaml has its name"
    ),
    "sync_folder < erase: record": "no copy of the envelope lies there in these lives",
    "sync_folder < erase: record/receipts": (
        "the receipts of the statement on the erasure sync the folder again"
    ),
    "sync_folder < at_once < DurableTree._sync < DurableTree.write < Publisher.publish:"
    " record/public": "it matters in the first publication only, between two renamings",
    "sync_folder < make_folder < DurableTree.sweep < Publisher.publish: record/public": (
        "the folder for files that are not whole yet is made again"
    ),
    "sync_folder < at_once < DurableTree._sync < DurableTree.sync_top < Publisher._show:"
    " record/public": "it matters when two processes live at once, see test_publisher",
}


@dataclass
class Recording:
    """What every life did: its calls, and the pipe on which it spoke."""

    top: Path
    evidence: Evidence
    lives: list[tuple[list[Call], int]] = field(default_factory=list)

    def replay(self, skip: Callable[[str], bool] = lambda site: False) -> Iterator[Moment]:
        """The disk after each event, with what was acknowledged by then."""
        machine, claims, number = Machine(self.top, skip), Claims(), 0
        before: object = None
        for recorded, out in self.lives:
            machine.restart()
            for call in recorded:
                event = machine.do(call, out)
                if event is None:
                    continue
                if isinstance(event, Said):
                    claims.hear(event.text)
                number += 1
                site = event.site if isinstance(event, Synced) else None
                said = isinstance(event, Said) and not (
                    isinstance(before, Said) and event.text.startswith("a")
                )
                before = event
                yield Moment(number, machine, claims, said, site)


@dataclass(frozen=True)
class Moment:
    """A point at which the power may go. said: something has been acknowledged; of many entries
    at once only the first counts."""

    number: int
    machine: Machine
    claims: Claims
    said: bool
    site: str | None


def record(options: Options, folder: Path) -> Recording:
    """Let all lives pass under strace. The model must agree with the real disk after each."""
    top = folder / "disk"
    top.mkdir()
    recording = Recording(top, Evidence())
    draw = options.draw("powercut", "kills")
    lives: list[tuple[Life, bool]] = [(making, True), (making, True), (making, False)]
    lives += [(growing(2, 240, 50), False)]
    for number in range(1, KILLED + 1):
        lives += [(small(number), True), (small(number), False)]
    lives += [(growing(240, 270, 51), True), (growing(240, 270, 51), False)]
    lives += [(changing, True), (changing, False), (growing(270, 560, 52), False)]
    for life, killed in lives:
        kill = f"inject={draw.choice(KILL_AT)}:signal=SIGKILL:when={draw.randint(1, 12)}"
        recording.lives.append(
            _recorded(life, recording, folder / "trace", ["-e", kill] if killed else [])
        )
        machine = Machine(top)
        for recorded, out in recording.lives:
            machine.restart()
            for call in recorded:
                machine.do(call, out)
        differences = same(machine.root, top)
        assert not differences, differences
    return recording


def _recorded(
    life: Life, recording: Recording, trace: Path, options: list[str]
) -> tuple[list[Call], int]:
    waits, go = os.pipe()
    told, out = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(go)
        os.close(told)
        child(life, recording.top / "record", recording.evidence, waits, out)
    os.close(waits)
    os.close(out)
    command = ["strace", "-f", "-o", str(trace), *OPTIONS, *options, "-p", str(pid)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
        assert strace.stderr is not None
        line = strace.stderr.readline()
        if "attached" not in line:
            raise SystemExit(f"strace cannot trace a process here: {line}")
        os.write(go, b"!")
        os.close(go)
        os.waitpid(pid, 0)
        strace.communicate(timeout=60)
    with os.fdopen(told) as pipe:
        for line in pipe:
            assert not line.startswith("e "), line
    return list(calls(trace.read_text().splitlines())), out


class PowerCuts:
    """The campaign: states, then mutants."""

    def __init__(self, options: Options, outcome: Outcome) -> None:
        self.options, self.outcome = options, outcome
        self.folder = options.work(outcome.name)
        self.recording = record(options, self.folder)
        fast = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.states = Path(tempfile.mkdtemp(prefix="torture-", dir=fast))
        self.number = 0

    def run(self) -> None:
        """All of it."""
        try:
            moments = list(self._sites())
            self.outcome.counts["moments"] = len(moments)
            self._all(len(moments))
            if not self.outcome.failures:
                self._mutants(Counter(site for site in moments if site is not None))
        finally:
            shutil.rmtree(self.states)

    def _sites(self) -> Iterator[str | None]:
        for moment in self.recording.replay():
            yield moment.site

    def _all(self, moments: int) -> None:
        """States after each moment, until there are enough of them."""
        wanted = self.options.part(STATES)
        each, done = wanted / moments, 0
        for moment in self.recording.replay():
            while done < moment.number * each:
                style = STYLES[done % len(STYLES)]
                wrong = self._state(moment, style)
                done += 1
                for what in wrong:
                    self.outcome.fail(self._label(moment, style), what)
                self.outcome.counts["power-cut states"] = done
                self.outcome.progress(done, wanted)
            if len(self.outcome.failures) > 20:
                return

    def _label(self, moment: Moment, style: str) -> str:
        return f"seed {self.options.seed}, moment {moment.number}, state {self.number}, {style}"

    def _state(self, moment: Moment, style: str, *, keep: bool = True) -> list[str]:
        """Build a state, and say what is wrong in it. keep: build it again if something is."""
        self.number += 1
        at = self._built(moment, style, self.states)
        wrong = wrong_after(at / "record", moment.claims, self.recording.evidence)
        if keep and wrong:
            self._built(moment, style, self.folder)
        shutil.rmtree(at)
        return wrong

    def _built(self, moment: Moment, style: str, folder: Path) -> Path:
        at = folder / f"state-{self.number}"
        at.mkdir()
        draw = self.options.draw("powercut", moment.number, self.number, style)
        PowerCut(draw, style).build(moment.machine.root, at)
        return at

    # ------------------------------------------------------------------ mutants
    def _mutants(self, sites: Counter[str]) -> None:
        named = [*(s for s in sorted(sites) if OWN not in s), SQLITE_OFF]
        draw = self.options.draw("powercut", "mutants")
        chosen = {*CORE, *draw.sample(named, min(len(named), self.options.part(len(named))))}
        for site in sorted(chosen):
            found = self._mutant(site)
            self.outcome.counts["mutants"] += 1
            if found:
                self.outcome.counts["mutants noticed"] += 1
            elif site in ACCEPTED:
                self.outcome.counts["mutants that cost nothing"] += 1
            elif site not in CORE and self.options.share < 1:
                self.outcome.counts["mutants not noticed in this share"] += 1
            else:
                self.outcome.fail(f"mutant without sync `{site}`", "nothing was lost or broken")
            print(f"  without {site}: {found or 'nothing noticed'}"[:230], flush=True)

    def _mutant(self, site: str) -> str | None:
        """What is lost or broken first without a sync."""

        def skip(other: str) -> bool:
            return other == site or (site == SQLITE_OFF and other.startswith("sqlite"))

        for said, styles in ((True, STYLES[:4]), (False, NEAR_STYLES)):
            near, done, begun = 0, 0, False
            for moment in self.recording.replay(skip):
                left_out = moment.site is not None and skip(moment.site)
                begun, near = begun or left_out, NEAR if left_out else near - 1
                wanted = moment.said if said else near > 0 and not moment.said
                if not (begun and wanted) or done > MUTANT_STATES:
                    continue
                for style in styles:
                    wrong = self._state(moment, style, keep=False)
                    self.outcome.counts["states of mutants"] += 1
                    done += 1
                    if wrong:
                        return wrong[0]
        return None


def _run(options: Options) -> Outcome:
    outcome = Outcome("powercut")
    PowerCuts(options, outcome).run()
    return outcome


powercut = campaign(_run)
