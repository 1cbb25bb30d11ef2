"""The process `python -m streams`: one worker that applies the events of its PBXs; and its tool, `rebuild`.

The composition root of streams/ and the only place that reads its environment.
"""

import logging.config
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import click
from prometheus_client import REGISTRY
from rich.console import Console

from asterisk.decode import events_of
from asterisk.errors import UnreadableRecording
from calls.errors import BadTime, CallsError
from calls.instants import instant
from calls.logs import log_config
from calls.reducer import advance
from calls.views import agent_live, queue_live
from streams.broker import Broker
from streams.errors import StreamsError
from streams.meters import Meters, serve_metrics
from streams.rebuild.report import Report
from streams.rebuild.run import RebuildSettings, rebuild
from streams.rebuild.spool import Span
from streams.work import Reducer
from streams.worker import WorkerSettings, run

REDUCER = Reducer(events_of, advance, agent_live, queue_live)
# Wide enough for every column when the output goes into a file.
FILE_WIDTH = 200


def worker_settings(environment: Mapping[str, str]) -> WorkerSettings:
    """The worker that the environment describes. Raises SystemExit, naming the variable that is missing."""
    name = environment.get("TRUNKLINE_WORKER", "1")
    return WorkerSettings(
        name=name,
        broker=Broker(
            address=_needed(environment, "TRUNKLINE_KAFKA"),
            user=environment.get("TRUNKLINE_KAFKA_USER", ""),
            password=environment.get("TRUNKLINE_KAFKA_PASSWORD", ""),
            tls=environment.get("TRUNKLINE_KAFKA_TLS", "0") == "1",
            ca=environment.get("TRUNKLINE_KAFKA_CA", ""),
            mechanism=environment.get("TRUNKLINE_KAFKA_MECHANISM", "SCRAM-SHA-512"),
        ),
        database=_needed(environment, "TRUNKLINE_DATABASE"),
        data=Path(environment.get("TRUNKLINE_DATA", "./data")) / "streams" / name,
    )


def _needed(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name)
    if not value:
        raise SystemExit(f"Set {name}; `trunkline up` sets it for the processes it starts.")
    return value


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
    subcommand_metavar="[COMMAND]",
)
@click.pass_context
def streams(context: click.Context) -> None:
    """Turn events into calls, agents and queues."""
    if context.invoked_subcommand is None:
        serve()


def serve() -> None:
    """Run the worker."""
    config = log_config("streams", os.environ.get("TRUNKLINE_LOG_LEVEL", "INFO"))
    # Faust and its framework tell every step of a rebalance; ours are told once, by us.
    config["loggers"] |= {name: {"level": "WARNING"} for name in ("faust", "mode", "streams.app")}
    logging.config.dictConfig(config)
    settings = worker_settings(os.environ)
    host = os.environ.get("TRUNKLINE_METRICS_HOST", "127.0.0.1")
    serve_metrics(host, os.environ.get("TRUNKLINE_METRICS_PORT", ""), REGISTRY)
    run(settings, REDUCER, Meters(REGISTRY))


@streams.command("rebuild")
@click.option("--from", "start", required=True, metavar="TIME", help="2026-11-22, 2026-11-22T14:30 or …Z.")
@click.option("--to", "end", required=True, metavar="TIME", help="Exclusive.")
@click.option(
    "--tz",
    "timezone",
    envvar="TRUNKLINE_TIMEZONE",
    default="UTC",
    show_default=True,
    help="Zone of dates and local time, such as Europe/Berlin.",
)
@click.option("--pbx", default="", metavar="NAME", help="Only this PBX; by default all that have an archive.")
@click.option("--dry-run", "rehearsal", is_flag=True, help="Say what would change, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="One call that differs a line, and a summary as the last.")
def rebuild_command(start: str, end: str, timezone: str, pbx: str, rehearsal: bool, as_json: bool) -> None:
    """Derive the calls that started in a range from the archive again, and mend those in PostgreSQL that differ."""
    report = Report(rehearsal, click.echo if as_json else None)
    try:
        rebuild(_rebuild_settings(start, end, timezone, pbx, rehearsal), REDUCER, report, Console(stderr=True))
    except (StreamsError, CallsError, UnreadableRecording) as error:
        raise click.ClickException(str(error)) from error
    # What callers are called is no markup.
    report.close(Console(width=None if sys.stdout.isatty() else FILE_WIDTH, markup=False, emoji=False))


def _rebuild_settings(start: str, end: str, timezone: str, pbx: str, rehearsal: bool) -> RebuildSettings:
    first, last = (instant(text, timezone) for text in (start, end))
    if last <= first:
        raise BadTime(f"The range from {start} to {end} is empty: `--to` is exclusive.")
    return RebuildSettings(
        log=Path(os.environ.get("TRUNKLINE_DATA", "./data")) / "log",
        database=_needed(os.environ, "TRUNKLINE_DATABASE"),
        span=Span(*(round(moment.timestamp() * 1000) for moment in (first, last))),
        pbx=pbx,
        rehearsal=rehearsal,
    )


def main() -> None:
    """Run the command line; without a command: the worker."""
    streams(prog_name="trunkline streams")


if __name__ == "__main__":
    main()
