"""A PBX as several ingesters hear it, for tests of who of them counts."""

from msgspec.structs import replace
from stories import NOON

from calls import events as e
from calls.reducer import advance
from calls.state import CallChanged, Change, Gap, GapChanged, Rejected, Stage, State


class Pbx:
    """A PBX whose events are numbered, and the ingesters that hear it."""

    def __init__(self, *ingesters: str, numbered: bool = True) -> None:
        self.state = State(pbx="pbx")
        self.changes: list[Change] = []
        self._numbered = numbered
        self._epochs: dict[str, int] = {}
        self._seq = 0
        for name in ingesters:
            self.logs_in(name)

    def logs_in(self, name: str, at: int = NOON, uptime_s: int = 1000) -> None:
        """An ingester's connection stands. It is told of the boot, and begins to be told lists."""
        self._epochs[name] = self._epochs.get(name, 0) + 1
        self._feed(e.LinkRestored(pos=self._link(name), at=at, source="ami"))
        self.tells(name, e.PbxBooted(pos=self._ami(name), at=at, uptime_s=uptime_s))

    def lists_nothing(self, name: str, at: int = NOON) -> None:
        """The lists that it has asked for are empty."""
        self.tells(name, e.QueuesListed(pos=self._ami(name), at=at))
        self.tells(name, e.ChannelsListed(pos=self._ami(name), at=at))

    def loses(self, name: str, at: int = NOON, cause: str = "the cable") -> None:
        """It says that its connection is no more."""
        self._feed(e.LinkLost(pos=self._link(name), at=at, source="ami", cause=cause))

    def says(self, number: int, *names: str, at: int = 0, uniqueid: str = "") -> None:
        """The PBX makes a channel and says so; these bring it, in this order."""
        who = uniqueid or f"c{number}"
        channel = e.Channel(who, who, "PJSIP/trunk-1", "5551234")
        sequence = number if self._numbered else None
        for name in names:
            happened = at or NOON + number * 10
            self.tells(name, e.Newchannel(pos=self._ami(name), at=happened, channel=channel, sequence=sequence))

    def says_of_bridge(self, numbers: tuple[int, int], name: str, at: int) -> None:
        """The channel of call c1 enters a bridge and leaves it: told again, each would be a change again."""
        channel, (entered, left) = e.Channel("c1", "c1"), numbers
        pos = self._ami(name)
        self.tells(name, e.BridgeEnter(pos=pos, at=at, channel=channel, bridge="b1", sequence=entered))
        self.tells(name, e.BridgeLeave(pos=pos, at=at, channel=channel, bridge="b1", sequence=left))

    def tells(self, name: str, event: e.Event) -> None:
        """One of them brings an event."""
        self._feed(replace(event, pos=self._ami(name)))

    @property
    def open(self) -> list[str]:
        """The calls that are open, in the order in which they were heard of."""
        return list(self.state.calls)

    @property
    def begun(self) -> list[str]:
        """Each time that a call was new."""
        return [it.call.linkedid for it in self.changes if isinstance(it, CallChanged) and it.before is None]

    @property
    def counted(self) -> int:
        """How often a call was changed."""
        return sum(isinstance(it, CallChanged) for it in self.changes)

    @property
    def gaps(self) -> list[Gap]:
        """Those that are over, and those that are open."""
        told = [it.gap for it in self.changes if isinstance(it, GapChanged)]
        ended = {gap.start for gap in told if gap.end is not None}
        return [gap for gap in told if gap.end is not None or gap.start not in ended]

    def stage(self, name: str) -> Stage:
        return self.state.listeners[name].stage

    def _feed(self, event: e.Event) -> None:
        self.state, changes = advance(self.state, event)
        self.changes += changes
        assert not [it for it in changes if isinstance(it, Rejected)]

    def _ami(self, name: str) -> e.Position:
        self._seq += 1
        return e.Position("ami", name, self._epochs[name], self._seq)

    def _link(self, name: str) -> e.Position:
        self._seq += 1
        return e.Position("link", name, self._seq, 0)


def two() -> Pbx:
    """Two of whom the second has logged in a little later, and has joined; call c1 has come."""
    pbx = Pbx("a", "b")
    pbx.lists_nothing("a")
    pbx.lists_nothing("b")
    pbx.says(1, "a", "b")
    return pbx
