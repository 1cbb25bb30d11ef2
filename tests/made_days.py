"""Days of a queue that nobody worked: hypothesis strategies for recorded days, and days of one's own in a few words."""

from random import Random

from hypothesis import strategies as st

from calls.call import StintOutcome
from calls.settings import QueueSettings
from warehouse.staffing.day import Caller, Day, without_overlap

SUPPORT = QueueSettings("Support", None, 10.0, 20.0, 5.0, 0.8)
END = 100_000
NAMES = ("ana", "bob", "cem")
TIMES = st.integers(0, END)


def caller(
    key: str,
    entered: int,
    left: int | None = None,
    outcome: StintOutcome | None = StintOutcome.ANSWERED,
    agent: str | None = None,
    busy: int = 0,
) -> Caller:
    """A caller; seconds."""
    ended = None if left is None else left * 1000
    return Caller(key, entered * 1000, ended, outcome if left is not None else None, agent, busy * 1000)


def day(*callers: Caller, there: dict[str, tuple[tuple[int, int], ...]] | None = None, delivery: int = 0) -> Day:
    """A day of these; whoever answered is there all day unless said otherwise; seconds."""
    answering = {it.agent for it in callers if it.agent is not None}
    spans = {agent: ((0, 86_400),) for agent in answering} if there is None else there
    kept = {name: tuple((start * 1000, end * 1000) for start, end in each) for name, each in spans.items()}
    return Day(0, 86_400_000, without_overlap(callers), kept, delivery * 1000, SUPPORT)


@st.composite
def callers(draw: st.DrawFn, key: str) -> Caller:
    """Any caller: refused, answered, given up, still waiting; some at the very same instants."""
    entered = draw(TIMES)
    wait = draw(st.one_of(st.just(0), st.integers(0, 30_000)))
    outcome = draw(st.one_of(st.none(), st.just(StintOutcome.ANSWERED), st.sampled_from(StintOutcome)))
    if outcome is None:
        return Caller(key, entered, None, None)
    if outcome is not StintOutcome.ANSWERED:
        return Caller(key, entered, entered + wait, outcome)
    agent = draw(st.sampled_from((*NAMES, None)))
    return Caller(key, entered, entered + wait, outcome, agent, 0 if agent is None else draw(st.integers(0, 40_000)))


@st.composite
def days(draw: st.DrawFn) -> Day:
    """Any day of up to a dozen callers and three agents, who need not have been there when they answered."""
    come = [draw(callers(f"c{number}")) for number in range(draw(st.integers(0, 12)))]
    there = {}
    for name in NAMES:
        ends = sorted(draw(st.sets(TIMES, max_size=4)))
        there[name] = tuple(zip(ends[::2], ends[1::2], strict=False))
    return Day(0, END, without_overlap(come), there, draw(st.sampled_from([0, 1, 3_000])), SUPPORT)


def worked_day(agents: int, calls: int, seed: int = 1, handle: float = 1.0) -> Day:
    """A day of a queue as the formulas have it, calls at random, for whoever has waited longest: the truth is known.

    A call each 8 s that takes 470 s, patience of two minutes, 4 s of ringing. The callers are the same for a seed.
    """
    chance, free, at, come = Random(seed), [0] * agents, 0, []
    for number in range(calls):
        at += int(chance.expovariate(1 / 8_000))
        busy, patience = int(chance.expovariate(1 / 470_000) * handle), int(chance.expovariate(1 / 120_000))
        first = min(range(agents), key=lambda agent: free[agent])
        answered = max(at, free[first]) + 4_000
        if answered - at <= patience:
            free[first] = answered + busy
            come.append(Caller(f"c{number}", at, answered, StintOutcome.ANSWERED, f"a{first:02}", busy))
        else:
            come.append(Caller(f"c{number}", at, at + patience, StintOutcome.ABANDONED))
    there = {f"a{agent:02}": ((0, max(free)),) for agent in range(agents)}
    return Day(0, at + 1, without_overlap(come), there, 4_000, SUPPORT)
