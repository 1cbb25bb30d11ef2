"""Agents come and go with the day: as many are logged in as its shape asks for.

Job: log agents in when the day gets busier and out when it calms down, those first who have been away or there longest.
Contract: agents on shift are dynamic members, as of QueueAdd; nobody leaves in a call, in wrap-up or during a pause.
It must not: decide who is rung, or read a clock.
"""

from collections import deque
from collections.abc import Callable
from functools import partial
from math import ceil

from asterisk.simulator import members
from asterisk.simulator.agenda import Agenda
from asterisk.simulator.floor import is_free
from asterisk.simulator.pbx import Pbx
from asterisk.simulator.world import Agent

LOOK_S = 300.0
"""Between two looks at how many are needed; who comes or goes does so within this time."""
LATER_S = 20.0
"""Who wants to go but is busy looks again after this time."""
FEWEST = 3
"""Even at night somebody is there."""


class Shifts:
    """The shifts of one PBX's agents. `share` says which part of them is needed at an instant, 0-1."""

    def __init__(self, pbx: Pbx, agenda: Agenda, share: Callable[[int], float]) -> None:
        self._pbx = pbx
        self._agenda = agenda
        self._share = share
        self._queues = {agent.interface: [member.queue for member in agent.members] for agent in pbx.agents.values()}
        self._there = deque(pbx.agents.values())
        self._away: deque[Agent] = deque()

    @property
    def there(self) -> int:
        """How many are logged in, or about to be."""
        return len(self._there)

    @property
    def wanted(self) -> int:
        """How many are needed now."""
        everybody = len(self._queues)
        return min(everybody, max(FEWEST, ceil(everybody * self._share(self._pbx.now_us))))

    def open(self) -> None:
        """Before the first call: whoever is not needed has gone home already, which nobody is told."""
        for agent in self._there:
            for member in agent.members:
                member.dynamic = True
        while self.there > self.wanted:
            agent = self._there.pop()
            for member in agent.members:
                member.queue.members.remove(member)
            agent.members.clear()
            self._away.append(agent)
        self._agenda.after(LOOK_S, self._look)

    def _look(self) -> None:
        wanted, dice = self.wanted, self._pbx.random
        while self.there < wanted:
            agent = self._away.popleft()
            self._there.append(agent)
            self._agenda.after(dice.uniform(0, LOOK_S), partial(self._comes, agent))
        while self.there > wanted:
            agent = self._there.popleft()
            self._away.append(agent)
            self._agenda.after(dice.uniform(0, LOOK_S), partial(self._goes, agent))
        self._agenda.after(LOOK_S, self._look)

    def _comes(self, agent: Agent) -> None:
        """Log in. Who has not gone yet simply stays; who has been sent home meanwhile does not come."""
        if agent.members or agent in self._away:
            return
        for queue in self._queues[agent.interface]:
            members.add(self._pbx, queue, agent.interface, agent.name, penalty=0, paused=False)

    def _goes(self, agent: Agent) -> None:
        """Log out as soon as that is possible, unless they have been called back meanwhile."""
        if agent in self._there:
            return
        if not is_free(agent, self._pbx.now_us) or any(member.paused for member in agent.members):
            self._agenda.after(LATER_S, partial(self._goes, agent))
            return
        for member in list(agent.members):
            members.remove(self._pbx, member)
