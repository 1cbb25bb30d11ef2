"""`trunkline reconcile`: every call against the PBX's own files, of the database or of recordings.

Knows no environment: how to get at this installation's reconciliation is handed in.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console

from calls.ledger.books import Ledger
from calls.ledger.facts import Verdict
from warehouse.periods import instant
from warehouse.reconcile import Given, ledger_line, pending_remark, reconciled_files, summary
from warehouse.reconciliation import Reconciliation
from warehouse.replay import cel_option, queue_log_option, settings_option


def reconcile_command(
    reconciliation: Callable[[], Reconciliation],
    console: Callable[[], Console],
    timezone_option: Callable[[Any], Any],
) -> click.Command:
    """The command; `timezone_option` is the zone of its dates."""

    @click.command("reconcile")
    @click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
    @click.option(
        "--from", "start", metavar="TIME", help="Calls of the database from then on: 2026-11-22, …T14:30 or …Z."
    )
    @click.option("--to", "end", metavar="TIME", help="Exclusive.")
    @queue_log_option
    @cel_option
    @click.option(
        "--cdr",
        "cdrs",
        multiple=True,
        type=click.Path(exists=True, path_type=Path),
        help="The PBX's CDR of that time, as our cdr.conf has it written; again for the next.",
    )
    @settings_option
    @click.option("--pbx", help="Only of this PBX; its name, where a recording does not say it.")
    @timezone_option
    @click.option("--json", "as_lines", is_flag=True, help="One call a line, with all that was compared.")
    def reconcile(
        files: tuple[Path, ...],
        start: str | None,
        end: str | None,
        queue_logs: tuple[Path, ...],
        cels: tuple[Path, ...],
        cdrs: tuple[Path, ...],
        settings: Path | None,
        pbx: str | None,
        timezone: str,
        as_lines: bool,
    ) -> None:
        """Hold every call against the PBX's own files; exit code 1 where something differs and no rule explains it.

        With --from and --to: the calls of the database, against what the ingester's log has of queue_log, CEL and CDR.
        With FILES: what recordings come to, against the files given.
        """
        if start and end and not files:
            compared = reconciliation().compare(instant(start, timezone), instant(end, timezone), pbx)
            books, remarks = compared.ledgers, pending_remark(compared)
        elif files and not (start or end):
            books, remarks = reconciled_files(Given(files, queue_logs, cels, cdrs), settings, pbx)
        else:
            raise click.UsageError("Give a range by --from and --to, or recordings, but not both.")
        _tell(books, remarks, None if as_lines else console())

    return reconcile


def _tell(books: Sequence[Ledger], remarks: Iterable[str], console: Console | None) -> NoReturn:
    """To a terminal, or one call a line where there is none."""
    if console is None:
        for ledger in books:
            click.echo(ledger_line(ledger))
    else:
        console.print(*summary(books), sep="\n")
    for remark in remarks:
        click.echo(remark, err=True)
    sys.exit(any(ledger.verdict is Verdict.UNEXPLAINED for ledger in books))
