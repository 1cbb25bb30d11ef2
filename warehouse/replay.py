"""`trunkline replay`: recordings or logs through the one reducer, each call as a line of JSON or a row of a table.

Reads files and prints; touches no database, topic or lake.
"""

import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from asterisk.decode import read_settings
from asterisk.errors import UnreadableRecording
from asterisk.recording import read_records
from asterisk.replay import NOTHING_WRITTEN, Replay, Written, replay_records, with_files
from calls.call import Call
from calls.codec import Record
from calls.errors import BadEvent, BadRecord
from calls.form import CallForm, call_form
from calls.settings import Settings

settings_option = click.option(
    "--settings", type=click.Path(exists=True, path_type=Path), help="Names, tenants and thresholds, as JSON."
)
queue_log_option = click.option(
    "--queue-log",
    "queue_logs",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="The PBX's queue_log of that time; again for the next after a rotation.",
)
cel_option = click.option(
    "--cel",
    "cels",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="The PBX's CEL of that time, as our cel_custom.conf has it written; again for the next.",
)
pbx_option = click.option("--pbx", help="The PBX's name, where the recording does not say it.")


@click.command("replay")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@settings_option
@pbx_option
@queue_log_option
@cel_option
@click.option("--json", "as_json", is_flag=True, help="One call a line, in the form of the topic `calls`.")
def replay_command(
    files: tuple[Path, ...],
    settings: Path | None,
    pbx: str | None,
    queue_logs: tuple[Path, ...],
    cels: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Replay recordings (.ami, .events.jsonl, gzipped or not) or logs (.tlog.zst, or a folder of them) into calls.

    With the files that the PBX wrote meanwhile its calls become final, and what the recordings missed is put right.
    """
    replay = replay_files(files, settings, pbx, written=Written(queue_logs, cels))
    if as_json:
        for line in call_lines(replay.calls.values()):
            click.echo(line)
    else:
        _show(replay)
    if replay.rejects:
        first = replay.rejects[0]
        click.echo(
            f"{len(replay.rejects)} events were refused; the first: {first.event} at {first.epoch}/{first.seq}: "
            f"{first.reason}",
            err=True,
        )


def replay_files(
    files: Iterable[Path],
    settings: Path | None = None,
    pbx: str | None = None,
    follow: Iterable[str] = (),
    written: Written = NOTHING_WRITTEN,
) -> Replay:
    """Files and folders through the reducer, each one login; `follow` are ids of calls whose timelines are wanted.

    `written` are files of the same PBX, oldest first. Raises a ClickException, naming the file, for what cannot be
    read.
    """
    try:
        return replay_records(with_files(read_files(files, pbx), written), read_settings_file(settings), follow)
    except (UnreadableRecording, BadRecord, BadEvent) as error:
        raise click.ClickException(str(error)) from error


def read_files(files: Iterable[Path], pbx: str | None = None) -> Iterator[Record]:
    """The records of files and folders, each a login of its own. Raises as `read_records` does."""
    return chain.from_iterable(read_records(path, pbx, epoch) for epoch, path in enumerate(_files(files), 1))


def read_settings_file(path: Path | None) -> Settings | None:
    """The settings in a file, None without one. Raises BadEvent naming the field that is wrong."""
    return None if path is None else read_settings(path.read_bytes())


def call_lines(calls: Iterable[Call]) -> Iterator[str]:
    """Calls as JSON lines, by start and then id: the order is the same wherever they were computed."""
    for form in sorted(map(call_form, calls), key=lambda form: (form.started_at, form.call_id)):
        yield form_line(form)


def form_line(form: CallForm) -> str:
    """One call as one line of JSON."""
    return msgspec.json.encode(form).decode()


def _files(given: Iterable[Path]) -> Iterator[Path]:
    for path in given:
        if path.is_dir():
            yield from sorted(path.rglob("*.tlog.zst"))
        else:
            yield path


def _show(replay: Replay) -> None:
    table = Table("Started", "Call", "Direction", "From", "To", "Outcome", "Queues", "Agents")
    for form in sorted(map(call_form, replay.calls.values()), key=lambda form: (form.started_at, form.call_id)):
        queues = ", ".join(f"{stint.queue}: {stint.outcome or 'waiting'}" for stint in form.stints)
        agents = ", ".join(leg.agent for leg in form.legs)
        table.add_row(
            form.started_at, form.call_id, form.direction, form.from_number or "", form.to_number or "",
            form.outcome or form.status, queues, agents,
        )  # fmt: skip
    # What callers are called is no markup.
    Console(width=None if sys.stdout.isatty() else 160, markup=False, emoji=False).print(table)
