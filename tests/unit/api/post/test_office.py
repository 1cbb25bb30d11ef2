"""api/post/office.py: with and without a mail server. Everything at work: tests/e2e/test_schedules.py."""

import httpx
from analyst_parts import FakeBook
from api_parts import NOWHERE, SECRET
from msgspec.structs import replace
from schedule_parts import ACCOUNT

from api.database import Database
from api.post.office import Office
from api.settings import Settings, read_settings
from api.tokens import Tokens

GIVEN = {"DATABASE": NOWHERE, "KAFKA": "k:1", "DASHBOARD": "d:1", "JWT_SECRET": SECRET.decode()}
SETTINGS = read_settings({f"TRUNKLINE_{name}": value for name, value in GIVEN.items()})


def office(settings: Settings) -> Office:
    """One that nothing is asked of."""
    away = httpx.MockTransport(lambda _: httpx.Response(404))
    return Office(Database(NOWHERE), settings, away, Tokens(SECRET), FakeBook())


def test_without_a_mail_server_what_is_due_is_looked_at_all_the_same() -> None:
    without, with_one = office(SETTINGS), office(replace(SETTINGS, mail=ACCOUNT))
    assert without.post is None and without.desk.account is None
    assert with_one.post is not None and with_one.desk.account == ACCOUNT
    assert [work.name for work in without.works()] == ["sending reports", "forgetting old sendings"]
