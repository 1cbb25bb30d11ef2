"""A process that sends the reports that are due, for tests that kill it: `python mailing_process.py URL PORT NOW`.

`NOW` is its clock, ISO 8601, which stands still. The file is made of nothing; PostgreSQL and the mail server are real.
"""

import asyncio
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from schedule_parts import FakeFiles, Moment

from api.database import Database
from api.post.account import MailAccount
from api.post.rounds import Rounds
from api.post.sender import SmtpPost
from api.post.sendings import PostgresSendings


async def main(url: str, port: int, now: datetime) -> None:
    """Look once, and send."""
    database, clock = Database(url), Moment(now)
    await database.open()
    account = MailAccount("127.0.0.1", port, "reports@example.com", frozenset({"example.com"}), tls="none")
    await Rounds(
        PostgresSendings(database), FakeFiles(), SmtpPost(account, clock), ZoneInfo("Europe/Berlin"), clock
    ).once()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), datetime.fromisoformat(sys.argv[3])))
