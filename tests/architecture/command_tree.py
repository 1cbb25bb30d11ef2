"""Every command of `trunkline` with its help, as a page of the documentation shows it."""

from collections.abc import Iterator

import click

from api.recordings.__main__ import recordings
from asterisk.simulator.__main__ import main as simulator
from infra.__main__ import PROGRAMS, trunkline
from infra.demo import main as demo
from streams.__main__ import streams
from warehouse.__main__ import warehouse

# What stands behind the names that hand everything on; the other processes take no arguments.
BEHIND: dict[str, click.Command] = {
    "simulator": simulator,
    "demo": demo,
    "streams": streams,
    "warehouse": warehouse,
    "recording-keys": recordings,
}


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command by its full name, in the order in which help lists them."""
    for name, command in sorted(trunkline.commands.items()):
        yield from _walk(f"trunkline {name}", command)


def _below(command: click.Command, path: tuple[str, ...]) -> click.Command:
    for name in path:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    return command


def _walk(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    program, before, summary = PROGRAMS.get(name.removeprefix("trunkline "), ("", (), ""))
    if program:
        without_arguments = click.Command(name, help=summary, options_metavar="", add_help_option=False)
        command = _below(BEHIND.get(program, without_arguments), before)
    yield name, command
    if isinstance(command, click.Group):
        for below, inner in sorted(command.commands.items()):
            yield from _walk(f"{name} {below}", inner)


def options(command: click.Command) -> Iterator[tuple[str, str]]:
    """Each option as help shows it, and what help says of it."""
    context = click.Context(command)
    records = (it.get_help_record(context) for it in command.params if isinstance(it, click.Option))
    return (record for record in records if record is not None)


def usage(name: str, command: click.Command) -> str:
    """The line that says how the command is written."""
    return " ".join((name, *command.collect_usage_pieces(click.Context(command)))).strip()
