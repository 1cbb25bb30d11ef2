"""`trunkline staffing`: what the formulas say, as a table or JSON; below it what a queue's own past says.

The data folder is handed in as the context's object.
"""

import click
import msgspec
from rich.console import Console

from warehouse.printing import as_json, as_table
from warehouse.staffing.erlang import Fare, Load, fare, fewest
from warehouse.staffing.queue_commands import forecast_command, plan_command, whatif_command

# Far beyond any call centre; the formulas take a step for each agent.
MOST_AGENTS = 100_000
POSITIVE = click.FloatRange(0, min_open=True)


# What cannot be done without, unless one of the commands below is meant.
NEEDED = ("calls", "aht")


@click.group("staffing", invoke_without_command=True)
@click.option("--calls", type=click.FloatRange(0), help="Calls that come in one interval; needed.")
@click.option("--interval", default=1800.0, show_default=True, type=POSITIVE, metavar="SECONDS", help="How long it is.")
@click.option("--aht", type=POSITIVE, metavar="SECONDS", help="Mean talk, hold and wrap-up of a call; needed.")
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
@click.pass_context
def staffing_command(
    context: click.Context,
    calls: float | None,
    interval: float,
    aht: float | None,
    agents: int | None,
    target_seconds: float,
    service_level: float,
    patience: float | None,
    as_lines: bool,
) -> None:
    """How a queue fares with so many agents, or the fewest that it needs: by Erlang C, with --patience by Erlang A.

    The commands below answer from the marts of a queue.
    """
    if context.invoked_subcommand:
        return
    if calls is None or aht is None:
        missing = " and ".join(f"--{name}" for name in NEEDED if context.params[name] is None)
        raise click.UsageError(f"Give {missing}, or one of the commands: {', '.join(staffing_command.commands)}.")
    load = Load(calls, interval, aht, target_seconds, patience)
    if load.erlangs > MOST_AGENTS / 2:
        raise click.UsageError(f"{load.erlangs:,.0f} agents would be busy all the time: check --calls and --interval.")
    found = fewest(load, service_level) if agents is None else fare(load, agents)
    if as_lines:
        click.echo(as_json(msgspec.structs.asdict(found)))
    else:
        Console().print(as_table(Fare.__struct_fields__, [msgspec.structs.astuple(found)]))


for command in (forecast_command, plan_command, whatif_command):
    staffing_command.add_command(command)
