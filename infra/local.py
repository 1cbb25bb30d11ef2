"""The whole on one machine: which processes there are, whom each needs, and what each is handed.

Everything of it lies in one data folder: ports.json, secrets.json (0600), kafka/, postgres/, log/, lake/, logs/. The
stack says what is to be run; the supervisor runs it.
"""

import asyncio
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import jgo
from aiokafka.errors import KafkaError

from infra import cache, kafka, pbx, postgres, readiness, schema, topics
from infra.errors import InfraError, StartError
from infra.passwords import Passwords
from infra.ports import HOST, Ports
from infra.process import Command
from infra.server import Prepared
from infra.service import Say, Service
from infra.settings import PREFIX, READS, Address, UpSettings, environment
from infra.values import Values

# Python with everything imported answers within 3 s; ten times that for a machine that starts all at once.
READY_SECONDS = 60.0
# From here on the first data are missing, not a process; the page says which.
READYZ_SECONDS = 90.0
MEGABYTE = 1_000_000
# Where a process is not a folder of the same name.
MODULES = {
    "simulator": "asterisk.simulator",
    "demo": "infra.demo",
    "recordings": "ingest.recordings",
    "recording-keys": "api.recordings",
}
# What a folder that has several tools does as a process.
SERVING = {"warehouse": ("serve",)}


@dataclass(frozen=True)
class Stack:
    """One installation. `inherited` is the environment of the user who runs it."""

    settings: UpSettings
    inherited: Mapping[str, str] = field(repr=False)

    @property
    def ports(self) -> Ports:
        return Ports(self.settings.data / "ports.json")

    @property
    def passwords(self) -> Passwords:
        return Passwords(self.settings.data / "secrets.json")

    @property
    def values(self) -> Values:
        return Values(self.settings, self.ports, self.passwords)

    def services(self) -> tuple[Service, ...]:
        """All processes, in the order in which the user is shown them."""
        own_broker = () if self.settings.broker else ("kafka",)
        own_database = () if self.settings.database else ("postgres",)
        own_pbx = () if isinstance(self.settings.pbx, Address) else (self.settings.pbx,)
        dashboard = Address(HOST, self.ports.claim("dashboard"))
        return (
            *self._servers(),
            Service("streams", partial(self._prepare, "streams"), needs=own_broker + own_database),
            Service("ingest", partial(self._prepare, "ingest"), needs=own_broker + own_database + own_pbx),
            *self._keeper(own_database + own_pbx),
            Service("warehouse", partial(self._prepare, "warehouse"), needs=own_database),
            Service("dashboard", partial(self._prepare_web, "dashboard", dashboard, "/reports/")),
            Service(
                "api",
                partial(self._prepare_web, "api", self.settings.page, "/livez"),
                needs=own_broker + own_database,
                settle=self._wait_for_data,
            ),
        )

    def _keeper(self, needs: tuple[str, ...]) -> tuple[Service, ...]:
        """What keeps recordings, where the PBX makes any that can be seen from here."""
        if not pbx.spool_of(self.settings):
            return ()
        return (Service("recordings", partial(self._prepare, "recordings"), needs=needs),)

    def prepare_foreign(self) -> None:
        """Make topics and schema on what the user brought. Raises InfraError when that is not possible."""
        if self.settings.broker is not None:
            self.make_topics(str(self.settings.broker))
        if self.settings.database is not None:
            schema.bring_up(self.settings.database, self.passwords.get)
        if isinstance(self.settings.pbx, Address):
            self.values.pbx()

    def environment(self, process: str) -> dict[str, str]:
        """What `process` is started with. Raises InfraError when a part of it cannot be known yet."""
        return environment(process, partial(self.values.value, process), self.inherited)

    def completed_environment(self, process: str) -> dict[str, str]:
        """The user's own environment, and what this installation knows of the variables that `process` reads.

        For a process that is started by hand beside the others. Nothing is known of a folder that was never used.
        """
        if not (self.settings.data / "ports.json").exists():
            return dict(self.inherited)
        known = {}
        for name in READS[process]:
            with suppress(InfraError):
                known[PREFIX + name] = self.values.value(process, name)
        return {name: value for name, value in known.items() if value} | dict(self.inherited)

    def _servers(self) -> tuple[Service, ...]:
        settings, mine = self.settings, []
        if settings.broker is None:
            mine.append(Service("kafka", self._prepare_kafka, settle=self._settle_kafka))
        if settings.database is None:
            mine.append(Service("postgres", self._prepare_postgres, settle=self._settle_postgres))
        if settings.pbx == "simulator":
            mine.append(pbx.simulator_service(settings.data, self.ports, partial(self.environment, "simulator")))
        if settings.pbx == "asterisk":
            programs, needs = cache.cache_folder() / "asterisk", () if settings.database else ("postgres",)
            database = partial(self.values.role_url, "trunkline_asterisk")
            mine.append(pbx.asterisk_service(settings.data, programs, self.inherited, database, needs))
        return tuple(mine)

    def _prepare_kafka(self, say: Say) -> Prepared:
        def progress(done: int, total: int) -> None:
            say(f"its programs, fetched once per user: {done // MEGABYTE} of {total // MEGABYTE} MB")

        repository = self.settings.optional("MAVEN", jgo.MAVEN_CENTRAL_URL)
        place = kafka.KafkaPlace(self.settings.data / "kafka", self.ports, repository, cache.cache_folder() / "maven")
        return kafka.prepare(place, progress)

    def _settle_kafka(self, prepared: Prepared, say: Say) -> None:
        say("making the topics")
        self.make_topics(prepared.address)

    def make_topics(self, address: str, copies: int = topics.ONE_COPY) -> None:
        """Make the topics that the broker lacks. Raises StartError when it cannot be asked."""
        try:
            asyncio.run(topics.create_topics(address, copies, topics.security(self.inherited)))
        except (KafkaError, OSError) as error:
            raise StartError(
                f"The broker at {address} could not be asked: {error}",
                "With `--broker HOST:PORT`: check the address and the TRUNKLINE_KAFKA_ variables. "
                "Without: read the file logs/kafka.log in the data folder.",
            ) from error

    def _prepare_postgres(self, say: Say) -> Prepared:
        return postgres.prepare(postgres.PostgresPlace(self.settings.data / "postgres", self.ports, self.passwords))

    def _settle_postgres(self, prepared: Prepared, say: Say) -> None:
        say("bringing the schema up")
        postgres.ensure_databases(self.values.own_database_url("postgres"))
        schema.bring_up(self.values.owner_url(), self.passwords.get)
        if self.settings.pbx in ("simulator", "asterisk"):
            schema.open_practice_numbers(self.values.owner_url())

    def _prepare(self, name: str, say: Say) -> Prepared:
        """A process that serves nobody: it is up as soon as it runs."""
        return Prepared(self._command(name), "", lambda: True, READY_SECONDS)

    def _prepare_web(self, name: str, address: Address, path: str, say: Say) -> Prepared:
        lives = partial(readiness.lives, address, path, tls=self.settings.tls and name == "api")
        return Prepared(self._command(name), str(address), lives, READY_SECONDS)

    def _command(self, name: str) -> Command:
        return Command(process_argv(name, SERVING.get(name, ())), self.environment(name))

    def _wait_for_data(self, prepared: Prepared, say: Say) -> None:
        readiness.wait_for_readyz(self.settings.page, say, READYZ_SECONDS, tls=self.settings.tls)


def process_argv(name: str, arguments: tuple[str, ...] = ()) -> tuple[str, ...]:
    """How a process of the project is run; `-P`: the current folder's files are not taken for modules."""
    module = MODULES.get(name, name)
    return (sys.executable, "-P", "-m", module, *arguments)
