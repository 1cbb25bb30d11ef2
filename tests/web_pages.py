"""Pages that are phones, as a browser has them: a session, and the SIP socket through our own origin."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

from acting import Answer, Person, hire
from installation import Installation, installation
from phones.call import Call
from phones.people import Person as Behaviour
from phones.web import WebPhone

from infra import asterisk_tree
from infra.asterisk import CACHE, RealAsterisk
from infra.asterisk_files import AsteriskPorts, AsteriskSecrets
from infra.asterisk_files import Installation as AsteriskInstallation
from infra.passwords import Passwords
from infra.ports import Ports

# A PBX of our own has this name.
PBX = "pbx1"
# Who has which extension; 1101 is a member of Sales (2002).
WEB_SEATS = {"wendy": "1101", "walter": "1102"}


def page_id() -> str:
    """What a page makes when it is loaded."""
    return secrets.token_urlsafe(16)


class Page(Behaviour):
    """A page of `person`, registered; told how to behave like any other phone."""

    def __init__(self, whole: Installation, person: Person, own_id: str, session: Answer) -> None:
        super().__init__()
        self.id = own_id
        self.session = session
        self.person = person
        headers = {"Authorization": person.client.headers["authorization"]}
        url = f"{whole.url.replace('http', 'ws')}/sip?page={own_id}"
        self.phone = WebPhone(session["sip"]["user"], url, session["sip"]["secret"], headers, origin=whole.url)
        self.phone.answering = self.takes

    async def start(self) -> None:
        """Connect and register."""
        await self.phone.open()
        await self.phone.register()

    def answers_by_itself(self) -> None:
        """Answers what asks for that, and lets everything else ring."""

        async def behave(call: Call) -> None:
            call.ring()
            if "answer-after=0" in call.header("Call-Info"):
                call.answer()

        self.does(behave)


async def open_session(person: Person, own_id: str, status: int = 200) -> Answer:
    """What the server says to a page that wants to be a phone."""
    return await person.ask("POST", "/api/pbx/phone/session", status, {"pageId": own_id})


@asynccontextmanager
async def obeying(page: Page) -> AsyncIterator[None]:
    """Within it the page does what it is asked to by `phone:command`, and nothing else."""
    task = asyncio.create_task(_obey(page))
    try:
        yield
    finally:
        task.cancel()
        # What kept it from doing as it was told is to be seen.
        with suppress(asyncio.CancelledError):
            await task


async def _obey(page: Page) -> None:
    done = 0
    while True:
        told = [each["data"] for each in page.person.frames if each["event"] == "phone:command"]
        for command in told[done:]:
            done += 1
            if command["pageId"] == page.id:
                await _do(page, command)
        await asyncio.sleep(0.02)


async def _do(page: Page, command: Answer) -> None:
    call = next(each for each in page.phone.calls.values() if not each.ended.is_set())
    match command["name"]:
        case "answer":
            call.answer()
        case "hold":
            await call.hold()
        case "unhold":
            await call.resume()
        case "blind":
            await call.transfer(command["target"])
        case "mute":
            await _report(page, command, {"done": True})
        case other:
            await _report(page, command, {"done": False, "why": f"This page cannot {other}."})


async def _report(page: Page, command: Answer, result: Answer) -> None:
    answer = await page.person.client.post(f"/api/pbx/phone/commands/{command['commandId']}", json=result)
    assert answer.status_code == 204, answer.text


@asynccontextmanager
async def page_of(whole: Installation, person: Person, own_id: str = "") -> AsyncIterator[Page]:
    """A page, registered."""
    own_id = own_id or page_id()
    page = Page(whole, person, own_id, await open_session(person, own_id))
    await page.start()
    try:
        yield page
    finally:
        await page.phone.close()


@contextmanager
def with_asterisk(**settings: str) -> Iterator[tuple[Installation, RealAsterisk]]:
    """A whole installation on an Asterisk of its own, with people whose phones are pages; and that Asterisk."""
    rates = {"TRUNKLINE_PEER_RATE": "1000000", "TRUNKLINE_USER_RATE": "1000000"}
    with installation("--pbx", "asterisk", settings=rates | settings) as whole:
        for name, extension in WEB_SEATS.items():
            hire(whole, name, "agent", PBX, extension, is_web=True)
        hire(whole, "susan", "supervisor", PBX, "1103", is_web=True)
        hire(whole, "alice", "agent", PBX, "1001")
        yield whole, asterisk_of(whole.data)


def asterisk_of(data: Path) -> RealAsterisk:
    """The Asterisk that runs in this data folder, to be asked; it is not ours to start or stop."""
    ports, passwords = Ports(data / "ports.json"), Passwords(data / "secrets.json")
    names = ("ami", "http", "sip", "trunk", "agents", "sips", "https")
    kept = AsteriskPorts(*(ports.kept(f"asterisk_{name}") or 0 for name in names))
    tree, folder = asterisk_tree.fetch(CACHE, ""), (data / "asterisk").resolve()
    return RealAsterisk(AsteriskInstallation(tree, folder, kept, AsteriskSecrets.claim(passwords), PBX))


async def until_async(check: Any, seconds: float = 30.0) -> None:
    """Wait until a coroutine's answer is true."""
    async with asyncio.timeout(seconds):
        while True:
            if await check():
                return
            await asyncio.sleep(0.1)
