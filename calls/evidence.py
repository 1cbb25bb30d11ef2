"""What the files of a PBX have said of each group of channels that is still open in them. Pure.

A group is what became one call, or several of which one absorbed the others. It is over when each of its channels is
gone; its account (`calls.account`) is made then.
"""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from calls.file_events import ChannelLogged, QueueLogged

BEGIN, END = "CHAN_START", ("HANGUP", "CHAN_END")
# Says nothing of a channel, and may come after the last one is gone.
OVER = "LINKEDID_END"
CONFERENCE = "ConfBridge"


class Evidence(Struct, frozen=True):
    """A group's records and lines in the order of their files. `alive` are the channels that are not gone yet.

    `due` is the number of the mark at which the group is settled, 0 where that is not known yet; `heard` is the number
    of the last mark before the last word about it. `settled` are the calls that are final though their conference goes
    on.
    """

    linkedid: str
    records: tuple[ChannelLogged, ...] = ()
    entries: tuple[QueueLogged, ...] = ()
    alive: tuple[str, ...] = ()
    due: int = 0
    heard: int = 0
    settled: tuple[str, ...] = ()

    @property
    def over(self) -> set[str]:
        """The Linkedids of which no channel is left."""
        last = {it.channel.uniqueid: it.channel.linkedid for it in self.records}
        return set(last.values()) - {last[it] for it in self.alive if it in last}

    @property
    def last_at(self) -> int:
        """The time of the last record, ms; 0 without one."""
        return self.records[-1].at if self.records else 0


Groups = dict[str, Evidence]
"""Evidence by the name of its group: the Linkedid that it was first known by."""
Linked = dict[str, str]
"""The group of each channel, each Linkedid and each conference that was seen."""


def linked_of(groups: Iterable[Evidence]) -> Linked:
    """The index that belongs to these groups."""
    found: Linked = {}
    for group in groups:
        found |= dict.fromkeys(_held(group), group.linkedid)
    return found


def _held(group: Evidence) -> set[str]:
    """What the group is found by."""
    keys = {key for record in group.records for key in _keys(record)}
    return keys | {entry.callid for entry in group.entries} | {group.linkedid}


def with_record(groups: Groups, linked: Linked, record: ChannelLogged, marks: int) -> tuple[Groups, Linked]:
    """A record of CEL belongs to the group of its channel and to that of its Linkedid; two such are one from now on.

    So are those who meet in a conference: whether anybody else is there is told by the others' records.
    """
    who, linkedid = record.channel.uniqueid, record.channel.linkedid
    keys = _keys(record)
    names = {linked[key]: None for key in keys if key in linked}
    if not names and record.kind in (OVER, *END):
        return groups, linked  # the end of what was settled, or had begun before we read
    group = _joined([groups[name] for name in names]) if names else Evidence(linkedid)
    alive = group.alive
    if record.kind in END:
        alive = tuple(it for it in alive if it != who)
    elif record.kind != OVER and who not in alive and not _gone(group, who):
        alive = (*alive, who)
    group = replace(group, records=(*group.records, record), alive=alive, due=0, heard=marks)
    return _put(groups, linked, group, names, keys)


def _keys(record: ChannelLogged) -> tuple[str, ...]:
    """What this record belongs together by."""
    keys = (record.channel.uniqueid, record.channel.linkedid)
    bridge = record.extra.get("bridge_id") if record.application == CONFERENCE else None
    return (*keys, f"bridge {bridge}") if bridge else keys


def with_entry(groups: Groups, linked: Linked, entry: QueueLogged, linkedid: str, marks: int) -> tuple[Groups, Linked]:
    """A line of queue_log belongs to the group of the channel that waits, else to that of `linkedid`."""
    name = linked.get(entry.callid) or linked.get(linkedid)
    group = groups[name] if name is not None else Evidence(linkedid)
    group = replace(group, entries=(*group.entries, entry), due=0, heard=marks)
    return _put(groups, linked, group, {group.linkedid: None}, (entry.callid, group.linkedid))


def _put(
    groups: Groups, linked: Linked, group: Evidence, names: Iterable[str], keys: Iterable[str]
) -> tuple[Groups, Linked]:
    absorbed = {name for name in names if name != group.linkedid}
    groups = {name: it for name, it in groups.items() if name not in absorbed}
    groups[group.linkedid] = group
    if absorbed:
        # The name of a group that nothing in it has is forgotten: who reads the groups again does not find it either.
        held = _held(group)
        linked = {key: name for key, name in linked.items() if name not in absorbed}
        linked |= dict.fromkeys(held, group.linkedid)
    if any(linked.get(key) != group.linkedid for key in keys):
        linked = {**linked, **dict.fromkeys(keys, group.linkedid)}
    return groups, linked


def _joined(groups: list[Evidence]) -> Evidence:
    """Several groups as one, under the name of the one that was heard of first."""
    if len(groups) == 1:
        return groups[0]
    groups = sorted(groups, key=lambda it: (it.records[0].pos if it.records else (), it.linkedid))
    return Evidence(
        groups[0].linkedid,
        records=tuple(sorted((it for group in groups for it in group.records), key=lambda it: it.pos)),
        entries=tuple(sorted((it for group in groups for it in group.entries), key=lambda it: it.pos)),
        alive=tuple(who for group in groups for who in group.alive),
        settled=tuple(it for group in groups for it in group.settled),
    )


def _gone(group: Evidence, uniqueid: str) -> bool:
    """Whether this channel's end was told: CEL writes HANGUP and CHAN_END, and words about it between the two."""
    return any(it.channel.uniqueid == uniqueid and it.kind in END for it in reversed(group.records))


def without(groups: Groups, linked: Linked, name: str) -> tuple[Groups, Linked]:
    """All but this group."""
    rest = {key: it for key, it in groups.items() if key != name}
    return rest, {key: it for key, it in linked.items() if it != name}
