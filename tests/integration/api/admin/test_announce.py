"""From an administrator's word to an ingester's settings: PostgreSQL, the announcer, the topic, the overlay."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from aiokafka.errors import KafkaError
from api_rows import change

from api.admin.announce import AGAIN_S, Announcer, KafkaSettingsTopic
from api.database import Database
from api.settings import KafkaSettings
from calls.settings import Settings
from ingest.administered import Overlay, follow
from ingest.broker import client_options

SAY = (
    "INSERT INTO queue_settings (pbx, queue_id, tenant_id, target) VALUES (%s, 'support', 'default', %s)"
    " ON CONFLICT (pbx, queue_id) DO UPDATE SET target = excluded.target"
)


class Told:
    """A topic that remembers, and may be away."""

    def __init__(self) -> None:
        self.values: list[tuple[str, float | None]] = []
        self.away = False

    async def send(self, pbx: str, value: bytes) -> None:
        if self.away:
            raise KafkaError("away")
        queues = msgspec.json.decode(value)["queues"]
        self.values.append((pbx, queues["support"]["target"] if queues else None))


async def test_what_changes_is_told_once_and_everything_now_and_then(database_as: Callable[..., str]) -> None:
    database, topic, now = Database(database_as("trunkline_api")), Told(), [0.0]
    await database.open()
    try:
        announcer = Announcer(database, topic, clock=lambda: now[0])
        change(database_as(), "INSERT INTO pbx_partitions VALUES ('pbx1', 0), ('pbx2', 1)")
        await announcer.tell()
        assert topic.values == []
        change(database_as(), SAY, "pbx1", 0.7)
        topic.away = True
        with pytest.raises(KafkaError):
            await announcer.tell()
        topic.away = False
        for _ in range(3):
            await announcer.tell()
        assert topic.values == [("pbx1", 0.7), ("pbx2", None)]
        now[0] += AGAIN_S
        await announcer.tell()
        assert topic.values[2:] == [("pbx1", 0.7), ("pbx2", None)]
    finally:
        await database.close()


async def test_a_word_reaches_the_ingester_of_its_pbx(
    database_as: Callable[..., str], topics: str, tmp_path: Path
) -> None:
    database, topic = Database(database_as("trunkline_api")), KafkaSettingsTopic(KafkaSettings(topics))
    overlay, heard = Overlay(b"{}", tmp_path / "settings.json"), asyncio.Queue[bytes]()
    following = asyncio.create_task(follow("pbx1", client_options(topics, {}), overlay, heard.put_nowait))
    await database.open()
    try:
        announcer = Announcer(database, topic)
        change(database_as(), "INSERT INTO pbx_partitions VALUES ('pbx1', 0), ('pbx2', 1)")
        for target in (0.7, 0.9):
            change(database_as(), SAY, "pbx2", 0.1)
            change(database_as(), SAY, "pbx1", target)
            await announcer.tell()
            async with asyncio.timeout(60):
                settings = msgspec.json.decode(await heard.get(), type=Settings)
            assert settings.queue("support").target == target
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await topic.close()
        await database.close()
