"""The real servers that tests of every part use: Apache Kafka and PostgreSQL, each started once per run, on free ports.

`kafka_address` and `postgres_url` are the servers as they are; `topics` and `database` are fresh for each test;
`own_kafka` and `own_postgres` belong to one test, which may kill them. No process stays behind, not even after a kill.
"""

import asyncio
import gc
import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from streamed import servers

from calls.topics import ALL
from infra import postgres
from infra.server import Server
from infra.topics import create_topics

# What is fast comes first, so that a mistake shows early; what starts servers runs together, in several processes.
ORDER = (("unit",), ("architecture",), ("scenarios",), ("properties",), ("integration", "faults"), ("e2e",))
# Each file stays in one process. The longest begin first, or one process works on while the others have nothing left.
LONGEST = (
    "integration/api/security/test_schema.py",
    "faults/test_faults.py",
    "faults/test_real_gaps.py",
    "integration/infra/test_up.py",
    "integration/api/phone/test_exchange.py",
    "faults/test_zero.py",
    "integration/warehouse/test_load.py",
    "integration/warehouse/test_refresh.py",
    "faults/test_link.py",
    "integration/api/control/test_contract.py",
    "faults/test_twins.py",
    "integration/streams/test_worker.py",
    "faults/test_worker_kills.py",
    "integration/api/security/test_s01_control_bytes.py",
    "integration/warehouse/test___main__.py",
    "integration/api/security/test_s02_races.py",
    "integration/test_two_days.py",
    "e2e/test_pages.py",
    "e2e/test_year.py",
    "e2e/test_figures.py",
    "e2e/test_states.py",
    "e2e/test_calls.py",
)
TEMPLATE = "trunkline_template"
# Collecting thousands of tests makes millions of objects and no garbage; to look for it takes a third of the time.
gc.disable()


def pytest_collection_finish() -> None:
    """From here on garbage is looked for again, less often, and not among what the tests themselves are made of."""
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by folder, the longest files first; among the others the random order stays."""
    root = Path(__file__).parent

    def rank(item: pytest.Item) -> tuple[int, int]:
        path = item.path.relative_to(root)
        folder = next((n for n, folders in enumerate(ORDER) if path.parts[0] in folders), len(ORDER))
        return folder, LONGEST.index(path.as_posix()) if path.as_posix() in LONGEST else len(LONGEST)

    items.sort(key=rank)


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """A short-lived folder that the database's user may pass through, which pytest's own folders do not allow."""
    folder = Path(tempfile.mkdtemp(prefix="trunkline-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def new_kafka(server_folder: Path) -> Callable[[], Server]:
    """Makes brokers (not started), each with a folder and ports of its own."""
    numbers = itertools.count()

    def make() -> Server:
        return servers.kafka_server(server_folder / f"kafka-{next(numbers)}")

    return make


@pytest.fixture(scope="session")
def new_postgres(server_folder: Path) -> Callable[[], tuple[Server, postgres.PostgresPlace]]:
    """Makes database servers (not started), each with a folder, a port and passwords of its own."""
    numbers = itertools.count()

    def make() -> tuple[Server, postgres.PostgresPlace]:
        return servers.postgres_server(server_folder / f"postgres-{next(numbers)}")

    return make


@pytest.fixture(scope="session")
def kafka_address(new_kafka: Callable[[], Server]) -> Iterator[str]:
    """`HOST:PORT` of a running broker without topics, the same for the whole run."""
    server = new_kafka()
    yield server.start()
    server.stop()


@pytest.fixture
async def topics(kafka_address: str) -> str:
    """The broker's address, with all of the project's topics just made and empty."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_address)
    await admin.start()
    try:
        old = set(await admin.list_topics()) & {topic.name for topic in ALL}
        await admin.delete_topics(sorted(old))
    finally:
        await admin.close()
    await create_topics(kafka_address)
    return kafka_address


@pytest.fixture
def own_kafka(new_kafka: Callable[[], Server]) -> Iterator[Server]:
    """A running broker for this test alone, with all topics: kill it, start it again, as you like."""
    server = new_kafka()
    asyncio.run(create_topics(server.start()))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_server(new_postgres: Callable[[], tuple[Server, postgres.PostgresPlace]]) -> Iterator[Callable[..., str]]:
    """A running server with a migrated template; called with (database, role=owner), it gives the URL."""
    server, place = new_postgres()
    url = servers.new_database(place, server.start(), TEMPLATE)
    hurry(url("postgres"))
    yield url
    server.stop()


def hurry(url: str) -> None:
    """Have a server not wait for the disk: its databases live no longer than the tests, and it is never killed."""
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
def postgres_url(postgres_server: Callable[..., str]) -> str:
    """The owner's URL of the empty database `postgres` on the run's server."""
    return postgres_server("postgres")


@pytest.fixture
def database_as(postgres_server: Callable[..., str]) -> Iterator[Callable[..., str]]:
    """A fresh database with all migrations; called with a role's name (or nothing: the owner), it gives the URL."""
    with fresh_database(postgres_server, f"TEMPLATE {TEMPLATE}") as url:
        yield url


@contextmanager
def fresh_database(postgres_server: Callable[..., str], how: str = "") -> Iterator[Callable[..., str]]:
    """A database of one's own for a while; called with a role's name (or nothing: the owner), it gives the URL."""
    name = f"test_{next(_names)}"
    with psycopg.connect(postgres_server("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {how}")
        yield partial(postgres_server, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def module_database_as(postgres_server: Callable[..., str]) -> Iterator[Callable[..., str]]:
    """Like `database_as`, for all tests of a file together."""
    with fresh_database(postgres_server, f"TEMPLATE {TEMPLATE}") as url:
        yield url


@pytest.fixture(scope="module")
def module_lake_database(postgres_server: Callable[..., str]) -> Iterator[str]:
    """Like `lake_database`, for all tests of a file together."""
    with fresh_database(postgres_server) as url:
        yield url()


@pytest.fixture
def database(database_as: Callable[..., str]) -> str:
    """The owner's URL of a fresh database with all migrations."""
    return database_as()


@pytest.fixture
def lake_database(postgres_server: Callable[..., str]) -> Iterator[str]:
    """The owner's URL of a fresh, empty database, for the lake's catalog."""
    with fresh_database(postgres_server) as url:
        yield url()


@pytest.fixture
def own_postgres(
    new_postgres: Callable[[], tuple[Server, postgres.PostgresPlace]],
) -> Iterator[tuple[Server, Callable[..., str]]]:
    """A running server for this test alone, with a migrated database `trunkline`, and the function that gives URLs."""
    server, place = new_postgres()
    yield server, servers.new_database(place, server.start(), "trunkline")
    server.stop()


_names = itertools.count()
