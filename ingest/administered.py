"""What administrators say of this PBX's queues and agents, heard on the topic `settings` and laid over the given file.

The newest is kept beside the log, so that a start without Kafka begins with it. What is older than what is known
changes nothing.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from asterisk.decode import read_settings
from calls.settings import Administered, decode_administered, overlaid
from calls.topics import SETTINGS

# Nobody waits for it: calls go on under the settings of before.
RETRY_S = 5.0

logger = logging.getLogger(__name__)


class Overlay:
    """The settings in force, as the JSON of `Settings`: `current`."""

    def __init__(self, base: bytes, path: Path) -> None:
        """`base` is the file's content, at `path` the newest of the topic is kept. Raises BadEvent for a bad base."""
        self._base = read_settings(base)
        self._path = path
        self._said = self._kept()
        self.current = base if self._said is None else self._laid(self._said)

    def take(self, value: bytes) -> bool:
        """Take what the topic has; whether it changed what is in force. Raises msgspec's DecodeError, OSError."""
        said = decode_administered(value)
        if self._said is not None and said.version <= self._said.version:
            return False
        self._keep(value)
        self._said = said
        before, self.current = self.current, self._laid(said)
        return self.current != before

    def _laid(self, said: Administered) -> bytes:
        return msgspec.json.encode(overlaid(self._base, said))

    def _keep(self, value: bytes) -> None:
        """Whole or not at all: a half would stop the next start."""
        half = self._path.with_suffix(".part")
        half.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(value)
        half.replace(self._path)

    def _kept(self) -> Administered | None:
        return decode_administered(self._path.read_bytes()) if self._path.exists() else None


async def follow(pbx: str, options: Mapping[str, Any], overlay: Overlay, changed: Callable[[bytes], None]) -> None:
    """Hear the topic for ever; `changed` is told the settings in force each time that they are others."""
    while True:
        try:
            await _hear(pbx.encode(), options, overlay, changed)
        except (KafkaError, OSError) as error:
            logger.info("the topic of settings is not heard: %s", error, extra={"event": "settings_unheard"})
            await asyncio.sleep(RETRY_S)


async def _hear(pbx: bytes, options: Mapping[str, Any], overlay: Overlay, changed: Callable[[bytes], None]) -> None:
    consumer = AIOKafkaConsumer(SETTINGS.name, group_id=None, auto_offset_reset="earliest", **options)
    try:
        await consumer.start()
        async for message in consumer:
            if message.key == pbx:
                take(message.value, overlay, changed)
    finally:
        await consumer.stop()


def take(value: bytes, overlay: Overlay, changed: Callable[[bytes], None]) -> None:
    """Put one message of the topic in force. One that makes no sense is logged, and the settings of before hold."""
    try:
        if overlay.take(value):
            changed(overlay.current)
            logger.info("new settings", extra={"event": "settings_changed"})
    except msgspec.DecodeError as error:
        logger.error("the topic of settings has what are none: %s", error, extra={"event": "settings_bad"})
