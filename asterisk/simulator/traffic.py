"""Traffic without end: callers who come at random, agents who take breaks.

Job: put arrivals and pauses on the agenda, at a rate, for one PBX; count the calls.
Contract: the seed and the settings decide everything; the same ones give the same bytes.
It must not: wait or read a clock; `pace` does.
"""

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from itertools import accumulate

from asterisk.simulator.agenda import Agenda
from asterisk.simulator.arrivals import FLAT, Shape
from asterisk.simulator.floor import Floor, Habits
from asterisk.simulator.members import pause
from asterisk.simulator.pbx import Pbx
from asterisk.simulator.roster import DEFAULT_AGENTS, DEFAULT_QUEUES, people, queues, staff
from asterisk.simulator.shifts import Shifts
from asterisk.simulator.world import Agent

DEFAULT_RATE = 0.17
"""Calls per second: 14 agents with 45 s of talk and 5 s of wrap-up are then busy for two thirds of the time, and a
page that shows them changes every second or two."""
LOAD = 0.65
"""How busy agents are to be when their number follows from the rate."""
PAUSES = (("Lunch", 300.0), ("Coffee", 120.0), ("Training", 240.0), ("After call", 40.0))
WORK_S = 900.0
"""Mean time between two breaks of an agent."""
OPENING_S = 3.0
"""The first callers, one for every second agent, come within this time, so that there is something to see at once."""
MOST_OPENING = 20
"""Callers at the opening of a large centre; a bench's rate is not to begin with a peak."""
_NAMES = ("Carl", "Dora", "Emil", "Fay", "Gus", "Hope", "Ivo", "June", "Jürg", "Lena", "Milo", "Nina", "Otto", "Pam")


@dataclass(frozen=True)
class Plan:
    """How much traffic. `calls`: how many arrive in all, None for no end. `agents`: None for as many as are needed.

    `shape` spreads the calls over the day of `zone`, and agents come and go with it, unless it is flat. `first_person`:
    which of the names is the first agent's.
    """

    rate: float = DEFAULT_RATE
    calls: int | None = None
    queues: int = DEFAULT_QUEUES
    agents: int | None = None
    wrapup_s: float = 5.0
    ring_s: float = 15.0
    max_wait_s: int = 60
    habits: Habits = field(default_factory=Habits)
    shape: Shape = FLAT
    zone: tzinfo = UTC
    first_person: int = 0

    def busyness(self, us: int) -> float:
        """How busy it is at an instant, of the busiest of the day, 0-1."""
        return self.shape.factor(us, self.zone) / self.shape.peak

    @property
    def staff(self) -> int:
        """The number of agents: enough for the busiest time."""
        needed = self.rate * self.shape.peak * (self.habits.talk_s + self.habits.answer_s + self.wrapup_s) / LOAD
        return self.agents if self.agents is not None else max(DEFAULT_AGENTS, round(needed))


class Traffic:
    """The arrivals and breaks of one PBX."""

    def __init__(self, pbx: Pbx, plan: Plan) -> None:
        self.pbx = pbx
        self.agenda = Agenda(pbx)
        self.floor = Floor(pbx, self.agenda, plan.habits)
        self.arrived = 0
        self._plan = plan
        lines = queues(plan.queues)
        for queue in lines:
            queue.wrapup_s, queue.ring_s, queue.max_wait_s = plan.wrapup_s, plan.ring_s, plan.max_wait_s
        staff(pbx, lines, people(plan.staff, lines, plan.first_person))
        self._shifts = Shifts(pbx, self.agenda, plan.busyness)
        self._lines = lines
        self._weights = list(accumulate(queue.weight for queue in lines))

    def start(self) -> None:
        """Open: the first callers soon, the others at their rate, and each agent's first break."""
        if self._plan.shape is not FLAT:
            self._shifts.open()
        for _ in range(plan_opening(self._plan, self._shifts.there)):
            self.agenda.after(self.pbx.random.uniform(0.1, OPENING_S), self._arrives)
        self._next_arrival()
        for agent in self.pbx.agents.values():
            self._next_break(agent)

    @property
    def over(self) -> bool:
        """Whether all calls have come and gone. Traffic without end never is."""
        return self._all_have_come and not self.floor.open_calls

    @property
    def _all_have_come(self) -> bool:
        return self._plan.calls is not None and self.arrived >= self._plan.calls

    def _next_arrival(self) -> None:
        # At any other time than the busiest, so many of these come as it is less busy: that makes the day's shape.
        busiest = self._plan.rate * self._plan.shape.peak
        self.agenda.after(self.pbx.random.expovariate(busiest), self._arrives_in_turn)

    def _arrives_in_turn(self) -> None:
        if self.pbx.random.random() < self._plan.busyness(self.pbx.now_us):
            self._arrives()
        if not self._all_have_come:
            self._next_arrival()

    def _arrives(self) -> None:
        if self._all_have_come:
            return
        dice = self.pbx.random
        number, self.arrived = self.arrived, self.arrived + 1
        queue = dice.choices(self._lines, cum_weights=self._weights)[0]
        name = f"{_NAMES[number % len(_NAMES)]} Caller"
        customer = f"C-{dice.randrange(1000, 10_000)}" if dice.random() < 0.3 else ""
        self.floor.arrives(queue, f"0700{dice.randrange(1_000_000):06d}", name, customer)

    def _next_break(self, agent: Agent) -> None:
        self.agenda.after(self.pbx.random.expovariate(1 / WORK_S), lambda: self._goes(agent))

    def _goes(self, agent: Agent) -> None:
        reason, mean_s = self.pbx.random.choice(PAUSES)
        if self.over:
            return
        if not agent.members:
            self._next_break(agent)
            return
        pause(self.pbx, agent.members, paused=True, reason=reason)
        self.agenda.after(self.pbx.random.uniform(0.5, 1.5) * mean_s, lambda: self._comes_back(agent))

    def _comes_back(self, agent: Agent) -> None:
        pause(self.pbx, agent.members, paused=False, reason="")
        self._next_break(agent)


def plan_opening(plan: Plan, there: int) -> int:
    """How many callers are there when the doors open, for so many agents."""
    return min(there // 2, MOST_OPENING, plan.calls if plan.calls is not None else MOST_OPENING)
