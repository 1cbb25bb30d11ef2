"""The sockets' way to the desks: each event of the reference guide that acts, by its data. The same path as REST."""

from msgspec import Struct

from api.control.commands import Command, command_form
from api.control.desk import CallDesk
from api.control.floor import FloorDesk
from api.live import sent
from api.live.messages import CommandUpdated
from api.tokens import Principal


class Spoken:
    """What is said on sockets, done at the desks."""

    def __init__(self, calls: CallDesk, floor: FloorDesk) -> None:
        self._calls = calls
        self._floor = floor

    async def act(self, principal: Principal, event: str, data: Struct) -> CommandUpdated:
        """Do what an event of the table asks for. Raises ApiError, as the routes do."""
        return command_form(await self._done(principal, event, data))

    async def _done(self, principal: Principal, event: str, data: Struct) -> Command:
        match data:
            case sent.StatusChange():
                return await self._floor.status(principal, data.status)
            case sent.Dial():
                return await self._calls.dial(principal, data.phone_number, data.contact_id)
            case sent.Hold():
                return await self._calls.hold(principal, data.call_id, hold=data.hold)
            case sent.Mute():
                return await self._calls.mute(principal, data.call_id, muted=data.mute)
            case sent.Transfer():
                return await self._calls.transfer(principal, data.call_id, data.target, data.type)
            case sent.OfCall() if event == "call:answer":
                return await self._calls.answer(principal, data.call_id)
            case sent.OfCall():
                return await self._calls.hangup(principal, data.call_id)
        raise TypeError(f"{event} acts on nothing")
