"""The parts that must answer before the whole is ready, each as a check of `api/health.py`."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import httpx

from api.database import Database
from api.health import Check
from api.live.feed import Feed

# A silent PBX is reported at least each two seconds; beyond this nobody applies its events any more.
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


def pbxs(database: Database, clock: Callable[[], float] = time.time) -> Check:
    """Events of each PBX are applied. One that never was heard of counts as missing."""

    async def check() -> Mapping[str, str]:
        async with database.tenantless() as connection:
            rows = await (await connection.execute("SELECT pbx, applied_at FROM pbx_health")).fetchall()
        if not rows:
            return {"pbx": "none has been heard yet"}
        now = datetime.fromtimestamp(clock(), UTC)
        return {f"pbx:{row['pbx']}": _late((now - row["applied_at"]).total_seconds()) for row in rows}

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
