"""The whole origin over real sockets: signing in, figures, live messages, the dashboard behind it, readiness."""

import json
from collections.abc import AsyncIterator
from typing import Any

from aiokafka import AIOKafkaProducer
from api_parts import agent, queue
from integration.api.conftest import Site, Start
from websockets.asyncio.client import connect

from calls.live import encode_live
from calls.topics import AGENTS, QUEUES


async def publish(kafka: str, *messages: tuple[str, str, bytes]) -> None:
    """Send (topic, key, value) to the broker."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    await producer.start()
    for topic, key, value in messages:
        await producer.send_and_wait(topic, value, key.encode())
    await producer.stop()


async def messages(site: Site, headers: dict[str, str]) -> AsyncIterator[dict[str, Any]]:
    """What a live socket tells, summaries left out."""
    async with connect(
        f"ws://{site.address}/ws/pbx", additional_headers=headers, origin=f"http://{site.address}", proxy=None
    ) as socket:
        async for frame in socket:
            told = json.loads(frame)
            if told["event"] != "summary":
                yield told


async def test_a_manager_signs_in_and_sees_what_is_published(start: Start, topics: str) -> None:
    async with start() as site:
        headers = await site.sign_in()
        live = messages(site, headers)
        first = await anext(live)
        await publish(topics, (AGENTS.name, "pbx:PJSIP/Alice", encode_live(agent())))
        await publish(topics, (QUEUES.name, "pbx:support", encode_live(queue())))
        told = [await anext(live), await anext(live)]
        await live.aclose()
    assert (first["event"], first["seq"], first["data"]["agents"]) == ("snapshot", 1, [])
    assert {each["event"] for each in told} == {"presence:update", "queue:update"}
    assert [each["seq"] for each in told] == sorted(each["seq"] for each in told)


async def test_the_dashboard_is_behind_the_same_door(start: Start) -> None:
    async with start() as site:
        outside = await site.client.get("/reports/live?x=1", headers={"accept": "text/html"})
        headers = await site.sign_in()
        inside = await site.client.get("/reports/live?x=%2F1")
        sent = await site.client.post("/reports/_dash", content=b"a" * 100_000, headers=headers)
        async with connect(
            f"ws://{site.address}/reports/ws", additional_headers=headers, origin=f"http://{site.address}", proxy=None
        ) as socket:
            await socket.send("hello")
            echoed = await socket.recv()
    assert (outside.status_code, outside.headers["location"]) == (303, "/login?next=%2Freports%2Flive%3Fx%3D1")
    assert inside.text.startswith("GET /reports/live?x=%2F1 0")
    assert "theirs" in inside.headers["set-cookie"]
    assert sent.text.startswith("POST /reports/_dash? 100000")
    assert echoed == "/reports/ws hello"
