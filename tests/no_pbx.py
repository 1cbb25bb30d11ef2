"""The command layer of a process that has no PBX: what there is answers, and nothing is done."""

from zoneinfo import ZoneInfo

from api.contacts.book import PostgresCallers
from api.control.desk import CallDesk
from api.control.facts import PostgresFacts
from api.control.floor import FloorDesk
from api.control.legs import Legs
from api.control.links import Links
from api.control.notes import Notebook
from api.control.permits import AnyNumber
from api.control.plan import Dialplan
from api.control.routes import Desks
from api.control.runner import Runner
from api.control.store import PostgresCommands
from api.control.targets import Targets
from api.database import Database
from api.gate import Gate
from api.live.hub import Hub
from api.phone.customers import PostgresCustomers
from api.phone.desk import PhoneDesk
from api.phone.lists import PostgresLists
from api.phone.relay import Relay, Upstreams
from api.phone.routes import PhoneParts
from api.phone.sessions import PostgresPhones, Session
from api.phone.supervise import SuperviseDesk
from api.phone.switchboard import PostgresWire, Switchboard
from api.settings import PhoneSettings


def desks_on_nothing(url: str) -> Desks:
    """Desks on the database at this URL, and on no PBX."""
    database, links = Database(url), Links()
    store, facts = PostgresCommands(database), PostgresFacts(database)
    runner, targets = Runner(store, links), Targets(facts, AnyNumber(), Dialplan())
    calls = CallDesk(runner, store, facts, links, targets, None, lambda: 0)
    return Desks(calls, FloorDesk(runner, facts, links, lambda: 0), Notebook(database))


def phones_on_nothing(url: str, hub: Hub, gate: Gate) -> PhoneParts:
    """Phones in browsers on the database at this URL, and on no PBX."""
    database, links, upstreams = Database(url), Links(), Upstreams({})
    phones = PostgresPhones(database, "pbx-outbound", "9")
    switchboard = Switchboard(PostgresWire(database, url), hub, phones)
    store, facts = PostgresCommands(database), PostgresFacts(database)
    runner, targets = Runner(store, links, pages=switchboard), Targets(facts, AnyNumber(), Dialplan())
    desk = PhoneDesk(
        *(phones, PostgresLists(database), switchboard, targets, links, upstreams),
        *(PhoneSettings(), ZoneInfo("UTC"), lambda: 0),
    )

    async def registered(session: Session) -> None:
        """Nobody's calls are fetched where there is no PBX."""

    relay = Relay(phones, switchboard, upstreams, runner.owner, registered)
    supervise = SuperviseDesk(desk, Legs(facts, links), runner, targets, database)
    customers = PostgresCustomers(database, PostgresCallers(database, "US"), "US")
    return PhoneParts(desk, supervise, relay, phones, gate, customers)
