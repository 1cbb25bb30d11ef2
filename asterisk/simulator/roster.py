"""Who works in the simulated contact centre: queues with names a manager knows, agents with names of people.

Job: the default queues and agents, and as many more as asked for. It must not hold state: each call makes new ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from asterisk.simulator.pbx import Pbx
from asterisk.simulator.world import Agent, Queue

DEFAULT_QUEUES = 6
DEFAULT_AGENTS = 14

_QUEUES = (
    ("Support", 3.0),
    ("Sales", 2.0),
    ("Billing", 2.0),
    ("Orders", 2.0),
    ("Deliveries", 1.0),
    ("Premium", 1.0),
    ("Returns", 1.0),
    ("Complaints", 1.0),
    ("Technical", 2.0),
    ("Accounts", 1.0),
)
_FIRST = (
    *("Maria", "James", "Aisha", "Lukas", "Chen", "Olivia", "Rafael", "Ingrid", "Kwame", "Sofia", "Daniel", "Priya"),
    *("Thomas", "Yuki", "Elena", "Omar", "Hannah", "Mateo", "Amina", "Oscar", "Leila", "Viktor", "Grace", "Noah"),
)
_LAST = (
    *("Lopez", "Carter", "Rahman", "Weber", "Liu", "Bennett", "Costa", "Larsen", "Mensah", "Rossi", "Fischer", "Nair"),
    *(
        "Moreau",
        "Tanaka",
        "Petrova",
        "Haddad",
        "Schmidt",
        "Silva",
        "Diallo",
        "Nyman",
        "Karimi",
        "Novak",
        "Walsh",
        "Berg",
    ),
)


@dataclass(frozen=True)
class Person:
    """One agent: name, extension, and the queues they work in."""

    name: str
    interface: str
    queues: tuple[str, ...]


def queues(count: int) -> list[Queue]:
    """So many queues; the first have names, the others numbers. A call's variables tell who answered it."""
    named = [Queue(name, str(2001 + i), weight=weight) for i, (name, weight) in enumerate(_QUEUES[:count])]
    named += [Queue(f"Line {i + 1}", str(2001 + i)) for i in range(len(named), count)]
    for queue in named:
        queue.interface_variables = True
    for queue in named[1::3]:
        queue.strategy = "leastrecent"
    return named


def people(count: int, among: Sequence[Queue], first: int = 0) -> list[Person]:
    """So many agents, in two queues each; a queue has agents in proportion to its weight. `first`: the first name."""
    homes = [queue.name for queue in among for _ in range(round(queue.weight))]
    others = [queue.name for queue in among]
    staff = []
    for i in range(count):
        # Steps that have no factor in common with the lengths spread small and large teams alike.
        home = homes[i * 7 % len(homes)]
        second = i * 5 % len(others)
        other = others[second] if others[second] != home else others[(second + 1) % len(others)]
        both = (home,) if home == other else (home, other)
        staff.append(Person(_name(first + i), f"PJSIP/{1001 + i}", both))
    return staff


def _name(i: int) -> str:
    first, last, again = _FIRST[i % 24], _LAST[(i + i // 24) % 24], i // 576
    return f"{first} {last} {again + 1}" if again else f"{first} {last}"


def staff(pbx: Pbx, lines: Sequence[Queue], crew: Sequence[Person]) -> None:
    """Put queues and agents into a PBX."""
    pbx.queues.update({queue.name: queue for queue in lines})
    for person in crew:
        agent = Agent(person.interface, person.name)
        for name in person.queues:
            pbx.add_member(pbx.queues[name], agent)
