"""Agents come and go with the day."""

from simulated import BEGIN_S, Lab

from asterisk.simulator.agenda import Agenda
from asterisk.simulator.shifts import FEWEST, LOOK_S, Shifts
from asterisk.simulator.world import Agent

PHONES = [f"PJSIP/{number}" for number in range(1001, 1011)]


class Staffed(Lab):
    """A lab with ten agents in 2001 and 2002, and a share of them that is wanted."""

    def __init__(self, share: float) -> None:
        super().__init__(busy_at_one=False)
        self.share = share
        self.crew = [Agent(phone, phone) for phone in PHONES]
        for agent in self.crew:
            self.works(agent, self.q2001, self.q2002)
        self.agenda = Agenda(self.pbx)
        self.shifts = Shifts(self.pbx, self.agenda, lambda us: self.share)

    def looks(self, times: int = 2) -> list[str]:
        """Let time pass; return queue_log's verbs."""
        self.agenda.run_until(self.pbx.now_us + round(times * LOOK_S * 1_000_000))
        return [line.decode().split("|")[4] for line in self.pbx.take().queue_log]

    @property
    def logged_in(self) -> set[str]:
        """Who is a member of 2001."""
        return {member.agent.interface for member in self.q2001.members}


def test_whoever_is_not_needed_is_away_from_the_beginning_and_nobody_is_told() -> None:
    lab = Staffed(0.5)
    lab.shifts.open()
    assert len(lab.logged_in) == 5 and lab.pbx.take().events == []
    assert all(member.dynamic for member in lab.q2001.members)


def test_when_it_gets_busier_agents_log_in_to_their_queues() -> None:
    lab = Staffed(0.5)
    lab.shifts.open()
    lab.share = 0.8
    assert lab.looks() == ["ADDMEMBER"] * 6
    assert len(lab.logged_in) == 8 and len(lab.q2002.members) == 8


def test_when_it_calms_down_they_log_out_but_a_few_stay() -> None:
    lab = Staffed(1.0)
    lab.shifts.open()
    lab.share = 0.0
    assert lab.looks() == ["REMOVEMEMBER"] * 14
    assert len(lab.logged_in) == FEWEST


def test_who_was_there_longest_goes_and_who_was_away_longest_comes() -> None:
    lab = Staffed(0.5)
    lab.shifts.open()
    first = set(PHONES[:5])
    lab.share = 0.3
    lab.looks()
    lab.share = 0.5
    lab.looks()
    assert lab.logged_in & first == set(PHONES[2:5]) and len(lab.logged_in) == 5


def test_nobody_goes_in_a_call_or_a_pause() -> None:
    lab = Staffed(1.0)
    lab.shifts.open()
    busy, pausing = lab.crew[0], lab.crew[1]
    busy.device, pausing.members[0].paused = "INUSE", True
    lab.share = 0.3
    lab.looks(3)
    assert {busy.interface, pausing.interface} <= lab.logged_in and len(lab.logged_in) == 5
    busy.device, pausing.members[0].paused = "NOT_INUSE", False
    lab.looks(1)
    assert len(lab.logged_in) == 3


def test_who_is_called_back_before_they_could_go_stays() -> None:
    lab = Staffed(1.0)
    lab.shifts.open()
    for agent in lab.crew:
        agent.device = "INUSE"
    lab.share = 0.3
    lab.looks(3)
    lab.share = 1.0
    lab.looks(3)
    for agent in lab.crew:
        agent.device = "NOT_INUSE"
    assert lab.looks(3) == [] and len(lab.logged_in) == 10
    assert lab.pbx.second > BEGIN_S
