"""All of the e-mail of one API process: its way to the mail server, the schedules' routes, and what goes on beside."""

import httpx

from api.background import Work
from api.database import Database
from api.history.call_files import Book, CallFiles
from api.history.store import PostgresHistory
from api.post.call_lists import MailedFiles
from api.post.rounds import Rounds
from api.post.routes import ScheduleDesk
from api.post.sender import SmtpPost
from api.post.sendings import PostgresSendings
from api.post.store import PostgresSchedules
from api.report_files import ReportFiles
from api.settings import Settings
from api.tokens import Tokens

FORGET_EVERY_S = 86_400.0


class Office:
    """`post` is None where no mail server is set: what is due then fails, and says so. `book`: who took calls away."""

    def __init__(
        self, database: Database, settings: Settings, transport: httpx.AsyncBaseTransport, tokens: Tokens, book: Book
    ) -> None:
        self.post = SmtpPost(settings.mail) if settings.mail else None
        self._sendings = PostgresSendings(database)
        pages = ReportFiles(settings.dashboard, transport, tokens)
        files = MailedFiles(pages, CallFiles(PostgresHistory(database), pages, book), settings.zone)
        self._rounds = Rounds(self._sendings, files, self.post, settings.zone)
        self.desk = ScheduleDesk(PostgresSchedules(database), settings.mail, settings.zone, self._rounds.stir)

    def works(self) -> list[Work]:
        """What goes on beside the requests."""
        return [
            Work("sending reports", self._rounds.go),
            Work("forgetting old sendings", self._sendings.forget, FORGET_EVERY_S),
        ]
