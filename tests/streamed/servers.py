"""Real servers in folders of their own: Apache Kafka, and PostgreSQL with the project's schema. Nothing is started here
but what `new_database` needs.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import jgo

from infra import kafka, migrate, postgres
from infra.cache import cache_folder
from infra.passwords import Passwords
from infra.ports import Ports
from infra.server import Server

ROLES = ("trunkline_streams", "trunkline_api", "trunkline_warehouse", "trunkline_recordings", "trunkline_asterisk")


def kafka_server(home: Path) -> Server:
    """A broker, not started, with a folder and ports of its own."""
    place = kafka.KafkaPlace(home / "kafka", Ports(home / "ports.json"), jgo.MAVEN_CENTRAL_URL, cache_folder())
    return Server("kafka", home / "kafka.log", partial(kafka.prepare, place))


def postgres_server(home: Path) -> tuple[Server, postgres.PostgresPlace]:
    """A database server, not started, with a folder, a port and passwords of its own."""
    place = postgres.PostgresPlace(home / "postgres", Ports(home / "ports.json"), Passwords(home / "secrets.json"))
    return Server("postgres", home / "postgres.log", partial(postgres.prepare, place)), place


def new_database(place: postgres.PostgresPlace, address: str, name: str) -> Callable[..., str]:
    """Make a database with schema and roles on a running server; what gives its URLs, for (database, role=owner)."""
    port = int(address.rpartition(":")[2])

    def url(database: str, role: str = postgres.OWNER) -> str:
        return postgres.url(place, port, database, role)

    postgres.ensure_databases(url("postgres"), (name,))
    migrate.migrate(url(name), migrate.read_folder())
    for role in ROLES:
        migrate.set_role_password(url(name), role, place.passwords.get(role))
    return url
