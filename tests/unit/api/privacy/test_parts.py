"""api/privacy/parts.py: the routes' parts know each other. All at work: tests/integration/api/privacy."""

from api_parts import NOWHERE, UTC

from api.database import Database
from api.privacy.export import Exports
from api.privacy.parts import privacy_desk
from api.privacy.store import PrivacyStore
from api.recordings.playing import Player


def test_the_desk_has_its_tables_and_its_files() -> None:
    desk = privacy_desk(Database(NOWHERE), "DE", UTC, Player(None))
    assert isinstance(desk.store, PrivacyStore) and isinstance(desk.exports, Exports)
