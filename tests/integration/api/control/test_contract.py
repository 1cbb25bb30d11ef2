"""The reference guide walked on a real Asterisk with real phones: each endpoint, event, action and error.

docs/contract.md has the table; a test in tests/architecture holds it against this file.
"""

import asyncio
from collections.abc import Iterator

import pytest
from acting import Person, hire, signed_in
from installation import Installation, installation
from phones.people import Desk, Trunk

from infra.asterisk import RealAsterisk

# People and their phones: Alice and Bob answer in Support (2001), Carol in Sales.
SEATS = {"alice": "1001", "bob": "1002", "carol": "1003"}
AWAY = {"status": "AWAY"}


@pytest.fixture(scope="module")
def whole(running_asterisk: RealAsterisk) -> Iterator[Installation]:
    """Everything, on the run's Asterisk, with people in it."""
    host, port = running_asterisk.ami_address
    settings = {
        "TRUNKLINE_PBX": running_asterisk.system_name,
        "TRUNKLINE_AMI_USER": running_asterisk.ami_user,
        "TRUNKLINE_AMI_SECRET": running_asterisk.ami_secret,
        "TRUNKLINE_PEER_RATE": "1000000",
        "TRUNKLINE_USER_RATE": "1000000",
    }
    with installation("--pbx", f"{host}:{port}", settings=settings) as made:
        for name, extension in SEATS.items():
            hire(made, name, "agent", running_asterisk.system_name, extension)
        hire(made, "susan", "supervisor")
        status, body = made.ask("POST", "/api/admin/dispositions", {"code": "SOLD", "title": "Sold"})
        assert status == 201, body
        yield made


async def dialled(person: Person, number: str = "5551234") -> tuple[str, dict[str, object]]:
    """Dial by request; the id of the call, and the command as it was settled."""
    command = await person.post("/calls/dial", {"phoneNumber": number})
    settled = await person.confirmed(command)
    call_id = str(settled["callId"])
    await person.heard("presence:update", lambda frame: _in_call(frame["data"], call_id, "on_call"))
    return call_id, settled


def _in_call(data: dict[str, object], call_id: str, state: str) -> bool:
    call = data["currentCall"]
    return data["state"] == state and isinstance(call, dict) and call["callId"] == call_id


async def test_dial_hold_mute_notes_and_hang_up_by_request(whole: Installation, asterisk: RealAsterisk) -> None:
    async with (
        signed_in(whole, "alice") as alice,
        Desk(asterisk, "1001") as desk,
        Trunk(asterisk) as trunk,
    ):
        desk.answers_after(0.1)
        trunk.answers_after(0.1)
        call_id, settled = await dialled(alice)
        assert (settled["name"], settled["status"]) == ("dial", "confirmed")
        assert (await trunk.next_answered()).extension == "5551234"
        assert await alice.refused("/calls/dial", {"phoneNumber": "5551235"}) == (400, "Agent is already on a call")
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
        noted = await alice.post(f"{path}/notes", {"callId": call_id, "notes": "wants a red one", "disposition": "SOLD"}, 200)
        assert (noted["notes"], noted["disposition"]) == ("wants a red one", "SOLD")
        await alice.done(f"{path}/hangup", {"callId": call_id})
        await alice.heard("call:ended", lambda frame: frame["data"]["callId"] == call_id)
        assert (await alice.post(f"{path}/notes", {"notes": "later"}, 200))["disposition"] == "SOLD"
        assert await alice.refused(f"{path}/hangup") == (404, "Call session not found")
        assert (await alice.refused(f"{path}/notes", {"notes": "x", "disposition": "NONE"}))[0] == 400
