"""api/live/conversation.py: the table of what a client may say, walked; and what ends a conversation."""

import json
from typing import Any

import pytest
from api_parts import UTC, Clock, FakePulse, agent, busy, principal, queue

from api.live.board import Board
from api.live.client import REFUSED, SIGNED_OUT, TOO_BIG, Client
from api.live.conversation import SHOWN_AT_ONCE, STRIKES, TAKEN_AT_ONCE, Conversation
from api.live.hub import Hub
from api.live.sent import CLIENT_MESSAGES, LARGEST
from api.roles import Role

OWN, THEIRS, MISSING = "own", "theirs", "missing"
CALLS = {OWN: "pbx:1", THEIRS: "pbx:7", MISSING: "pbx:99"}
AGENTS = {OWN: "PJSIP/Alice", THEIRS: "PJSIP/Carol", MISSING: "PJSIP/Nobody"}
MORE: dict[str, Any] = {
    "call:hold": {"hold": True},
    "call:mute": {"mute": True},
    "call:transfer": {"target": "1001", "type": "blind"},
}
# A message without an id is the same whoever's ids one knows.
PLAIN: dict[str, Any] = {"agent:status:change": {"status": "AWAY"}, "call:dial": {"phoneNumber": "123"}, "resync": None}


def data_of(event: str, whose: str) -> Any:
    """What is sent with an event, naming one's own thing, another tenant's or one that is not there."""
    if event in PLAIN:
        return PLAIN[event]
    if event == "subscribe":
        return {"rooms": [f"agent:pbx:{AGENTS[whose]}"]}
    if event == "agent:login":
        return {"agentId": AGENTS[whose]}
    return {"callId": CALLS[whose], **MORE.get(event, {})}


class Talk:
    """A conversation of somebody; Alice's own user if it is an agent."""

    def __init__(self, role: Role = Role.AGENT) -> None:
        board = Board()
        carol = busy("Carol")
        assert carol.call is not None
        theirs = agent("Carol", 2, tenant="other", call=type(carol.call)("pbx:7", None, None, None, 0))
        board.replace([busy(), theirs], [queue(), queue("theirs", tenant="other")])
        self.hub = Hub(board, FakePulse(), UTC, Clock())
        client = self.hub.join(principal(role), frozenset({"pbx:PJSIP/Alice"}))
        assert client is not None
        self.client: Client = client
        self.holds: bool | Exception = True
        self.conversation = Conversation(self.hub, client, self._holds)
        self.heard()

    async def _holds(self) -> bool:
        if isinstance(self.holds, Exception):
            raise self.holds
        return self.holds

    def heard(self) -> list[dict[str, Any]]:
        return [json.loads(frame) for frame in self.client.take_frames()]

    async def say(self, event: str, data: Any = None) -> list[dict[str, Any]]:
        """Say it; what is told to it."""
        await self.conversation.take(json.dumps({"event": event, "data": data}))
        return self.heard()


async def code(event: str, whose: str, role: Role = Role.AGENT) -> tuple[str, str] | None:
    """Code and detail of the refusal; None where it was taken."""
    (told,) = await Talk(role).say(event, data_of(event, whose))
    return (told["data"]["code"], told["data"]["detail"]) if told["event"] == "error" else None


@pytest.mark.parametrize("event", sorted(CLIENT_MESSAGES))
async def test_another_tenants_id_is_refused_as_one_that_is_not_there(event: str) -> None:
    theirs, missing, own = [await code(event, whose) for whose in (THEIRS, MISSING, OWN)]
    assert theirs == missing
    if event not in PLAIN:
        assert theirs is not None and theirs[0] == "not_found"
        assert own is None or own[0] == "unavailable"


@pytest.mark.parametrize("event", sorted(CLIENT_MESSAGES))
@pytest.mark.parametrize("role", sorted(Role))
async def test_a_wrong_role_is_refused_whatever_it_names(event: str, role: Role) -> None:
    told = {await code(event, whose, role) for whose in CALLS}
    if role not in CLIENT_MESSAGES[event].roles:
        assert {each and each[0] for each in told} == {"not_allowed"}
    else:
        assert "not_allowed" not in {each and each[0] for each in told}


async def test_a_watcher_asks_for_a_room_of_another_tenant_in_vain() -> None:
    theirs, missing = [await code("subscribe", whose, Role.MANAGER) for whose in (THEIRS, MISSING)]
    assert theirs == missing and theirs is not None and theirs[0] == "not_found"


@pytest.mark.parametrize("event", sorted(CLIENT_MESSAGES))
async def test_who_is_signed_in_no_more_says_nothing(event: str) -> None:
    talk = Talk()
    talk.holds = False
    assert await talk.say(event, data_of(event, OWN)) == []
    assert talk.client.close_code == SIGNED_OUT


async def test_who_cannot_be_looked_up_is_told_to_come_again() -> None:
    talk = Talk()
    talk.holds = OSError("inside")
    (told,) = await talk.say("resync")
    assert (told["data"]["code"], talk.client.close_code) == ("unavailable", None)
    assert "inside" not in told["data"]["detail"]


async def test_an_agent_says_who_it_is() -> None:
    (told,) = await Talk().say("agent:login", {"agentId": "PJSIP/Alice", "extension": "Alice"})
    assert (told["event"], told["data"]) == ("agent:status:updated", {"agentId": "PJSIP/Alice", "status": "BUSY"})
    (told,) = await Talk().say("agent:login", {"agentId": "PJSIP/Alice", "extension": "1"})
    assert told["data"]["code"] == "not_found"


async def test_snapshots_are_dear() -> None:
    talk = Talk(Role.MANAGER)
    told = [(await talk.say("resync"))[0] for _ in range(SHOWN_AT_ONCE + 1)]
    assert [frame["event"] for frame in told] == ["snapshot"] * SHOWN_AT_ONCE + ["error"]
    assert (told[-1]["data"]["code"], talk.client.close_code) == ("too_many", None)
    assert (await talk.say("subscribe", {"rooms": ["queue:pbx:support"]}))[0]["data"]["code"] == "too_many"
    assert talk.client.rooms == {"all"}


@pytest.mark.parametrize(
    ("text", "closed"), [("nonsense", REFUSED), ('{"event": "x"}', REFUSED), ("x" * (LARGEST + 1), TOO_BIG)]
)
async def test_nonsense_is_closed_at_the_third(text: str, closed: int) -> None:
    talk = Talk()
    for _ in range(STRIKES - 1):
        await talk.conversation.take(text)
    assert talk.client.close_code is None
    await talk.conversation.take(text)
    assert (talk.client.close_code, len(talk.heard())) == (closed, STRIKES)


async def test_a_flood_is_closed() -> None:
    talk = Talk()
    for _ in range(TAKEN_AT_ONCE + 1):
        assert talk.client.close_code is None
        await talk.say("call:dial", {"phoneNumber": "1"})
    assert talk.client.close_code == REFUSED
