"""The routes about people, with the tables and the recordings behind them."""

from zoneinfo import ZoneInfo

from api.database import Database
from api.privacy.agent_export import AgentExports
from api.privacy.agents import Agents
from api.privacy.export import Exports
from api.privacy.gathering import Gathering
from api.privacy.routes import PrivacyDesk
from api.privacy.store import PrivacyStore
from api.recordings.playing import Player


def privacy_desk(database: Database, country: str, zone: ZoneInfo, player: Player) -> PrivacyDesk:
    """What the routes need. `country`: of tenants who have said none; `zone`: the clock of tables that are taken."""
    store = PrivacyStore(database, country)
    exports = Exports(Gathering(database, store), player, zone)
    return PrivacyDesk(store, exports, AgentExports(Agents(database, store), zone))
