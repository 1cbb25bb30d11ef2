"""Countable facts of agents by quarter of an hour: time in each state, conversations, missed rings, transfers. Pure.

Time in a state is split over the quarters it lies in. A conversation belongs whole to the quarter in which it was
answered and a missed ring to that in which it began, as the live view has it. Being offline is not counted: it is most
of everybody's time, and what a range has beyond the other states.
"""

from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import astuple, replace

from calls.call import Call, Leg
from calls.presence import Interval, PresenceState
from calls.spans import split


class AgentTally(Struct, frozen=True, array_like=True):
    """Sums of one agent. Seconds by state; then ended conversations (`handled`) and what is theirs.

    `from_queue` came out of a queue, `dialled` the agent began; `held` were held at least once. `transferred` is the
    sum of its three: into a queue, to somebody of the house, to anybody else. `mos_sum` is of the `mos_legs` that say
    how they sounded.
    """

    available_s: float = 0.0
    ringing_s: float = 0.0
    on_call_s: float = 0.0
    on_hold_s: float = 0.0
    wrap_up_s: float = 0.0
    paused_s: float = 0.0
    handled: int = 0
    from_queue: int = 0
    dialled: int = 0
    talk_s: float = 0.0
    hold_s: float = 0.0
    held: int = 0
    missed: int = 0
    transferred: int = 0
    transferred_queue: int = 0
    transferred_internal: int = 0
    transferred_external: int = 0
    mos_legs: int = 0
    mos_sum: float = 0.0

    def __add__(self, other: "AgentTally") -> "AgentTally":
        return AgentTally(
            *(
                round(a + b, 3) if name.endswith(("_s", "_sum")) else a + b
                for name, a, b in zip(AGENT_COLUMNS, astuple(self), astuple(other), strict=True)
            )
        )


AGENT_COLUMNS: tuple[str, ...] = AgentTally.__struct_fields__
STATES = tuple(state for state in PresenceState if state is not PresenceState.OFFLINE)


def state_tallies(spans: Iterable[Interval]) -> list[tuple[int, AgentTally]]:
    """The time of one agent's spans, by the start of the quarter (ms since the epoch) that each part lies in."""
    return [
        (start, replace(AgentTally(), **{f"{span.state.value}_s": ms / 1000}))
        for span in spans
        if span.state in STATES
        for start, ms in split(span.start, span.end)
    ]


def call_tallies(
    call: Call, agent_of: Callable[[str], str], extensions: frozenset[str]
) -> list[tuple[str, int, AgentTally]]:
    """What one call adds: agent, instant, facts. `agent_of` an interface; `extensions`: the PBX's agents'."""
    found = []
    for leg in call.legs:
        if leg.talk_ms is not None:
            found.append((agent_of(leg.interface), leg.answered_at, _leg_tally(call, leg, leg.talk_ms, extensions)))
    for ring in call.missed:
        found.append((agent_of(ring.interface), ring.rang_at, AgentTally(missed=1)))
    return found


def _leg_tally(call: Call, leg: Leg, talk_ms: int, extensions: frozenset[str]) -> AgentTally:
    to = transferred_to(call, leg, extensions)
    return AgentTally(
        handled=1,
        from_queue=int(leg.stint is not None),
        dialled=int(leg.stint is None and leg.rang_at is None),
        talk_s=talk_ms / 1000,
        hold_s=leg.hold_ms / 1000,
        held=int(leg.holds > 0),
        transferred=int(to is not None),
        transferred_queue=int(to == "queue"),
        transferred_internal=int(to == "internal"),
        transferred_external=int(to == "external"),
        mos_legs=int(leg.mos is not None),
        mos_sum=leg.mos or 0.0,
    )


def transferred_to(call: Call, leg: Leg, extensions: frozenset[str]) -> str | None:
    """Where the agent sent the caller: `queue`, `internal` or `external`; None where it did not.

    Into a queue: the call entered one after this leg was answered, and no other agent came first. Internal: another
    agent came, or the number is an agent's extension. Anything else is external.
    """
    if leg.transfer is None:
        return None
    entered = min((it.entered_at for it in call.stints if it.entered_at > leg.answered_at), default=None)
    followed = min((it.answered_at for it in call.legs if it.answered_at > leg.answered_at), default=None)
    if entered is not None and (followed is None or entered <= followed):
        return "queue"
    return "internal" if followed is not None or leg.transfer.to in extensions else "external"
