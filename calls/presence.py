"""An agent's presence: one state at a time, since when, and what follows when time alone ends it.

Nothing here has a clock: wrap-up carries the instant it ends (`until`), and whoever reads evaluates it with
`presence_at`.
"""

from enum import StrEnum

from msgspec import Struct, structs


class PresenceState(StrEnum):
    """What an agent is doing. The order of the words is the order in which one hides another."""

    ON_HOLD = "on_hold"
    ON_CALL = "on_call"
    RINGING = "ringing"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    AVAILABLE = "available"
    OFFLINE = "offline"


# The reference guide's word for each state, as the API and the database carry it.
GUIDE_STATUS = {
    PresenceState.AVAILABLE: "AVAILABLE",
    PresenceState.RINGING: "BUSY",
    PresenceState.ON_CALL: "BUSY",
    PresenceState.ON_HOLD: "BUSY",
    PresenceState.WRAP_UP: "BUSY",
    PresenceState.PAUSED: "AWAY",
    PresenceState.OFFLINE: "OFFLINE",
}


class Presence(Struct, frozen=True):
    """One state. `since` and `until` are ms since the epoch; `then` is the state that follows at `until`."""

    state: PresenceState
    since: int
    reason: str = ""
    call_id: str | None = None
    until: int | None = None
    then: PresenceState | None = None
    then_reason: str = ""


class Interval(Struct, frozen=True):
    """A span an agent spent in one state, [start, end) in ms since the epoch."""

    state: PresenceState
    start: int
    end: int
    reason: str = ""


def presence_at(presence: Presence, now: int) -> Presence:
    """The presence as it is at `now` (ms since the epoch), with what time alone ended replaced by what follows."""
    if presence.until is None or now < presence.until or presence.then is None:
        return presence
    return Presence(state=presence.then, since=presence.until, reason=presence.then_reason)


def intervals(old: Presence, end: int) -> tuple[Interval, ...]:
    """The spans that `old` covered up to `end`; empty ones are left out."""
    current = presence_at(old, end)
    if current is old:
        spans = [Interval(old.state, old.since, end, old.reason)]
    else:
        spans = [
            Interval(old.state, old.since, current.since, old.reason),
            Interval(current.state, current.since, end, current.reason),
        ]
    return tuple(span for span in spans if span.end > span.start)


def same(old: Presence, new: Presence) -> bool:
    """Whether only the instant differs: such a change is none, and the old `since` stays."""
    return structs.replace(new, since=old.since) == old
