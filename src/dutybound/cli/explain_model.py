"""`dutybound explain-model TABLE --config FILE`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dutybound.cli import page
from dutybound.cli.evidence_options import Names, write_page
from dutybound.cli.law_list import JSON
from dutybound.cli.options import load_content, print_json
from dutybound.cli.sign_output import sealing, sign_output, signing
from dutybound.errors import BadInput

if TYPE_CHECKING:
    from dutybound.assess.model_run import Explained

CONDITIONS = ("breach", "undecided", "withheld")


@click.command("explain-model")
@click.argument("table", type=click.Path(path_type=Path))
@click.option(
    "--config", "config_file", required=True, type=click.Path(path_type=Path),
    help="The model, its features, and what was chosen: model.yaml.",
)  # fmt: skip
@click.option(
    "--allow-code", is_flag=True,
    help="Run the code of a model that the configuration names as a function.",
)  # fmt: skip
@click.option(
    "--reasons", "reasons_file", type=click.Path(dir_okay=False, path_type=Path),
    help="Write the reasons of every adverse decision, as Parquet.",
)  # fmt: skip
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page.")
@click.option(
    "--fail-on", "fail_on", type=click.Choice(CONDITIONS), multiple=True,
    help="Exit 1 if a value lies outside a threshold, has no verdict, or a reason is withheld.",
)  # fmt: skip
@click.option(
    "--system", "system_file", type=click.Path(dir_okay=False, path_type=Path),
    help="The profile of the system whose model it is; needed with --sign.",
)  # fmt: skip
@click.option(
    "--control", "controls", type=Names(),
    help="With --sign: only for these controls, separated by commas (default: all that ask).",
)  # fmt: skip
@click.option(
    "--party", "parties", type=Names(),
    help="With --sign: the parties of the system that tested, for controls on what they do.",
)  # fmt: skip
@signing
@JSON
def command(
    table: Path,
    config_file: Path,
    allow_code: bool,
    reasons_file: Path | None,
    html: Path | None,
    fail_on: tuple[str, ...],
    system_file: Path | None,
    controls: tuple[str, ...] | None,
    parties: tuple[str, ...] | None,
    sign: str | None,
    to: Path | None,
    as_json: bool,
) -> int:
    """Explain a model on the rows of TABLE, and try how robust it is.

    Reasons of adverse decisions with a test that they mattered, what the model uses, where it
    errs, what a person could change, and what disturbed inputs do. TABLE is a Parquet file or
    folder, or a CSV file. No code is run and nothing is unpickled without --allow-code.
    """
    from dutybound.assess.model_json import as_json as to_json

    seal = sealing(sign, to)
    if seal is not None and system_file is None:
        raise BadInput.one("--sign", "Whose model is it? Give --system system.yaml too.")
    system, version = (None, None) if system_file is None else _system(system_file)
    found = _explained(table, config_file, allow_code=allow_code)
    content = load_content()
    plain = to_json(
        found,
        {"version": content.version, "sha256": content.sha256},
        system=system,
        version=version,
        reasons_file=_written(found, reasons_file),
        with_cases=seal is None,
    )
    if html is not None:
        from dutybound.assess.model_html import model_page

        write_page(html, model_page(found, plain))
    if as_json:
        print_json(plain)
    elif html is None:
        from dutybound.cli.explain_model_page import lines

        page.show(lines(found))
    if seal is not None:
        from dutybound.assess.model_evidence import test_of

        test = test_of(found, controls or (), parties or ())
        sign_output("explain-model", plain, seal, version, test=test)
    return 1 if _fails(found, fail_on) else 0


def _explained(table: Path, config_file: Path, *, allow_code: bool) -> Explained:
    from dutybound.assess.model_run import explain_model
    from dutybound.packs.model_config import read_model_config

    config = read_model_config(config_file)
    with progress() as report:
        return explain_model(config, table, allow_code=allow_code, report=report)


def _system(path: Path) -> tuple[str, str | None]:
    from dutybound.cli.options import today
    from dutybound.packs.profile import ProfileReader

    found = ProfileReader(load_content()).read(path, today=today())
    return found.id, found.detail.get("version")


def _written(found: Explained, path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    from dutybound.assess.model_reasons_file import write_reasons

    written = write_reasons(found, path)
    click.echo(f"wrote {path}: {page.plural(written['rows'], 'decision')}", err=True)
    return written


def _fails(found: Explained, fail_on: tuple[str, ...]) -> bool:
    from dutybound.terms.measure import Verdict

    held = {x.judgement.verdict for x in found.judged}
    return (
        ("breach" in fail_on and Verdict.BREACH in held)
        or ("undecided" in fail_on and bool(held & {Verdict.NOT_ENOUGH_DATA, Verdict.UNDEFINED}))
        or ("withheld" in fail_on and found.withheld > 0)
    )


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Shows on a terminal what runs; silent if standard error is not one."""
    stream = sys.stderr
    shown = stream.isatty()

    def show(stage: str, done: int, whole: int) -> None:
        if shown:
            stream.write(f"\r\x1b[K{stage}: {done:,} of {whole:,}"[:90])
            stream.flush()

    try:
        yield show
    finally:
        if shown:
            stream.write("\r\x1b[K")
            stream.flush()
