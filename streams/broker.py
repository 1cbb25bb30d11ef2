"""How Kafka is reached, in the forms that aiokafka and Faust want, and which cluster answers there."""

import ssl
from dataclasses import dataclass, field
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from faust import SASLCredentials, SSLCredentials


@dataclass(frozen=True)
class Broker:
    """`address` is `host:port`, or several with commas. Without `user` no SASL, without `tls` no encryption.

    `ca` is the path of a PEM file; empty: the system's authorities. `mechanism`: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.
    """

    address: str
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    ca: str = ""
    mechanism: str = "SCRAM-SHA-512"

    def client_options(self) -> dict[str, Any]:
        """The arguments of an aiokafka client. Raises OSError when the CA file cannot be read."""
        options: dict[str, Any] = {"bootstrap_servers": self.address, "security_protocol": self._protocol()}
        if self.tls:
            options["ssl_context"] = self._tls_context()
        if self.user:
            options |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.user,
                "sasl_plain_password": self.password,
            }
        return options

    def faust_options(self) -> dict[str, Any]:
        """The settings of a Faust app. Raises OSError when the CA file cannot be read."""
        options: dict[str, Any] = {"broker": [f"kafka://{host}" for host in self.address.split(",")]}
        context = self._tls_context() if self.tls else None
        if self.user:
            options["broker_credentials"] = SASLCredentials(
                username=self.user, password=self.password, ssl_context=context, mechanism=self.mechanism
            )
        elif context is not None:
            options["broker_credentials"] = SSLCredentials(context)
        return options

    def _protocol(self) -> str:
        return ("SASL_" if self.user else "") + ("SSL" if self.tls else "PLAINTEXT")

    def _tls_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca or None)


async def cluster_id(broker: Broker) -> str:
    """Kafka's own id of the cluster. Raises aiokafka's KafkaError when it does not answer."""
    admin = AIOKafkaAdminClient(**broker.client_options())
    try:
        await admin.start()
        return str((await admin.describe_cluster())["cluster_id"])
    finally:
        await admin.close()
