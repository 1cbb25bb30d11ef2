"""Reports go out, on a real PostgreSQL and through a real mail server: each once, whatever dies, however many look."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import psycopg
import pytest
from api_parts import principal, until
from api_rows import add_user, change
from mail_server import Letters, mail_server
from msgspec.structs import replace
from schedule_parts import FORM, FakeFiles, Moment

from api.database import Database
from api.errors import ApiError, BadGateway, BadRequest, NotAllowed
from api.post.account import MailAccount
from api.post.forms import NewSchedule, Schedule, Sending, Status, recipients_of, timing_of
from api.post.letters import Letter
from api.post.outcomes import FORSAKEN
from api.post.rounds import NO_SERVER, Rounds
from api.post.sender import SmtpPost, Tried
from api.post.sendings import PostgresSendings
from api.post.store import Draft, PostgresSchedules
from api.roles import Role
from api.tokens import Principal

BERLIN = ZoneInfo("Europe/Berlin")
DOMAINS = frozenset({"example.com"})
TESTS = Path(__file__).parents[3]


@pytest.fixture
def letters() -> Iterator[Letters]:
    with mail_server() as server:
        yield server


class Centre:
    """A manager with schedules, and processes that send them."""

    def __init__(self, url: str, database: Database, letters: Letters) -> None:
        self.url = url
        self.database = database
        self.clock = Moment()
        self.store = PostgresSchedules(database)
        self.owner = self.user("petra", Role.MANAGER)
        account = MailAccount("127.0.0.1", letters.port, "reports@example.com", DOMAINS, tls="none")
        self.post = SmtpPost(account, self.clock)

    def user(self, name: str, role: Role, tenant: str = "default") -> Principal:
        """Somebody of a tenant."""
        made = add_user(self.url, name, role, tenant)
        return replace(principal(role, tenant), user_id=made, name=name)

    def rounds(self, error: ApiError | None = None, post: SmtpPost | None = None) -> Rounds:
        """One process."""
        return Rounds(PostgresSendings(self.database), FakeFiles(error), post or self.post, BERLIN, self.clock)

    async def add(self, *people: str, whose: Principal | None = None, **changes: object) -> UUID:
        """Make a schedule for people of example.com, of each day at 07:00 in Berlin."""
        made = await self.store.add(whose or self.owner, self.draft(*people, **changes))
        assert made is not None
        return UUID(made.id)

    def draft(self, *people: str, **changes: object) -> Draft:
        """What a form comes to now."""
        named = {"recipients": [f"{each}@example.com" for each in people or ("ann",)]}
        form = msgspec.convert(FORM | named | changes, NewSchedule)
        return Draft(form, recipients_of(form, DOMAINS), BERLIN, timing_of(form, BERLIN).after(self.clock()))

    async def last(self, schedule_id: UUID, tenant: str = "default") -> Sending:
        """What became of it last."""
        return (await self.history(schedule_id, tenant))[0]

    async def history(self, schedule_id: UUID, tenant: str = "default") -> list[Sending]:
        """All that became of it."""
        found, total = await self.store.sendings(tenant, schedule_id, 1000, 0)
        assert total == len(found)
        return found

    async def schedule(self, schedule_id: UUID) -> Schedule:
        """As it is."""
        found = await self.store.one("default", schedule_id)
        assert found is not None
        return found


@pytest.fixture
async def centre(database_as: Callable[..., str], letters: Letters) -> AsyncIterator[Centre]:
    database = Database(database_as("trunkline_api"))
    await database.open()
    yield Centre(database_as(), database, letters)
    await database.close()


async def test_each_time_is_sent_once_however_many_processes_look(centre: Centre, letters: Letters) -> None:
    ours = [await centre.add(f"p{number}", query="range=yesterday") for number in range(6)]
    theirs = await centre.add("dora", whose=centre.user("otto", Role.ADMINISTRATOR, "theirs"))
    await centre.rounds().once()
    assert letters.came == []
    for _ in range(3):
        centre.clock.on(days=1)
        await asyncio.gather(*(centre.rounds().once() for _ in range(4)))
        await asyncio.gather(*(centre.rounds().once() for _ in range(2)))
    came = Counter(people for people, _ in letters.came)
    assert came == {(f"{name}@example.com",): 3 for name in ("p0", "p1", "p2", "p3", "p4", "p5", "dora")}
    assert len({message["message-id"] for _, message in letters.came}) == 21
    history = await centre.history(ours[0])
    assert [each.status for each in history] == [Status.SENT] * 3
    assert [f"{each.due_at:%d %H:%M}" for each in history] == ["29 06:00", "28 06:00", "27 06:00"]
    assert await centre.history(theirs) == [] and len(await centre.history(theirs, "theirs")) == 3
    # It is about the day before the one on which it was due, though it is sent on the day after that.
    _, message = next(each for each in letters.came if each[0] == ("p0@example.com",))
    (file,) = message.iter_attachments()
    assert file.get_payload(decode=True) == b"queues,from=2026-11-26&to=2026-11-26\r\n"
    plain = message.get_body(("plain",))
    assert plain is not None and "Offered  12" in plain.get_content() and "is sent late" in plain.get_content()
    with psycopg.connect(centre.url) as connection:
        noted = connection.execute("SELECT count(*) FROM audit_log WHERE action = 'report.mail'").fetchone()
    assert noted == (21,)


async def test_what_was_missed_is_sent_once_and_what_is_too_old_is_told(centre: Centre, letters: Letters) -> None:
    daily, weekly = await centre.add(), await centre.add(every="week", days=[5])
    centre.clock.on(days=4)
    await centre.rounds().once()
    assert [each.status for each in await centre.history(daily)] == [Status.SENT, Status.SKIPPED]
    (skipped,) = await centre.history(weekly)
    assert skipped.status is Status.SKIPPED and "27 Nov 2026, 07:00 Europe/Berlin" in skipped.detail
    assert len(letters.came) == 1
    assert f"{(await centre.schedule(weekly)).next_at:%d}" == "04"


async def test_put_off_is_tried_again_for_those_alone_and_refused_is_not(centre: Centre, letters: Letters) -> None:
    mixed, lost = await centre.add("ann", "later-bob", "never-carl"), await centre.add("lost-dora")
    centre.clock.on(hours=3)
    await centre.rounds().once()
    first = await centre.last(mixed)
    assert (first.status, first.waiting, first.taken) == (
        Status.ACCEPTED,
        ["later-bob@example.com"],
        ["ann@example.com"],
    )
    assert "451" in first.detail and list(first.refused) == ["never-carl@example.com"]
    for _ in range(6):
        centre.clock.on(hours=1)
        await centre.rounds().once()
    last = await centre.last(mixed)
    assert (last.status, last.taken, last.waiting) == (Status.SENT, ["ann@example.com"], [])
    assert last.refused["later-bob@example.com"].startswith("451")
    assert (await centre.last(lost)).status is Status.UNKNOWN
    assert Counter(people for people, _ in letters.came) == {("ann@example.com",): 1, ("lost-dora@example.com",): 1}


class Killed(SmtpPost):
    """Hands the letter over, and dies before anybody hears of it."""

    async def send(self, letter: Letter) -> Tried:
        await super().send(letter)
        raise asyncio.CancelledError


async def test_a_process_that_dies_while_it_sends_leaves_the_unknown_and_nobody_sends_again(
    centre: Centre, letters: Letters
) -> None:
    schedule = await centre.add()
    centre.clock.on(hours=3)
    with pytest.raises(asyncio.CancelledError):
        await centre.rounds(post=Killed(centre.post.account)).once()
    assert (await centre.last(schedule)).status is Status.SENDING
    await centre.rounds().once()
    centre.clock.on(minutes=9)
    await asyncio.gather(*(centre.rounds().once() for _ in range(3)))
    last = await centre.last(schedule)
    assert (last.status, last.detail) == (Status.UNKNOWN, FORSAKEN)
    assert len(letters.came) == 1


async def test_a_process_that_is_killed_while_the_server_has_the_letter_leaves_the_unknown(
    centre: Centre, letters: Letters, database_as: Callable[..., str]
) -> None:
    schedule = await centre.add("slow-ann")
    centre.clock.on(hours=3)
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(TESTS / "mailing_process.py"),
        database_as("trunkline_api"), str(letters.port), str(centre.clock()),
    )  # fmt: skip
    await until(lambda: len(letters.came) == 1)
    process.kill()
    await process.wait()
    killed = await centre.last(schedule)
    assert (killed.status, killed.settled_at) == (Status.SENDING, None)
    # Whoever comes next waits for as long as sending may take, then says that nobody knows.
    await centre.rounds().once()
    assert (await centre.last(schedule)).status is Status.SENDING
    centre.clock.on(minutes=9)
    await asyncio.gather(*(centre.rounds().once() for _ in range(3)))
    last = await centre.last(schedule)
    assert (last.status, last.detail, last.taken) == (Status.UNKNOWN, FORSAKEN, [])
    assert [people for people, _ in letters.came] == [("slow-ann@example.com",)]


async def test_who_may_not_is_not_sent_and_the_schedule_says_why(centre: Centre, letters: Letters) -> None:
    refused, let_go, demoted = await centre.add(), await centre.add(), await centre.add(kind="pdf")
    other = centre.user("udo", Role.MANAGER)
    for schedule in (let_go, demoted):
        assert await centre.store.change(other, schedule, centre.draft("bob"))
    centre.clock.on(hours=3)
    change(centre.url, "UPDATE users SET is_active = false WHERE username = 'udo'")
    await centre.rounds(NotAllowed("The role agent does not open this page.")).once()
    reasons = [(await centre.schedule(each)) for each in (refused, let_go, demoted)]
    assert [each.is_active for each in reasons] == [False] * 3 and [each.next_at for each in reasons] == [None] * 3
    assert "may not see this page any more" in reasons[0].paused_because
    assert "udo is no manager any more" in reasons[1].paused_because
    assert (await centre.last(refused)).status is Status.FAILED
    # Somebody who may starts it again, and it is theirs.
    started = await centre.store.change(centre.owner, let_go, centre.draft("ann"))
    assert started is not None and (started.is_active, started.paused_because, started.owner) == (True, "", "petra")
    assert letters.came == []


async def test_what_cannot_be_made_is_tried_again_or_told(centre: Centre, letters: Letters) -> None:
    away, long = await centre.add(), await centre.add()
    centre.clock.on(hours=3)
    await centre.rounds(BadGateway("The dashboard does not answer.")).once()
    assert (await centre.last(away)).status is Status.ACCEPTED
    centre.clock.on(minutes=1)
    await centre.rounds(BadRequest("The table has too many rows.")).once()
    assert "too many rows" in (await centre.last(long)).detail and (await centre.last(long)).status is Status.FAILED
    nothing = await centre.store.send(centre.owner, away, centre.clock())
    assert nothing is not None and nothing.asked_at_once
    without = Rounds(PostgresSendings(centre.database), FakeFiles(), None, BERLIN, centre.clock)
    await without.once()
    assert (await centre.last(away)).detail == NO_SERVER
    # At once, and beside what was due.
    await centre.store.send(centre.owner, away, centre.clock())
    await centre.rounds().once()
    assert len(letters.came) == 1 and "sent now" in str(letters.came[0][1])


async def test_it_is_looked_at_once_when_somebody_asks(centre: Centre, letters: Letters) -> None:
    schedule, rounds = await centre.add(), centre.rounds()
    going = asyncio.create_task(rounds.go())
    await asyncio.sleep(0)
    await centre.store.send(centre.owner, schedule, centre.clock())
    rounds.stir()
    await until(lambda: len(letters.came) == 1)
    going.cancel()
    await asyncio.gather(going, return_exceptions=True)
