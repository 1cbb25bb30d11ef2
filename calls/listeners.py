"""Several ingesters of one PBX: what it says is applied once and in its order, whoever heard it first. Pure.

With `debug=on` Asterisk numbers its events and tells each login the same ones in the same order. So an event that one
ingester brings is known again, by its number, when another one brings it. The numbers tell no order: two threads may
say 6 before 5; what a filter holds back has one too, and at each boot they begin anew. Who has come as far as we have
(`Told.ahead`) does: the next event of those is new, and all are told of it in its place.

An ingester that logs in while another one is heard may have missed what that one still brings. So it waits: what it
hears is held until it is seen among what was told. From there on its events count; its lists do not, for nothing
was missed. If the others lose the PBX first, or bring nothing more, there was a gap, and it is made good as ever.
By the clocks of two machines such a gap may be none: what was told before it is known again also after it.

Without numbers nothing is known again: then one ingester is heard, and another only when that one has lost the PBX.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.structs import replace

from calls import events as e
from calls import resync
from calls.apply import Result
from calls.resync import AMI
from calls.state import Change, Gap, GapChanged, Held, Listener, Resync, Stage, State, Told

# When the others bring nothing for so long while this one hears the PBX, ms of the PBX's time, they are no more: a
# connection that died is noticed within ten seconds, and what was heard by it is in Kafka a moment later.
PATIENCE_MS = 10_000
# As many events may be held: some seconds of the busiest PBX.
MOST_HELD = 5_000
# Asterisk takes the time of an event before its number, so neighbours may be out of order by a moment, and by two.
RECENT = 16
STEP_MS = 1_000
# Numbers run over at 2^32: the shorter way round says which is later.
_ROUND, _HALF = 1 << 32, 1 << 31
UNNUMBERED = (
    "two ingesters, but the PBX does not number its events: set debug = on in its manager.conf, or stop one; "
    "until then the second is heard only when the first has lost the PBX"
)

JOINED, WAITING, SPARE, SILENT = Stage.JOINED, Stage.WAITING, Stage.SPARE, Stage.SILENT
Take = Callable[[State, e.Event], Result]
# What a login is told for itself, without a number.
_LISTED = (
    e.BridgeListed,
    e.CallerListed,
    e.ChannelListed,
    e.ChannelsListed,
    e.PbxBooted,
    e.QueueParams,
    e.QueuesListed,
)


def heard(state: State, event: e.Event, anew: bool, take: Take) -> Result:
    """An event of AMI, the first of a login if it comes `anew`. `take` applies those that are due."""
    name = event.pos.ingester
    listener = state.listeners.get(name)
    if listener is not None and len(state.listeners) == 1 and listener.stage is JOINED and not anew:
        # Nearly every PBX has one ingester: this is all that there is to it.
        if event.sequence is None:
            return take(state, event)
        if name in state.told.ahead and state.told.before is None:
            return take(replace(state, told=_next(state.told, event.sequence, event.at, name)), event)
    if listener is None or (anew and listener.began):
        state = _log_in(state, name, event.at)
        listener = state.listeners[name]
    if not listener.began:
        listener = replace(listener, began=True)
        state = _put(state, name, listener)
        if listener.stage is JOINED:
            state = replace(state, told=_anew(state.told, name))
            state = resync.new_login(state, event.at) if anew and state.heard_at else state
    if listener.stage in (WAITING, SPARE):
        return _wait(state, name, listener, event, take)
    state, changes = _told(state, name, listener, event, take)
    return (state, changes) if len(state.listeners) == 1 else _wake(state, event, changes, take)


def link_lost(state: State, event: e.LinkLost, take: Take) -> Result:
    """An ingester does not hear the PBX any more. It is a gap only if no other one does. Files are everybody's."""
    if event.source != AMI:
        return resync.link_lost(state, event)
    name = event.pos.ingester
    rest = {other: listener for other, listener in state.listeners.items() if other != name}
    if name in state.listeners:
        ahead = tuple(other for other in state.told.ahead if other != name)
        state = replace(state, listeners=rest, told=replace(state.told, ahead=ahead))
    if _joined(rest):
        return state, ()
    waiting = [it for it in rest.items() if it[1].stage in (WAITING, SPARE)]
    if not waiting:
        return resync.link_lost(state, event)
    heir, listener = min(waiting, key=lambda it: it[1].since)
    overlapped = listener.since <= event.at - resync.CLOCKS_MS and state.resync == Resync()
    if overlapped and listener.stage is WAITING:
        return _join(state, heir, listener, (), take)
    return _take_over(state, heir, listener, event, take)


def link_restored(state: State, event: e.LinkRestored, take: Take) -> Result:
    """An ingester hears the PBX. If no other one did, that ends the gap."""
    if event.source != AMI:
        return resync.link_restored(state, event)
    state = _log_in(state, event.pos.ingester, event.at)
    if state.listeners[event.pos.ingester].stage is not JOINED:
        return state, ()
    return resync.link_restored(state, event)


LINKS: dict[type[e.Event], Callable[[State, Any, Take], Result]] = {
    e.LinkLost: link_lost,
    e.LinkRestored: link_restored,
}


def _log_in(state: State, name: str, since: int) -> State:
    alone = not _joined({other: it for other, it in state.listeners.items() if other != name})
    return _put(state, name, Listener(JOINED if alone else WAITING, since, alone))


def _put(state: State, name: str, listener: Listener) -> State:
    return replace(state, listeners={**state.listeners, name: listener})


def _joined(listeners: dict[str, Listener]) -> bool:
    return any(listener.stage is JOINED for listener in listeners.values())


def _told(state: State, name: str, listener: Listener, event: e.Event, take: Take) -> Result:
    """An event of one who has joined: applied, unless another one has brought it."""
    told, number = state.told, event.sequence
    changes: tuple[Change, ...] = ()
    if number is None:
        if _joined(state.listeners):
            due = listener.stage is JOINED and (listener.alone or not _is_listed(event))
            return _unnumbered(state, event, take) if due else (state, changes)
        state, changes = _heard_again(state, name, event)
        state, more = take(state, event)
        return state, changes + more
    if told.before is not None and _is_known(told.before, number, event.at):
        return state, ()
    if name not in told.ahead:
        if _has(told, number):
            if number == told.sequence:
                state = replace(state, told=replace(told, ahead=(*told.ahead, name)))
                return _heard_again(state, name, event)
            return state, ()
        if not _is_later(number, told) or event.at < told.at - STEP_MS:
            return state, ()
        state, changes = _heard_again(state, name, event)
    state, more = take(replace(state, told=_next(told, number, event.at, name)), event)
    return state, changes + more


def _unnumbered(state: State, event: e.Event, take: Take) -> Result:
    """An event without a number. If it says that the PBX came up since, nothing of what was told can come again."""
    after, changes = take(state, event)
    if after.booted_at != state.booted_at:
        after = replace(after, told=replace(after.told, before=None))
    return after, changes


def _next(told: Told, number: int, at: int, name: str) -> Told:
    return Told(number, at, (*told.recent[1 - RECENT :], number), (name,))


def _anew(told: Told, name: str) -> Told:
    """Nobody is left who told it: this one's next event is new, unless its login overlapped with theirs."""
    before = told.before if told.sequence is None else replace(told, ahead=(), before=None)
    return Told(ahead=(name,), before=before)


def _has(told: Told, number: int) -> bool:
    return number == told.sequence or number in told.recent


def _is_later(number: int, told: Told) -> bool:
    return told.sequence is None or 0 < (number - told.sequence) % _ROUND < _HALF


def _heard_again(state: State, name: str, event: e.Event) -> Result:
    """One that had fallen silent was only late: it has come up with the others."""
    listener = state.listeners[name]
    if listener.stage is JOINED:
        return state, ()
    alone = not _joined(state.listeners)
    state = _put(state, name, replace(listener, stage=JOINED))
    return resync.link_restored(state, e.LinkRestored(pos=event.pos, at=event.at, source=AMI)) if alone else (state, ())


def _is_listed(event: e.Event) -> bool:
    return isinstance(event, _LISTED) or (isinstance(event, e.Member) and event.listed)


# ---- waiting


def _wait(state: State, name: str, listener: Listener, event: e.Event, take: Take) -> Result:
    """An event of one that waits: held, unless it shows where this one stands, or that the others are no more."""
    if listener.stage is WAITING:
        if _is_known(state.told, event.sequence, event.at):
            ahead = (name,) if event.sequence == state.told.sequence else ()
            return _join(state, name, replace(listener, held=()), ahead, take)
        listener = replace(listener, held=(*listener.held, _hold(event)))
    if not _is_listed(event):
        listener = replace(listener, quiet_since=listener.quiet_since or event.at)
    state = _put(state, name, listener)
    # What is listed has our time, not the PBX's.
    too_long = not _is_listed(event) and event.at - listener.quiet_since > PATIENCE_MS
    if not too_long and len(listener.held) <= MOST_HELD:
        return state, ()
    silent = {other: replace(it, stage=SILENT) if it.stage is JOINED else it for other, it in state.listeners.items()}
    cause = f"{_names(state)} brought nothing more"
    lost = e.LinkLost(pos=event.pos, at=state.heard_at, source=AMI, cause=cause)
    state, changes = _take_over(replace(state, listeners=silent), name, listener, lost, take)
    if listener.stage is SPARE:
        state, more = take(state, event)
        changes += more
    return state, changes


def _names(state: State) -> str:
    return ", ".join(sorted(name for name, it in state.listeners.items() if it.stage is JOINED))


def _is_known(told: Told, number: int | None, at: int) -> bool:
    """Whether this was told: neither number nor time is beyond the last. After a boot numbers are low, but late."""
    if number is None or told.sequence is None:
        return False
    return at <= told.at + STEP_MS if _has(told, number) else at <= told.at and not _is_later(number, told)


def _wake(state: State, event: e.Event, changes: tuple[Change, ...], take: Take) -> Result:
    """One that has joined has brought an event: look who waits for it."""
    for name in state.listeners:
        listener = state.listeners[name]
        if listener.stage not in (WAITING, SPARE):
            continue
        if listener.stage is WAITING and event.sequence is None and not _is_listed(event):
            state = _put(state, name, replace(listener, stage=SPARE, quiet_since=0, held=()))
            gap = Gap(AMI, UNNUMBERED, event.at)
            changes = (*changes, GapChanged(gap), GapChanged(replace(gap, end=event.at)))
        elif any(_is_known(state.told, it.sequence, it.at) for it in listener.held):
            ahead = (name,) if any(it.sequence == state.told.sequence for it in listener.held) else ()
            state, more = _join(state, name, _without_told(state.told, listener), ahead, take)
            changes += more
        elif listener.quiet_since:
            state = _put(state, name, replace(listener, quiet_since=0))
    return state, changes


def _without_told(told: Told, listener: Listener) -> Listener:
    """Of what is held, what comes after what was told; where the last of that was not held, what is later by number."""
    numbers = [it.sequence for it in listener.held]
    if told.sequence in numbers:
        return replace(listener, held=listener.held[numbers.index(told.sequence) + 1 :])
    held = [it for it in listener.held if it.sequence is not None and _is_later(it.sequence, told)]
    return replace(listener, held=tuple(held))


def _join(state: State, name: str, listener: Listener, ahead: tuple[str, ...], take: Take) -> Result:
    """From now on its events count, and what is held for it, but for its lists."""
    state = replace(state, told=replace(state.told, ahead=(*state.told.ahead, *ahead)))
    return _release(state, name, replace(listener, stage=JOINED), take)


def _take_over(state: State, name: str, listener: Listener, lost: e.LinkLost, take: Take) -> Result:
    """Nobody was heard until this one logged in: a gap, which its lists make good."""
    state, changes = resync.link_lost(state, lost)
    restored = e.LinkRestored(pos=lost.pos, at=listener.since, source=AMI)
    state, more = resync.link_restored(state, restored)
    state = replace(state, told=_anew(state.told, name))
    if listener.stage is WAITING:
        state = resync.new_login(state, listener.since)
    state, released = _release(state, name, replace(listener, stage=JOINED, alone=True), take)
    return state, changes + more + released


def _release(state: State, name: str, listener: Listener, take: Take) -> Result:
    """Apply what was held as if it came now."""
    state = _put(state, name, replace(listener, quiet_since=0, held=()))
    changes: tuple[Change, ...] = ()
    for it in listener.held:
        state, more = heard(replace(state, version=state.version + 1), _released(it), False, take)
        changes += more
    return state, changes


def _kinds(base: type[e.Event]) -> dict[str, type[e.Event]]:
    found = {base.__name__: base}
    for kind in base.__subclasses__():
        found |= _kinds(kind)
    return found


_KINDS = _kinds(e.Event)
_encode = msgspec.msgpack.Encoder().encode


def _hold(event: e.Event) -> Held:
    return Held(type(event).__name__, event.sequence, event.at, _encode(event))


def _released(it: Held) -> e.Event:
    return msgspec.msgpack.decode(it.body, type=_KINDS[it.kind])
