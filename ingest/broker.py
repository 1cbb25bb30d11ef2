"""How the ingester reaches Kafka: aiokafka's options from the TRUNKLINE_KAFKA variables."""

import ssl
from collections.abc import Mapping
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient

# What a broker with users offers when its administrator has chosen nothing else.
DEFAULT_MECHANISM = "SCRAM-SHA-512"


def client_options(address: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """The arguments of an aiokafka client. Without a user no SASL, without TLS=1 no encryption.

    Raises OSError when the file of certificates cannot be read.
    """
    user, tls = environment.get("TRUNKLINE_KAFKA_USER", ""), environment.get("TRUNKLINE_KAFKA_TLS", "0") == "1"
    protocol = ("SASL_" if user else "") + ("SSL" if tls else "PLAINTEXT")
    options: dict[str, Any] = {"bootstrap_servers": address, "security_protocol": protocol}
    if tls:
        options["ssl_context"] = ssl.create_default_context(cafile=environment.get("TRUNKLINE_KAFKA_CA") or None)
    if user:
        options["sasl_mechanism"] = environment.get("TRUNKLINE_KAFKA_MECHANISM") or DEFAULT_MECHANISM
        options["sasl_plain_username"] = user
        options["sasl_plain_password"] = environment.get("TRUNKLINE_KAFKA_PASSWORD", "")
    return options


async def cluster_id(options: Mapping[str, Any]) -> str:
    """Kafka's own id of the cluster. Raises aiokafka's KafkaError when it does not answer."""
    admin = AIOKafkaAdminClient(**options)
    try:
        await admin.start()
        return str((await admin.describe_cluster())["cluster_id"])
    finally:
        await admin.close()
