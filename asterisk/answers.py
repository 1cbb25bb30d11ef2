"""Which packets answer which action.

Job: collect, among all packets of a connection, those that carry the ActionID of an action that waits for its answer.
Contract: an answer is one response, or, when the response announces a list, the response and every item up to the one
that says the list is complete. Events may stand anywhere between them, and some carry the ActionID of an action that
was answered long before (OriginateResponse): those answer nothing.
It must not: wait, hold packets back from others, or judge whether the answer is good news.
"""

import msgspec

from asterisk.ami import Packet, parse_packet

_LIST_ENDS = frozenset({"complete", "cancelled"})


class Answer(msgspec.Struct, frozen=True):
    """The response to an action and, for lists, its items in order, the closing one (with `ListItems`) excluded."""

    response: Packet
    items: tuple[Packet, ...] = ()


class PendingAnswers:
    """The actions that wait for an answer, by ActionID, with what has come of each."""

    __slots__ = ("_collected",)

    def __init__(self) -> None:
        self._collected: dict[str, list[Packet]] = {}

    def __contains__(self, action_id: str) -> bool:
        return action_id in self._collected

    def expect(self, action_id: str) -> None:
        """From now on packets with this ActionID are part of an answer."""
        self._collected[action_id] = []

    def forget(self, action_id: str) -> None:
        """The answer is no longer wanted; what comes of it later is ignored."""
        self._collected.pop(action_id, None)

    def take(self, raw: bytes) -> Answer | None:
        """Look at one packet; return the answer that it completes. Most packets are passed over without a parse."""
        if not self._collected or b"ActionID:" not in raw:
            return None
        packet = parse_packet(raw)
        collected = self._collected.get(packet.action_id)
        if collected is None or not (collected or packet.response):
            return None
        collected.append(packet)
        list_state = packet.get("EventList").lower()
        if packet.response:
            return None if list_state == "start" else self._complete(collected, len(collected))
        return self._complete(collected, -1) if list_state in _LIST_ENDS else None

    def _complete(self, collected: list[Packet], end: int) -> Answer:
        response = collected[0]
        self.forget(response.action_id)
        return Answer(response, tuple(collected[1:end]))
