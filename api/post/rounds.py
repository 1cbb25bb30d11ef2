"""Reports go out: what is due is written down, made, sent and settled, by whichever process comes first.

Nothing is sent after doubt. The right to a report is looked at when it is sent: that of its owner, by the page itself.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NoReturn, Protocol
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from api.errors import ApiError, BadGateway, NotAllowed, NotSignedIn, Unavailable
from api.post.addresses import strangers
from api.post.due import fixed_query
from api.post.letters import Attachment, Letter, written
from api.post.outcomes import Job, Outcome, given_up, outcome_of, put_off
from api.post.report_letter import Occasion, Summary, report_letter
from api.post.sender import SmtpPost
from api.post.sendings import PostgresSendings, Task
from api.report_files import ReportFile
from api.roles import MANAGERS
from api.tokens import Principal

# What was asked for at once should go out at once; else a look of some milliseconds.
LOOK_EVERY_S = 5.0
AT_MOST, AT_ONCE = 50, 4
# Mail servers take 10 to 35 MB as a rule, and on the wire a file is a third larger.
LARGEST = 7_000_000
TOKEN_S = 120
NO_SERVER = "No mail server is set: the operator names one in TRUNKLINE_SMTP_HOST."

log = logging.getLogger("api.post")


class Files(Protocol):
    """Who makes the files: `api.post.call_lists.MailedFiles`."""

    async def fetch(self, principal: Principal, page: str, kind: str, query: str) -> ReportFile: ...


class NotSendable(Exception):
    """It cannot be sent, now or ever; the text says why."""


class Rounds:
    """The reports of all tenants, as far as this process gets hold of them."""

    def __init__(
        self,
        store: PostgresSendings,
        files: Files,
        post: SmtpPost | None,
        zone: ZoneInfo,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`zone`: whose days a page means where its address names no clock."""
        self._store = store
        self._zone = zone
        self._files = files
        self._post = post
        self._clock = clock
        self._stirred = asyncio.Event()

    def stir(self) -> None:
        """Look at once."""
        self._stirred.set()

    async def go(self) -> None:
        """Look again and again, for ever."""
        while True:
            self._stirred.clear()
            await self.once()
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._stirred.wait()
            except TimeoutError:
                continue

    async def once(self) -> None:
        """Do what there is to do now."""
        for task in await self._store.tasks(self._clock(), AT_MOST):
            if task.what == "due":
                await self._store.enqueue(task, self._clock())
            elif task.what == "forsaken":
                await self._store.forsake(task, self._clock())
        waiting = [task for task in await self._store.tasks(self._clock(), AT_MOST) if task.what == "waiting"]
        turn = asyncio.Semaphore(AT_ONCE)
        # Each to its end: what went wrong with one must not stop another that is on its way.
        done = await asyncio.gather(*(self._carry(task, turn) for task in waiting), return_exceptions=True)
        for each in done:
            if isinstance(each, BaseException):
                raise each

    async def _carry(self, task: Task, turn: asyncio.Semaphore) -> None:
        async with turn:
            job = await self._store.take(task, self._clock())
            if job is None:
                return
            try:
                letter = await self._letter(job)
            except NotSendable as error:
                await self._close(job, given_up(job, str(error)))
            except (BadGateway, Unavailable) as error:
                await self._close(job, put_off(job, f"The report could not be made: {error.detail}", self._clock()))
            except ApiError as error:
                await self._close(job, given_up(job, f"The report could not be made: {error.detail}"))
            # It must not matter what went wrong: nothing was sent, and the row is not to be taken for ever.
            except Exception as error:
                log.error("a report could not be made", exc_info=error, extra={"sending": job.id})
                await self._close(
                    job, put_off(job, "The report could not be made: the server's log says why.", self._clock())
                )
            else:
                await self._send(job, letter)

    async def _send(self, job: Job, letter: Letter) -> None:
        assert self._post is not None
        begun = await self._store.begin(job, letter.attachments[0].name, letter.recipients, self._clock())
        if begun is None:
            return
        tried = await self._post.send(letter)
        outcome = outcome_of(replace(begun, waiting=letter.recipients), tried, self._clock())
        others = strangers(job.waiting, self._post.account.domains)
        refused = {**dict.fromkeys(others, "E-mail to this domain is not allowed."), **outcome.refused}
        await self._close(begun, replace(outcome, refused=refused))

    async def _close(self, job: Job, outcome: Outcome) -> None:
        await self._store.close(job, outcome, self._clock())
        log.info("report %s", outcome.status, extra={"sending": job.id, "schedule": job.schedule_id})

    async def _letter(self, job: Job) -> Letter:
        """The letter with its file. Raises NotSendable, and ApiError where the page does not give it."""
        if self._post is None:
            raise NotSendable(NO_SERVER)
        others = set(strangers(job.waiting, self._post.account.domains))
        recipients = tuple(each for each in job.waiting if each not in others)
        if not recipients:
            raise NotSendable("E-mail to the recipients' domains is not allowed any more.")
        if not job.owner.is_active or job.owner.role not in MANAGERS:
            await self._pause(job, f"{job.owner.name} is no manager any more: somebody who is may start it again.")
        query = fixed_query(job.query, job.due_at, self._zone)
        try:
            about = await self._files.fetch(self._owner(job), job.page, "json", query)
            made = await self._files.fetch(self._owner(job), job.page, job.kind, query)
        except (NotAllowed, NotSignedIn) as error:
            await self._pause(job, f"{job.owner.name} may not see this page any more: {error.detail}")
        if len(made.content) > LARGEST:
            size = len(made.content) // 1_000_000
            raise NotSendable(f"The file has {size} MB, too much for e-mail: choose fewer days or longer intervals.")
        occasion = Occasion(
            *(job.id, recipients, job.due_at, job.timing.zone, job.timing.every, job.owner.name, job.asked_at_once)
        )
        file = Attachment(made.name, made.media, made.content)
        letter = report_letter(msgspec.json.decode(about.content, type=Summary), file, occasion, self._clock())
        try:
            # Whether it can be one is known before the row says that it goes out.
            written(letter, self._post.account, self._clock())
        except ValueError as error:
            raise NotSendable(str(error)) from error
        return letter

    async def _pause(self, job: Job, why: str) -> NoReturn:
        await self._store.pause(job, why)
        raise NotSendable(f"The schedule was stopped: {why}")

    def _owner(self, job: Job) -> Principal:
        owner, expires = job.owner, int(self._clock().timestamp()) + TOKEN_S
        return Principal(owner.user_id, owner.name, job.tenant, owner.role, expires, "")
