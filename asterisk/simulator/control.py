"""Calls acted on from outside: hung up or transferred by a client of the PBX.

Job: find the call of a channel and let happen on the floor what its party could have done too.
It must not: answer actions, or say anything itself.
"""

from asterisk.simulator import endings
from asterisk.simulator.floor import Floor, is_free
from asterisk.simulator.world import Agent, Call, Channel


class Control:
    """What the actions may do with the calls of one floor."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    def hang_up(self, channel: Channel) -> None:
        """End a channel as if its party had hung up."""
        call, floor = channel.call, self._floor
        if call is None:
            return
        asked = call.consultation
        if asked is not None and channel in (asked.own, asked.leg):
            floor.handover.back_to_caller(call, asked)
        elif channel is call.caller:
            self._caller_hangs_up(call)
        elif call.stage == "ringing":
            floor.misses(call, channel)
        else:
            self._talk_ends(call, channel, by_agent=True)

    def transfer(self, channel: Channel, target: Agent) -> bool:
        """Send the partner of a talking agent's channel to another agent, who must be free."""
        call, now_us = channel.call, self._floor.pbx.now_us
        if call is None or call.consultation is not None or not is_free(target, now_us):
            return False
        if call.stage != "talking" or channel is not call.leg:
            return False
        self._floor.handover.transfers_to(call, target)
        return True

    def _caller_hangs_up(self, call: Call) -> None:
        if call.stage in ("waiting", "ringing"):
            self._floor.gives_up(call)
        elif call.stage == "voicemail":
            endings.leave_no_message(self._floor.pbx, call)
            self._floor.ended(None)
        else:
            self._talk_ends(call, call.agent_channel, by_agent=False)

    def _talk_ends(self, call: Call, leg: Channel, *, by_agent: bool) -> None:
        if call.stage in ("talking", "handed_over"):
            self._floor.completes(call, by_agent=by_agent)
            return
        handover, target = self._floor.handover, self._floor.pbx.agents[leg.device]
        if call.stage == "transferring":
            handover.target_misses(call, leg, target, hung_up=not by_agent)
        elif call.stage == "transferred":
            handover.transferred_ends(call, target, by_agent=by_agent)
