"""api/control/spoken.py: each event that acts asks the desks for what it says."""

from typing import Any

import msgspec
import pytest
from api_parts import principal
from control_parts import command

from api.control.commands import Command
from api.control.spoken import Spoken
from api.live.sent import CLIENT_MESSAGES, Resync
from api.roles import Role

CALL = {"callId": "pbx:1"}
SAID: dict[str, tuple[dict[str, Any], tuple[Any, ...]]] = {
    "agent:status:change": ({"status": "AWAY"}, ("status", "AWAY")),
    "call:answer": (CALL, ("answer", "pbx:1")),
    "call:hangup": (CALL, ("hangup", "pbx:1")),
    "call:hold": (CALL | {"hold": False}, ("hold", "pbx:1", False)),
    "call:mute": (CALL | {"mute": True}, ("mute", "pbx:1", True)),
    "call:transfer": (CALL | {"target": "1002", "type": "blind"}, ("transfer", "pbx:1", "1002", "blind")),
    "call:dial": ({"phoneNumber": "123"}, ("dial", "123", None)),
}


class Desk:
    """Keeps what it is asked for."""

    def __init__(self) -> None:
        self.asked: tuple[Any, ...] = ()

    def __getattr__(self, name: str) -> Any:
        async def ask(who: object, *arguments: Any, **named: Any) -> Command:
            self.asked = (name, *arguments, *named.values())
            return command(name)

        return ask


@pytest.mark.parametrize("event", sorted(SAID))
async def test_each_event_is_one_thing_that_a_request_can_ask_for(event: str) -> None:
    data, wanted = SAID[event]
    desk: Any = Desk()
    told = await Spoken(desk, desk).act(
        principal(Role.AGENT), event, msgspec.convert(data, CLIENT_MESSAGES[event].data)
    )
    assert (desk.asked, told.name) == (wanted, wanted[0])


def test_every_event_that_acts_is_among_them() -> None:
    assert set(SAID) == set(CLIENT_MESSAGES) - {"subscribe", "resync", "agent:login"}


async def test_what_does_not_act_is_a_mistake_of_ours() -> None:
    desk: Any = Desk()
    with pytest.raises(TypeError):
        await Spoken(desk, desk).act(principal(), "resync", Resync())
