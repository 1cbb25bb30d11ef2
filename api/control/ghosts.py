"""Calls that begin after their command was given up: they are hung up at once.

A frozen PBX reads what it was told when it wakes, however long that took; nobody expects the call any more.
"""

import asyncio
import logging

from api.control.commands import command_of
from api.control.links import Link, Links
from api.control.store import CommandStore
from asterisk.actions import Hangup
from asterisk.errors import AmiError

log = logging.getLogger("api.control.ghosts")


class Ghosts:
    """Watches what the links say of calls that commands made."""

    def __init__(self, store: CommandStore, links: Links) -> None:
        self._store = store
        self._tasks: set[asyncio.Task[None]] = set()
        for link in links:
            link.made = self.look_at

    def look_at(self, link: Link, uniqueid: str) -> None:
        """A channel of a call that a command made is there."""
        task = asyncio.create_task(self._look(link, uniqueid))
        self._tasks.add(task)
        task.add_done_callback(self._forget)

    async def close(self) -> None:
        """Stop looking."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _look(self, link: Link, uniqueid: str) -> None:
        command_id = command_of(uniqueid)
        if command_id is None or command_id not in await self._store.given_up([command_id]):
            return
        log.warning("a call that was given up has begun after all; it is hung up", extra={"command": str(command_id)})
        try:
            await link.ask(Hangup(uniqueid))
        except AmiError as error:
            log.warning("it could not be hung up: %s", error, extra={"command": str(command_id)})

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a call could not be looked at", exc_info=error)
