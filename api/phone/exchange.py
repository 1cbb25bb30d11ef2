"""Phones in browsers put together: sessions, switchboard, relay, recovery and desks. Nothing of it reads settings."""

import time
from collections.abc import Iterable

from api.background import Work
from api.contacts.book import PostgresCallers
from api.control.layer import Layer
from api.database import Database
from api.gate import Gate
from api.live.hub import Hub
from api.phone.customers import PostgresCustomers
from api.phone.desk import PhoneDesk
from api.phone.known import Known
from api.phone.lists import PostgresLists
from api.phone.recovery import LOOK_S, Recovery
from api.phone.relay import Relay, Upstreams
from api.phone.routes import PhoneParts
from api.phone.sessions import PostgresPhones, Session
from api.phone.supervise import SuperviseDesk
from api.phone.switchboard import PostgresWire, Switchboard
from api.settings import Settings


class Exchange:
    """All that pages need. Its switchboard is made first: the command layer asks pages through it."""

    def __init__(self, database: Database, settings: Settings, hub: Hub) -> None:
        self._database = database
        self._settings = settings
        self._phones = PostgresPhones(database, settings.contexts[1], settings.phones.outside_prefix)
        self.switchboard = Switchboard(PostgresWire(database, settings.database), hub, self._phones)

    def join(self, layer: Layer, gate: Gate) -> PhoneParts:
        """What the routes need, on top of the command layer."""
        settings, owner = self._settings, layer.runner.owner
        upstreams = Upstreams({each.name: each.sip for each in settings.pbxs})
        self._recovery = Recovery(self._phones, layer.links, self._database, owner, time.monotonic)
        self._relay = Relay(self._phones, self.switchboard, upstreams, owner, self._registered)
        self._known = Known(layer.links)
        desk = PhoneDesk(
            *(self._phones, PostgresLists(self._database), self.switchboard, layer.targets, layer.links, upstreams),
            *(settings.phones, settings.zone, _epoch_ms),
        )
        supervise = SuperviseDesk(desk, layer.desks.calls.legs, layer.runner, layer.targets, self._database)
        callers = PostgresCallers(self._database, settings.country)
        customers = PostgresCustomers(self._database, callers, settings.country)
        return PhoneParts(desk, supervise, self._relay, self._phones, gate, customers)

    async def _registered(self, session: Session) -> None:
        """A page's phone is there: calls that wait for it first."""
        await self._recovery.registered(session)
        await self._known.registered(session)

    def works(self) -> Iterable[Work]:
        """What goes on beside the requests."""
        return (
            Work("hearing what pages are asked", self.switchboard.run),
            Work("watching over the calls of pages", self._recovery.guard, LOOK_S),
        )

    def figures(self) -> dict[str, tuple[str, float]]:
        """What /metrics tells of pages."""
        return {"trunkline_api_phones": ("Pages whose SIP socket is open here", float(self.switchboard.sockets))}

    async def close(self) -> None:
        """Let pages go."""
        await self._relay.close()


def _epoch_ms() -> int:
    return time.time_ns() // 1_000_000
