"""What administrators say of queues and agents, told to the ingesters by the topic `settings`.

PostgreSQL has the truth, the topic is how it travels: ingesters know no database. Several API processes may tell the
same; the version in it says which is the newest.
"""

import time
from collections.abc import Callable
from typing import Protocol

import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from api.database import Database
from api.live.consumer import REQUEST_TIMEOUT_MS, security
from api.settings import KafkaSettings
from calls.settings import decode_administered
from calls.topics import SETTINGS

# How soon a change is on its way.
TELL_EVERY_S = 1.0
# How often everything is told again, for a PBX that is new and a Kafka that lost its data.
AGAIN_S = 60.0


class SettingsTopic(Protocol):
    """Where it is told."""

    async def send(self, pbx: str, value: bytes) -> None:
        """Publish what is said of one PBX. Raises aiokafka's KafkaError when the broker did not take it."""


class KafkaSettingsTopic:
    """`SettingsTopic` on a broker, connected when there is something to tell."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self._options = security(kafka) | {
            "bootstrap_servers": kafka.address,
            "request_timeout_ms": REQUEST_TIMEOUT_MS,
        }
        self._producer: AIOKafkaProducer | None = None

    async def send(self, pbx: str, value: bytes) -> None:
        """Publish, and wait until the broker has it."""
        try:
            if self._producer is None:
                self._producer = AIOKafkaProducer(**self._options, acks="all")
                await self._producer.start()
            await self._producer.send_and_wait(SETTINGS.name, value, pbx.encode())
        except KafkaError:
            await self.close()
            raise

    async def close(self) -> None:
        """Disconnect."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.stop()


class Announcer:
    """Tells what changed since it was told last."""

    def __init__(self, database: Database, topic: SettingsTopic, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._topic = topic
        self._clock = clock
        self._version = 0
        self._told_all = float("-inf")

    async def tell(self) -> None:
        """Tell what is new, and now and then everything. Raises what PostgreSQL and Kafka raise, then tells again."""
        now = self._clock()
        everything = now - self._told_all >= AGAIN_S
        async with self._database.tenantless() as connection:
            found = await connection.execute(
                "SELECT pbx, body::text AS body FROM administered_settings(%s) ORDER BY pbx",
                [0 if everything else self._version],
            )
            rows = await found.fetchall()
        said = {row["pbx"]: decode_administered(row["body"]) for row in rows}
        for pbx, settings in said.items():
            await self._topic.send(pbx, msgspec.json.encode(settings))
        self._version = max((settings.version for settings in said.values()), default=self._version)
        if everything:
            self._told_all = now
