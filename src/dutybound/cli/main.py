"""Entry point: `dutybound COMMAND`. Commands are imported only when they are called."""

from __future__ import annotations

import gc
import os
import sys
from typing import Final

import click

from dutybound import __version__
from dutybound.cli.lazy import LazyGroup
from dutybound.errors import BadInput, DutyboundError

SHOWN: Final = 50
COMMANDS: Final = {
    "init": "Ask the questions that matter and write a profile.",
    "assess": "What a system is in law, which duties bind whom, from when, why.",
    "explain": "Why a rule applies to a system, or why not.",
    "timeline": "What begins when.",
    "whatif": "What would change if a fact were different.",
    "law": "The content itself: list, show, lint, diff.",
    "portfolio": "Many profiles at once.",
    "evidence": "Sign, add, check and list evidence; SOC 2 reports, ISO certificates.",
    "keys": "Keys to sign with: make, replace, show.",
    "log": "The transparency log: append, publish, check, prove, change keys, erase.",
    "records": "Decision records: a journal that loses nothing, sealed in signed batches.",
    "verify": "Check evidence and its log against your own trust file, as an auditor would.",
    "schema": "JSON Schemas for editors and for readers of the output.",
    "controls": "The unified controls: what they ask for and answer.",
    "measures": "The measures: unit, range, source, limits, who asks for them.",
    "framework": "Frameworks, their elements, and what controls cover.",
    "oscal": "Export to OSCAL, import of catalogs.",
    "security": "Security of a model's interface: controls, threats, findings of scans.",
    "gaps": "What is missing: duties, controls, evidence.",
    "plan": "What to do first, by when, and who.",
    "rmf": "Current and target profile of the NIST AI RMF.",
    "launch": "Whether a system can be launched, market by market; room for a decision.",
    "measure": "Measure a decision table: drift, fairness, performance.",
    "documents": "The dossier: documents written from records, their state, their issue.",
    "describe": "What a dataset holds, with nothing about a single row.",
    "explain-model": "Explain a model: reasons, importance, robustness.",
    "card": "Model cards and CycloneDX ML-BOMs: import and export.",
    "audit-pack": "What an auditor needs to check the evidence, in one file.",
    "demo": "The credit-scoring example from end to end.",
}


@click.group(
    cls=LazyGroup,
    known=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="dutybound")
def cli() -> None:
    """Which duties bind an AI system, in which market, from which day, and why.

    Results go to stdout, notes to stderr. Exit 0: computed; 1: a --fail-on condition holds;
    2: bad input; 3: internal error. This is not legal advice.
    """


def main() -> None:
    """Run the command line and exit with the documented code."""
    gc.set_threshold(1_000_000, 20, 20)  # content is read once and kept: fewer searches for garbage
    sys.exit(_run())


def _run() -> int:
    try:
        code = cli.main(standalone_mode=False)
        return code if isinstance(code, int) else 0
    except BadInput as error:
        return _refused(error)
    except click.ClickException as error:
        error.show()
        return 2
    except DutyboundError as error:
        click.echo(str(error), err=True)
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the edge: a person sees one line, not a traceback
        return _internal(error)


def _refused(error: BadInput) -> int:
    for problem in error.problems[:SHOWN]:
        click.echo(str(problem), err=True)
    if len(error.problems) > SHOWN:
        click.echo(f"... and {len(error.problems) - SHOWN} more.", err=True)
    return 2


def _internal(error: Exception) -> int:
    if os.environ.get("DUTYBOUND_TRACEBACK"):
        raise error
    click.echo(
        f"Internal error: {type(error).__name__}: {error}. Please report it; set "
        "DUTYBOUND_TRACEBACK=1 to see where.",
        err=True,
    )
    return 3
