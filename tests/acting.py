"""A whole installation on a real Asterisk with people who act: users, their seats, requests and sockets of theirs."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from installation import Installation
from websockets.asyncio.client import ClientConnection, connect

PASSWORD = "correct horse battery"
# Everything follows within a second; this is for a machine with other work.
PATIENCE_SECONDS = 30.0

Answer = dict[str, Any]


@dataclass
class Person:
    """Somebody who is signed in: asks, and hears on a socket."""

    name: str
    client: httpx.AsyncClient
    socket: ClientConnection
    frames: list[Answer] = field(default_factory=list)

    async def ask(self, method: str, path: str, status: int, body: object = None, **headers: str) -> Answer:
        """A request that is answered with this status; the answer."""
        answer = await self.client.request(method, path, json=body, headers=headers)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return dict(answer.json())

    async def post(self, path: str, body: object = None, status: int = 202, **headers: str) -> Answer:
        """A POST under /api/pbx."""
        return await self.ask("POST", f"/api/pbx{path}", status, body, **headers)

    async def refused(self, path: str, body: object = None) -> tuple[int, str]:
        """Status and detail of a POST that is refused."""
        answer = await self.client.post(f"/api/pbx{path}", json=body)
        return answer.status_code, answer.json()["detail"]

    async def done(self, path: str, body: object = None, method: str = "POST") -> Answer:
        """A command by request, confirmed."""
        command = await self.ask(method, f"/api/pbx{path}", 202, body)
        return await self.confirmed(command)

    async def confirmed(self, command: Answer) -> Answer:
        """The command once it is settled, which must be by confirmation."""
        settled = await self.settled(command)
        assert settled["status"] == "confirmed", settled
        return settled

    async def settled(self, command: Answer) -> Answer:
        """The command once it is settled."""
        async with asyncio.timeout(90):
            while True:
                found = await self.ask("GET", f"/api/pbx/commands/{command['commandId']}", 200)
                if found["status"] in ("confirmed", "failed"):
                    return found
                await asyncio.sleep(0.1)

    async def say(self, event: str, data: object = None) -> None:
        """Say it on the socket."""
        await self.socket.send(json.dumps({"event": event, "data": data}))

    async def says(self, event: str, name: str, **data: object) -> Answer:
        """Say it; the command of this name that it became, once the socket tells that it is settled."""
        since = len(self.frames)
        await self.say(event, data)

        def settled(frame: Answer) -> bool:
            told = frame["data"]
            return told.get("name") == name and told["status"] in ("confirmed", "failed")

        found: Answer = (await self.heard("command:updated", settled, since))["data"]
        assert found["status"] == "confirmed", found
        return found

    async def heard(self, event: str, fits: Callable[[Answer], bool] = lambda frame: True, since: int = 0) -> Answer:
        """The first frame of this kind from there on, waited for."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                for frame in self.frames[since:]:
                    if frame["event"] == event and fits(frame):
                        return frame
                await asyncio.sleep(0.02)

    async def call(self, state: str, since: int = 0) -> str:
        """The id of the call that this agent is told to be in, in such a state."""

        def fits(frame: Answer) -> bool:
            return frame["data"]["state"] == state and frame["data"]["currentCall"] is not None

        frame = await self.heard("presence:update", fits, since)
        return str(frame["data"]["currentCall"]["callId"])

    async def until_state(self, state: str) -> None:
        """Wait until the newest word about this agent is such."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                told = [each for each in self.frames if each["event"] == "presence:update"]
                if told and told[-1]["data"]["state"] == state:
                    return
                await asyncio.sleep(0.02)


@asynccontextmanager
async def signed_in(whole: Installation, username: str) -> AsyncIterator[Person]:
    """Somebody at work, with an open socket."""
    async with httpx.AsyncClient(base_url=whole.url, timeout=30) as client:
        answer = await client.post("/api/auth/login", json={"username": username, "password": PASSWORD})
        answer.raise_for_status()
        client.cookies.clear()
        client.headers["authorization"] = f"Bearer {answer.json()['accessToken']}"
        headers = {"Authorization": client.headers["authorization"]}
        url = f"{whole.url.replace('http', 'ws')}/ws/pbx"
        async with connect(url, origin=whole.url, additional_headers=headers, max_size=None) as socket:
            person = Person(username, client, socket)
            listening = asyncio.create_task(_listen(person))
            try:
                yield person
            finally:
                listening.cancel()


async def _listen(person: Person) -> None:
    async for text in person.socket:
        person.frames.append(json.loads(text))


def hire(
    whole: Installation, username: str, role: str, pbx: str = "", extension: str = "", *, is_web: bool = False
) -> str:
    """Make a user and, with an extension, give them the phone; the user's id."""
    form = {"username": username, "name": username.title(), "role": role, "password": PASSWORD}
    status, body = whole.ask("POST", "/api/admin/users", form)
    assert status == 201, body
    user = str(json.loads(body)["id"])
    if extension:
        seat = {"userId": user, "pbx": pbx, "interface": f"PJSIP/{extension}", "extension": extension, "isWeb": is_web}
        status, body = whole.ask("POST", "/api/admin/extensions", seat)
        assert status == 201, body
    return user
