"""`trunkline staffing forecast`, `plan` and `what-if`: questions about a queue, answered as a table, JSON or CSV.

The data folder is the context's object.
"""

import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from warehouse.periods import instant
from warehouse.printing import as_csv, as_json, as_table
from warehouse.staffing.forecast import LENGTHS
from warehouse.staffing.questions import Horizon, Shift, forecast_answer, plan_answer, whatif_answer
from warehouse.staffing.whatif import Change

FILE_WIDTH = 200
POSITIVE = click.FloatRange(0, min_open=True)
# More would be another call centre.
FACTOR = click.FloatRange(0, 20)
SHOWN = ("interval_start", "calls", "agents", "rostered", "service_level", "asa_s", "occupancy")
DAY = click.DateTime(["%Y-%m-%d"])

Command = Callable[..., Any]


def _options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def decorated(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorated


queue_options = _options(
    click.option("--queue", required=True, metavar="ID", help="The queue's id, or PBX:ID."),
    click.option(
        "--tz",
        "timezone",
        envvar="TRUNKLINE_TIMEZONE",
        default="UTC",
        show_default=True,
        help="Zone of days and local time, such as Europe/Berlin.",
    ),
    click.option("--tenant", default="default", show_default=True, help="Whose queue."),
    click.option("--json", "style", flag_value="json", help="As JSON."),
)
horizon_options = _options(
    click.option("--from", "start", type=DAY, metavar="DAY", help="First day; default: the day that the marts are of."),
    click.option("--days", default=7, show_default=True, type=click.IntRange(1, 366), help="How many days."),
    click.option(
        "--interval", default="30m", show_default=True, type=click.Choice(list(LENGTHS)), help="In local time."
    ),
    click.option(
        "--weeks",
        default=6,
        show_default=True,
        type=click.IntRange(1, 52),
        help="Of so many same weekdays before; from three on without the highest and the lowest.",
    ),
    click.option(
        "--tested",
        default=4,
        show_default=True,
        type=click.IntRange(1, 52),
        help="So many past weeks are forecast from those before them, to see the error.",
    ),
    click.option("--csv", "style", flag_value="csv", help="As CSV."),
)


def _horizon(queue: str, timezone: str, start: datetime | None, rest: dict[str, Any]) -> Horizon:
    chosen = {name: rest.pop(name) for name in ("days", "interval", "weeks", "tested")}
    return Horizon(queue, timezone, start.date() if start else None, **chosen)


@click.command("forecast")
@queue_options
@horizon_options
@click.pass_obj
def forecast_command(
    data: Path, /, queue: str, timezone: str, start: datetime | None, tenant: str, style: str | None, **rest: Any
) -> None:
    """How many calls will come to a queue, by weekday and local time, and how wrong that was in the last weeks."""
    answer = forecast_answer(data, tenant, _horizon(queue, timezone, start, rest))
    _print(answer, ("interval_start", "calls"), style)


@click.command("plan")
@queue_options
@horizon_options
@click.option("--aht", type=POSITIVE, metavar="SECONDS", help="Handle time; default: the queue's mean of that past.")
@click.option(
    "--service-level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="RATIO",
    help="The share to be answered in time, of offered; default: the queue's target.",
)
@click.option(
    "--target-seconds", type=click.FloatRange(0), metavar="SECONDS", help="In time; default: the queue's threshold."
)
@click.option("--patience", type=POSITIVE, metavar="SECONDS", help="After which callers hang up on average: Erlang A.")
@click.option(
    "--shrinkage",
    default=0.0,
    show_default=True,
    type=click.FloatRange(0, 0.95),
    metavar="RATIO",
    help="The share of paid time without calls: breaks, training, illness.",
)
@click.pass_obj
def plan_command(
    data: Path, /, queue: str, timezone: str, start: datetime | None, tenant: str, style: str | None, **rest: Any
) -> None:
    """Agents by interval: the fewest that meet the target for the calls that are forecast, by Erlang C or A."""
    horizon = _horizon(queue, timezone, start, rest)
    answer = plan_answer(
        data, tenant, horizon, rest["aht"], rest["service_level"], rest["target_seconds"], rest["patience"],
        rest["shrinkage"],
    )  # fmt: skip
    _print(answer, SHOWN, style)


@click.command("what-if")
@queue_options
@click.option("--day", required=True, type=DAY, help="The local day, by arrival.")
@click.option("--without", multiple=True, metavar="AGENT", help="An agent who is not there; again for the next.")
@click.option("--add", default=0, type=click.IntRange(0, 1000), metavar="N", help="So many agents more.")
@click.option("--add-from", metavar="HH:MM", help="When they come; default: with the first agent of that day.")
@click.option("--add-to", metavar="HH:MM", help="When they go; default: with the last one.")
@click.option("--calls", default=1.0, type=FACTOR, metavar="FACTOR", help="1.1: a tenth more calls.")
@click.option("--handle", default=1.0, type=FACTOR, metavar="FACTOR", help="0.9: each takes a tenth less.")
@click.option("--patience", default=1.0, type=FACTOR, metavar="FACTOR", help="1.5: callers wait half as long again.")
@click.option("--target-seconds", type=click.FloatRange(0), metavar="SECONDS", help="Another threshold.")
@click.option("--seed", default=1, show_default=True, help="Of what is drawn: the same seed draws the same.")
@click.pass_obj
def whatif_command(
    data: Path,
    queue: str,
    timezone: str,
    tenant: str,
    style: str | None,
    day: datetime,
    without: tuple[str, ...],
    add: int,
    add_from: str | None,
    add_to: str | None,
    calls: float,
    handle: float,
    patience: float,
    target_seconds: float | None,
    seed: int,
) -> None:
    """A recorded day of a queue played again with something changed; unchanged it comes out as recorded."""
    change = Change(frozenset(without), calls=calls, handle=handle, patience=patience, seed=seed)
    shift = Shift(add, *(_moment(day.date(), wall, timezone) for wall in (add_from, add_to)))
    answer = whatif_answer(data, tenant, queue, day.date(), timezone, change, shift, target_seconds)
    if style == "json":
        click.echo(as_json(answer))
        return
    recorded, simulated = answer["recorded"], answer["simulated"]
    rows = [(name, recorded[name], simulated[name]) for name in recorded]
    _console().print(as_table(("figure", "recorded", "simulated"), rows, f"{answer['queue']}, {answer['day']}"))


def _moment(day: date, wall: str | None, timezone: str) -> datetime | None:
    return None if wall is None else instant(f"{day}T{wall}", timezone)


def _print(answer: dict[str, Any], columns: tuple[str, ...], style: str | None) -> None:
    rows = [[row[name] for name in columns] for row in answer["rows"]]
    if style == "json":
        click.echo(as_json(answer))
    elif style == "csv":
        click.echo(as_csv(columns, rows), nl=False)
    else:
        title = f"{answer['name']}, of the last {answer['weeks']} same weekdays ({answer['timezone']})"
        total = answer["back_test"]["total"]
        tried = [list(week.values()) for week in answer["back_test"]["weeks"]] + [["all", *total.values()]]
        _console().print(
            as_table(columns, rows, title),
            as_table(
                ("week", *total), tried, "Each past week, forecast from those before it; naive: as a week earlier"
            ),
            sep="\n",
        )


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else FILE_WIDTH, markup=False, emoji=False)
