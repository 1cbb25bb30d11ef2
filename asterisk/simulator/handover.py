"""Callers who are passed on: blind transfers, consultations and what comes of them, attended transfers.

Job: carry a call from the moment in which its agent wants to pass the caller on, or to ask a colleague first, to its
end or back to the talk. Draws from the PBX's own dice.
Contract: as for `floor`: a step that comes too late does nothing.
It must not: say anything itself (`transfer`, `consultation` and `attended` do), wait, or read a clock.
"""

from dataclasses import dataclass
from typing import Protocol

from asterisk.simulator import attended, consultation, transfer
from asterisk.simulator.agenda import Agenda
from asterisk.simulator.dialling import RING_S
from asterisk.simulator.pbx import Pbx
from asterisk.simulator.world import Agent, Call, Channel, Consultation


@dataclass(frozen=True)
class Manners:
    """How agents pass callers on. Shares 0-1."""

    no_answer_share: float = 0.15
    """Consultations that nobody answers."""
    blind_share: float = 0.4
    """Of those: the caller is sent there nevertheless, blindly."""
    transfer_share: float = 0.7
    """Answered consultations that end with an attended transfer; after the others the agent goes back to the caller."""
    caller_leaves_share: float = 0.05
    """Callers who hang up while they are on hold for a consultation."""


class Room(Protocol):
    """What a handover needs of the floor on which the call takes place."""

    pbx: Pbx
    agenda: Agenda
    open_calls: int

    def completes(self, call: Call, *, by_agent: bool) -> None:
        """One side hangs up."""

    def released(self, agent: Agent | None) -> None:
        """An agent is free after wrap-up."""

    def ended(self, agent: Agent | None) -> None:
        """A call is over."""

    def free_agents(self) -> list[Agent]:
        """Who could take a call now."""

    def talk_time_s(self) -> float:
        """How long a talk will be."""

    def answer_time_s(self) -> float:
        """How long it will ring until an attentive agent answers."""

    def by_agent(self) -> bool:
        """Whether the agent will be the one who hangs up."""

    def misses_ring(self) -> bool:
        """Whether a transferred call will not be answered."""


class Handover:
    """The handing over of one floor's calls."""

    def __init__(self, room: Room, manners: Manners) -> None:
        self._room = room
        self._dice = room.pbx.random
        self._manners = manners

    # ---- blind

    def sends_away(self, call: Call) -> None:
        """The agent transfers the caller blindly to somebody who is free; where nobody is, the caller hangs up."""
        free = self._room.free_agents()
        if call.stage == "talking" and free:
            self.transfers_to(call, self._dice.choice(free))
        else:
            self._room.completes(call, by_agent=False)

    def transfers_to(self, call: Call, target: Agent) -> None:
        """The agent sends the caller to another agent, who must be free or have just been asked."""
        room, agent = self._room, call.ringing_member.agent
        target.claimed = True
        transfer.blind_transfer(room.pbx, call, target)
        room.released(agent)
        leg = call.agent_channel
        if room.misses_ring():
            room.agenda.after(RING_S, lambda: self.target_misses(call, leg, target, hung_up=False))
        else:
            room.agenda.after(room.answer_time_s(), lambda: self._meets(call, target))

    def _meets(self, call: Call, target: Agent) -> None:
        if call.stage == "transferring":
            transfer.target_answers(self._room.pbx, call, target)
            by_agent = self._room.by_agent()
            step_s = self._room.talk_time_s()
            self._room.agenda.after(step_s, lambda: self.transferred_ends(call, target, by_agent=by_agent))

    def target_misses(self, call: Call, leg: Channel, target: Agent, *, hung_up: bool) -> None:
        """The agent who was transferred to has not answered."""
        if call.leg is leg and call.stage == "transferring":
            transfer.target_misses(self._room.pbx, call, target, hung_up=hung_up)
            self._room.ended(target)

    def transferred_ends(self, call: Call, target: Agent, *, by_agent: bool) -> None:
        """One side of the transferred call hangs up."""
        if call.stage == "transferred":
            transfer.transferred_ends(self._room.pbx, call, target, by_agent=by_agent)
            self._room.ended(target)

    # ---- attended

    def asks(self, call: Call) -> None:
        """The agent puts the caller on hold and calls somebody who is free; where nobody is, the talk ends."""
        room, free = self._room, self._room.free_agents()
        if call.stage != "talking" or not free:
            room.completes(call, by_agent=True)
            return
        if call.held_by is call.caller:
            transfer.unhold(room.pbx, call)
        if call.held_by is None:
            transfer.hold(room.pbx, call, by_agent=True)
        target = self._dice.choice(free)
        target.claimed = True
        asked = consultation.begin(room.pbx, call, target)
        room.open_calls += 1
        if self._happens(self._manners.no_answer_share):
            room.agenda.after(self._dice.uniform(0.2, 0.75) * RING_S, lambda: self._gives_up(call, asked))
        else:
            room.agenda.after(room.answer_time_s(), lambda: self._answers(call, asked))
        if self._happens(self._manners.caller_leaves_share):
            room.agenda.after(self._dice.uniform(1, 15), lambda: self._leaves(call, asked))

    def _answers(self, call: Call, asked: Consultation) -> None:
        if call.consultation is asked and not asked.answered_us:
            consultation.target_answers(self._room.pbx, asked)
            # Asking takes a fraction of a talk with a caller.
            self._room.agenda.after(0.3 * self._room.talk_time_s(), lambda: self._decides(call, asked))

    def _decides(self, call: Call, asked: Consultation) -> None:
        if call.consultation is not asked:
            return
        if call.stage == "talking" and self._happens(self._manners.transfer_share):
            self._hands_over(call, asked)
        else:
            self.back_to_caller(call, asked)

    def _hands_over(self, call: Call, asked: Consultation) -> None:
        room = self._room
        attended.attended_transfer(room.pbx, call, asked)
        room.open_calls -= 1
        room.released(asked.agent)
        by_agent = room.by_agent()
        room.agenda.after(room.talk_time_s(), lambda: room.completes(call, by_agent=by_agent))

    def _gives_up(self, call: Call, asked: Consultation) -> None:
        if call.consultation is not asked or asked.answered_us:
            return
        if call.stage != "talking" or not self._happens(self._manners.blind_share):
            self.back_to_caller(call, asked)
            return
        consultation.cancelled(self._room.pbx, call, asked)
        self._room.open_calls -= 1
        self.transfers_to(call, asked.target)

    def back_to_caller(self, call: Call, asked: Consultation) -> None:
        """The agent ends the consultation and, if the caller is still there, talks to them again."""
        room = self._room
        end = consultation.ends if asked.answered_us else consultation.cancelled
        end(room.pbx, call, asked)
        room.ended(asked.target)
        if call.stage != "talking":
            room.released(asked.agent)
            return
        transfer.unhold(room.pbx, call)
        by_agent = room.by_agent()
        room.agenda.after(0.3 * room.talk_time_s(), lambda: room.completes(call, by_agent=by_agent))

    def _leaves(self, call: Call, asked: Consultation) -> None:
        if call.consultation is asked and call.stage == "talking":
            self._room.completes(call, by_agent=False)

    def _happens(self, share: float) -> bool:
        return self._dice.random() < share
