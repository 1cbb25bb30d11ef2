"""`trunkline simulator`: a PBX to try things on. It plays recordings, or makes endless traffic of its own.

The composition root of the simulator and the only place that reads its environment.
"""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import click

from asterisk.errors import UnreadableRecording
from asterisk.simulator.access import Account
from asterisk.simulator.actions import Actions
from asterisk.simulator.arrivals import SHAPES
from asterisk.simulator.chosen import Chosen, Site
from asterisk.simulator.control import Control
from asterisk.simulator.drive import Stage, play, run_traffic
from asterisk.simulator.files import Files
from asterisk.simulator.floor import Habits
from asterisk.simulator.pace import Pace
from asterisk.simulator.pbx import Options, Pbx
from asterisk.simulator.playback import duration_us, read_recording, timeline
from asterisk.simulator.roster import DEFAULT_QUEUES
from asterisk.simulator.server import Server
from asterisk.simulator.traffic import DEFAULT_RATE, Traffic

# Exit codes of sysexits.h.
EX_DATAERR, EX_CONFIG, EX_UNAVAILABLE = 65, 78, 69


def read_speed(context: click.Context, option: click.Parameter, text: str) -> float | None:
    """The factor of --speed; None for `max`. Raises click.BadParameter."""
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if speed <= 0:
        raise click.BadParameter(f"{text} is neither a factor above 0 nor max.", context, option)
    return speed


@click.command(help="Be a PBX: play recordings (--play), or make traffic. The secret is TRUNKLINE_AMI_SECRET.")
@click.option(
    "--listen",
    multiple=True,
    default=("127.0.0.1:5038",),
    metavar="HOST:PORT",
    help="Port 0: any free one. Of several PBXs, the first's: the others take the ports behind it; or once for each."
    "  [default: 127.0.0.1:5038]",
)
@click.option("--port", type=int, help="The port alone, on the host of --listen.")
@click.option(
    "--pbxs", type=int, help="How many PBXs to be: sim1, sim2 …, each with calls, files and address of its own."
)
@click.option("--user", envvar="TRUNKLINE_AMI_USER", default="trunkline", show_default=True, help="Who may log in.")
@click.option(
    "--files",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write queue_log and cel.csv here; several PBXs in folders of their names.",
)
@click.option(
    "--speed",
    callback=read_speed,
    default="1",
    metavar="N|max",
    show_default=True,
    help="Times faster; max: as fast as it is read.",
)
@click.option("--clients", default=1, show_default=True, help="Begin when so many listen to a PBX.")
@click.option("--once", is_flag=True, help="Leave when everything has been played and read.")
@click.option(
    "--write-timeout", default=10.0, show_default=True, help="Seconds until a client that does not read is cut."
)
@click.option("--numbered", is_flag=True, help="Give events their SequenceNumber, as debug=on in manager.conf does.")
@click.option(
    "--play",
    "recordings",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A recording, .ami or .events.jsonl, perhaps .gz; again for the next. Files beside it are played too.",
)
@click.option("--keep-time", is_flag=True, help="Leave the times of recordings as they are.")
@click.option("--generate", is_flag=True, help="Make traffic; this is what happens without --play.")
@click.option(
    "--name",
    default="sim1",
    show_default=True,
    help="The systemname, counted on for several. Recordings keep their own.",
)
@click.option("--seed", default=1, show_default=True, help="The same seed and options give the same calls.")
@click.option("--rate", type=float, help=f"Calls per second, of each PBX.  [default: {DEFAULT_RATE}]")
@click.option("--calls-per-hour", type=float, help="The same per hour.")
@click.option("--calls", type=int, help="End after so many calls.")
@click.option("--queues", default=DEFAULT_QUEUES, show_default=True, help="How many queues.")
@click.option("--agents", type=int, help="How many agents.  [default: as many as the rate needs, at least 14]")
@click.option("--talk", default=Habits().talk_s, show_default=True, help="Mean talk time in seconds.")
@click.option(
    "--shape",
    type=click.Choice(list(SHAPES)),
    default="flat",
    show_default=True,
    help="How calls spread over the day, at the same mean rate: evenly, or as in an office, where agents come and go.",
)
@click.option("--timezone", default="UTC", show_default=True, help="Whose day that is, such as Europe/Berlin.")
@click.option("--begin", type=float, help="Epoch seconds at which generated traffic begins.  [default: now]")
def main(**options: Any) -> None:
    """The command line."""
    chosen = Chosen(**options)
    if chosen.generate and chosen.recordings:
        raise click.UsageError("--generate and --play exclude each other: leave one of them out.")
    secret = os.environ.get("TRUNKLINE_AMI_SECRET", "")
    if not secret:
        click.echo("TRUNKLINE_AMI_SECRET is not set. Set it to the secret that clients are to log in with.", err=True)
        sys.exit(EX_CONFIG)
    account = Account(chosen.user, secret)
    try:
        asyncio.run(_until_told(show_recordings if chosen.recordings else show_traffic, chosen, account))
    except UnreadableRecording as error:
        click.echo(f"{error}", err=True)
        sys.exit(EX_DATAERR)
    except OSError as error:
        click.echo(f"{error}. Choose another --listen, --port or --files.", err=True)
        sys.exit(EX_UNAVAILABLE)


async def _until_told(
    show: Callable[[Chosen, Account], Coroutine[Any, Any, None]], chosen: Chosen, account: Account
) -> None:
    """Run until it is over or SIGTERM or SIGINT comes."""
    task = asyncio.ensure_future(show(chosen, account))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def show_traffic(chosen: Chosen, account: Account) -> None:
    """Be PBXs with traffic of their own, until each is over."""
    await asyncio.gather(*(_one_with_traffic(chosen, account, site) for site in chosen.sites))


async def _one_with_traffic(chosen: Chosen, account: Account, site: Site) -> None:
    pbx = Pbx(Options(name=site.name), chosen.begins_us, site.seed)
    traffic = Traffic(pbx, site.plan)
    async with _on_air(chosen, account, site, pbx, Actions(pbx, Control(traffic.floor))) as (stage, server):
        if chosen.begin is None:
            # The clients may have let it wait.
            pbx.advance(chosen.begins_us)
        await run_traffic(stage, server, traffic)


async def show_recordings(chosen: Chosen, account: Account) -> None:
    """Be the PBX of some recordings, with nothing of its own."""
    recordings = [read_recording(path) for path in chosen.recordings]
    (site,) = chosen.sites
    pbx = Pbx(Options(name=site.name), 0)
    async with _on_air(chosen, account, site, pbx, Actions(pbx)) as (stage, server):
        ahead_us = round(duration_us(recordings) / chosen.speed) if chosen.speed is not None else 0
        end_us = None if chosen.keep_time else round(time.time() * 1_000_000) + ahead_us
        await play(stage, server, timeline(recordings, end_us))


@contextlib.asynccontextmanager
async def _on_air(
    chosen: Chosen, account: Account, site: Site, pbx: Pbx, actions: Actions
) -> AsyncIterator[tuple[Stage, Server]]:
    """Listen, wait for the clients, let it be played; then stay, or leave once everything has been read."""
    files = Files(site.files)
    stage = Stage(pbx, actions, files, Pace(chosen.speed))
    server = Server(account, stage.act, write_timeout_s=chosen.write_timeout, numbered=chosen.numbered)
    try:
        click.echo(f"listening on {site.host}:{await server.start(site.host, site.port)} as {site.name}")
        await server.listeners(chosen.clients)
        yield stage, server
        if chosen.once:
            await server.finish()
        else:
            await asyncio.Event().wait()
    finally:
        await server.close()
        files.close()


if __name__ == "__main__":
    main()
