"""The command layer of a process that has no PBX: what there is answers, and nothing is done."""

from api.control.desk import CallDesk
from api.control.facts import PostgresFacts
from api.control.floor import FloorDesk
from api.control.links import Links
from api.control.notes import Notebook
from api.control.permits import AnyNumber
from api.control.plan import Dialplan
from api.control.routes import Desks
from api.control.runner import Runner
from api.control.store import PostgresCommands
from api.control.targets import Targets
from api.database import Database


def desks_on_nothing(url: str) -> Desks:
    """Desks on the database at this URL, and on no PBX."""
    database, links = Database(url), Links()
    store, facts = PostgresCommands(database), PostgresFacts(database)
    runner, targets = Runner(store, links), Targets(facts, AnyNumber(), Dialplan())
    calls = CallDesk(runner, store, facts, links, targets, None, lambda: 0)
    return Desks(calls, FloorDesk(runner, facts, links), Notebook(database))
