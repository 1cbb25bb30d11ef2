"""One PBX's way in: connection → batcher, and files → follower; both → log → publisher.

Only wiring; each part is tested by itself. The reader is never blocked: packets are taken at once, written to the log
within `PACK_S`, and sent from there.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from asterisk.account import Account
from asterisk.connection import Connection, LoggedIn
from asterisk.decode import Link
from asterisk.errors import AmiError
from asterisk.filters import FILTERS
from asterisk.lists import RESYNC
from calls.codec import RECORD_VERSION, Entry, Record
from calls.topics import EVENTS
from ingest.batcher import Batcher
from ingest.follower import Follower
from ingest.log import Log
from ingest.publisher import Broker, Publisher

logger = logging.getLogger(__name__)

# How long a packet may wait for company: each record costs its readers about 100 µs whatever is in it.
PACK_S = 0.015
# How often the log is made to survive the machine's death.
SYNC_S = 1.0


class WrongPbx(Exception):
    """The PBX calls itself something else than we were told."""


class Ingester:
    """One PBX. `run` until cancelled; raises WrongPbx, OSError of the log, and nothing that a retry would cure."""

    def __init__(
        self,
        pbx: str,
        ingester: str,
        account: Account,
        data: Path,
        partition: int,
        settings: bytes,
        files: Mapping[str, Path],
    ) -> None:
        folder = data / "log" / pbx
        self.log = Log(folder)
        self.batcher = Batcher(pbx, ingester)
        self.publisher = Publisher(self.log, folder / f"{ingester}.cursor", EVENTS.name, partition, pbx.encode())
        self.connection = Connection(
            account,
            self._take,
            on_login=self._logged_in,
            on_lost=self._lost,
            filters=FILTERS,
            initial_actions=RESYNC,
        )
        self.follower = Follower(pbx, ingester, self.log, files, self._write, self._note, self._number)
        self._pbx, self._ingester, self._settings = pbx, ingester, settings
        self._named = False
        self._noted = 0
        self._trouble: Exception | None = None

    async def run(self, connect: Callable[[], Awaitable[Broker]]) -> None:
        """Stay connected, write and send, for ever. `connect` gives a Kafka that answers."""
        if self.log.heard_until:
            # Whatever ended us could not say so: the time of the last sign of life stands in the file system.
            self._note(Link("ami", self.log.heard_until, "the ingester did not run"))
        self._write(self._settings_record())
        publishing = asyncio.create_task(self.publisher.run(connect))
        following = asyncio.create_task(self.follower.run())
        self.connection.start()
        try:
            await self._flush_for_ever(following)
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await following
            was_logged_in = self.connection.logged_in
            await self.connection.close()
            self._write(self.batcher.flush())
            if was_logged_in:
                self._note(Link("ami", self.connection.heard_ms, "the ingester was stopped"))
            publishing.cancel()
            self.log.close()

    async def _flush_for_ever(self, following: asyncio.Task[None]) -> None:
        synced = time.monotonic()
        while True:
            await asyncio.sleep(PACK_S)
            if self._trouble is not None:
                raise self._trouble
            if following.done():
                following.result()
            self._write(self.batcher.flush())
            if time.monotonic() - synced >= SYNC_S:
                synced = time.monotonic()
                if self.connection.logged_in:
                    self.log.touch(self.connection.heard_ms)
                await asyncio.to_thread(self.log.sync)

    def _write(self, records: list[Record]) -> None:
        if records:
            self.log.append(records)
            self.publisher.offer(records, self.log.end())
            self.follower.wrote()

    def _take(self, packets: list[bytes], received: int) -> None:
        if not self._named:
            self._check_name(packets)
        self._write(self.batcher.add(packets, received))

    def _check_name(self, packets: list[bytes]) -> None:
        """A PBX of another name would mix its calls with this one's."""
        for raw in packets:
            _, found, rest = raw.partition(b"\r\nSystemName: ")
            if found:
                name = rest.partition(b"\r\n")[0].decode("utf-8", "replace")
                self._named = True
                if name != self._pbx:
                    self._trouble = WrongPbx(
                        f"the PBX calls itself {name!r} (systemname in asterisk.conf), we were told {self._pbx!r}: "
                        f"set TRUNKLINE_PBX={name}"
                    )
                return

    def _logged_in(self, login: LoggedIn) -> None:
        epoch = max(self.log.last_epoch + 1, login.at_ms)
        self.log.last_epoch = epoch
        self._write(self.batcher.begin(epoch))
        self._note(Link("ami", login.at_ms))
        logger.info("logged in to %s", self._pbx, extra={"event": "ami_login", "pbx": self._pbx, "epoch": epoch})

    def _lost(self, error: AmiError) -> None:
        logger.warning("lost %s: %s", self._pbx, error, extra={"event": "ami_lost", "pbx": self._pbx})
        self._write(self.batcher.flush())
        self._note(Link("ami", self.connection.heard_ms, str(error)))

    def _note(self, link: Link) -> None:
        """What happened to our own connection, or to a file, among what was heard by it."""
        number = self._number()
        entry = Entry(0, number, msgspec.json.encode(link))
        self._write([Record(RECORD_VERSION, self._pbx, "link", self._ingester, number, [entry])])

    def _number(self) -> int:
        """A number for what is our own, greater than all before: the time, ms since the epoch, where it goes on."""
        self._noted = max(self._noted, self.log.last_epoch, time.time_ns() // 1_000_000 - 1) + 1
        return self._noted

    def change_settings(self, settings: bytes) -> None:
        """Other settings from here on: an event among the PBX's others, so that a replay knows when."""
        self._settings = settings
        self._write(self._settings_record())

    def _settings_record(self) -> list[Record]:
        """The settings as an event, also each time this ingester starts: the same settings again change nothing."""
        now = self._number()
        return [Record(RECORD_VERSION, self._pbx, "settings", self._ingester, now, [Entry(0, now, self._settings)])]
