"""The command `trunkline doctor`: options, progress and exit code. What is looked at is `examination`'s business."""

import logging
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from infra.doctor import report
from infra.doctor.check import Finding, exit_code
from infra.doctor.examination import Wanted, examination, meant_pbx
from infra.doctor.files import Contexts
from infra.local import Stack
from infra.settings import UpSettings

# Makes the settings of data folder, page, broker, database and PBX, as for `trunkline up`.
MakeSettings = Callable[[Path, str, int, str, str, str], UpSettings]


FOLDER = click.Path(path_type=Path, file_okay=False)
PORT = click.IntRange(1, 65535)
OPTIONS = (
    click.Option(
        ["--data"],
        type=FOLDER,
        envvar="TRUNKLINE_DATA",
        default=Path("data"),
        show_default=True,
        help="Folder for everything that is kept.",
    ),
    click.Option(
        ["--database"], envvar="TRUNKLINE_DATABASE", default="", metavar="URL", help="PostgreSQL of your own."
    ),
    click.Option(["--broker"], default="", metavar="HOST:PORT", help="Kafka of your own."),
    click.Option(
        ["--pbx"],
        default="",
        metavar="simulator|asterisk|HOST:PORT",
        help="Which PBX; by default that of TRUNKLINE_AMI, else the one that runs here.",
    ),
    click.Option(
        ["--host"], envvar="TRUNKLINE_HOST", default="127.0.0.1", show_default=True, help="Where the page listens."
    ),
    click.Option(
        ["--port"], type=PORT, envvar="TRUNKLINE_PORT", default=8000, show_default=True, help="The page's port."
    ),
    click.Option(
        ["--asterisk-config"],
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        help="Folder of the PBX's configuration, such as /etc/asterisk; that of our own Asterisk is known.",
    ),
    click.Option(["--inbound"], default="pbx-inbound", show_default=True, help="Context of calls from the trunk."),
    click.Option(["--internal"], default="", help="Context of phones.  [default: as the API, else pbx-internal]"),
    click.Option(["--outbound"], default="", help="Context of calls out.  [default: as the API, else pbx-outbound]"),
    click.Option(["--only-pbx"], is_flag=True, help="Leave our own parts out."),
    click.Option(["--all", "everything"], is_flag=True, help="Show what is well, too."),
    click.Option(["--json", "as_json"], is_flag=True, help="As JSON."),
)


def doctor_command(make_settings: MakeSettings, environment: Mapping[str, str]) -> click.Command:
    """The command, for who has the environment."""
    return click.Command(
        "doctor", params=list(OPTIONS), callback=partial(doctor, make_settings, environment), help=doctor.__doc__
    )


def doctor(
    make_settings: MakeSettings,
    environment: Mapping[str, str],
    data: Path,
    database: str,
    broker: str,
    pbx: str,
    host: str,
    port: int,
    asterisk_config: Path | None,
    inbound: str,
    internal: str,
    outbound: str,
    only_pbx: bool,
    everything: bool,
    as_json: bool,
) -> None:
    """Look at the PBX, its files and our own parts; say what is wrong or weak and how to mend it.

    Nothing is changed. Exit code 0: nothing is amiss; 1: something is weak; 2: something is wrong.
    """
    settings = make_settings(data, host, port, broker, database, pbx or "simulator")
    stack = Stack(settings if pbx else meant_pbx(settings), environment)
    contexts = Contexts(
        inbound,
        internal or settings.optional("INTERNAL_CONTEXT", Contexts.internal),
        outbound or settings.optional("OUTBOUND_CONTEXT", Contexts.outbound),
    )
    wanted = Wanted(asterisk_config, contexts, parts=not only_pbx)
    # Whatever a connection has to say is told by a finding.
    logging.getLogger("asterisk").addHandler(logging.NullHandler())
    findings = _examined(stack, wanted)
    if as_json:
        click.echo(report.as_json(findings))
    else:
        report.show(Console(), findings, everything=everything)
    sys.exit(exit_code(findings))


def _examined(stack: Stack, wanted: Wanted) -> list[Finding]:
    """What is looked at is shown on standard error, which a reader of JSON leaves alone."""
    progress = Console(stderr=True)
    with progress.status("") as status:

        def say(text: str) -> None:
            status.update(text)
            if not progress.is_terminal:
                progress.print(f"doctor: {text}", soft_wrap=True, highlight=False)

        return examination(stack, wanted, say)
