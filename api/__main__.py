"""`trunkline api`: the one origin that browsers speak to.

The composition root of the API and the only place that reads its environment.
"""

import logging
import logging.config
import os
import resource
import signal
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import PurePosixPath
from typing import Any, NoReturn, Protocol
from zoneinfo import ZoneInfo

import httpx
import uvicorn

from api import parts
from api.accounts import PostgresAccounts, Standings
from api.admin.acting import AdminDesk
from api.admin.announce import TELL_EVERY_S, Announcer, KafkaSettingsTopic
from api.alerts.parts import AlertParts
from api.alerts.tap import Tap
from api.analysts.process import LockedSql
from api.analysts.routes import AnalystDesk, AuditBook
from api.app import Parts, create_origin
from api.asgi import App
from api.background import Work, beside
from api.contacts.book import Contact, PostgresCallers
from api.contacts.callers import CallerBook, Calling
from api.contacts.routes import ContactDesk
from api.control.layer import Layer
from api.database import Database
from api.dialling.permits import FORGET_DIALLED_EVERY_S, DialDesk
from api.door.brake import FORGET_TRIES_EVERY_S, PostgresBrake
from api.door.connections import KEEP_ALIVE_S, HalfOpen, connection_class
from api.door.crowd import Crowd
from api.door.masks import MaskingFormatter
from api.door.origins import PLAIN_OR_TLS, Origins
from api.door.peers import Proxies
from api.first_user import FirstUser
from api.gate import Gate
from api.health import Check, Checks
from api.history.call_files import CallFiles
from api.history.routes import HistoryDesk
from api.history.store import PostgresHistory
from api.live.beat import live_work
from api.live.board import Board
from api.live.consumer import consumer_opener
from api.live.feed import Feed
from api.live.hub import Hub
from api.live.pulse import PostgresPulse
from api.live.seats import PostgresSeats, Seats
from api.live.snapshot import PostgresSnapshot
from api.login import Doorman
from api.managers.limits import LimitDesk, PostgresLimits
from api.managers.past import marts_under
from api.managers.routes import Desk
from api.managers.store import PostgresManagerStore
from api.outermost import Door
from api.pages import read_away_page
from api.passwords import Passwords
from api.past.process import PastProcess
from api.past.routes import PastDesk
from api.phone.exchange import Exchange
from api.post.office import Office
from api.privacy.parts import privacy_desk
from api.proxy import HttpProxy
from api.proxy_socket import SocketProxy
from api.recordings.key_file import KeyFile
from api.recordings.place import RecordingPlace
from api.recordings.playing import Player
from api.recordings.removal import Removal
from api.recordings.routes import RecordingDesk
from api.recordings.rows import RecordingRows
from api.recordings.settling import EXPIRE_EVERY_S, FORGET_RECORDINGS_EVERY_S, KEYS_EVERY_S, SETTLE_EVERY_S, Settling
from api.recordings.store import RecordingStore
from api.report_files import ReportFiles
from api.reports import Reports
from api.settings import BadSetting, DoorSettings, RecordingSettings, Settings, TlsSettings, read_settings
from api.sign_ins import PostgresSignIns, SignIns
from api.telemetry import Telemetry
from api.texts import TextsProtocol
from api.tokens import Tokens
from calls.logs import log_config

# Of sysexits.h: the supervisor shows the last lines, so a person learns what to set.
EX_CONFIG = 78
# What a client may send over a socket at once: the commands that come are a few hundred bytes.
MAX_MESSAGE = 16 * 1024
# A dead peer is noticed within the sum of both, seconds.
PING_EVERY_S, PING_TIMEOUT_S = 20.0, 20.0
# What is over stays for a day anyway.
FORGET_EVERY_S = 3600.0
# Open pages come back by themselves: no reason to wait for them for long.
STOP_WITHIN_S = 3
# As the audit log has it that somebody took numbers away: action and subject.
TAKEN = ("report.export", "reports")
# For TLS 1.2; those of 1.3 are all good.
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"


class Live:
    """The parts of the live feed, which know each other."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.callers = CallerBook(PostgresCallers(database, settings.country), self._met)
        self.board = Board(self.callers)
        self.pulse = PostgresPulse(database, lambda: self.feed.heard_at, lambda: self.feed.log)
        self.hub = Hub(self.board, self.pulse, settings.zone)
        self.tap = Tap(self.board)
        self.feed = Feed(consumer_opener(settings.kafka), PostgresSnapshot(database), self.board, self._changed)

    def _changed(self) -> None:
        self.tap.note()
        self.hub.stir()

    def _met(self, found: Mapping[Calling, Contact | None]) -> None:
        self.board.met(found)
        self.hub.stir()

    def figures(self) -> dict[str, tuple[str, float]]:
        """What /metrics tells of the live feed."""
        return {
            "trunkline_api_sockets": ("Open live sockets", len(self.hub.clients)),
            "trunkline_api_frames_total": ("Frames put into sockets' outboxes", self.hub.counts.frames),
            "trunkline_api_sockets_dropped_total": ("Sockets that read too slowly", self.hub.counts.dropped),
            "trunkline_api_feed_messages_total": ("Messages heard on the live topics", self.feed.records),
            "trunkline_api_feed_connected": ("1 while the live topics are heard", float(self.feed.connected)),
        }


def create(settings: Settings, half_open: HalfOpen) -> App:
    """The origin that these settings describe, behind a server that counts its `half_open` connections."""
    database, past = Database(settings.database), PastProcess(settings.data)
    accounts, passwords = PostgresAccounts(database), Passwords()
    tokens, standings, kept = Tokens(settings.jwt_secret), Standings(accounts), PostgresSignIns(database)
    door, brake = Door(Proxies(settings.door.proxies), Crowd(settings.door.rates)), PostgresBrake(database)
    origins, seats, taken = origins_of(settings.door), Seats(PostgresSeats(database)), AuditBook(database, *TAKEN)
    gate, live = Gate(tokens, standings, origins, door.crowd), Live(settings, database)
    first, told = FirstUser(accounts, passwords, settings.admin_password), KafkaSettingsTopic(settings.kafka)
    store, dialling = store_of(settings.recordings), DialDesk(database, settings.country, settings.zone)
    exchange, transport = Exchange(database, settings, live.hub), httpx.AsyncHTTPTransport(trust_env=False)
    layer = Layer(database, settings, live.hub, dialling, place_of(settings.recordings), pages=exchange.switchboard)
    phones, office = exchange.join(layer, gate), Office(database, settings, transport, tokens, taken)
    alerts = alerts_of(settings, database, live, past)

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        await database.open()
        layer.start()
        works = [
            Work("making the first user", first.make),
            Work("telling the ingesters", Announcer(database, told).tell, TELL_EVERY_S),
            *recording_work(database, store),
            *forgetting(brake, kept, dialling),
            Work("looking callers up", live.callers.look),
            *live_work(live.feed, live.hub, live.pulse, gate, seats),
            *(work for part in (layer, exchange, past, office, alerts) for work in part.works()),
        ]
        async with beside(works):
            yield
        for close in (past.close, exchange.close, layer.close, transport.aclose, told.close, database.close):
            await close()

    http, sockets = HttpProxy(settings.dashboard, transport), SocketProxy(settings.dashboard)
    return create_origin(
        Parts(
            gate=gate,
            doorman=Doorman(accounts, SignIns(kept, standings.forget), passwords, tokens, brake, origins),
            desk=Desk(PostgresManagerStore(database, marts_under(settings.data)), settings.zone),
            limits=LimitDesk(PostgresLimits(database)),
            history=history_desk(database, settings.zone, ReportFiles(settings.dashboard, transport, tokens), taken),
            admin=AdminDesk(database, passwords, settings.zone),
            analysts=AnalystDesk(LockedSql(settings.data), AuditBook(database), settings.zone),
            acting=layer.desks,
            phones=phones,
            recordings=RecordingDesk(RecordingRows(database), Player(store)),
            contacts=ContactDesk(database, settings.country),
            past=PastDesk(past, settings.zone),
            privacy=privacy_desk(database, settings.country, settings.zone, Player(store)),
            schedules=office.desk,
            alerts=alerts.desk,
            hub=live.hub,
            seats=seats,
            checks=Checks(checks_of(database, first, live, parts.dashboard(settings.dashboard, transport))),
            telemetry=telemetry_of(live, half_open, dialling, layer, exchange, alerts),
            reports=Reports(gate, http, sockets, read_away_page(), taken),
            door=door,
            lifespan=lifespan,
        )
    )


def history_desk(database: Database, zone: ZoneInfo, writer: ReportFiles, taken: AuditBook) -> HistoryDesk:
    """Calls that were, and files of them."""
    store = PostgresHistory(database)
    return HistoryDesk(store, zone, CallFiles(store, writer, taken))


class Measured(Protocol):
    """A part that tells figures."""

    def figures(self) -> dict[str, tuple[str, float]]: ...


def telemetry_of(*parts: Measured) -> Telemetry:
    """What /metrics tells, with the figures of these parts."""
    telemetry = Telemetry()
    for part in parts:
        telemetry.read(part.figures)
    return telemetry


def alerts_of(settings: Settings, database: Database, live: Live, past: PastProcess) -> AlertParts:
    """The alerts on what is heard live, and on what was."""
    return AlertParts(
        database, settings.database, live.tap, lambda: live.feed.connected, live.hub, past, settings.zone,
        settings.webhooks, settings.mail,
    )  # fmt: skip


def store_of(settings: RecordingSettings) -> RecordingStore | None:
    """The store of recordings, where there are keys to open them."""
    return None if settings.keys is None else RecordingStore(settings.store, KeyFile(settings.keys))


def checks_of(database: Database, first: FirstUser, live: Live, dashboard: Check) -> dict[str, Check]:
    """What must answer before the whole is ready, of what is asked for here."""
    return {
        "postgresql": parts.postgresql(database),
        "users": parts.users(lambda: first.settled),
        "kafka": parts.kafka(live.feed),
        "pbx": parts.pbxs(live.pulse.reports),
        "dashboard": dashboard,
    }


def forgetting(brake: PostgresBrake, kept: PostgresSignIns, dialling: DialDesk) -> list[Work]:
    """What is of no use any more is thrown away now and then."""
    return [
        Work("forgetting old tries", brake.forget, FORGET_TRIES_EVERY_S),
        Work("forgetting old sign-ins", kept.forget, FORGET_EVERY_S),
        Work("forgetting what was dialled", dialling.forget, FORGET_DIALLED_EVERY_S),
    ]


def place_of(settings: RecordingSettings) -> RecordingPlace | None:
    """Where PBXs write recordings, where they are told to."""
    return RecordingPlace(PurePosixPath(settings.spool)) if settings.spool else None


def recording_work(database: Database, store: RecordingStore | None) -> list[Work]:
    """What is done about recordings beside the requests, where there is a store."""
    if store is None:
        return []
    settling, removal = Settling(database, store), Removal(database, store)
    return [
        Work("making keys for recordings", settling.give_keys, KEYS_EVERY_S),
        Work("bringing recordings to their calls", settling.settle, SETTLE_EVERY_S),
        Work("deleting old recordings", removal.expire, EXPIRE_EVERY_S),
        Work("deleting recordings of people who are erased", removal.forget, FORGET_RECORDINGS_EVERY_S),
    ]


def origins_of(settings: DoorSettings) -> Origins:
    """Whose pages are let in: with TLS of our own, our pages without it are not ours."""
    return Origins(settings.origins, frozenset({"https"}) if settings.tls else PLAIN_OR_TLS)


def tls_options(settings: TlsSettings | None) -> dict[str, Any]:
    """The server's options for TLS 1.2 with forward secrecy, and 1.3."""
    if settings is None:
        return {}
    return {"ssl_certfile": settings.certificate, "ssl_keyfile": settings.key, "ssl_ciphers": CIPHERS}


def server_of(settings: Settings) -> uvicorn.Server:
    """The HTTP server with the origin in it, not started."""
    half_open = HalfOpen(Proxies(settings.door.proxies))
    options = server_options(half_open) | tls_options(settings.door.tls)
    return uvicorn.Server(uvicorn.Config(create(settings, half_open), settings.host, settings.port, **options))


def server_options(half_open: HalfOpen) -> dict[str, Any]:
    """How the HTTP server treats connections, whatever it serves."""
    return {
        "http": connection_class(half_open),
        "timeout_keep_alive": KEEP_ALIVE_S,
        "ws": TextsProtocol,
        "ws_max_size": MAX_MESSAGE,
        # Compressing the same frame anew for each socket cost more than all the rest, and 100 KB of memory each.
        "ws_per_message_deflate": False,
        "ws_ping_interval": PING_EVERY_S,
        "ws_ping_timeout": PING_TIMEOUT_S,
        # Whom to believe about a peer is api/door/peers.py's business.
        "proxy_headers": False,
        "server_header": False,
        # Our own log has each request, without its query.
        "access_log": False,
        "log_config": None,
        "timeout_graceful_shutdown": STOP_WITHIN_S,
    }


def configured_logs(level: str, secrets: Iterable[str] = ()) -> dict[str, Any]:
    """How this process logs: what libraries say at length, or with a query in it, is left out, and secrets masked."""
    config = log_config("api", level)
    config["formatters"]["json"] |= {"()": MaskingFormatter, "secrets": secrets}
    quiet = {"uvicorn": "WARNING", "httpx": "WARNING", "websockets": "WARNING", "psycopg.pool": "ERROR"}
    config["loggers"] |= {name: {"level": at} for name, at in quiet.items()}
    return config


def main(environment: Mapping[str, str]) -> int:
    """Run the process; its exit code."""
    try:
        settings = read_settings(environment)
    except BadSetting as error:
        sys.stderr.write(f"{error}\n")
        return EX_CONFIG
    logging.config.dictConfig(configured_logs(settings.log_level, settings.secrets))
    # A socket is a file; systems let a process have 1,024 unless it asks for as many as it may have.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    for number in (signal.SIGTERM, signal.SIGINT):
        # The server stops in order, then raises the signal again, which would look like a death.
        signal.signal(number, leave)
    server_of(settings).run()
    return 0


def leave(*_: object) -> NoReturn:
    """End the process as asked."""
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main(os.environ))
