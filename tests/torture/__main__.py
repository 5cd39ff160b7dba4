"""Long campaigns with a seed: `python -m tests.torture [--seed N] [--share 0.1] [NAME...]`.

`make torture` runs them whole, CI a tenth. Each prints one line of JSON with its figures. Exit 1 if
a goal is missed. A campaign is a function of a random generator and a share of the work; it gives
its figures, and raises Missed when its goal is not met.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from importlib import import_module

from tests.torture.campaign import Campaign, Missed

CAMPAIGNS = {
    "bitflips": "tests.torture.edits:bitflips",
    "edits": "tests.torture.edits:edits",
    "hostile": "tests.torture.hostile:hostile",
    "backups": "tests.torture.backups:backups",
    "kill9-sqlite": "tests.torture.kill9:kill9_sqlite",
    "kill9-postgresql": "tests.torture.kill9:kill9_postgresql",
    "syscalls": "tests.torture.syscalls:syscalls",
    "powercut": "tests.torture.powercut:powercut",
    "writers": "tests.torture.writers:writers",
    "records": "tests.torture.records:records",
}


def load(name: str) -> Campaign:
    module, _, function = CAMPAIGNS[name].partition(":")
    found: Campaign = getattr(import_module(module), function)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CAMPAIGNS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="of the work, 0 to 1")
    options = parser.parse_args()
    missed = False
    for name in options.names or CAMPAIGNS:
        start = time.perf_counter()
        row = {"campaign": name, "seed": options.seed, "share": options.share}
        try:
            row |= {"met": True, **load(name)(random.Random(options.seed), options.share)}
        except Missed as error:
            row |= {"met": False, "why": str(error), **error.figures}
            missed = True
        row["seconds"] = round(time.perf_counter() - start, 1)
        print(json.dumps(row), flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
