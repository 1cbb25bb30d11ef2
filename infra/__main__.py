"""`trunkline`: the one command. It starts the installation, and every process and tool by its name; it has no logic.

The composition root of infra/. It imports no process: `trunkline NAME …` becomes `python -m NAME …`.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec
from rich.console import Console

from infra import audit as chain
from infra import migrate as migrations
from infra import schema
from infra import up as whole
from infra.doctor.command import doctor_command
from infra.errors import InfraError
from infra.local import Stack, process_argv
from infra.pbx_config_command import pbx_config
from infra.settings import PREFIX, Address, UpSettings, parse_address, parse_pbx
from infra.topics import ONE_COPY

# What each name runs, and what is put before the user's own arguments.
PROGRAMS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "ingest": ("ingest", (), "Take one PBX's events into the log and to Kafka."),
    "streams": ("streams", (), "Turn events into calls, agents and queues."),
    "api": ("api", (), "Serve the pages, REST and the live socket."),
    "recordings keep": ("recordings", (), "Take what one PBX records from its spool, encrypted, into the store."),
    "recordings keys": ("recording-keys", ("keys",), "Make, change and destroy the keys that open recordings."),
    "dashboard": ("dashboard", (), "Serve the managers' pages under /reports."),
    "warehouse": ("warehouse", (), "Load the lake and publish the marts."),
    "simulator": ("simulator", (), "Play a PBX: recordings or endless traffic."),
    "replay": ("warehouse", ("replay",), "Turn recordings into calls."),
    "rebuild": ("streams", ("rebuild",), "Derive calls from the archive again, and mend what differs."),
    "report": ("warehouse", ("report",), "Print a report, such as service-level."),
    "calls": ("warehouse", ("calls",), "List the calls of a range of time, as PostgreSQL has them."),
    "call": ("warehouse", ("call",), "Show one call, and which event proved which of its fields."),
    "reconcile": ("warehouse", ("reconcile",), "Hold calls against the PBX's own files: queue_log, CEL and CDR."),
    "sql": ("warehouse", ("sql",), "Ask the marts in SQL, read-only."),
    "staffing": ("warehouse", ("staffing",), "Say how many agents a load of calls needs."),
    "import-queue-log": ("warehouse", ("import-queue-log",), "Bring years of queue_log into the database."),
    "demo": ("demo", (), "Play recordings through every part and compare the numbers."),
}

# A tool that is given what another process is given.
READS_AS = {"recording-keys": "api"}

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="TRUNKLINE_DATA",
    default=Path("data"),
    show_default=True,
    help="Folder for everything that is kept.",
)
database_option = click.option(
    "--database", envvar="TRUNKLINE_DATABASE", default="", metavar="URL", help="PostgreSQL of your own (owner's URL)."
)


def settings_of(
    data: Path, host: str = "127.0.0.1", port: int = 8000, broker: str = "", database: str = "", pbx: str = "simulator"
) -> UpSettings:
    """The options together with the environment. Raises SettingError."""
    return UpSettings(
        data=data.resolve(),
        page=Address(host, port),
        broker=parse_address(broker, "--broker") if broker else None,
        database=database or None,
        pbx=parse_pbx(pbx),
        given={name: value for name, value in os.environ.items() if name.startswith(PREFIX)},
    )


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def trunkline() -> None:
    """A contact centre for Asterisk whose numbers can be trusted."""


@trunkline.command()
@data_option
@database_option
@click.option("--broker", metavar="HOST:PORT", default="", help="Kafka of your own.")
@click.option(
    "--pbx",
    metavar="simulator|asterisk|HOST:PORT",
    default="simulator",
    show_default=True,
    help="Traffic that we make, an Asterisk that we start, or the manager interface of your own.",
)
@click.option("--host", envvar="TRUNKLINE_HOST", default="127.0.0.1", show_default=True, help="Where the page listens.")
@click.option(
    "--port",
    envvar="TRUNKLINE_PORT",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help="The page's port.",
)
def up(data: Path, database: str, broker: str, pbx: str, host: str, port: int) -> None:
    """Bring everything up and keep it up until Ctrl-C."""
    whole.run(settings_of(data, host, port, broker, database, pbx), os.environ, Console())


@trunkline.command()
@data_option
@database_option
@click.option("--broker", metavar="HOST:PORT", default="", help="Make Kafka's topics there, too.")
@click.option("--copies", default=ONE_COPY, show_default=True, help="How many of its brokers keep each topic.")
@click.option(
    "--pbx",
    "pbxs",
    metavar="NAME",
    multiple=True,
    help="Give the PBX of this system name a partition, and print it; again for the next.",
)
def migrate(data: Path, database: str, broker: str, copies: int, pbxs: tuple[str, ...]) -> None:
    """Bring the database's schema up to date; `up` does so by itself.

    A role's password is taken from TRUNKLINE_STREAMS_PASSWORD, TRUNKLINE_API_PASSWORD, TRUNKLINE_WAREHOUSE_PASSWORD,
    TRUNKLINE_RECORDINGS_PASSWORD and TRUNKLINE_ASTERISK_PASSWORD, else made up and kept in the data folder.
    """
    stack = Stack(settings_of(data, broker=broker, database=database), os.environ)
    owner = stack.values.owner_url()
    given = {role: os.environ.get(f"{role.upper()}_PASSWORD", "") for role in schema.ROLES}
    applied = schema.bring_up(owner, lambda role: given[role] or stack.passwords.get(role))
    click.echo("\n".join(applied) or f"Nothing to do: all of {migrations.FOLDER.name} was applied.")
    if broker:
        stack.make_topics(str(stack.settings.broker), copies)
    for pbx in pbxs:
        click.echo(f"{pbx} has partition {schema.partition_of(owner, pbx)}.")


@trunkline.group()
def recordings() -> None:
    """Recordings of calls: kept encrypted, and the keys that open them."""


@trunkline.group()
def audit() -> None:
    """The log of who changed what."""


@audit.command()
@data_option
@database_option
@click.option("--known", metavar="HASH", default="", help="A hash that an earlier check ended with: it must be there.")
@click.option("--json", "as_json", is_flag=True, help="What was found, as JSON.")
def verify(data: Path, database: str, known: str, as_json: bool) -> None:
    """Reckon the chain of hashes anew; exit code 1 and the first broken row when something was changed.

    Keep the hash that it ends with somewhere else: only so can it be seen later that the newest rows were taken away.
    """
    stack = Stack(settings_of(data, database=database), os.environ)
    verdict = chain.verify(stack.values.owner_url(), known)
    click.echo(json.dumps(msgspec.to_builtins(verdict)) if as_json else chain.sentence(verdict))
    sys.exit(0 if verdict.is_whole else 1)


def program_command(name: str) -> click.Command:
    """The command that becomes the program `name`, everything behind it handed on as it is."""
    program, before, summary = PROGRAMS[name]

    @click.command(
        name.rpartition(" ")[2], help=summary, add_help_option=False, context_settings={"ignore_unknown_options": True}
    )
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def run(arguments: tuple[str, ...]) -> None:
        settings = settings_of(Path(os.environ.get("TRUNKLINE_DATA", "data")))
        argv = process_argv(program, (*before, *arguments))
        process = READS_AS.get(program, program)
        os.execve(argv[0], argv, Stack(settings, os.environ).completed_environment(process))

    return run


trunkline.add_command(doctor_command(settings_of, os.environ))
trunkline.add_command(pbx_config)
for each in PROGRAMS:
    group = recordings if each.startswith("recordings ") else trunkline
    group.add_command(program_command(each))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command, by default with the program's arguments; a failure is shown in two lines, with exit code 1."""
    try:
        trunkline(arguments, prog_name="trunkline")
    except InfraError as error:
        click.echo(f"trunkline: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
