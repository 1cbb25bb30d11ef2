"""Actions out, answers back.

Job: write an action to a wire and wait for its answer, for as many at a time as wanted.
Contract: an action is written once or not at all. Whoever waits gets the answer, or an error that says whether the
action may have been done. ActionIDs are unique among all clients of the PBX, because events show them to everybody.
It must not: decide what an answer means, log in, or ask again.
"""

import asyncio
from secrets import token_hex
from typing import Any

from asterisk.answers import Answer, PendingAnswers
from asterisk.encoding import Action, encode_action
from asterisk.errors import ActionTimedOut, ConnectionLost, InvalidAction
from asterisk.wire import Wire


class Exchange:
    """The actions that wait for their answers, on the wires of one connection."""

    def __init__(self) -> None:
        self._pending = PendingAnswers()
        self._answers: dict[str, asyncio.Future[Answer]] = {}
        self._id_prefix = token_hex(4)
        self._ids_made = 0

    def next_id(self) -> str:
        """An ActionID that nobody else has."""
        self._ids_made += 1
        return f"{self._id_prefix}/{self._ids_made}"

    def write(self, wire: Wire, action: Action, action_id: str | None = None) -> None:
        """Write an action whose answer nobody waits for. Raises InvalidAction."""
        wire.transport.write(encode_action(action, action_id or self.next_id()))

    async def ask(self, wire: Wire, action: Action, timeout: float, action_id: str | None = None) -> Answer:
        """Write an action and wait for its answer. Raises InvalidAction, ActionTimedOut or ConnectionLost."""
        action_id = action_id or self.next_id()
        if action_id in self._answers:
            raise InvalidAction("ActionID", "is in use by an action that waits for its answer")
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._answers[action_id] = answer
        self._pending.expect(action_id)
        try:
            self.write(wire, action, action_id)
            either: set[asyncio.Future[Any]] = {answer, wire.lost}
            await asyncio.wait(either, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            del self._answers[action_id]
            self._pending.forget(action_id)
        if answer.done():
            return answer.result()
        raise _no_answer(wire, action, timeout)

    def settle(self, raw: bytes) -> Answer | None:
        """Look at a packet; give the answer that it completes to whoever waits for it, and return it."""
        answer = self._pending.take(raw)
        if answer:
            self._answers[answer.response.action_id].set_result(answer)
        return answer


def _no_answer(wire: Wire, action: Action, timeout: float) -> ActionTimedOut | ConnectionLost:
    advice = "it may have been done: do not send it again, wait for its events" if action.changes_state else "ask again"
    if wire.lost.done():
        return ConnectionLost(f"{action.name}: {wire.lost.result()}; {advice}")
    return ActionTimedOut(f"{action.name}: no answer in {timeout:g} s; {advice}")
