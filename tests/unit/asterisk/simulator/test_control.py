"""Calls that a client of the PBX ends or transfers, at every stage of theirs."""

import pytest
from simulated import Lab

from asterisk.simulator.agenda import Agenda
from asterisk.simulator.control import Control
from asterisk.simulator.floor import Floor, Habits
from asterisk.simulator.world import Call

HABITS = Habits(
    busy_share=0,
    no_answer_share=0,
    hold_share=0,
    transfer_share=0,
    patience_s=10_000,
    message_share=1,
    consultation_share=0,
)


class Desk(Lab):
    """A lab where calls run and can be acted on; Alice and Bob work in 2001."""

    def __init__(self) -> None:
        super().__init__(busy_at_one=False)
        self.agenda = Agenda(self.pbx)
        self.floor = Floor(self.pbx, self.agenda, HABITS)
        self.control = Control(self.floor)
        self.pbx.queues["2001"].max_wait_s = 60

    def call(self, stage: str) -> Call:
        """A call at a stage."""
        if stage != "waiting" and stage != "voicemail":
            self.works(self.alice, self.q2001)
        call = self.floor.arrives(self.q2001, "0700", "Carl", "")
        if stage.startswith("transfer"):
            self.run_to(call, "talking")
            self.works(self.bob, self.q2002)
            assert self.control.transfer(call.agent_channel, self.bob)
        self.run_to(call, stage)
        self.pbx.take()
        return call

    def run_to(self, call: Call, stage: str) -> None:
        """Let time pass until a call is at a stage."""
        while call.stage != stage:
            next_us = self.agenda.next_us
            assert next_us is not None
            self.agenda.run_until(next_us, most=1)

    def verbs(self) -> list[str]:
        """What queue_log has of it."""
        return [line.decode().split("|")[4] for line in self.pbx.take().queue_log]


@pytest.mark.parametrize(
    ("stage", "logged"),
    [
        ("waiting", ["ABANDON"]),
        ("ringing", ["RINGCANCELED", "ABANDON"]),
        ("talking", ["COMPLETECALLER"]),
        ("transferring", []),
        ("transferred", []),
        ("voicemail", []),
    ],
)
def test_the_callers_channel_is_hung_up(stage: str, logged: list[str]) -> None:
    desk = Desk()
    call = desk.call(stage)
    desk.control.hang_up(call.caller)
    assert call.stage == "gone" and desk.verbs() == logged
    assert desk.floor.open_calls == 0 and not desk.pbx.channels


@pytest.mark.parametrize(
    ("stage", "left", "logged"),
    [
        ("ringing", "waiting", ["RINGNOANSWER"]),
        ("talking", "gone", ["COMPLETEAGENT"]),
        ("transferring", "gone", []),
        ("transferred", "gone", []),
    ],
)
def test_the_agents_channel_is_hung_up(stage: str, left: str, logged: list[str]) -> None:
    desk = Desk()
    call = desk.call(stage)
    desk.control.hang_up(call.agent_channel)
    assert call.stage == left and desk.verbs() == logged


def test_only_a_talking_agent_can_transfer_and_only_to_a_free_one() -> None:
    desk = Desk()
    call = desk.call("talking")
    assert not desk.control.transfer(call.caller, desk.bob)
    assert not desk.control.transfer(call.agent_channel, desk.alice)


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("whose", ["own", "leg"])
def test_a_consultation_is_hung_up_and_the_agent_goes_back_to_the_caller(whose: str, answered: bool) -> None:
    desk = Desk()
    call = desk.call("talking")
    desk.works(desk.bob, desk.q2002)
    desk.floor.handover.asks(call)
    while answered and not (call.consultation and call.consultation.answered_us) and desk.agenda.next_us:
        desk.agenda.run_until(desk.agenda.next_us, most=1)
    assert call.consultation is not None
    assert not desk.control.transfer(call.agent_channel, desk.alice)
    desk.control.hang_up(getattr(call.consultation, whose))
    assert call.consultation is call.held_by is None
    assert len(desk.pbx.channels) == 2 and not desk.bob.claimed


def test_what_comes_after_a_hangup_changes_nothing() -> None:
    desk = Desk()
    call = desk.call("ringing")
    desk.control.hang_up(call.caller)
    desk.pbx.take()
    desk.agenda.run_until(desk.pbx.now_us + 600_000_000)
    assert desk.pbx.take().events == []
