"""The process `python -m warehouse serve`, and its tools: build, status, report, sql, calls, call, replay, reconcile.

The composition root of the warehouse and the only place that reads its environment.
"""

import logging.config
import os
import signal
import sys
import threading
from pathlib import Path
from typing import NoReturn

import click
from prometheus_client import REGISTRY
from rich.console import Console

from calls.errors import BadEvent
from calls.logs import log_config
from calls.metrics import SERVICE_LEVELS
from calls.settings import Settings
from warehouse.analyst import ask, limit_process
from warehouse.errors import WarehouseError
from warehouse.import_queue_log import import_files
from warehouse.lake import open_lake
from warehouse.marts import INTERVALS, open_marts
from warehouse.meters import Meters, serve_metrics
from warehouse.past.keeping import kept_past
from warehouse.periods import instant
from warehouse.printing import as_csv, as_json, as_table
from warehouse.priority import step_back
from warehouse.privacy.job import Erasures
from warehouse.privacy.logs import Still
from warehouse.privacy.retention import Retention, is_country
from warehouse.published import marts_path
from warehouse.queue_log_calls import Names
from warehouse.readback import stored_calls, stored_timeline
from warehouse.reconcile_command import reconcile_command
from warehouse.reconciliation import Reconciliation
from warehouse.refresh import Refresher
from warehouse.replay import (
    form_line,
    pbx_option,
    read_settings_file,
    replay_command,
    replay_files,
    settings_option,
)
from warehouse.report import Question, service_level, service_level_table
from warehouse.report_commands import add_reports
from warehouse.serve import serve
from warehouse.staffing.commands import staffing_command
from warehouse.status import lake_status
from warehouse.timeline import headline, replayed_timeline, timeline_json, timeline_table
from warehouse.verify import in_words, verify

EX_CONFIG = 78
# Wide enough for every column when the output goes into a file.
FILE_WIDTH = 200
# More of them say nothing new; `--json` has all.
MOST_DIFFERENCES = 20

tenant_option = click.option("--tenant", default="default", show_default=True, help="Whose calls.")
timezone_option = click.option(
    "--tz",
    "timezone",
    envvar="TRUNKLINE_TIMEZONE",
    default="UTC",
    show_default=True,
    help="Zone of dates and local time, such as Europe/Berlin.",
)
json_option = click.option("--json", "style", flag_value="json", help="As JSON.")
csv_option = click.option("--csv", "style", flag_value="csv", help="As CSV.")
from_option = click.option("--from", "start", required=True, metavar="TIME", help="2026-11-22, 2026-11-22T14:30 or …Z.")
to_option = click.option("--to", "end", required=True, metavar="TIME", help="Exclusive.")


class Tools(click.Group):
    """Shows an error of ours in its own words, with exit code 1, and no traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the chosen tool."""
        try:
            return super().invoke(ctx)
        except WarehouseError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Tools, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def warehouse(context: click.Context) -> None:
    """The lake, its marts, and what is asked of them."""
    context.obj = data_folder()


def needed(name: str) -> str:
    """A variable that must be set; ends the process with a word of advice if it is not."""
    value = os.environ.get(name, "")
    if not value:
        _configuration(f"{name} is not set. `trunkline up` sets it; beside a running one use `trunkline NAME`.")
    return value


def data_folder() -> Path:
    """TRUNKLINE_DATA, where everything is kept."""
    return Path(os.environ.get("TRUNKLINE_DATA") or "data")


def place() -> tuple[str, str, Path, list[str]]:
    """The lake's catalog, the database, the data folder, and the zones of local times."""
    zones = {"UTC", os.environ.get("TRUNKLINE_TIMEZONE") or "UTC"}
    return needed("TRUNKLINE_LAKE"), needed("TRUNKLINE_DATABASE"), data_folder(), sorted(zones)


def refresher() -> Refresher:
    """The refresher of this installation."""
    return Refresher(*place())


def reconciliation() -> Reconciliation:
    """The reconciliation of this installation."""
    return Reconciliation(needed("TRUNKLINE_DATABASE"), data_folder())


def erasures(still: Still) -> Erasures:
    """The erasures of this installation, and what its tenants' rules ask for."""
    country = os.environ.get("TRUNKLINE_COUNTRY") or "US"
    if not is_country(country):
        _configuration(f"TRUNKLINE_COUNTRY is {country!r}: give the two letters of a country, such as DE.")
    return Erasures(*place(), still, Retention(needed("TRUNKLINE_DATABASE"), country).ask_if_due)


@warehouse.command("serve")
def serve_command() -> None:
    """Load and publish every TRUNKLINE_LOAD_EVERY seconds (15) until told to stop."""
    logging.config.dictConfig(log_config("warehouse", os.environ.get("TRUNKLINE_LOG_LEVEL", "INFO")))
    every = os.environ.get("TRUNKLINE_LOAD_EVERY") or "15"
    try:
        seconds = float(every)
    except ValueError:
        _configuration(f"TRUNKLINE_LOAD_EVERY is a number of seconds, not {every!r}.")
    step_back()
    worker, stop = refresher(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    host = os.environ.get("TRUNKLINE_METRICS_HOST", "127.0.0.1")
    serve_metrics(host, os.environ.get("TRUNKLINE_METRICS_PORT", ""), REGISTRY)
    try:
        with kept_past(data_folder(), stop) as past:
            serve(worker, reconciliation(), erasures(past.still), seconds, stop, Meters(REGISTRY))
    finally:
        worker.close()


@warehouse.command()
@click.option("--full", is_flag=True, help="Load everything anew, not only what changed.")
def build(full: bool) -> None:
    """Load and publish once, now."""
    worker = refresher()
    try:
        done = worker.refresh(full, progress)
    finally:
        worker.close()
    loaded = done.loaded
    what = (
        f"Load {loaded.load_id}: {loaded.calls:,} calls, {loaded.presence:,} presence intervals, {loaded.cells:,} rows"
        " of rollups"
        if loaded.calls or loaded.presence or loaded.cells or loaded.ledgers
        else f"Nothing that the lake has changed since load {loaded.load_id}"
    )
    click.echo(f"{what}; published: {', '.join(done.published) or 'nothing new'}; {done.seconds:.2f} s.")


@warehouse.command()
def maintain() -> None:
    """Keep the lake quick, now: small files become large ones, what nobody can need goes. `serve` does so each hour."""
    refresher().maintain(progress)


@warehouse.command("verify")
@json_option
def verify_command(style: str | None) -> None:
    """Count every rollup anew from the facts; exit code 1 where one differs, or a published file does."""
    with open_lake(needed("TRUNKLINE_LAKE"), data_folder()) as lake:
        found = verify(lake, data_folder(), progress)
    if style == "json":
        click.echo(as_json({"rows": [it._asdict() for it in found.rows], "files": found.files}))
    else:
        cells = in_words(found.rows)
        for line in [*cells[:MOST_DIFFERENCES], *found.files]:
            click.echo(line)
        click.echo(f"{len(cells):,} cells of rollups and {len(found.files)} published tables differ.")
    sys.exit(bool(found.rows or found.files))


@warehouse.command()
@json_option
def status(style: str | None) -> None:
    """How full and how fresh the lake and the marts are."""
    state = lake_status(needed("TRUNKLINE_LAKE"), data_folder())
    if style == "json":
        click.echo(as_json(state))
    else:
        console().print(as_table(("what", "now"), list(state.items())))


@warehouse.group()
def report() -> None:
    """Reports over any range."""


@report.command("service-level")
@from_option
@to_option
@click.option("--queue", "queues", multiple=True, help="A queue's id; again for more; all if none is given.")
@click.option("--interval", type=click.Choice(list(INTERVALS)), default="15m", show_default=True, help="In local time.")
@timezone_option
@click.option(
    "--variant",
    type=click.Choice([it.name for it in SERVICE_LEVELS]),
    default="service_level",
    show_default=True,
    metavar="NAME",
    help="Which definition of the service level; `FROM metrics` in SQL lists them.",
)
@click.option("--busy", is_flag=True, help="Only intervals in which somebody arrived.")
@tenant_option
@json_option
@csv_option
def service_level_command(
    start: str,
    end: str,
    queues: tuple[str, ...],
    interval: str,
    timezone: str,
    variant: str,
    busy: bool,
    tenant: str,
    style: str | None,
) -> None:
    """Service level, counts, waits and handle time by interval and queue."""
    question = Question(start, end, queues, interval, timezone, variant, empty=not busy)
    answer = service_level(open_marts(data_folder(), tenant), question)
    if style == "json":
        click.echo(as_json(answer))
    elif style == "csv":
        rows = answer["rows"]
        click.echo(as_csv(list(rows[0]) if rows else [], [list(row.values()) for row in rows]), nl=False)
    else:
        console().print(*service_level_table(answer), sep="\n")


add_reports(
    report,
    data_folder,
    lambda: os.environ.get("TRUNKLINE_DATABASE"),
    lambda: console(),
    (timezone_option, tenant_option, json_option, csv_option),
)


@warehouse.command("sql")
@click.argument("statement")
@timezone_option
@tenant_option
@json_option
@csv_option
def sql_command(statement: str, timezone: str, tenant: str, style: str | None) -> None:
    """Ask the published marts one SELECT. SHOW TABLES, DESCRIBE and FROM metrics say what there is."""
    limit_process()
    answer = ask(marts_path(data_folder(), tenant), statement, timezone)
    if style == "json":
        click.echo(as_json([dict(zip(answer.columns, row, strict=True)) for row in answer.rows]))
    elif style == "csv":
        click.echo(as_csv(answer.columns, answer.rows), nl=False)
    else:
        console().print(as_table(answer.columns, answer.rows))
    if answer.cut:
        click.echo(f"Only the first {len(answer.rows):,} rows; narrow the range or group them.", err=True)


@warehouse.command("calls")
@from_option
@to_option
@timezone_option
@click.option("--json", "style", flag_value="json", help="One call a line (the only form there is).")
def calls_command(start: str, end: str, timezone: str, style: str | None) -> None:
    """The calls as PostgreSQL has them, one a line, in the form that `trunkline replay --json` prints."""
    for form in stored_calls(needed("TRUNKLINE_DATABASE"), instant(start, timezone), instant(end, timezone)):
        click.echo(form_line(form))


@warehouse.command("call")
@click.argument("call_id")
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@settings_option
@pbx_option
@click.option("--json", "as_json", is_flag=True, help="The call in its JSON form, with its steps under `timeline`.")
def call_command(call_id: str, files: tuple[Path, ...], settings: Path | None, pbx: str | None, as_json: bool) -> None:
    """One call, and which event proved which of its fields; of FILES, as `replay` reads them, else of the database."""
    if files:
        timeline = replayed_timeline(call_id, replay_files(files, settings, pbx, (call_id,)))
    else:
        timeline = stored_timeline(needed("TRUNKLINE_DATABASE"), call_id)
    if timeline is None:
        raise click.ClickException(
            f"There is no call {call_id}. `trunkline calls` lists those of the database, `trunkline replay` of files."
        )
    if as_json:
        click.echo(timeline_json(timeline))
    else:
        console().print(headline(timeline.call), timeline_table(timeline.steps), sep="\n")


@warehouse.command("import-queue-log")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--pbx", required=True, metavar="NAME", help="The PBX that wrote them, by its system name.")
@settings_option
def import_queue_log_command(files: tuple[Path, ...], pbx: str, settings: Path | None) -> None:
    """Bring the calls of queue_log FILES, gzipped or not, into the database; what is there already stays as it is.

    May be stopped and started again, and given files again: it goes on where it was.
    """
    try:
        names = Names(pbx, read_settings_file(settings) or Settings(), {})
    except BadEvent as error:
        raise click.ClickException(str(error)) from error
    done = import_files(needed("TRUNKLINE_DATABASE"), files, names, data_folder() / "import.tmp", click.echo)
    lines, calls, rejected = (sum(getattr(it, count) for it in done) for count in ("lines", "calls", "rejected"))
    click.echo(f"{len(done)} files: {lines:,} lines, {calls:,} new calls, {rejected:,} lines rejected.")


warehouse.add_command(replay_command)
warehouse.add_command(staffing_command)
warehouse.add_command(reconcile_command(lambda: reconciliation(), lambda: console(), timezone_option))


def console() -> Console:
    """The terminal, or a file's width when the output goes into one. What callers are called is no markup."""
    return Console(width=None if sys.stdout.isatty() else FILE_WIDTH, markup=False, emoji=False)


def progress(step: str) -> None:
    """Say what is being done, beside the answer."""
    click.echo(f"{step} …", err=True)


def _configuration(problem: str) -> NoReturn:
    click.echo(problem, err=True)
    sys.exit(EX_CONFIG)


def main() -> None:
    """Run the command line; without a command: serve."""
    warehouse(args=sys.argv[1:] or ["serve"], prog_name="trunkline warehouse")


if __name__ == "__main__":
    main()
