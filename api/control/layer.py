"""The command layer put together: links, runner, desks and what they do by the clock. Nothing of it reads settings."""

import ssl
import time
from collections.abc import Callable, Iterable

from api.background import Work
from api.control.desk import CallDesk
from api.control.facts import PostgresFacts
from api.control.floor import FloorDesk
from api.control.ghosts import Ghosts
from api.control.links import Link, Links
from api.control.news import CommandNews, PostgresTelegraph
from api.control.notes import Notebook
from api.control.pages import Pages
from api.control.permits import DialPolicy
from api.control.places import RecordingPlace
from api.control.plan import Dialplan
from api.control.routes import Desks
from api.control.runner import Runner
from api.control.seeker import Patience
from api.control.store import PostgresCommands
from api.control.targets import Targets
from api.database import Database
from api.live.hub import Hub
from api.settings import Settings
from asterisk.account import Account, Timing

# What another process has left is settled at most this much after it is known to be gone.
SWEEP_S = 2.0
FORGET_EVERY_S = 3600.0
# The classes of events that commands are confirmed by.
EVENTS = "call,agent"


def links_of(settings: Settings, timing: Timing | None = None) -> Links:
    """A link to each PBX of the settings, not started."""
    return Links(
        Link(each.name, Account(each.host, each.port, each.user, each.secret, _tls(each.tls, each.ca), EVENTS), timing)
        for each in settings.pbxs
    )


def _tls(wanted: bool, ca: str | None) -> ssl.SSLContext | None:
    return ssl.create_default_context(cafile=ca) if wanted else None


class Layer:
    """Everything that acts. `policy` judges numbers, `place` names recordings."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        hub: Hub,
        policy: DialPolicy,
        place: RecordingPlace | None = None,
        patience: Patience | None = None,
        timing: Timing | None = None,
        pages: Pages | None = None,
    ) -> None:
        store, facts = PostgresCommands(database), PostgresFacts(database)
        self._store = store
        self.links = links_of(settings, timing)
        self._ghosts = Ghosts(store, self.links)
        self.runner = Runner(store, self.links, patience, pages)
        self._news = CommandNews(PostgresTelegraph(database, settings.database), store, hub)
        self.targets = Targets(facts, policy, Dialplan(*settings.contexts))
        clock: Callable[[], int] = _epoch_ms
        self.desks = Desks(
            CallDesk(self.runner, store, facts, self.links, self.targets, place, clock, pages),
            FloorDesk(self.runner, facts, self.links, clock),
            Notebook(database),
        )

    def start(self) -> None:
        """Begin to connect to the PBXs."""
        self.links.start()

    def works(self) -> Iterable[Work]:
        """What goes on beside the requests."""
        return (
            Work("settling commands that were left", self.runner.sweep, SWEEP_S),
            Work("telling what came of commands", self._news.run),
            Work("forgetting old commands", self._store.forget, FORGET_EVERY_S),
        )

    def figures(self) -> dict[str, tuple[str, float]]:
        """What /metrics tells of the links."""
        up = sum(link.is_up for link in self.links)
        return {"trunkline_api_pbx_links": ("PBXs that can be acted on now", float(up))}

    async def close(self) -> None:
        """Stop waiting for commands, and log off."""
        await self.runner.close()
        await self._ghosts.close()
        await self.links.close()


def _epoch_ms() -> int:
    return time.time_ns() // 1_000_000
