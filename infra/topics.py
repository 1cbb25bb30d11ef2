"""Makes Kafka's topics as calls/topics.py describes them. Never changes or removes one that is there."""

from collections.abc import Mapping
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from calls.topics import ALL
from infra.errors import StartError

# A single broker keeps one copy of everything; a cluster of one's own says how many it wants.
ONE_COPY = 1
ALREADY_EXISTS = 36


async def create_topics(
    address: str, replication: int = ONE_COPY, security: Mapping[str, Any] | None = None
) -> tuple[str, ...]:
    """Create the topics that are not there; their names. `security` holds aiokafka's options for SASL and TLS.

    Raises StartError when the broker refuses, and aiokafka's KafkaError when it cannot be reached.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=address, **(security or {}))
    await admin.start()
    try:
        there = set(await admin.list_topics())
        wanted = [topic for topic in ALL if topic.name not in there]
        made = [NewTopic(topic.name, topic.partitions, replication, topic_configs=topic.config) for topic in wanted]
        answer = await admin.create_topics(made) if made else None
    finally:
        await admin.close()
    for name, code, message in answer.topic_errors if answer is not None else ():
        # Somebody else was faster by a moment: just as good.
        if code not in (0, ALREADY_EXISTS):
            raise StartError(
                f"The broker at {address} refused to make the topic {name}: {message}",
                "Let its administrator make the topics that calls/topics.py lists, or grant this user the right.",
            )
    return tuple(topic.name for topic in wanted)
