"""One API process's share of a race: so many permits asked for at once, when the word is given on standard input.

`python tests/dialling_process.py DATABASE USER COUNT` prints how many were permitted, and how many of each refusal.
"""

import asyncio
import json
import sys
from collections import Counter

from api_parts import UTC, principal
from msgspec.structs import replace

from api.database import Database
from api.dialling.permits import DialDesk
from api.errors import ApiError
from api.roles import Role

NUMBER = "030123456"


async def main(url: str, user: str, count: int) -> None:
    """Connect, wait for the word, ask."""
    database = Database(url, wait_s=60)
    await database.open()
    desk, who = DialDesk(database, "DE", UTC), replace(principal(Role.AGENT), user_id=user)
    async with database.tenantless() as connection:
        await connection.execute("SELECT 1")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    asked = await asyncio.gather(*(desk.permit(who, NUMBER, "dial") for _ in range(count)), return_exceptions=True)
    told = Counter(each.status if isinstance(each, ApiError) else 200 for each in asked)
    sys.stdout.write(json.dumps({"permitted": told[200], "refused": told[429], "other": count - told[200] - told[429]}))
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
