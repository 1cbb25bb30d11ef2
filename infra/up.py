"""`trunkline up`: brings the whole installation up, tells where it is, and keeps it up until it is told to stop."""

import os
import time
from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from infra import first_login
from infra.errors import InUseError
from infra.folder_lock import FolderLock
from infra.local import Stack
from infra.ports import is_free
from infra.progress import ProgressBoard
from infra.settings import Address, UpSettings
from infra.supervisor import Supervisor, stop_on_signals

# Somebody who stops one and starts another at once should not be turned away.
PATIENCE_SECONDS = 3.0


def run(
    settings: UpSettings, inherited: Mapping[str, str], console: Console, patience: float = PATIENCE_SECONDS
) -> None:
    """Run the installation until SIGINT, SIGTERM or SIGHUP. Raises InfraError when it cannot be brought up."""
    began = time.monotonic()
    check_page(settings.page)
    lock = FolderLock.take(settings.data, patience)
    try:
        lock.name_owner(os.getpid())
        stack = Stack(settings, inherited)
        note = first_login.leave_note(settings, stack.passwords)
        stack.prepare_foreign()
        services = stack.services()
        board = ProgressBoard(console, tuple(service.name for service in services))
        supervisor = Supervisor(services, settings.data / "logs", board)
        stop_on_signals(supervisor)

        def complete() -> None:
            board.close()
            password = f"the password is in {note}" if note else "with the password that you have set"
            lines = (
                f"Trunkline is up after {time.monotonic() - began:.0f} s: {settings.page_url}",
                f"Log in as {first_login.USER}; {password}.",
                "Ctrl-C stops it.",
            )
            console.print(Text("\n".join(lines)), soft_wrap=True)

        try:
            supervisor.run(complete)
        finally:
            board.close()
    finally:
        lock.release()


def check_page(page: Address) -> None:
    """Raises InUseError when somebody else listens where the page should be."""
    if not is_free(page.port, page.host):
        raise InUseError(
            f"{page} cannot be used for the page: another program listens there, or the address is not this machine's.",
            f"Stop that program, or choose another port: `--port {page.port + 1}`.",
        )
