"""The reference guide walked on a real Asterisk with real phones: each endpoint, event, action and error.

docs/contract.md has the table; a test in tests/architecture holds it against this file.
"""

import time
from collections.abc import Iterator

import httpx
import pytest
from acting import PASSWORD, Answer, Person, hire, signed_in
from api_parts import until
from installation import Installation, installation
from phones.people import Desk, Trunk

from infra.asterisk import CONTROL_USER, RealAsterisk

# People and their phones. Alice and Bob are members of Support (2001), Alice and Carol of Sales (2002).
SEATS = {"alice": "1001", "bob": "1002", "carol": "1003"}
ON_CALL = (400, "Agent is already on a call")
NO_CALL = (404, "Call session not found")
NO_AGENT = (404, "Agent extension not found")


@pytest.fixture(scope="module")
def whole(running_asterisk: RealAsterisk) -> Iterator[Installation]:
    """Everything, on the run's Asterisk, with people in it."""
    host, port = running_asterisk.ami_address
    settings = {
        "TRUNKLINE_PBX": running_asterisk.system_name,
        "TRUNKLINE_AMI_USER": running_asterisk.ami_user,
        "TRUNKLINE_AMI_SECRET": running_asterisk.ami_secret,
        "TRUNKLINE_CONTROL_USER": CONTROL_USER,
        "TRUNKLINE_CONTROL_SECRET": running_asterisk.installation.secrets.control,
        "TRUNKLINE_RECORDING_SPOOL": str(running_asterisk.installation.recording_spool),
        "TRUNKLINE_PEER_RATE": "1000000",
        "TRUNKLINE_USER_RATE": "1000000",
    }
    with installation("--pbx", f"{host}:{port}", settings=settings) as made:
        for name, extension in SEATS.items():
            hire(made, name, "agent", running_asterisk.system_name, extension)
        hire(made, "susan", "supervisor")
        status, body = made.ask("POST", "/api/admin/dispositions", {"code": "SOLD", "title": "Sold"})
        assert status == 201, body
        # Numbers that nobody has: there is no telephone network behind this trunk.
        status, body = made.ask("PUT", "/api/admin/dial-policy", {"prefixes": ["+1555"], "agentPerMinute": 1000})
        assert status == 200, body
        contact = {"name": "Ana Lind", "number": "+15554711000"}
        status, body = made.ask("POST", "/api/pbx/contacts", contact)
        assert status == 201, body
        yield made


async def dialled(person: Person, number: str = "15551234567") -> str:
    """Dial by request; the id of the call, once its agent is on it."""
    settled = await person.confirmed(await person.post("/calls/dial", {"phoneNumber": number}))
    return await talking(person, str(settled["callId"]))


async def talking(person: Person, call_id: str) -> str:
    """Wait until the agent is on this call."""

    def fits(frame: Answer) -> bool:
        call = frame["data"]["currentCall"]
        return frame["data"]["state"] == "on_call" and call is not None and call["callId"] == call_id

    await person.heard("presence:update", fits)
    await person.heard("call:state:changed", lambda frame: _is_connected(frame["data"], call_id))
    return call_id


def _is_connected(data: Answer, call_id: str) -> bool:
    return bool(data["callId"] == call_id and data["status"] == "CONNECTED")


async def rung(person: Person, since: int) -> Answer:
    """The call that begins to ring at an agent."""
    return dict((await person.heard("call:incoming", since=since))["data"])


async def until_available(person: Person) -> None:
    """Wait for the end of wrap-up, so that the queue rings the agent."""
    await until(lambda: status_of(person)[0] == "available")


def status_of(person: Person) -> tuple[str, str]:
    """What this agent is doing now, and why."""
    told = [frame["data"] for frame in person.frames if frame["event"] in ("presence:update", "snapshot")]
    agents = [agent for data in told for agent in data.get("agents", [data])]
    newest = [agent for agent in agents if agent["extension"] == SEATS[person.name]][-1]
    if newest["then"] and newest["until"] < time.time() * 1000:
        return newest["then"], newest["thenReason"]
    return newest["state"], newest["reason"]


async def test_dial_hold_mute_notes_and_hang_up_by_request(whole: Installation, asterisk: RealAsterisk) -> None:
    async with signed_in(whole, "alice") as alice, Desk(asterisk, "1001") as desk, Trunk(asterisk) as trunk:
        desk.answers_after(0.1)
        trunk.answers_after(0.1)
        call_id = await dialled(alice)
        assert (await trunk.next_answered()).extension == "15551234567"
        assert await alice.refused("/calls/dial", {"phoneNumber": "15551234568"}) == ON_CALL
        path = f"/calls/{call_id}"
        await alice.done(f"{path}/hold", {"callId": call_id})
        await alice.until_state("on_hold")
        await alice.done(f"{path}/hold", {"callId": call_id, "hold": False})
        await alice.until_state("on_call")
        await alice.done(f"{path}/hold")
        await alice.done(f"{path}/unhold")
        await alice.done(f"{path}/mute", {"callId": call_id, "muted": True})
        assert (await alice.ask("GET", f"/api/pbx{path}", 200))["muted"] is True
        await alice.done(f"{path}/mute", {"callId": call_id, "muted": False})
        assert (await alice.ask("GET", f"/api/pbx{path}", 200))["muted"] is False
        body = {"callId": call_id, "notes": "wants a red one", "disposition": "SOLD"}
        noted = await alice.post(f"{path}/notes", body, 200)
        assert (noted["notes"], noted["disposition"]) == ("wants a red one", "SOLD")
        await alice.done(f"{path}/hangup", {"callId": call_id})
        await alice.heard("call:ended", lambda frame: frame["data"]["callId"] == call_id)
        assert (await alice.post(f"{path}/notes", {"notes": "later"}, 200))["disposition"] == "SOLD"
        assert await alice.refused(f"{path}/hangup") == NO_CALL
        assert (await alice.refused(f"{path}/notes", {"notes": "x", "disposition": "NONE"}))[0] == 400
        assert (await alice.refused(f"{path}/answer", {"callId": "pbx1:other"}))[0] == 400


async def test_the_same_key_is_the_same_call(whole: Installation, asterisk: RealAsterisk) -> None:
    async with signed_in(whole, "bob") as bob, signed_in(whole, "alice") as alice, Desk(asterisk, "1002") as desk:
        desk.rejects(486)
        key, body = {"Idempotency-Key": "once"}, {"phoneNumber": "15551234567"}
        first = await bob.post("/calls/dial", body, **key)
        settled = await bob.settled(first)
        assert (settled["status"], settled["detail"]) == ("failed", settled["detail"]) and "phone" in settled["detail"]
        assert (await bob.post("/calls/dial", body, **key))["commandId"] == first["commandId"]
        answer = await bob.ask("POST", "/api/pbx/calls/dial", 409, {"phoneNumber": "15551234568"}, **key)
        assert "Idempotency-Key" in answer["detail"]
        await bob.ask("GET", f"/api/pbx/commands/{first['commandId']}", 200)
        await alice.ask("GET", f"/api/pbx/commands/{first['commandId']}", 404)


async def test_a_call_is_answered_and_handled_by_request(whole: Installation, asterisk: RealAsterisk) -> None:
    async with signed_in(whole, "alice") as alice, Desk(asterisk, "1001"), Trunk(asterisk) as trunk:
        await until_available(alice)
        since = len(alice.frames)
        caller = await trunk.call("2001", number="15554711000")
        ring = await rung(alice, since)
        assert (ring["from"], ring["to"], ring["queue"]) == ("15554711000", "1001", "2001")
        assert ring["contact"]["name"] == "Ana Lind" and ring["contactId"] == ring["contact"]["id"]
        call_id = ring["callId"]
        assert ring["callSessionId"]
        await alice.done(f"/calls/{call_id}/answer", {"callId": call_id})
        await alice.heard("call:state:changed", lambda frame: frame["data"]["status"] == "CONNECTED", since)
        await talking(alice, call_id)
        await alice.done(f"/calls/{call_id}/hangup", {"callId": call_id})
        await caller.until_ended()
        await alice.heard("call:ended", lambda frame: frame["data"]["callId"] == call_id)


async def test_an_agent_signs_in_by_extension(whole: Installation, asterisk: RealAsterisk) -> None:
    form = {"extension": "1001", "password": PASSWORD}
    async with httpx.AsyncClient(base_url=whole.url) as client:
        told = (await client.post("/api/pbx/agent/login", json=form)).json()
        assert (told["agentId"], told["extension"], told["pbx"]) == ("PJSIP/1001", "1001", asterisk.system_name)
        refused = await client.post("/api/pbx/agent/login", json=form | {"password": asterisk.phone_secret("1001")})
        assert refused.status_code == 401


async def test_what_managers_ask(whole: Installation, asterisk: RealAsterisk) -> None:
    async with signed_in(whole, "susan") as susan, signed_in(whole, "bob") as bob, Desk(asterisk, "1002") as desk:
        async with Trunk(asterisk) as trunk:
            desk.answers_after(0.1)
            trunk.answers_after(0.1)
            call_id = await dialled(bob)
            (mine,) = [it for it in (await _asked(susan, "agents"))["agents"] if it["extension"] == "1002"]
            assert (mine["id"], mine["name"], mine["status"]) == ("PJSIP/1002", "Bob", "BUSY")
            assert (mine["currentCall"]["callId"], mine["currentCall"]["status"]) == (call_id, "CONNECTED")
            await bob.done(f"/calls/{call_id}/hangup")
            await until_available(bob)
        queues = {it["id"]: it for it in (await _asked(susan, "queues"))["queues"]}
        assert {"waiting", "agents", "longestWait", "name"} <= set(queues["2001"])
        period = f"startDate={time.strftime('%Y-%m-%d')}&endDate={time.strftime('%Y-%m-%d')}"
        figures = await _asked(susan, f"metrics?{period}&agentId=PJSIP/1002")
        assert {
            "totalCalls",
            "answeredCalls",
            "abandonedCalls",
            "avgWaitTime",
            "avgCallDuration",
            "serviceLevel",
        } == set(figures)
        report = await _asked(susan, f"reports/agent-performance?{period}&agentId=PJSIP/1002")
        assert report["agent"]["name"] == "Bob" and report["callsHandled"] >= 1
        assert {"avgCallDuration", "avgWrapUpTime", "availability", "callsByDisposition"} <= set(report)
        nobody = await susan.client.get(f"/api/pbx/manager/reports/agent-performance?{period}&agentId=PJSIP/9")
        assert (nobody.status_code, nobody.json()["detail"]) == NO_AGENT


async def _asked(person: Person, path: str) -> Answer:
    return await person.ask("GET", f"/api/pbx/manager/{path}", 200)


async def test_a_call_is_recorded_on_demand(whole: Installation, asterisk: RealAsterisk) -> None:
    async with signed_in(whole, "alice") as alice, Desk(asterisk, "1001") as desk, Trunk(asterisk) as trunk:
        desk.answers_after(0.1)
        trunk.answers_after(0.1)
        call_id = await dialled(alice)
        await alice.done(f"/calls/{call_id}/recording/start", {"callId": call_id})
        assert list(asterisk.installation.recording_spool.glob("tl-*.wav"))
        await alice.done(f"/calls/{call_id}/recording/stop", {"callId": call_id})
        await alice.done(f"/calls/{call_id}/hangup")
        await until_available(alice)


async def test_every_client_event_acts(whole: Installation, asterisk: RealAsterisk) -> None:
    async with (
        signed_in(whole, "alice") as alice,
        Desk(asterisk, "1003") as carol,
        Desk(asterisk, "1001") as desk,
        Trunk(asterisk) as trunk,
    ):
        await alice.say("agent:login", {"agentId": "PJSIP/1001", "extension": "1001"})
        await alice.heard("agent:status:updated")
        await until_available(alice)
        since = len(alice.frames)
        caller = await trunk.call("2001")
        call_id = (await rung(alice, since))["callId"]
        await alice.says("call:answer", "answer", callId=call_id)
        await talking(alice, call_id)
        await alice.says("call:hold", "hold", callId=call_id, hold=True)
        await alice.says("call:hold", "unhold", callId=call_id, hold=False)
        await alice.says("call:mute", "mute", callId=call_id, mute=True)
        await alice.says("call:mute", "mute", callId=call_id, mute=False)
        carol.answers_after(0.1)
        await alice.says("call:transfer", "transfer", callId=call_id, target="1003", type="blind")
        await carol.next_answered()
        await caller.hang_up()
        desk.answers_after(0.1)
        trunk.answers_after(0.1)
        told = await alice.says("call:dial", "dial", phoneNumber="15551234567")
        await talking(alice, told["callId"])
        await alice.says("call:hangup", "hangup", callId=told["callId"])
        since = len(alice.frames)
        await alice.say("call:hangup", {"callId": told["callId"]})
        error = (await alice.heard("error", since=since))["data"]
        assert (error["code"], error["detail"], error["event"]) == ("not_found", NO_CALL[1], "call:hangup")
        await alice.says("agent:status:change", "status", status="AWAY")
        await alice.heard("agent:status:updated", lambda frame: frame["data"]["status"] == "AWAY", since)
        await alice.says("agent:status:change", "status", status="AVAILABLE")


async def test_transfers(whole: Installation, asterisk: RealAsterisk) -> None:
    async with (
        signed_in(whole, "alice") as alice,
        Desk(asterisk, "1003") as carol,
        Desk(asterisk, "1001") as desk,
        Trunk(asterisk) as trunk,
    ):
        for person in (desk, carol, trunk):
            person.answers_after(0.1)
        call_id = await dialled(alice)
        customer = await trunk.next_answered()
        path = f"/calls/{call_id}/transfer"
        assert (await alice.refused(f"{path}/complete"))[0] == 400
        assert (await alice.refused(path, {"callId": call_id, "target": "*9", "type": "blind"}))[0] == 400
        await alice.done(path, {"callId": call_id, "target": "1003", "type": "attended"})
        await carol.next_answered()
        await alice.done(f"{path}/cancel", {"callId": call_id})
        await alice.until_state("on_call")
        assert (await alice.refused(f"{path}/complete"))[0] == 400
        await alice.done(path, {"callId": call_id, "target": "1003", "type": "attended"})
        consulted = await carol.next_answered()
        await alice.done(f"{path}/complete", {"callId": call_id})
        assert not customer.ended.is_set() and not consulted.ended.is_set()
        await customer.hang_up()
        await consulted.until_ended()
        await until_available(alice)
        call_id = await dialled(alice)
        customer = await trunk.next_answered()
        await alice.done(f"/calls/{call_id}/transfer", {"callId": call_id, "target": "1003", "type": "blind"})
        moved = await carol.next_answered()
        assert not customer.ended.is_set()
        await customer.hang_up()
        await moved.until_ended()
        await until_available(alice)
        call_id = await dialled(alice)
        customer = await trunk.next_answered()
        body = {"callId": call_id, "target": "15559999999", "type": "blind"}
        await alice.done(f"/calls/{call_id}/transfer", body)
        assert (await trunk.next_answered()).extension == "15559999999"
        await customer.hang_up()


async def test_status_and_queues(whole: Installation, asterisk: RealAsterisk) -> None:
    async with signed_in(whole, "carol") as carol, signed_in(whole, "susan") as susan, Desk(asterisk, "1003"):
        await carol.done("/agent/status", {"status": "AWAY"})
        await carol.until_state("paused")
        await carol.done("/agent/status", {"status": "BUSY"})
        await until_reason(carol, "busy")
        await carol.done("/agent/status", {"status": "AVAILABLE"})
        await carol.until_state("available")
        await carol.done("/queues/2003/members", {"penalty": 2})
        queue = await susan.ask("GET", "/api/pbx/queues/2003", 200)
        mine = next(each for each in queue["members"] if each["interface"] == "PJSIP/1003")
        assert (mine["kind"], mine["penalty"], mine["paused"]) == ("dynamic", 2, False)
        await carol.done("/queues/2003/members/pause", {"paused": True, "reason": "lunch"})
        await carol.done("/queues/2003/members/pause", {"paused": False})
        await carol.done("/agent/status", {"status": "OFFLINE"})
        queue = await susan.ask("GET", "/api/pbx/queues/2003", 200)
        assert "PJSIP/1003" not in {each["interface"] for each in queue["members"]}
        await carol.done("/agent/status", {"status": "AVAILABLE"})
        queue = await susan.ask("GET", "/api/pbx/queues/2003", 200)
        assert "PJSIP/1003" in {each["interface"] for each in queue["members"]}
        await susan.done("/queues/2003/members?agentId=PJSIP/1003", method="DELETE")
        await susan.done("/queues/2003/members", {"agentId": "PJSIP/1003"})
        await carol.done("/queues/2003/members", method="DELETE")
        await susan.done("/agent/status", {"status": "AWAY", "reason": "training", "agentId": "PJSIP/1003"})
        await until_reason(carol, "training")
        await carol.done("/agent/status", {"status": "AVAILABLE"})
        assert await carol.refused("/queues/2003/members", {"agentId": "PJSIP/1001"}) == NO_AGENT
        assert await susan.refused("/agent/status", {"status": "AWAY"}) == NO_AGENT
        assert await susan.refused("/calls/dial", {"phoneNumber": "15551234567"}) == NO_AGENT
        assert (await carol.refused("/queues/9999/members", {}))[0] == 404
        assert await susan.refused("/queues/2001/route", {"phoneNumber": "15551234567"}) == (
            400,
            "No available agents in queue",
        )


async def until_reason(person: Person, reason: str) -> None:
    """Wait until this agent is paused for this reason."""
    await until(lambda: status_of(person) == ("paused", reason))


async def test_a_supervisor_moves_callers(whole: Installation, asterisk: RealAsterisk) -> None:
    async with (
        signed_in(whole, "susan") as susan,
        signed_in(whole, "alice") as alice,
        Desk(asterisk, "1003") as carol,
        Trunk(asterisk) as trunk,
    ):
        carol.answers_after(0.1)
        since = len(susan.frames)
        waiting = await trunk.call("2001", number="5550001")
        found = await susan.heard("call:state:changed", lambda frame: frame["data"]["status"] == "QUEUED", since)
        first = found["data"]["callId"]
        assert (await alice.refused(f"/calls/{first}/redirect", {"target": "1003"}))[0] == 403
        await susan.done(f"/calls/{first}/redirect", {"target": "1003"})
        await carol.next_answered()
        await waiting.hang_up()
        async with Desk(asterisk, "1001") as desk:
            desk.answers_after(0.1)
            trunk.answers_after(0.1)
            await until_available(alice)
            command = await susan.post("/queues/2001/route", {"phoneNumber": "15557000000"})
            call_id = await talking(alice, (await susan.confirmed(command))["callId"])
            customer = await trunk.next_answered()
            await susan.done(f"/calls/{call_id}/redirect", {"target": "2002"})
            found = await susan.heard("queue:update", lambda frame: frame["data"]["queueId"] == "2002")
            await customer.hang_up()


async def test_a_supervisor_joins_two_calls(whole: Installation, asterisk: RealAsterisk) -> None:
    async with (
        signed_in(whole, "susan") as susan,
        signed_in(whole, "alice") as alice,
        Desk(asterisk, "1001") as desk,
        Trunk(asterisk) as trunk,
    ):
        desk.answers_after(0.1)
        trunk.answers_after(0.1)
        call_id = await dialled(alice)
        customer = await trunk.next_answered()
        since = len(susan.frames)
        waiting = await trunk.call("2001", number="5550002")
        found = await susan.heard("call:state:changed", lambda frame: frame["data"]["status"] == "QUEUED", since)
        body = {"callId": call_id, "otherCallId": found["data"]["callId"]}
        await susan.done("/calls/bridge", body)
        assert not customer.ended.is_set() and not waiting.ended.is_set()
        await waiting.hang_up()
        await customer.until_ended()
