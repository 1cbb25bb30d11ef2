"""S1: no text that a client may send puts a byte of its own on the manager interface.

Every field of every route under /api/pbx and of every message that acts is walked: those that the application has, so a
new one is walked as well. Beside it a PBX on paper keeps all that it hears.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx
import msgspec
import pytest
from api_parts import NOON, PASSWORD, agent, until
from api_rows import add_user, change, live_statements, write
from fake_asterisk import FakeAsterisk
from hostile import CONTROLS, TRICKS, placed, placed_bytes
from integration.api.conftest import Site, Start
from integration.api.security.examples import FIELDS, MESSAGE_FIELDS, OURS, PLAIN, make_both
from integration.api.security.routes import Route, guarded_routes

from api.live.conversation import STRIKES
from api.live.sent import CLIENT_MESSAGES
from asterisk.ami import PACKET_END, Packet, packet_bytes
from calls.live import AgentCall

NO_BRAKE = {"TRUNKLINE_PEER_RATE": "1000000", "TRUNKLINE_USER_RATE": "1000000"}
AT_ONCE = 8
PLAIN_VALUE = re.compile(r"[A-Za-z0-9]+([./][A-Za-z0-9]+)?")
ROUTES = [route for route in guarded_routes() if route.path.startswith("/api/pbx/")]
# What may be said in it is anything printable, in notes on several lines.
FREE = frozenset({"notes", "reason", "search", "name", "company", "email", "disposition", "code", "number"})
# Between a date and a time any character may stand.
DATES = frozenset({"startDate", "endDate"})
# The server itself lets no line's end into these.
HEADERS = frozenset({"Idempotency-Key"})
# Lists are looked for by names, and of a name that nobody has there is nothing.
LISTS = "/api/pbx/history"
LINES = (("/api/pbx/contacts", "/api/pbx/calls/"), "notes")
# What asks nothing of the PBX but whether it is there, and what a pause puts on the wire.
PING = ("Action", "ActionID")
# Whether it is there, and after a login which calls are.
BY_ITSELF = frozenset({"Ping", "CoreShowChannels"})
PAUSE = {*PING, "Interface", "Paused", "Reason", "Queue"}
QUESTIONS = {"QueueStatus": {*PING, "Queue", "Member"}, "CoreShowChannels": {*PING}, "Status": {*PING, "Channel"}}


class Try(NamedTuple):
    """One hostile request: `field` has the text, which has control characters in it or not."""

    route: Route
    field: str
    is_control: bool
    method: str
    path: str
    options: dict[str, Any]

    def is_answered_well(self, status: int) -> bool:
        """Refused; what is printable may be a text, and then it is one."""
        if self.is_control and not (self.route.path.startswith(LINES[0]) and self.field == LINES[1]):
            return status in (400, 404)
        may_be_text = self.field in FREE | DATES or self.route.path.startswith(LISTS)
        return status in (400, 403, 404, 409, 422, 429) or (may_be_text and status in (200, 201, 202))


def tries(route: Route, good: dict[str, Any]) -> Iterator[Try]:
    """Every hostile text in every field of a route."""
    for name in sorted({*route.asks, *route.body} - HEADERS):
        plain = str(good.get(name, "1"))
        for text in placed(plain, CONTROLS):
            yield made(route, name, text, good, is_control=True)
        for trick in TRICKS:
            yield made(route, name, plain + trick, good, is_control=False)
        for raw in placed_bytes(plain):
            yield broken(route, name, raw, good)


def made(route: Route, name: str, text: str, good: dict[str, Any], *, is_control: bool) -> Try:
    """A request with this text in this field."""
    in_path = f"{{{name}}}" in route.path
    asked = {each: quote(str(value), safe="") for each, value in good.items() if f"{{{each}}}" in route.path}
    asked |= {name: quote(text, safe="")} if in_path else {}
    path = route.path
    for each, value in asked.items():
        path = path.replace(f"{{{each}}}", value)
    query = {each: good.get(each, "1") for each in route.asks if f"{{{each}}}" not in route.path}
    body = {each: good[each] for each in route.body if good.get(each) is not None}
    if not in_path:
        (query if name in query else body)[name] = text
    options = {"params": query, **({"json": body} if route.body else {})}
    return Try(route, name, is_control, route.method, path, options)


def broken(route: Route, name: str, raw: bytes, good: dict[str, Any]) -> Try:
    """The same with bytes that are no text."""
    marked = made(route, name, "HOSTILE", good, is_control=True)
    path = marked.path.replace("HOSTILE", quote(raw))
    query = str(httpx.QueryParams(marked.options["params"])).replace("HOSTILE", quote(raw))
    options: dict[str, Any] = {}
    if "json" in marked.options:
        body = json.dumps(marked.options["json"]).encode().replace(b"HOSTILE", raw)
        options = {"content": body, "headers": {"content-type": "application/json"}}
    # In a query it becomes the character that stands for what cannot be read.
    in_query = "HOSTILE" in str(marked.options["params"])
    return marked._replace(path=f"{path}?{query}", options=options, is_control=not in_query)


class Paper:
    """The PBX on paper, and what it heard since it was last asked beside what a line asks by itself."""

    def __init__(self, pbx: FakeAsterisk) -> None:
        self.pbx = pbx
        self._from = 0

    def heard(self) -> list[Packet]:
        """The packets."""
        packets = self.pbx.heard[self._from :]
        self._from += len(packets)
        return [each for each in packets if names_of(each) != [*PING] or each.get("Action") not in BY_ITSELF]

    def is_accounted_for(self) -> bool:
        """Whether every byte that came is one of a packet's."""
        return bytes(self.pbx.raw) == b"".join(packet_bytes(each) + PACKET_END for each in self.pbx.heard)


def names_of(packet: Packet) -> list[str]:
    """The names of its headers, in order."""
    return [name for name, _ in packet.fields]


@pytest.fixture
async def paper() -> AsyncIterator[Paper]:
    """A PBX that answers and keeps what it hears."""
    pbx = FakeAsterisk()
    await pbx.listen()
    yield Paper(pbx)
    await pbx.stop()


def settings_for(paper: Paper) -> dict[str, str]:
    """Settings of an API that acts on it."""
    login = {"TRUNKLINE_CONTROL_USER": "control", "TRUNKLINE_CONTROL_SECRET": paper.pbx.secret}
    return NO_BRAKE | login | {"TRUNKLINE_PBX": "pbx", "TRUNKLINE_AMI": f"127.0.0.1:{paper.pbx.port}"}


def seat(database: str, role: str) -> str:
    """A user at a telephone, on a call; their name."""
    user, name = add_user(database, f"s01-{role}", role, OURS), role.title()
    on = AgentCall("pbx:1", "support", "+4930123456", None, NOON, "1.1")
    write(database, live_statements([agent(name, call=on)], []))
    change(database, "UPDATE agent_extensions SET user_id = %s WHERE agent_id = %s", user, f"PJSIP/{name}")
    return f"s01-{role}"


async def signed_in(site: Site, username: str) -> dict[str, str]:
    """The headers of somebody."""
    async with httpx.AsyncClient(base_url=site.client.base_url) as other:
        answer = await other.post("/api/auth/login", json={"username": username, "password": PASSWORD})
    return {"authorization": f"Bearer {answer.json()['accessToken']}"}


def good_values(database: str, folder: Path) -> dict[str, Any]:
    """A good value of each field."""
    named = {name: each.ours for name, each in make_both(database, folder).items()}
    return {"call_id": "pbx:1", "otherCallId": "pbx:2"} | PLAIN | FIELDS | MESSAGE_FIELDS | named


async def test_s01_no_request_puts_a_byte_of_its_own_on_the_wire(
    start: Start, database: str, paper: Paper, tmp_path: Path
) -> None:
    good = good_values(database, tmp_path)
    leader = seat(database, "manager")
    async with start(**settings_for(paper)) as site:
        headers = await signed_in(site, leader)
        await until(lambda: paper.pbx.logins == 1)
        limits = httpx.Limits(max_connections=AT_ONCE)
        async with httpx.AsyncClient(base_url=site.client.base_url, headers=headers, limits=limits) as client:
            paper.heard()
            # A good request does reach the wire, with what is meant and nothing else.
            pause = {"paused": True, "reason": "lunch", "agentId": "PJSIP/Manager"}
            answer = await client.post("/api/pbx/queues/support/members/pause", json=pause)
            assert answer.status_code == 202, answer.text
            await until(lambda: paper.pbx.count("QueuePause") == 1)
            heard = paper.heard()
            assert all(is_as_meant(each, "lunch") for each in heard), heard
            every = [each for route in ROUTES for each in tries(route, good)]
            wrong: list[Any] = []

            async def attempt(each: Try) -> None:
                options = dict(each.options)
                answer = await client.request(each.method, each.path, **options)
                if not each.is_answered_well(answer.status_code):
                    wrong.append((each, answer.status_code, answer.text))

            for is_control in (True, False):
                todo = iter([each for each in every if each.is_control is is_control])
                await asyncio.gather(*(drain(todo, attempt) for _ in range(AT_ONCE)))
                heard = paper.heard()
                assert not (is_control and heard), heard[:3]
                assert [each for each in heard if not is_as_meant(each)] == []
            assert not wrong, (len(wrong), wrong[:3])
            assert (await site.client.get("/livez")).status_code == 200
    assert len(every) >= 5_000
    assert paper.is_accounted_for()


async def test_s01_no_message_puts_a_byte_of_its_own_on_the_wire(
    start: Start, database: str, paper: Paper, tmp_path: Path
) -> None:
    good = good_values(database, tmp_path) | {"agentId": "PJSIP/Agent", "extension": "Agent"}
    somebody = seat(database, "agent")
    async with start(**settings_for(paper)) as site:
        headers = await signed_in(site, somebody)
        await until(lambda: paper.pbx.logins == 1)
        paper.heard()
        said = 0
        for event, row in CLIENT_MESSAGES.items():
            fields = [each for each in row.data.__struct_encode_fields__ if each != "rooms"]
            for name in fields:
                texts = [*placed(str(good[name]), CONTROLS), *placed(str(good[name]), TRICKS)][said % 3 :: 3]
                for two in (texts[at : at + STRIKES - 1] for at in range(0, len(texts), STRIKES - 1)):
                    said += len(two)
                    data = {each: good[each] for each in fields if good[each] is not None}
                    assert await refused(site, headers, [(event, data | {name: text}) for text in two])
        assert said > 500
        assert paper.heard() == [] and paper.is_accounted_for()


async def drain(todo: Iterator[Try], attempt: Callable[[Try], Awaitable[None]]) -> None:
    """Do what is left to do."""
    for each in todo:
        await attempt(each)


async def refused(site: Site, headers: dict[str, str], messages: list[tuple[str, Any]]) -> bool:
    """Whether each of these is answered with an error, on a socket of their own."""
    async with site.socket(headers) as socket:
        for event, data in messages:
            await socket.send(msgspec.json.encode({"event": event, "data": data}).decode())
            while (frame := json.loads(await socket.recv()))["event"] != "error":
                pass
            if frame["data"]["code"] not in ("bad_message", "not_found"):
                return False
    return True


def is_as_meant(packet: Packet, reason: str | None = None) -> bool:
    """Whether a packet is one that a good request makes: each header once, and what was said in the reason alone."""
    names = names_of(packet)
    allowed = PAUSE if packet.get("Action") == "QueuePause" else QUESTIONS.get(packet.get("Action"), set())
    others = [value for name, value in packet.fields if name not in ("Reason", "ActionID")]
    return (
        len(set(names)) == len(names)
        and set(names) <= allowed
        and all(PLAIN_VALUE.fullmatch(value) for value in others)
        and (reason is None or packet.get("Reason") in ("", reason))
    )
