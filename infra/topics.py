"""Makes Kafka's topics as calls/topics.py describes them. Never changes or removes one that is there."""

import ssl
from collections.abc import Mapping
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from calls.topics import ALL
from infra.errors import StartError
from infra.settings import KAFKA_MECHANISM

# A single broker keeps one copy of everything; a cluster of one's own says how many it wants.
ONE_COPY = 1
ALREADY_EXISTS = 36
# By: has a user, has TLS.
PROTOCOLS = {
    (False, False): "PLAINTEXT",
    (False, True): "SSL",
    (True, False): "SASL_PLAINTEXT",
    (True, True): "SASL_SSL",
}


def security(given: Mapping[str, str]) -> dict[str, Any]:
    """aiokafka's options for a broker of the user's own, from the TRUNKLINE_KAFKA_ variables among `given`.

    Raises OSError when the file of certificates cannot be read.
    """
    user, password = given.get("TRUNKLINE_KAFKA_USER", ""), given.get("TRUNKLINE_KAFKA_PASSWORD", "")
    with_tls = given.get("TRUNKLINE_KAFKA_TLS") == "1"
    options: dict[str, Any] = {"security_protocol": PROTOCOLS[bool(user), with_tls]}
    if with_tls:
        options["ssl_context"] = ssl.create_default_context(cafile=given.get("TRUNKLINE_KAFKA_CA") or None)
    if user:
        options |= {"sasl_plain_username": user, "sasl_plain_password": password}
        options["sasl_mechanism"] = given.get("TRUNKLINE_KAFKA_MECHANISM") or KAFKA_MECHANISM
    return options


async def create_topics(
    address: str, replication: int = ONE_COPY, security: Mapping[str, Any] | None = None
) -> tuple[str, ...]:
    """Create the topics that are not there; their names. `security` holds aiokafka's options for SASL and TLS.

    The broker's list may lag behind its changes, so it is asked to make all of them, and says which are there.
    Raises StartError when it refuses one that is not, and aiokafka's KafkaError when it cannot be reached.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=address, **(security or {}))
    await admin.start()
    try:
        wanted = [NewTopic(topic.name, topic.partitions, replication, topic_configs=topic.config) for topic in ALL]
        answer = await admin.create_topics(wanted)
        there = set(await admin.list_topics())
    finally:
        await admin.close()
    for name, code, message in answer.topic_errors:
        # A user without the right to make topics may well use those that an administrator made.
        if code not in (0, ALREADY_EXISTS) and name not in there:
            raise StartError(
                f"The broker at {address} refused to make the topic {name}: {message}",
                "Let its administrator make the topics that calls/topics.py lists, or grant this user the right.",
            )
    return tuple(name for name, code, _ in answer.topic_errors if code == 0)
