"""`dutybound measure run TABLE --config FILE`, also without `run`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dutybound.cli import page
from dutybound.cli.evidence_options import Names, write_page
from dutybound.cli.law_list import JSON
from dutybound.cli.measure_profile import progress
from dutybound.cli.options import load_content, print_json
from dutybound.cli.sign_output import sealing, sign_output, signing
from dutybound.errors import BadInput

if TYPE_CHECKING:
    from dutybound.assess.measure import Report
    from dutybound.terms.table import TableConfig
    from dutybound.warehouse.profile import Profiles


@click.command("run")
@click.argument("table", required=False, type=click.Path(path_type=Path))
@click.option(
    "--config", "config_file", required=True, type=click.Path(path_type=Path),
    help="What the columns mean and what was chosen: measures.yaml.",
)  # fmt: skip
@click.option(
    "--reference", type=click.Path(dir_okay=False, path_type=Path),
    help="A stored reference profile, instead of the one in the configuration.",
)  # fmt: skip
@click.option(
    "--system", "system_file", type=click.Path(dir_okay=False, path_type=Path),
    help="The profile of the system that is measured; needed with --sign.",
)  # fmt: skip
@click.option(
    "--control", "controls", type=Names(),
    help="With --sign: only for these controls, separated by commas (default: all that ask).",
)  # fmt: skip
@click.option(
    "--party", "parties", type=Names(),
    help="With --sign: the parties of the system that measured, for controls on what they do.",
)  # fmt: skip
@click.option(
    "--p-values", is_flag=True,
    help="P-values too, beside the effect sizes and corrected; nothing is judged by them.",
)  # fmt: skip
@click.option("--all", "everything", is_flag=True, help="Every value, not only the judged ones.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page.")
@click.option(
    "--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write a JUnit report."
)
@click.option(
    "--sarif", type=click.Path(dir_okay=False, path_type=Path), help="Write a SARIF report."
)
@click.option(
    "--watch", "watch_file", type=click.Path(dir_okay=False, path_type=Path),
    help="One more look of a watch: the file between looks, which is read and replaced.",
)  # fmt: skip
@click.option("--start", is_flag=True, help="With --watch: the first look, which makes the file.")
@click.option(
    "--fail-on", "fail_on", type=click.Choice(["breach", "alarm"]),
    help="Exit 1 if a value lies outside a threshold you chose, or if an alarm of --watch sounds.",
)  # fmt: skip
@signing
@JSON
def command(
    table: Path | None,
    config_file: Path,
    reference: Path | None,
    system_file: Path | None,
    controls: tuple[str, ...] | None,
    parties: tuple[str, ...] | None,
    p_values: bool,
    everything: bool,
    html: Path | None,
    junit: Path | None,
    sarif: Path | None,
    watch_file: Path | None,
    start: bool,
    fail_on: str | None,
    sign: str | None,
    to: Path | None,
    as_json: bool,
) -> int:
    """Measure TABLE: data quality, drift, fairness, performance, each with its interval.

    Nothing is judged but by the thresholds in the configuration. TABLE, a Parquet file or folder,
    replaces the `source` of the configuration.
    """
    from dutybound.terms.measure import Verdict

    seal = sealing(sign, to)
    if seal is not None and system_file is None:
        raise BadInput.one("--sign", "Which system was measured? Give --system system.yaml too.")
    system, version = (None, None) if system_file is None else _system(system_file)
    if watch_file is None and (start or fail_on == "alarm"):
        raise BadInput.one("--watch", "Name the file of the watch: `--watch STATE`.")
    watch = None if watch_file is None else Looking(watch_file, start)
    found = _measured(table, config_file, reference, watch, p_values)
    content = load_content()
    stamp = {"version": content.version, "sha256": content.sha256}
    plain = _plain(found, stamp, system, version)
    _files(found, plain, html=html, junit=junit, sarif=sarif)
    if as_json:
        print_json(plain)
    elif html is None:
        from dutybound.cli.measure_page import lines

        page.show(lines(found, everything=everything))
    if seal is not None:
        from dutybound.assess.measure_evidence import test_of

        test = test_of(found, controls or (), parties or ())
        sign_output("measure", plain, seal, version, test=test)
    if fail_on == "alarm":
        return 1 if found.watched is not None and found.watched.alarms else 0
    return 1 if fail_on and found.with_verdict(Verdict.BREACH) else 0


@dataclass(frozen=True)
class Looking:
    """A look of a watch: its file, and whether it is the first one."""

    file: Path
    start: bool


def _measured(
    table: Path | None,
    config_file: Path,
    reference: Path | None,
    watch: Looking | None,
    p_values: bool,
) -> Report:
    from dutybound.warehouse.client import Worker

    with Worker() as worker:  # it starts while the imports below go on
        from dutybound.assess.measure import measure_profiles
        from dutybound.assess.measure_table import profile_table_of, stored_profile
        from dutybound.packs.measure_config import read_measure_config

        config = read_measure_config(config_file)
        pinned = None if reference is None else stored_profile(reference)
        with progress() as report:
            profiles = profile_table_of(
                config, str(table) if table else None, pinned=pinned, report=report, worker=worker
            )
    if watch is not None:
        return _look(config, profiles, watch, p_values)
    return measure_profiles(config, profiles, p_values=p_values)


def _look(config: TableConfig, profiles: Profiles, watch: Looking, p_values: bool) -> Report:
    """The report of one more look. The file is replaced before anything is shown."""
    from dutybound.assess.measure_watch import watch_profiles
    from dutybound.packs.measure_watch import one_look, read_watch, start_watch, write_watch

    file, shown = watch.file, str(watch.file)
    if watch.start:
        if file.exists():
            raise BadInput.one(shown, "The file exists: leave out --start for one more look.")
        found = watch_profiles(config, profiles, None, shown, p_values=p_values)
        if found.watched is not None:
            start_watch(found.watched.record, file)
        return found
    if not file.exists():
        raise BadInput.one(shown, "There is no such file. Use --start for a first look.")
    with one_look(file):
        found = watch_profiles(config, profiles, read_watch(file), shown, p_values=p_values)
        if found.watched is not None and not found.watched.repeated:
            write_watch(found.watched.record, file)
    return found


def _system(path: Path) -> tuple[str, str | None]:
    from dutybound.cli.options import today
    from dutybound.packs.profile import ProfileReader

    found = ProfileReader(load_content()).read(path, today=today())
    return found.id, found.detail.get("version")


def _plain(
    found: Report, stamp: dict[str, str], system: str | None, version: str | None
) -> dict[str, Any]:
    from dutybound.assess.measure_json import as_json

    return as_json(found, stamp, system, version)


def _files(
    found: Report, plain: dict[str, Any], *, html: Path | None, junit: Path | None,
    sarif: Path | None,
) -> None:  # fmt: skip
    if html is not None:
        from dutybound.assess.measure_html import measure_page

        write_page(html, measure_page(found, plain))
    if junit is not None:
        from dutybound.assess.measure_ci import junit_text

        write_page(junit, junit_text(found))
    if sarif is not None:
        from dutybound.assess.measure_ci import sarif_text

        write_page(sarif, sarif_text(found))
