"""`trunkline report NAME`: a command for each mart, made from the heads of the marts' files.

Knows no environment: where the files and the database are is handed in. The service level has a report of its own.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from calls.contacts import FCR_DAYS
from calls.metrics import SERVICE_LEVELS
from calls.spans import STINT_RULES
from warehouse.errors import BadRange
from warehouse.looked_up import look_up
from warehouse.mart_models import MARTS, MartModel, mart_model
from warehouse.mart_reports import Asked
from warehouse.marts import open_marts
from warehouse.periods import INTERVALS, instant
from warehouse.printing import as_csv, as_json, as_table

# Those that have a command of their own.
OWN = ("service_level",)
_OPTIONS = {
    "queue": click.option("--queue", "queues", multiple=True, help="A queue's id; again for more; else all."),
    "agent": click.option("--agent", "agents", multiple=True, help="An agent's id; again for more; else all."),
    "interval": click.option(
        "--interval", type=click.Choice(list(INTERVALS)), help="In local time; the whole range as one if not given."
    ),
    "variant": click.option(
        "--variant",
        type=click.Choice([it.name for it in SERVICE_LEVELS]),
        default="service_level",
        show_default=True,
        metavar="NAME",
        help="Which definition of the service level; `FROM metrics` in SQL lists them.",
    ),
    "rule": click.option(
        "--rule",
        type=click.Choice([it.value for it in STINT_RULES]),
        default=STINT_RULES[0].value,
        show_default=True,
        help="When a stint counts.",
    ),
    "window": click.option(
        "--window", "days", type=click.IntRange(1, 366), default=FCR_DAYS, show_default=True, metavar="DAYS",
        help="Who calls again within so many days was not helped.",
    ),
    "call": click.option("--call", required=True, metavar="ID", help="The call; `trunkline calls` lists them."),
}  # fmt: skip


def add_reports(
    group: click.Group,
    data_folder: Callable[[], Path],
    database: Callable[[], str | None],
    console: Callable[[], Console],
    shared: tuple[Callable[[Any], Any], ...],
) -> None:
    """Give `group` a command for each mart. `shared` are the options for zone, tenant and style."""
    for name in MARTS:
        if name not in OWN:
            group.add_command(_command(mart_model(name), data_folder, database, console, shared))


def _command(
    mart: MartModel,
    data_folder: Callable[[], Path],
    database: Callable[[], str | None],
    console: Callable[[], Console],
    shared: tuple[Callable[[Any], Any], ...],
) -> click.Command:
    def run(style: str | None, tenant: str, start: str | None, end: str | None, timezone: str, **more: Any) -> None:
        asked = _asked(start, end, timezone, more)
        marts, url = open_marts(data_folder(), tenant), database()
        is_found = bool(mart.looked_up and url)
        found = look_up(url, tenant, mart, asked) if is_found and url else marts.report(mart.name, asked)
        if asked.call is not None and found.is_empty():
            raise BadRange(f"No call {asked.call!r}; `trunkline calls` lists them.")
        if style == "csv":
            click.echo(as_csv(found.columns, found.rows()), nl=False)
        elif style == "json":
            click.echo(as_json(_answer(mart, asked, found, None if is_found else marts.watermark())))
        else:
            console().print(*_shown(mart, found, None if is_found else marts.watermark()), sep="\n")

    decorated: Callable[..., Any] = run
    needed = "call" not in mart.options
    for add in reversed(
        (
            click.option("--from", "start", required=needed, metavar="TIME", help="2026-11-22, …T14:30 or …Z."),
            click.option("--to", "end", required=needed, metavar="TIME", help="Exclusive."),
            *(_OPTIONS[option] for option in mart.options),
            *shared,
        )
    ):
        decorated = add(decorated)
    return click.command(mart.name.replace("_", "-"), help=f"{mart.title}.")(decorated)


def _shown(mart: MartModel, found: pl.DataFrame, watermark: datetime | None) -> Iterator[Table | Text]:
    """For a terminal: the columns that it has room for, and what there is beside them."""
    yield as_table(mart.shown, found.select(mart.shown).rows(), mart.title)
    told = [
        "" if len(found) else "Nothing in this range.",
        f"As of {watermark:%Y-%m-%d %H:%M:%S %Z}." if watermark else "",
    ]
    if more := len(found.columns) - len(mart.shown):
        told.append(f"{more} more columns with --json and --csv.")
    yield Text(" ".join(part for part in told if part))


def _asked(start: str | None, end: str | None, timezone: str, more: dict[str, Any]) -> Asked:
    # A call is looked up by its id, whenever it was.
    first, last = instant(start or "1970-01-01", timezone), instant(end or "2999-01-01", timezone)
    if first >= last:
        raise BadRange(f"The range from {start} to {end} is empty: `to` is exclusive.")
    named: dict[str, Any] = {
        name: (value or None) if name in ("queues", "agents") else value for name, value in more.items()
    }
    return Asked(first, last, timezone=timezone, **named)


def _answer(mart: MartModel, asked: Asked, found: pl.DataFrame, watermark: object) -> dict[str, Any]:
    """What `--json` prints: what was asked, what each column means, the rows."""
    given = {
        "queue": ("queues", asked.queues), "agent": ("agents", asked.agents), "interval": ("interval", asked.interval),
        "variant": ("variant", asked.variant), "rule": ("rule", asked.rule), "window": ("window_days", asked.days),
        "call": ("call", asked.call),
    }  # fmt: skip
    span = {} if "call" in mart.options else {"from": asked.start, "to": asked.end}
    return {
        "report": mart.name.replace("_", "-"),
        **span,
        "timezone": asked.timezone,
        **dict(given[option] for option in mart.options),
        "watermark": watermark,
        "grain": mart.grain,
        "columns": {name: mart.columns[name] for name in found.columns},
        "rows": found.to_dicts(),
    }
