"""`trunkline staffing`: what the formulas say, as a table or JSON."""

import click
import msgspec
from rich.console import Console

from warehouse.printing import as_json, as_table
from warehouse.staffing.erlang import Fare, Load, fare, fewest

# Far beyond any call centre; the formulas take a step for each agent.
MOST_AGENTS = 100_000
POSITIVE = click.FloatRange(0, min_open=True)


@click.command("staffing")
@click.option("--calls", required=True, type=click.FloatRange(0), help="Calls that come in one interval.")
@click.option("--interval", default=1800.0, show_default=True, type=POSITIVE, metavar="SECONDS", help="How long it is.")
@click.option("--aht", required=True, type=POSITIVE, metavar="SECONDS", help="Mean talk, hold and wrap-up of a call.")
@click.option("--agents", type=click.IntRange(0, MOST_AGENTS), help="How they fare; else the fewest are found.")
@click.option(
    "--target-seconds",
    default=20.0,
    show_default=True,
    type=click.FloatRange(0),
    metavar="SECONDS",
    help="Answered within so many seconds is in time.",
)
@click.option(
    "--service-level",
    default=0.8,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="RATIO",
    help="Without --agents: the share to be answered in time, of offered.",
)
@click.option("--patience", type=POSITIVE, metavar="SECONDS", help="After which callers hang up on average: Erlang A.")
@click.option("--json", "as_lines", is_flag=True, help="As JSON.")
def staffing_command(
    calls: float,
    interval: float,
    aht: float,
    agents: int | None,
    target_seconds: float,
    service_level: float,
    patience: float | None,
    as_lines: bool,
) -> None:
    """How a queue fares with so many agents, or the fewest that it needs: by Erlang C, with --patience by Erlang A."""
    load = Load(calls, interval, aht, target_seconds, patience)
    if load.erlangs > MOST_AGENTS / 2:
        raise click.UsageError(f"{load.erlangs:,.0f} agents would be busy all the time: check --calls and --interval.")
    found = fewest(load, service_level) if agents is None else fare(load, agents)
    if as_lines:
        click.echo(as_json(msgspec.structs.asdict(found)))
    else:
        Console().print(as_table(Fare.__struct_fields__, [msgspec.structs.astuple(found)]))
