"""What each TRUNKLINE_ variable says in one installation, worked out from its data folder at the moment it is asked.

Ports and passwords are chosen when servers start, so a value is known only after that; asked before, it is an error
that says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infra import postgres, schema
from infra.errors import StartError
from infra.passwords import Passwords
from infra.pbx import Pbx, files_of, pbx_of, sip_of, spool_of
from infra.ports import HOST, Ports
from infra.settings import UpSettings

DEFAULTS: Mapping[str, str] = {
    "LOG_LEVEL": "INFO",
    "INGESTER": "a",
    "WORKER": "1",
    "LOAD_EVERY": "15",
    "TIMEZONE": "UTC",
    "COUNTRY": "US",
}


@dataclass(frozen=True)
class Values:
    """The values of one installation."""

    settings: UpSettings
    ports: Ports
    passwords: Passwords

    def value(self, process: str, name: str) -> str:
        """TRUNKLINE_`name` for `process`; empty: not set. Raises InfraError when it cannot be known yet."""
        known: Mapping[str, Callable[[], str]] = {
            "DATA": lambda: str(self.settings.data),
            "KAFKA": lambda: str(self.settings.broker or f"{HOST}:{self._kept('kafka')}"),
            "DATABASE": lambda: self.role_url(f"trunkline_{process}"),
            "LAKE": lambda: schema.database_url(self.owner_url(), postgres.LAKE),
            "PBX": lambda: self.pbx().name,
            "PARTITION": lambda: str(schema.partition_of(self.owner_url(), self.pbx().name)),
            "AMI": lambda: str(self.pbx().ami),
            "AMI_USER": lambda: self.pbx().user,
            "AMI_SECRET": lambda: self.pbx().secret,
            "CONTROL_USER": lambda: self.pbx().control_user,
            "CONTROL_SECRET": lambda: self.pbx().control_secret,
            "SIP": lambda: self.settings.optional(name, sip_of(self.settings, self.ports)),
            "QUEUE_LOG": lambda: self._file(name),
            "CEL": lambda: self._file(name),
            "CDR": lambda: self._file(name),
            "HOST": lambda: self.settings.page.host,
            "PORT": lambda: str(self.settings.page.port),
            "DASHBOARD": lambda: f"{HOST}:{self._kept('dashboard')}",
            "RECORDINGS": lambda: self.settings.optional(name, str(self.settings.data / "recordings")),
            "RECORDING_KEYS": lambda: self.settings.optional(name, str(self.settings.data / "recording-keys.json")),
            "RECORDING_SPOOL": lambda: spool_of(self.settings),
            "JWT_SECRET": lambda: self.passwords.get("jwt"),
            "ADMIN_PASSWORD": lambda: self.settings.optional(name, self.passwords.get("admin")),
        }
        if name in known:
            return known[name]()
        return self.settings.optional(name, DEFAULTS.get(name, ""))

    def pbx(self) -> Pbx:
        """The PBX that is listened to. Raises SettingError where the user's own is not described."""
        return pbx_of(self.settings, self.ports, self.passwords)

    def owner_url(self) -> str:
        """The URL of the application's database for the role that owns it: never log it."""
        return self.settings.database or self.own_database_url(postgres.DATABASE)

    def own_database_url(self, database: str) -> str:
        """The owner's URL of a database on our own server, at the port that it was last started on."""
        place = postgres.PostgresPlace(self.settings.data / "postgres", self.ports, self.passwords)
        return postgres.url(place, self._kept("postgres"), database)

    def role_url(self, role: str) -> str:
        """The URL of the application's database for a role: never log it."""
        return schema.role_url(self.owner_url(), role, self.passwords.get(role))

    def _file(self, name: str) -> str:
        """Where the PBX writes it: as the user says, else of our own PBX."""
        return self.settings.optional(name, files_of(self.settings).get(name, ""))

    def _kept(self, name: str) -> int:
        port = self.ports.kept(name)
        if port is None:
            raise StartError(
                f"{name} was never started with the data folder {self.settings.data}.", "Run `trunkline up` first."
            )
        return port
