"""The whole origin over real sockets: signing in, figures, live messages, readiness, and who is let go."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from api_parts import PASSWORD, agent, queue
from api_rows import add_user, change, live_statements, write
from integration.api.conftest import Site, Start
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from api.live.client import SIGNED_OUT
from calls.live import encode_live
from calls.topics import AGENTS, EVENTS, QUEUES
from streams.broker import Broker, cluster_id

# Of the flood that a deaf client is drowned in: as many frames a tenth of a second, of about 5 KB each.
AGENTS_AT_ONCE = 100


async def publish(kafka: str, *messages: tuple[str, str, bytes], partition: int | None = None) -> None:
    """Send (topic, key, value) to the broker, to a partition that the keys decide on if none is said."""
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        for topic, key, value in messages:
            await producer.send_and_wait(topic, value, key.encode(), partition)


async def frames(socket: ClientConnection) -> AsyncIterator[dict[str, Any]]:
    """What a live socket tells, summaries left out."""
    async for frame in socket:
        told = json.loads(frame)
        if told["event"] != "summary":
            yield told


async def test_a_manager_signs_in_and_sees_what_is_published(start: Start, topics: str) -> None:
    async with start() as site, site.socket(await site.sign_in()) as socket:
        live = frames(socket)
        first = await anext(live)
        await publish(topics, (AGENTS.name, "pbx:PJSIP/Alice", encode_live(agent())))
        await publish(topics, (QUEUES.name, "pbx:support", encode_live(queue())))
        told = [await anext(live), await anext(live)]
    assert (first["event"], first["seq"], first["data"]["agents"]) == ("snapshot", 1, [])
    assert {each["event"] for each in told} == {"presence:update", "queue:update"}
    assert [each["seq"] for each in told] == sorted(each["seq"] for each in told)


async def test_rest_and_socket_begin_with_what_the_database_has(start: Start, database: str) -> None:
    write(database, live_statements([agent()], [queue()]))
    async with start() as site, site.socket(await site.sign_in()) as socket:
        snapshot = (await anext(frames(socket)))["data"]
        agents = (await site.client.get("/api/pbx/manager/agents")).json()["agents"]
        queues = (await site.client.get("/api/pbx/manager/queues")).json()["queues"]
        metrics = await site.client.get("/api/pbx/manager/metrics?startDate=2026-11-22&endDate=2026-11-22")
    assert [each["agentId"] for each in snapshot["agents"]] == [each["id"] for each in agents] == ["PJSIP/Alice"]
    assert [each["queueId"] for each in snapshot["queues"]] == [each["id"] for each in queues] == ["support"]
    assert metrics.json()["serviceLevel"] is None


@pytest.mark.parametrize("origin", [None, "http://evil.test", "null"])
async def test_a_page_of_another_site_opens_no_socket(start: Start, origin: str | None) -> None:
    async with start() as site:
        with pytest.raises(InvalidStatus) as refused:
            async with site.socket(await site.sign_in(), origin=origin):
                pass
    assert refused.value.response.status_code == 403


async def test_a_deactivated_user_is_let_go(start: Start, database: str) -> None:
    add_user(database, "mia", "manager")
    async with start() as site:
        await site.client.post("/api/auth/login", json={"username": "mia", "password": PASSWORD})
        headers = {"cookie": f"trunkline={site.client.cookies['trunkline']}"}
        async with site.socket(headers) as socket:
            await socket.recv()
            change(database, "UPDATE users SET is_active = false WHERE username = 'mia'")
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    await socket.recv()
        after = await site.client.get("/api/auth/me")
    assert closed.value.rcvd is not None and closed.value.rcvd.code == SIGNED_OUT
    assert after.status_code == 401


async def test_who_signs_out_or_is_demoted_is_let_go_at_once(start: Start, database: str) -> None:
    add_user(database, "mia", "manager")
    form = {"username": "mia", "password": PASSWORD}
    async with start() as site:
        for ending in ("signing out", "a theft", "another role"):
            told = (await site.client.post("/api/auth/login", json=form)).json()
            headers = {"authorization": f"Bearer {told['accessToken']}"}
            async with site.socket(headers) as socket:
                await socket.recv()
                if ending == "signing out":
                    await site.client.post("/api/auth/logout", headers=headers)
                elif ending == "a theft":
                    for _ in range(2):
                        await site.client.post("/api/auth/refresh", json={"refreshToken": told["refreshToken"]})
                else:
                    change(database, "UPDATE users SET role = 'analyst' WHERE username = 'mia'")
                with pytest.raises(ConnectionClosed) as closed:
                    async with asyncio.timeout(60):
                        while True:
                            await socket.recv()
            assert closed.value.rcvd is not None and closed.value.rcvd.code == SIGNED_OUT, ending
            assert (await site.client.get("/api/auth/me", headers=headers)).status_code == 401, ending


async def test_who_reads_nothing_is_dropped_and_the_others_hear_everything(start: Start, topics: str) -> None:
    async with start() as site:
        headers = await site.sign_in()
        with deaf_socket(site.address, headers):
            async with site.socket(headers) as hears:
                live = frames(hears)
                await anext(live)
                told: dict[str, int] = {}
                listening = asyncio.create_task(listen(live, told))
                version = await flood(topics, until=lambda: dropped(site))
                await until_told(told, version)
                assert not listening.done()
                listening.cancel()


async def listen(live: AsyncIterator[dict[str, Any]], told: dict[str, int]) -> None:
    """Keep the version that was last told of each agent."""
    async for frame in live:
        told[frame["data"]["agentId"]] = frame["version"]


async def until_told(told: dict[str, int], version: int) -> None:
    """Wait until every agent was told at this version; a minute is for ever."""
    async with asyncio.timeout(60):
        while True:
            if len(told) == AGENTS_AT_ONCE and set(told.values()) == {version}:
                return
            await asyncio.sleep(0.05)


@contextmanager
def deaf_socket(address: str, headers: dict[str, str]) -> Iterator[None]:
    """An open live socket whose client never reads a byte, not even what opens it."""
    host, _, port = address.partition(":")
    with socket.create_connection((host, int(port))) as peer:
        asked = {
            "Host": address,
            "Origin": f"http://{address}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version": "13",
            **headers,
        }
        lines = ["GET /ws/pbx HTTP/1.1", *(f"{name}: {value}" for name, value in asked.items()), "", ""]
        peer.sendall("\r\n".join(lines).encode())
        yield


async def flood(kafka: str, until: Callable[[], Awaitable[bool]]) -> int:
    """Change many agents again and again, until it is so; the last version, which all of them reach."""
    much = [str(number) * 100 for number in range(40)]
    version = 0
    async with AIOKafkaProducer(bootstrap_servers=kafka, linger_ms=5) as producer:
        while not await until():
            version += 1
            for number in range(AGENTS_AT_ONCE):
                state = encode_live(agent(f"A{number}", version, queues=much))
                await producer.send(AGENTS.name, state, f"pbx:PJSIP/A{number}".encode())
            await producer.flush()
            await asyncio.sleep(0.1)
    return version


async def dropped(site: Site) -> bool:
    """Whether a socket was dropped."""
    return "trunkline_api_sockets_dropped_total 1.0" in (await site.client.get("/metrics")).text


async def test_readiness_follows_the_parts(start: Start, database: str) -> None:
    async with start() as site:
        assert await site.checks() == {
            "postgresql": "pass",
            "users": "pass",
            "kafka": "pass",
            "pbx": "fail",
            "dashboard": "pass",
        }
        for pbx, ago in (("sim1", "0 s"), ("sim2", "1 h")):
            change(database, "INSERT INTO pbx_health VALUES (%s, now() - %s::interval, now(), 1)", pbx, ago)
        await site.until_part("pbx:sim1", "pass")
        answer = await site.client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["pbx:sim2"]["status"]) == (503, "fail")
    assert "nothing applied for 36" in answer.json()["checks"]["pbx:sim2"]["output"]


async def test_without_a_worker_it_is_ready_while_nothing_waits(start: Start, database: str, topics: str) -> None:
    async with start() as site:
        for pbx, partition, applied in [("asleep", 2, 3), ("waits", 5, 2)]:
            for _ in range(3):
                await publish(topics, (EVENTS.name, "", b"a record"), partition=partition)
            change(database, "INSERT INTO pbx_health VALUES (%s, now() - interval '1 h', now(), 1)", pbx)
            change(database, "INSERT INTO pbx_partitions VALUES (%s, %s)", pbx, partition)
            place = (await cluster_id(Broker(topics)), EVENTS.name, partition, applied)
            change(database, "INSERT INTO sink_offsets VALUES (%s, %s, %s, %s)", *place)
        await site.until_part("pbx:asleep", "pass")
        await site.until_part("pbx:waits", "fail")
        change(database, "UPDATE sink_offsets SET next_offset = 3")
        await site.until_part("pbx:waits", "pass")
        assert (await site.client.get("/readyz")).status_code == 200


async def test_without_its_database_it_lives_and_says_so(start: Start) -> None:
    url = "postgresql://nobody:secret@127.0.0.1:1/none"
    async with start(ready=False, TRUNKLINE_DATABASE=url) as site:
        await site.until_part("postgresql", "fail")
        alive = await site.client.get("/livez")
        login = await site.client.post("/api/auth/login", json={"username": "admin", "password": "x"}, timeout=30)
    assert (alive.status_code, login.status_code) == (200, 503)
    assert "secret" not in login.text and "127.0.0.1" not in login.text


async def test_requests_that_do_not_add_up_are_refused(start: Start) -> None:
    async with start() as site:
        host, _, port = site.address.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        writer.write(head + b"0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = await reader.read(100_000)
        writer.close()
        await writer.wait_closed()
    assert b"trunkline_api" not in answer


async def test_the_server_says_nothing_of_itself(start: Start) -> None:
    async with start() as site:
        headers: httpx.Headers = (await site.client.get("/livez")).headers
    assert "server" not in headers and "x-powered-by" not in headers
