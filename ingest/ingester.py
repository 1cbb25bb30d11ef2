"""One PBX's way in: connection → batcher → log → publisher. Only wiring; each part is tested by itself.

The reader is never blocked: packets are taken at once, written to the log within `PACK_S`, and sent from there.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from asterisk.account import Account
from asterisk.actions import QueueStatus
from asterisk.connection import Connection, LoggedIn
from asterisk.errors import AmiError
from calls.codec import RECORD_VERSION, Entry, Record
from calls.topics import EVENTS
from ingest.batcher import Batcher
from ingest.log import Log
from ingest.publisher import Producer, Publisher

logger = logging.getLogger(__name__)

# How long a packet may wait for company: each record costs its readers about 100 µs whatever is in it.
PACK_S = 0.015
# How often the log is made to survive the machine's death.
SYNC_S = 1.0


class WrongPbx(Exception):
    """The PBX calls itself something else than we were told."""


class Ingester:
    """One PBX. `run` until cancelled; raises WrongPbx, OSError of the log, and nothing that a retry would cure."""

    def __init__(self, pbx: str, ingester: str, account: Account, data: Path, partition: int, settings: bytes) -> None:
        folder = data / "log" / pbx
        self.log = Log(folder)
        self.batcher = Batcher(pbx, ingester)
        self.publisher = Publisher(self.log, folder / f"{ingester}.cursor", EVENTS.name, partition, pbx.encode())
        self.connection = Connection(
            account, self._take, on_login=self._logged_in, on_lost=self._lost, initial_actions=[QueueStatus()]
        )
        self._pbx, self._ingester, self._settings = pbx, ingester, settings
        self._named = False
        self._trouble: Exception | None = None

    async def run(self, connect: Callable[[], Awaitable[Producer]]) -> None:
        """Stay connected, write and send, for ever. `connect` gives a started Kafka producer."""
        self._write(self._settings_record())
        publishing = asyncio.create_task(self.publisher.run(connect))
        self.connection.start()
        try:
            await self._flush_for_ever()
        finally:
            await self.connection.close()
            self._write(self.batcher.flush())
            publishing.cancel()
            self.log.close()

    async def _flush_for_ever(self) -> None:
        synced = time.monotonic()
        while True:
            await asyncio.sleep(PACK_S)
            if self._trouble is not None:
                raise self._trouble
            self._write(self.batcher.flush())
            if time.monotonic() - synced >= SYNC_S:
                synced = time.monotonic()
                await asyncio.to_thread(self.log.sync)

    def _write(self, records: list[Record]) -> None:
        if records:
            self.log.append(records)
            self.publisher.offer(records, self.log.end())

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
        logger.info("logged in to %s", self._pbx, extra={"event": "ami_login", "pbx": self._pbx, "epoch": epoch})

    def _lost(self, error: AmiError) -> None:
        logger.warning("lost %s: %s", self._pbx, error, extra={"event": "ami_lost", "pbx": self._pbx})

    def _settings_record(self) -> list[Record]:
        """The settings as an event, each time this ingester starts: the same settings again change nothing."""
        now = time.time_ns() // 1_000_000
        return [Record(RECORD_VERSION, self._pbx, "settings", self._ingester, now, [Entry(0, now, self._settings)])]
