"""The parts that must answer before the whole is ready, each as a check of `api/health.py`."""

import time
from collections.abc import Callable, Iterable, Mapping

import httpx

from api.database import Database
from api.health import Check
from api.live.feed import Feed
from api.live.freshness import PbxReport

# A PBX of which nothing waits is reported at least each two seconds; beyond this nobody applies its events any more.
HEARD_WITHIN_S = 15.0
# The feed compares itself with the topics' ends each second; beyond this it has lost them.
FOLLOWED_WITHIN_S = 10.0


def postgresql(database: Database) -> Check:
    """PostgreSQL answers a question."""

    async def check() -> Mapping[str, str]:
        async with database.tenantless() as connection:
            await connection.execute("SELECT 1")
        return {"postgresql": ""}

    return check


def users(settled: Callable[[], bool]) -> Check:
    """Somebody can sign in: the first user was made, or found to be there."""

    async def check() -> Mapping[str, str]:
        return {"users": "" if settled() else "the first user is not made yet"}

    return check


def kafka(feed: Feed, clock: Callable[[], float] = time.time) -> Check:
    """The live topics are followed, and nothing of them is missing here."""

    async def check() -> Mapping[str, str]:
        late = not feed.connected or clock() - feed.heard_at / 1000 > FOLLOWED_WITHIN_S
        return {"kafka": "the live topics are not heard" if late else ""}

    return check


def pbxs(reports: Callable[[], Iterable[PbxReport]], clock: Callable[[], float] = time.time) -> Check:
    """Events of each PBX are applied, or none waits. One that never was heard of counts as missing."""

    async def check() -> Mapping[str, str]:
        late = {f"pbx:{each.pbx}": _late(clock() - each.applied_at / 1000) for each in reports()}
        return late or {"pbx": "none has been heard yet"}

    return check


def dashboard(address: str, transport: httpx.AsyncBaseTransport) -> Check:
    """The dashboard answers anything at all; that it asks us to sign in is a sign of life."""

    async def check() -> Mapping[str, str]:
        response = await transport.handle_async_request(httpx.Request("GET", f"http://{address}/reports/"))
        await response.aclose()
        return {"dashboard": "" if response.status_code < 500 else "answers with an error"}

    return check


def _late(seconds: float) -> str:
    return f"nothing applied for {seconds:.0f} s" if seconds > HEARD_WITHIN_S else ""
