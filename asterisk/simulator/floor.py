"""What people do on the simulated floor: who is rung, who answers, who gives up, who talks how long.

Job: carry each call from joining to its end on the agenda: distribution as app_queue does it (one caller of the line
for each free agent), then what the habits say. Draws from the PBX's own dice, so a seed gives one course of events.
Contract: a step that comes too late (the caller has gone meanwhile) does nothing.
It must not: say anything itself (`script`, `endings`, `transfer` do), wait, or read a clock.
"""

from dataclasses import dataclass, field

from asterisk.simulator import endings, script, transfer
from asterisk.simulator.agenda import Agenda
from asterisk.simulator.handover import Handover, Manners
from asterisk.simulator.media import report
from asterisk.simulator.pbx import Pbx
from asterisk.simulator.world import Agent, Call, Channel, Member, Queue

RING_DELAY_S = 0.006
"""From INVITE to the phone's 180."""
NO_ANSWER_S = 0.8
"""Voicemail's tone."""


@dataclass(frozen=True)
class Habits:
    """How people behave. Durations in seconds, shares 0-1."""

    talk_s: float = 45.0
    answer_s: float = 4.0
    """The longest that an attentive agent lets it ring."""
    patience_s: float = 100.0
    busy_share: float = 0.02
    no_answer_share: float = 0.03
    by_agent_share: float = 0.45
    hold_share: float = 0.12
    transfer_share: float = 0.05
    """Blind ones."""
    consultation_share: float = 0.05
    """Talks in which the agent calls a colleague before, or instead of, an attended transfer."""
    manners: Manners = field(default_factory=Manners)
    message_share: float = 0.5
    lost_share: float = 0.01
    """AgentComplete events without the caller's channel: 22 of 2,215 in a recorded run."""


class Floor:
    """The calls of one PBX, on its agenda."""

    def __init__(self, pbx: Pbx, agenda: Agenda, habits: Habits) -> None:
        self.pbx = pbx
        self.agenda = agenda
        self.habits = habits
        self.open_calls = 0
        """Consultations count, too."""
        self.handover = Handover(self, habits.manners)
        pbx.on_free = self.freed

    # ---- waiting

    def arrives(self, queue: Queue, num: str, caller: str, customer: str) -> Call:
        """A caller comes in and joins a queue."""
        call = script.arrive(self.pbx, queue, num, caller, customer)
        call.loses_snapshot = self._happens(self.habits.lost_share)
        self.open_calls += 1
        self.agenda.after(self.pbx.random.expovariate(1 / self.habits.patience_s) + 1, lambda: self.gives_up(call))
        self.agenda.after(queue.max_wait_s, lambda: self.times_out(call))
        self._report_later(call)
        self.distribute(queue)
        return call

    def distribute(self, queue: Queue) -> None:
        """Ring free members for the callers who wait, in the order of the line."""
        for call in list(queue.waiting):
            if call.stage != "waiting" or call.resting:
                continue
            member = self._next_member(call)
            if member is not None:
                self._ring(call, member)
            elif call.tried:
                self._rest(call)

    def _next_member(self, call: Call) -> Member | None:
        now_us, queue = self.pbx.now_us, call.queue
        free = [m for m in queue.members if m not in call.tried and not m.paused and is_free(m.agent, now_us)]
        if queue.strategy == "leastrecent":
            return min(free, key=lambda m: (m.penalty, m.agent.last_call, m.last_rung), default=None)
        return min(free, key=lambda m: (m.penalty, m.last_rung), default=None)

    def _ring(self, call: Call, member: Member) -> None:
        script.ring(self.pbx, call, member)
        leg = call.agent_channel
        member.agent.claimed = True
        if self._happens(self.habits.busy_share):
            self.agenda.after(RING_DELAY_S, lambda: self._is_busy(call, leg))
            return
        self.agenda.after(RING_DELAY_S, lambda: self._rings(call, leg))
        if self._happens(self.habits.no_answer_share):
            self.agenda.after(call.queue.ring_s, lambda: self.misses(call, leg))
        else:
            delay_s = self.pbx.random.uniform(0.1, 1) * self.habits.answer_s
            self.agenda.after(min(delay_s, call.queue.ring_s), lambda: self.answers(call, leg))

    def _rings(self, call: Call, leg: Channel) -> None:
        if _still_rings(call, leg):
            script.rings(self.pbx, call)

    def _is_busy(self, call: Call, leg: Channel) -> None:
        if _still_rings(call, leg):
            member = call.ringing_member
            script.busy(self.pbx, call)
            call.tried.append(member)
            self.released(member.agent)
            self.distribute(call.queue)

    def misses(self, call: Call, leg: Channel) -> None:
        """The member who rings has not answered."""
        if _still_rings(call, leg):
            agent = call.ringing_member.agent
            script.ring_no_answer(self.pbx, call)
            self._rest(call)
            self.released(agent)

    def _rest(self, call: Call) -> None:
        """A round is over: the queue pauses before it tries again for this caller."""
        call.resting = True
        call.tried.clear()
        self.agenda.after(call.queue.retry_s, lambda: self._rested(call))

    def _rested(self, call: Call) -> None:
        call.resting = False
        if call.stage == "waiting":
            self.distribute(call.queue)

    def gives_up(self, call: Call) -> None:
        """The caller hangs up, unless somebody has answered or voicemail has begun."""
        if call.stage in ("waiting", "ringing"):
            agent = call.member.agent if call.member else None
            endings.abandon(self.pbx, call)
            self.ended(agent)

    def times_out(self, call: Call) -> None:
        """The dialplan's longest wait is over."""
        if call.stage in ("waiting", "ringing"):
            agent = call.member.agent if call.member else None
            endings.time_out(self.pbx, call)
            self.released(agent)
            self._play_prompt(call, 0)

    # ---- voicemail

    def _play_prompt(self, call: Call, number: int) -> None:
        sounds = self.pbx.options.sounds
        if call.stage != "voicemail":
            return
        if number:
            endings.prompt_ends(self.pbx, call)
        if number < len(sounds):
            endings.prompt(self.pbx, call, sounds[number])
            self.agenda.after(self.pbx.random.uniform(1, 3), lambda: self._play_prompt(call, number + 1))
        elif self._happens(self.habits.message_share):
            self.agenda.after(self.pbx.random.uniform(3, 15) + NO_ANSWER_S, lambda: self._leaves_message(call))
        else:
            endings.leave_no_message(self.pbx, call)
            self.ended(None)

    def _leaves_message(self, call: Call) -> None:
        if call.stage == "voicemail":
            endings.leave_message(self.pbx, call)
            self.ended(None)

    # ---- talking

    def answers(self, call: Call, leg: Channel) -> None:
        """The member who rings answers; how the talk will go is drawn here."""
        if not _still_rings(call, leg):
            return
        script.connect(self.pbx, call)
        talk_s = self.talk_time_s()
        if self._happens(self.habits.hold_share):
            by_agent = self._happens(0.7)
            self.agenda.after(talk_s * 0.3, lambda: self._holds(call, by_agent=by_agent))
            self.agenda.after(talk_s * 0.6, lambda: self._unholds(call))
        if self._happens(self.habits.transfer_share):
            self.agenda.after(talk_s, lambda: self.handover.sends_away(call))
        elif self._happens(self.habits.consultation_share):
            self.agenda.after(talk_s * 0.7, lambda: self.handover.asks(call))
        else:
            by_agent_ends = self.by_agent()
            self.agenda.after(talk_s, lambda: self.completes(call, by_agent=by_agent_ends))

    def _holds(self, call: Call, *, by_agent: bool) -> None:
        if call.stage == "talking":
            transfer.hold(self.pbx, call, by_agent=by_agent)

    def _unholds(self, call: Call) -> None:
        if call.stage == "talking" and call.held_by is not None and call.consultation is None:
            transfer.unhold(self.pbx, call)

    def completes(self, call: Call, *, by_agent: bool) -> None:
        """One side hangs up, on the agent who was rung or on the one who has taken over."""
        if call.stage not in ("talking", "handed_over"):
            return
        agent = call.handed_to or call.ringing_member.agent
        if by_agent:
            endings.complete_by_agent(self.pbx, call)
        else:
            endings.complete_by_caller(self.pbx, call)
        self.ended(agent)

    # ---- what is drawn

    def talk_time_s(self) -> float:
        """How long a talk will be. Log-normal with sigma 0.6: most are shorter than the mean, some far longer."""
        return self.pbx.random.lognormvariate(-0.18, 0.6) * self.habits.talk_s

    def answer_time_s(self) -> float:
        """How long it will ring at an attentive agent who was transferred to."""
        return self.pbx.random.uniform(0.3, 1) * self.habits.answer_s

    def by_agent(self) -> bool:
        """Whether the agent will be the one who hangs up."""
        return self._happens(self.habits.by_agent_share)

    def misses_ring(self) -> bool:
        """Whether a ring will not be answered."""
        return self._happens(self.habits.no_answer_share)

    # ---- agents

    def free_agents(self) -> list[Agent]:
        """Who is on duty and free."""
        now_us = self.pbx.now_us
        return [agent for agent in self.pbx.agents.values() if agent.members and is_free(agent, now_us)]

    def freed(self, agent: Agent) -> None:
        """An agent may be free: see who of their queues' callers can be helped, the longest waiting first."""
        queues = [member.queue for member in agent.members if member.queue.waiting]
        for queue in sorted(queues, key=lambda queue: queue.waiting[0].joined_us if queue.waiting else 0):
            self.distribute(queue)

    def released(self, agent: Agent | None) -> None:
        """An agent has nothing more to do with a call; after wrap-up a queue may ring them."""
        if agent is not None:
            agent.claimed = False
            wait_s = max(0, agent.free_at_us - self.pbx.now_us) / 1_000_000
            self.agenda.after(wait_s, lambda: self.freed(agent))

    def ended(self, agent: Agent | None) -> None:
        """A call is over; its last agent, if any, is free after wrap-up."""
        self.open_calls -= 1
        self.released(agent)

    # ---- reports

    def _report_later(self, call: Call) -> None:
        self.agenda.after(self.pbx.options.rtcp_s, lambda: self._report(call))

    def _report(self, call: Call) -> None:
        if call.stage == "gone":
            return
        report(self.pbx, call.caller)
        if call.stage in ("talking", "transferred", "handed_over"):
            report(self.pbx, call.agent_channel)
        self._report_later(call)

    def _happens(self, share: float) -> bool:
        return self.pbx.random.random() < share


def is_free(agent: Agent, now_us: int) -> bool:
    """Whether a queue may ring an agent: idle, not about to be rung, wrap-up over. Paused is each queue's own."""
    return agent.device == "NOT_INUSE" and not agent.claimed and now_us >= agent.free_at_us


def _still_rings(call: Call, leg: Channel) -> bool:
    return call.leg is leg and call.stage == "ringing"
