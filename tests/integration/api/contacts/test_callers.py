"""A ring says who calls, on each of two origins: from Kafka over the list of contacts to the agent's socket."""

import asyncio
import json
from typing import Any

from aiokafka import AIOKafkaProducer
from api_parts import NOON, PASSWORD, agent, busy
from api_rows import add_user, change, live_statements, write
from integration.api.conftest import Site, Start
from msgspec.structs import replace

from calls.live import AgentCall, AgentLive, encode_live
from calls.presence import Presence, PresenceState
from calls.topics import AGENTS

ADD_CONTACT = """
INSERT INTO contacts (tenant_id, number, name, company) VALUES ('default', '+12025550111', 'Ana', 'Lind')
"""


def ringing(number: str, call_id: str, version: int) -> AgentLive:
    """A call from this number rings at Alice."""
    call = AgentCall(call_id, "support", number, "ANA L", NOON)
    return replace(busy(version=version), call=call, presence=Presence(PresenceState.RINGING, NOON, call_id=call_id))


async def rung(site: Site, kafka: str, state: AgentLive) -> dict[str, Any]:
    """What Alice's socket is told of a ring."""
    answer = await site.client.post("/api/auth/login", json={"username": "alice", "password": PASSWORD})
    async with site.socket({"authorization": f"Bearer {answer.json()['accessToken']}"}) as socket:
        await socket.recv()
        async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
            await producer.send_and_wait(AGENTS.name, encode_live(state), b"pbx:PJSIP/Alice")
        async with asyncio.timeout(60):
            while (frame := json.loads(await socket.recv()))["event"] != "call:incoming":
                pass
    return dict(frame["data"])


async def test_a_ring_says_who_calls_on_every_origin(start: Start, database: str, topics: str) -> None:
    write(database, live_statements([agent()], []))
    change(database, "UPDATE agent_extensions SET user_id = %s", add_user(database, "alice", "agent"))
    change(database, ADD_CONTACT)
    async with start() as one, start() as other:
        for version, site in enumerate((one, other), start=2):
            # As the carrier of a US trunk writes it.
            told = await rung(site, topics, ringing("12025550111", f"pbx:{version}", version))
            assert (told["contactName"], told["contact"]["name"], told["contact"]["company"]) == ("Ana", "Ana", "Lind")
            assert told["contactId"] == told["contact"]["id"]
        nobody = await rung(one, topics, ringing("12025550199", "pbx:9", 9))
        assert (nobody["contactName"], "contact" in nobody, "contactId" in nobody) == ("ANA L", False, False)
