"""What the files of a PBX do to its calls: each becomes final, and what AMI missed of it is put right. Pure.

The files come after AMI. A call that has ended waits in `State.ended` until they have told of it; what they say of it
is kept as `calls.evidence` until its channels are gone there, too, and two marks have shown that nothing is unread.
"""

from msgspec.structs import replace

from calls.account import Advance, account
from calls.apply import Result, apply_call, reject, revise
from calls.call import Call
from calls.evidence import Evidence, with_entry, with_record, without
from calls.file_events import CEL, QUEUE_LOG, ChannelLogged, FilesRead, QueueLogged
from calls.healing import confirmed, died, healed, near
from calls.state import Change, Filing, Gap, State

# The names that stand where a line is about no call.
NOBODY = frozenset({"", "NONE", "MANAGER", "REALTIME"})
STARTED = "QUEUESTART"
# Marks come each second while anything is going on.
SETTLE_MARKS = 1
# How long AMI may be behind the files, where it has missed nothing.
BEHIND_MARKS = 30
# How long lines wait for a channel, and ended calls for their lines, before nothing more is expected.
LONELY_MARKS = 60
SILENT_MARKS = 5
FORGET_MS = 15 * 60 * 1000
# A PBX's own clock and ours may differ by this much.
CLOCKS_MS = 2000
UNHEARD = "AMI did not tell of it"


def queue_logged(state: State, event: QueueLogged) -> Result:
    """A line about a caller belongs to its call; one says that the PBX came up."""
    if event.verb == STARTED:
        return replace(state, filing=replace(state.filing, started_at=event.at)), ()
    if event.callid in NOBODY:
        return state, ()
    linkedid = state.channels.get(event.callid) or _ended_with(state, event.callid) or event.callid
    evidence, linked = with_entry(state.evidence, state.linked, event, linkedid, state.filing.marks)
    return replace(state, evidence=evidence, linked=linked), ()


def channel_logged(state: State, event: ChannelLogged) -> Result:
    """A record belongs to its channel's call."""
    evidence, linked = with_record(state.evidence, state.linked, event, state.filing.marks)
    return (state if evidence is state.evidence else replace(state, evidence=evidence, linked=linked)), ()


def _ended_with(state: State, uniqueid: str) -> str | None:
    """The call that has ended of which this channel waited in a queue."""
    return next((it.linkedid for it in state.ended.values() if any(s.uniqueid == uniqueid for s in it.stints)), None)


def files_read(state: State, event: FilesRead, advance: Advance) -> Result:
    """A mark: settle the calls of which nothing more can come."""
    since = state.filing.since or event.at
    filing = replace(state.filing, sources=event.sources, marks=state.filing.marks + 1, since=since)
    state = replace(state, filing=filing)
    changes: list[Change] = []
    for name in list(state.evidence):
        group = state.evidence[name]
        dead_at = _dead_at(state, group)
        due = _due(state, group, dead_at)
        if due != group.due:
            group = replace(group, due=due)
            state = replace(state, evidence={**state.evidence, name: group})
        if group.due and filing.marks >= group.due and _ami_is_done(state, group):
            state, more = _settle(state, event, group, dead_at, advance)
            changes += more
        elif _is_lonely(state, group):
            state = _without(state, name)
            for entry in () if group.records else group.entries:
                changes += reject(state, entry, f"CEL knows no channel {entry.callid} ({entry.verb})")[1]
    for call in list(state.ended.values()):
        if died(call) and call.linkedid not in state.linked and event.at > (call.ended_at or 0) + CLOCKS_MS:
            # The PBX did not live to write of it.
            state, more = revise(state, call, confirmed(call), event)
            changes += more
    state = replace(state, ended=_still_waited_for(state, event.at), filing=_recent(state, event.at))
    return state, tuple(changes)


def _due(state: State, group: Evidence, dead_at: int | None) -> int:
    """The mark at which a group is settled: the second one after its last word, where all of it is over."""
    if group.due:
        return group.due
    if CEL in state.filing.sources:
        over = dead_at is not None or bool(group.over - set(group.settled)) if group.records else False
    else:
        given_up = dead_at is not None or _idle(state, group) > LONELY_MARKS
        over = _linkedids(group) <= state.ended.keys() or (given_up and not _may_go_on(state, group))
    return state.filing.marks + SETTLE_MARKS if over else 0


def _idle(state: State, group: Evidence) -> int:
    """How many marks there were since the last word about it."""
    return state.filing.marks - group.heard


def _may_go_on(state: State, group: Evidence) -> bool:
    """Whether AMI knows it as open, or is deaf. Files are silent for as long as a conversation lasts."""
    known = _linkedids(group) & state.calls.keys() or state.channels.keys() & group.alive
    return bool(known) or state.resync.lost is not None


def _is_lonely(state: State, group: Evidence) -> bool:
    """Whether nothing more is expected of it: lines without a channel, or channels whose end is not in the file.

    CEL never tells the end of a conference's own announcer, nor does a file that lost a line.
    """
    if CEL not in state.filing.sources or _idle(state, group) <= LONELY_MARKS:
        return False
    return not group.records or not _may_go_on(state, group)


def _dead_at(state: State, group: Evidence) -> int | None:
    """When the PBX came up anew, if that ended this group's channels."""
    told = max(group.last_at, max((it.at for it in group.entries), default=0))
    started, booted = state.filing.started_at, state.booted_at
    open_still = bool(group.alive) or not group.records
    if not open_still or not told:
        return None
    cut_off = [it for key in _linkedids(group) if (it := state.ended.get(key)) is not None and died(it)]
    if cut_off:
        return max(it.ended_at or 0 for it in cut_off)
    if told < started:
        return booted if abs(booted - started) <= CLOCKS_MS else started
    # It may have come up within the second: then what is silent since, and AMI does not know, is of the time before.
    silent = state.filing.marks - group.heard >= SILENT_MARKS and not _linkedids(group) & state.calls.keys()
    return booted if told < booted - (0 if silent else CLOCKS_MS // 2) else None


def _ami_is_done(state: State, group: Evidence) -> bool:
    """Whether AMI has told all that it is going to: it is a moment ahead of the files, or at times behind them."""
    if _idle(state, group) > BEHIND_MARKS:
        return True
    for linkedid in (group.over if group.alive else _linkedids(group)) - set(group.settled):
        call = state.calls.get(linkedid)
        known = call is not None or linkedid in state.ended
        if call is not None or not known:
            missed = _gap(state, call, call) if call is not None else _gap_of(state, *_span(group))
            if missed is None:
                return False
    return True


def _span(group: Evidence) -> tuple[int, int]:
    """From when to when it was (ms), by queue_log's whole seconds only if by nothing better."""
    times = [it.at for it in group.records or group.entries]
    return min(times), max(times)


def _linkedids(group: Evidence) -> set[str]:
    return {it.channel.linkedid for it in group.records} | {group.linkedid}


def _settle(state: State, event: FilesRead, group: Evidence, dead_at: int | None, advance: Advance) -> Result:
    """Hold both accounts of the group's calls against each other; what comes of it is final."""
    whole = CEL in state.filing.sources
    accounts = account(state, group, dead_at, advance)
    changes: tuple[Change, ...] = ()
    for linkedid, theirs in accounts.items():
        if theirs.ended_at is None or linkedid in group.settled:
            continue
        mine = state.calls.get(linkedid) or state.ended.get(linkedid)
        if QUEUE_LOG not in state.filing.sources and (theirs if mine is None else mine).stints:
            continue  # the file that knows of stints is not read
        gap = _gap(state, mine or theirs, theirs)
        if mine is None and gap is None and theirs.ended_at < state.filing.since:
            continue  # it ended before files were read at all, so what AMI told of it is not here any more
        if mine is not None and mine.ended_at is not None and gap is None:
            state, more = revise(state, mine, confirmed(mine), event)
        else:
            call = replace(healed(mine, theirs, whole=whole), tenant=(mine or theirs).tenant)
            cause = gap.cause if gap is not None else UNHEARD
            put = revise if mine is None or mine.ended_at is not None else apply_call
            state, more = put(state, mine, call, replace(event, at=call.ended_at or event.at), cause)
        changes += more
    if not group.alive or dead_at is not None:
        return _without(state, group.linkedid), changes
    rest = replace(group, settled=tuple(sorted(group.over | set(group.settled))), due=0)
    return replace(state, evidence={**state.evidence, group.linkedid: rest}), changes


def _gap(state: State, mine: Call, theirs: Call) -> Gap | None:
    """The gap of AMI that this call fell into, by either account; a file's whole second is no other time."""
    near_start, near_end = near(mine.started_at, theirs.started_at), near(mine.ended_at, theirs.ended_at)
    start = mine.started_at if near_start else min(mine.started_at, theirs.started_at)
    ends = [it.ended_at for it in ((mine,) if near_end else (mine, theirs)) if it.ended_at is not None]
    return _gap_of(state, start, max(ends) if ends else None)


def _gap_of(state: State, start: int, end: int | None) -> Gap | None:
    """The first gap of AMI that touches this span (ms); without an end it goes on."""
    for gap in state.filing.gaps:
        begins_in_time = end is None or gap.start <= end + CLOCKS_MS
        if begins_in_time and (gap.end is None or gap.end >= start - CLOCKS_MS):
            return gap
    return None


def _without(state: State, name: str) -> State:
    evidence, linked = without(state.evidence, state.linked, name)
    return replace(state, evidence=evidence, linked=linked)


def _still_waited_for(state: State, at: int) -> dict[str, Call]:
    """The ended calls of which the files may still tell. What they never tell of stays provisional."""
    fresh = {key: it for key, it in state.ended.items() if (it.ended_at or at) > at - FORGET_MS or key in state.linked}
    return state.ended if len(fresh) == len(state.ended) else fresh


def _recent(state: State, at: int) -> Filing:
    """The gaps that a call which is not final yet may have fallen into."""
    filing = state.filing
    began = [it.started_at for it in (*state.calls.values(), *state.ended.values())]
    began += [group.records[0].at for group in state.evidence.values() if group.records]
    oldest = min([*began, at]) - FORGET_MS
    gaps = tuple(it for it in filing.gaps if it.end is None or it.end >= oldest)
    return filing if len(gaps) == len(filing.gaps) else replace(filing, gaps=gaps)
