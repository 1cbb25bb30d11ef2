"""Several ingesters of one PBX: whose events count, who waits for whom, and what becomes of it when one is no more."""

from msgspec.structs import replace
from stories import NOON, interface

from calls import events as e
from calls.listeners import MOST_HELD, PATIENCE_MS, UNNUMBERED
from calls.reducer import advance
from calls.state import CallChanged, Change, Gap, GapChanged, Rejected, Resync, Stage, State


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


def test_the_second_waits_until_it_is_seen_among_what_the_first_told() -> None:
    pbx = Pbx("a", "b")
    assert (pbx.stage("a"), pbx.stage("b")) == (Stage.JOINED, Stage.WAITING)
    pbx.says(1, "b")
    assert pbx.open == []
    pbx.says(1, "a")
    assert (pbx.begun, pbx.stage("b")) == (["c1"], Stage.JOINED)
    assert pbx.state.listeners["b"].held == ()


def test_each_event_counts_once_whoever_is_first() -> None:
    pbx = two()
    pbx.says(2, "a", "b")
    pbx.says(3, "b", "a")
    pbx.says(4, "b")
    pbx.says(5, "b")
    pbx.says(4, "a")
    pbx.says(5, "a")
    assert pbx.begun == ["c1", "c2", "c3", "c4", "c5"]
    assert pbx.state.told.ahead == ("b", "a")


def test_numbers_that_two_threads_gave_the_wrong_way_round_are_two_events() -> None:
    pbx = two()
    for number in (3, 2, 4):
        pbx.says(number, "a")
    for number in (3, 2, 4):
        pbx.says(number, "b")
    pbx.says(6, "b")
    pbx.says(5, "b")
    for number in (6, 5):
        pbx.says(number, "a")
    assert pbx.begun == ["c1", "c3", "c2", "c4", "c6", "c5"]


def test_one_that_heard_less_is_not_stuck_behind() -> None:
    """The last that the other one told was of a class that this one's user may not read."""
    pbx = two()
    pbx.says(2, "a")
    pbx.says(3, "b")
    assert pbx.begun == ["c1", "c2", "c3"]


def test_what_one_missed_the_other_brings_late_and_in_its_place() -> None:
    pbx = two()
    pbx.loses("b", NOON + 15)
    pbx.logs_in("b", NOON + 35)
    pbx.lists_nothing("b", NOON + 35)
    pbx.says(4, "b")
    pbx.says(5, "b")
    assert pbx.begun == ["c1"]
    pbx.says(2, "a")
    pbx.says(3, "a")
    pbx.says(4, "a")
    assert pbx.begun == ["c1", "c2", "c3", "c4", "c5"]
    assert (pbx.gaps, pbx.open, pbx.stage("b")) == ([], pbx.begun, Stage.JOINED)


def test_lists_of_the_second_settle_nothing_also_when_they_come_late() -> None:
    pbx = two()
    pbx.loses("b")
    pbx.logs_in("b")
    pbx.says(2, "a", "b")
    assert pbx.stage("b") is Stage.JOINED
    pbx.lists_nothing("b")
    assert pbx.open == ["c1", "c2"]
    member = e.Member(
        pos=e.Position("ami", "b", 2, 0), at=NOON, queue="support", interface=interface("Alice"), name="Alice",
        status=1, paused=False, listed=True,
    )  # fmt: skip
    pbx.tells("b", member)
    assert pbx.state.agents == {}


def test_there_is_a_gap_only_while_neither_hears() -> None:
    pbx = two()
    pbx.loses("a", NOON + 100)
    assert pbx.gaps == []
    pbx.loses("b", NOON + 200)
    assert pbx.gaps == [Gap("ami", "the cable", NOON + 200)]
    pbx.logs_in("b", NOON + 5000)
    pbx.logs_in("a", NOON + 5100)
    pbx.lists_nothing("b", NOON + 5200)
    pbx.lists_nothing("a", NOON + 5200)
    assert pbx.gaps == [Gap("ami", "the cable", NOON + 200, NOON + 5000)]
    assert pbx.open == [], "the first list after a gap says what is over"
    assert pbx.state.resync == Resync()


def test_who_waits_takes_over_with_its_lists_when_the_other_was_lost_before() -> None:
    """In the order of Kafka the loss comes after the login, though it was before."""
    pbx = two()
    pbx.loses("b", NOON + 100)
    pbx.logs_in("b", NOON + 9000)
    pbx.lists_nothing("b", NOON + 9000)
    pbx.says(7, "b", at=NOON + 9500)
    pbx.loses("a", NOON + 4000)
    assert pbx.gaps == [Gap("ami", "the cable", NOON + 4000, NOON + 9000)]
    assert (pbx.open, pbx.stage("b")) == (["c7"], Stage.JOINED)


def test_who_waits_joins_when_it_listened_long_before_the_other_was_lost() -> None:
    pbx = two()
    pbx.loses("b", NOON + 100)
    pbx.logs_in("b", NOON + 2000)
    pbx.lists_nothing("b", NOON + 2000)
    pbx.loses("a", NOON + 9000)
    pbx.says(2, "b", at=NOON + 9500)
    assert (pbx.gaps, pbx.open) == ([], ["c1", "c2"])


def test_one_of_whom_nothing_comes_any_more_is_not_waited_for_for_ever() -> None:
    """Killed with its machine, it never said that it has lost the PBX."""
    pbx = two()
    pbx.loses("b", NOON + 100)
    pbx.logs_in("b", NOON + 5000)
    pbx.lists_nothing("b", NOON + 5000)
    pbx.says(5, "b", at=NOON + 6000)
    pbx.says(6, "b", at=NOON + 6000 + PATIENCE_MS)
    assert (pbx.open, pbx.gaps) == (["c1"], [])
    pbx.says(7, "b", at=NOON + 6001 + PATIENCE_MS)
    assert pbx.open == ["c5", "c6", "c7"]
    assert (pbx.stage("a"), pbx.stage("b")) == (Stage.SILENT, Stage.JOINED)
    assert pbx.gaps == [Gap("ami", "a brought nothing more", NOON + 10, NOON + 5000)]


def test_one_that_had_only_fallen_behind_counts_again_when_it_has_come_up() -> None:
    pbx = two()
    pbx.loses("b", NOON + 100)
    pbx.logs_in("b", NOON + 5000)
    pbx.says(5, "b", at=NOON + 6000)
    pbx.says(6, "b", at=NOON + 6001 + PATIENCE_MS)
    begun = pbx.begun
    for number, at in ((4, 4000), (5, 6000)):
        pbx.says(number, "a", at=NOON + at)
    assert (pbx.begun, pbx.stage("a")) == (begun, Stage.SILENT)
    pbx.says(6, "a", at=NOON + 6001 + PATIENCE_MS)
    assert (pbx.begun, pbx.stage("a")) == (begun, Stage.JOINED)
    pbx.loses("b", NOON + 99_000)
    pbx.says(7, "a", at=NOON + 99_000)
    assert pbx.begun == [*begun, "c7"]
    assert len(pbx.gaps) == 1


def test_one_that_comes_up_while_nobody_else_hears_ends_the_gap() -> None:
    pbx = two()
    pbx.loses("b", NOON + 100)
    pbx.logs_in("b", NOON + 5000)
    pbx.says(5, "b", at=NOON + 6000)
    pbx.says(6, "b", at=NOON + 6001 + PATIENCE_MS)
    pbx.loses("b", NOON + 20_000)
    pbx.says(9, "a", at=NOON + 30_000)
    assert (pbx.gaps[-1], pbx.open[-1]) == (Gap("ami", "the cable", NOON + 20_000, NOON + 30_000), "c9")


def test_a_waiting_one_holds_no_more_than_memory_is_for() -> None:
    pbx = two()
    pbx.loses("b", NOON + 100)
    pbx.logs_in("b", NOON + 5000)
    held = len(pbx.state.listeners["b"].held)
    for number in range(2, 3 + MOST_HELD - held):
        pbx.says(number, "b", at=NOON + 6000, uniqueid="busy")
    assert (pbx.stage("b"), pbx.state.listeners["b"].held) == (Stage.JOINED, ())


def test_what_the_others_bring_shows_that_they_live_however_late_they_are() -> None:
    pbx = two()
    pbx.loses("b", NOON + 100)
    pbx.logs_in("b", NOON + 5000)
    pbx.says(5, "b", at=NOON + 6000)
    pbx.says(2, "a", at=NOON + 1000)
    pbx.says(6, "b", at=NOON + 6001 + PATIENCE_MS)
    assert (pbx.stage("a"), pbx.stage("b"), pbx.gaps) == (Stage.JOINED, Stage.WAITING, [])


def test_numbers_begin_anew_with_a_boot() -> None:
    """One has logged in to the new PBX before the other one's word of the old one's end is there."""
    pbx = two()
    pbx.says(50_000, "a", at=NOON + 1000)
    pbx.loses("a", NOON + 1000)
    pbx.logs_in("a", NOON + 6000, uptime_s=1)
    pbx.lists_nothing("a", NOON + 6000)
    pbx.says(3, "a", at=NOON + 6500)
    assert "c3" not in pbx.begun
    pbx.says(50_000, "b", at=NOON + 1000)
    pbx.loses("b", NOON + 1000)
    assert pbx.open == ["c3"]
    pbx.logs_in("b", NOON + 7000, uptime_s=2)
    pbx.says(4, "b", "a", at=NOON + 7500)
    assert (pbx.open, pbx.begun.count("c4")) == (["c3", "c4"], 1)
    assert pbx.gaps == [Gap("ami", "the cable", NOON + 1000, NOON + 6000)]


def test_old_numbers_that_come_after_the_boot_are_not_new_ones() -> None:
    pbx = two()
    pbx.loses("b", NOON + 100)
    pbx.logs_in("b", NOON + 5000, uptime_s=1)
    pbx.says(3, "b", at=NOON + 6000)
    pbx.says(4, "b", at=NOON + 6001 + PATIENCE_MS)
    pbx.says(50_000, "a", at=NOON + 1000)
    assert pbx.open == ["c3", "c4"]


def test_numbers_that_run_over_go_on() -> None:
    pbx = Pbx("a", "b")
    last = (1 << 32) - 1
    for number, at in ((last - 1, NOON), (last, NOON + 10)):
        pbx.says(number, "a", "b", at=at)
    pbx.says(0, "a", at=NOON + 20)
    pbx.says(1, "b", at=NOON + 30)
    pbx.says(1, "a", at=NOON + 30)
    assert len(pbx.begun) == 4


def test_without_numbers_the_first_is_heard_and_that_is_said() -> None:
    pbx = Pbx("a", "b", numbered=False)
    pbx.says(1, "b", "a")
    pbx.says(2, "a", "b")
    assert (pbx.begun, pbx.stage("b")) == (["c1", "c2"], Stage.SPARE)
    assert pbx.gaps == [Gap("ami", UNNUMBERED, NOON + 10, NOON + 10)]


def test_without_numbers_the_second_is_heard_when_the_first_is_lost() -> None:
    pbx = Pbx("a", "b", numbered=False)
    pbx.says(1, "a", "b")
    pbx.loses("a", NOON + 5000)
    pbx.says(2, "b", at=NOON + 6000)
    assert pbx.open == ["c1", "c2"]
    assert pbx.gaps[-1] == Gap("ami", "the cable", NOON + 5000, NOON + 5000)
    pbx.logs_in("a", NOON + 7000)
    pbx.says(3, "b", "a", at=NOON + 8000)
    assert (pbx.begun, pbx.stage("a")) == (["c1", "c2", "c3"], Stage.SPARE)


def test_without_numbers_the_second_is_heard_when_nothing_comes_of_the_first() -> None:
    pbx = Pbx("a", "b", numbered=False)
    pbx.says(1, "a", "b")
    pbx.says(2, "b", at=NOON + 1000)
    pbx.says(3, "b", at=NOON + 1001 + PATIENCE_MS)
    pbx.says(4, "b", at=NOON + 1002 + PATIENCE_MS)
    assert pbx.begun == ["c1", "c3", "c4"]
    assert pbx.gaps[-1].cause == "a brought nothing more"


def test_without_numbers_one_that_had_fallen_silent_is_heard_when_nobody_else_is() -> None:
    pbx = Pbx("a", "b", numbered=False)
    pbx.says(1, "a", "b")
    pbx.says(2, "b", at=NOON + 1000)
    pbx.says(3, "b", at=NOON + 1001 + PATIENCE_MS)
    pbx.loses("b", NOON + 20_000)
    pbx.says(4, "a", at=NOON + 30_000)
    assert (pbx.begun, pbx.stage("a")) == (["c1", "c3", "c4"], Stage.JOINED)
    assert pbx.gaps[-1] == Gap("ami", "the cable", NOON + 20_000, NOON + 30_000)


def test_of_three_two_may_go() -> None:
    pbx = Pbx("a", "b", "c")
    pbx.says(1, "c", "b", "a")
    pbx.says(2, "b", "c", "a")
    pbx.loses("a")
    pbx.says(3, "c", "b")
    pbx.loses("c")
    pbx.says(4, "b")
    assert (pbx.begun, pbx.gaps) == (["c1", "c2", "c3", "c4"], [])
