"""After a gap: the lists say what is there now, and calls, waits and members are what must have become of them."""

import pytest
from stories import NOON, Told, interface, story_events, told

from calls import events as e
from calls.state import Gap, GapChanged, Resync

LOST, BACK = NOON + 100_000, NOON + 160_000
BRIDGE = "bridgeone"
ARRIVES = "0 member Alice added, 1 arrives, 2 joins support"


def channel(uniqueid: str = "one", name: str = "PJSIP/trunk-one", call: str = "one") -> e.Channel:
    """A channel as lists show it."""
    return e.Channel(uniqueid, call, name, "5551234", "Carl Caller", "2001")


PHONE = channel("one-Alice", f"{interface('Alice')}-one")


class AfterGap:
    """A story, a gap of a minute, and what is listed in the next login."""

    def __init__(self, story: str = "0 boots") -> None:
        self.told: Told = told(story)
        self._seq = 0
        self.told.feed(e.LinkLost(pos=self._link(0), at=LOST, source="ami", cause="the cable"))
        self.told.feed(e.LinkRestored(pos=self._link(1), at=BACK, source="ami"))

    def _link(self, seq: int) -> e.Position:
        return e.Position("link", "test", 1, seq)

    def pos(self) -> e.Position:
        self._seq += 1
        return e.Position("ami", "test", 2, self._seq)

    def channel(self, which: e.Channel, age_s: int, **more: object) -> None:
        self.told.feed(e.ChannelListed(pos=self.pos(), at=BACK, channel=which, age_s=age_s, **more))

    def bridge(self, bridge: str, **more: bool) -> None:
        kinds = {"conference": False, "holding": False} | more
        self.told.feed(e.BridgeListed(pos=self.pos(), at=BACK, bridge=bridge, **kinds))

    def waiting(self, which: e.Channel, waited_s: int, queue: str = "support") -> None:
        alone = e.Channel(which.uniqueid, which.uniqueid, which.name)
        self.told.feed(
            e.CallerListed(pos=self.pos(), at=BACK, channel=alone, queue=queue, position=1, waited_s=waited_s)
        )

    def member(self, agent: str, queue: str = "support") -> None:
        self.told.feed(
            e.Member(
                pos=self.pos(), at=BACK, queue=queue, interface=interface(agent), name=agent, status=1, paused=False,
                listed=True,
            )
        )  # fmt: skip

    def done(self, *, queues_first: bool = True) -> Told:
        """Both lists are complete."""
        ends = [e.QueuesListed, e.ChannelsListed]
        for end in ends if queues_first else reversed(ends):
            self.told.feed(end(pos=self.pos(), at=BACK))
        assert self.told.rejects == []
        assert self.told.state.resync == Resync()
        return self.told


def test_the_gap_is_told_when_it_begins_and_when_it_ends() -> None:
    changes = [change for change in AfterGap(ARRIVES).told.changes if isinstance(change, GapChanged)]
    gap = Gap("ami", "the cable", LOST)
    assert changes == [GapChanged(gap), GapChanged(Gap("ami", "the cable", LOST, BACK))]


def test_a_second_loss_within_a_gap_is_the_same_gap() -> None:
    story = told("0 boots")
    for seq, at in enumerate((LOST, LOST + 5)):
        story.feed(e.LinkLost(pos=e.Position("link", "test", 1, seq), at=at, source="ami", cause=f"no. {seq}"))
    assert [c.gap.cause for c in story.changes if isinstance(c, GapChanged)] == ["no. 0"]
    assert story.state.resync.heard_until == LOST


def test_the_first_login_has_no_gap() -> None:
    story = told("0 boots")
    story.feed(e.LinkRestored(pos=e.Position("link", "a", 1, 0), at=NOON, source="ami"))
    assert not [change for change in story.changes if isinstance(change, GapChanged)]


def test_a_call_whose_channels_are_gone_ended_when_the_gap_began() -> None:
    gap = AfterGap(f"{ARRIVES}, 3 rings Alice, 5 answers Alice")
    gap.member("Alice")
    call = gap.done().call
    assert (call.ended_at, call.outcome, call.hangup_cause) == (LOST, "answered", None)
    assert (call.legs[0].ended_at, call.legs[0].ended_by) == (LOST, "system")
    assert gap.told.state.calls == {} and gap.told.state.channels == {}
    assert gap.told.presences("Alice")[-1] == "available"


def test_who_waited_and_is_gone_has_an_end_but_no_outcome() -> None:
    call = AfterGap(ARRIVES).done().call
    assert (call.stints[0].left_at, call.stints[0].outcome, call.outcome) == (LOST, None, "other")


def test_a_call_that_goes_on_is_as_it_was() -> None:
    gap = AfterGap(f"{ARRIVES}, 3 rings Alice, 5 answers Alice")
    before = gap.told.call
    gap.channel(channel(), 159, bridge=BRIDGE, queue="support")
    gap.channel(PHONE, 157, bridge=BRIDGE)
    gap.member("Alice")
    assert gap.done().call == before


def test_one_who_still_waits_goes_on_waiting() -> None:
    gap = AfterGap(ARRIVES)
    before = gap.told.call
    gap.channel(channel(), 159, queue="support")
    gap.waiting(channel(), 158)
    assert gap.done().call == before


def test_a_waiting_caller_who_was_connected_meanwhile() -> None:
    gap = AfterGap(ARRIVES)
    gap.channel(PHONE, 30, bridge=BRIDGE)
    gap.channel(channel(), 159, bridge=BRIDGE, queue="support")
    call = gap.done().call
    assert (call.stints[0].outcome, call.stints[0].agent) == ("answered", "Alice")
    assert (call.legs[0].stint, call.legs[0].rang_at, call.legs[0].answered_at) == (0, BACK - 30_000, BACK - 30_000)
    assert gap.told.presences("Alice")[-1] == "on_call"


def test_the_wait_that_the_list_tells_is_believed() -> None:
    gap = AfterGap(ARRIVES)
    gap.channel(channel(), 159, bridge=BRIDGE, queue="support", interface=interface("Alice"), waited_ms=110_500)
    gap.channel(PHONE, 52, bridge=BRIDGE)
    call = gap.done().call
    assert call.stints[0].wait_ms == 110_500
    assert call.legs[0].answered_at == NOON + 2000 + 110_500


def test_a_call_that_began_in_the_gap_is_known_from_its_beginning() -> None:
    gap = AfterGap("0 member Alice added")
    gap.channel(PHONE, 8, bridge=BRIDGE)
    gap.channel(channel(), 20, bridge=BRIDGE, queue="support", interface=interface("Alice"), waited_ms=12_000)
    gap.member("Alice")
    call = gap.done().call
    assert (call.started_at, call.from_number, call.to_number) == (BACK - 20_000, "5551234", "2001")
    assert (call.stints[0].queue, call.stints[0].wait_ms, call.stints[0].position) == ("support", 12_000, None)
    assert (call.legs[0].agent, call.legs[0].rang_at, call.status) == ("Alice", BACK - 8000, "connected")


@pytest.mark.parametrize("queues_first", [True, False])
def test_a_caller_who_began_to_wait_in_the_gap(queues_first: bool) -> None:
    gap = AfterGap()
    gap.waiting(channel(), 15)
    gap.channel(channel(), 20, queue="support")
    call = gap.done(queues_first=queues_first).call
    assert (call.status, call.stints[0].entered_at, call.stints[0].position) == ("queued", BACK - 15_000, 1)


def test_who_was_listed_as_waiting_and_was_connected_before_the_list_was_complete() -> None:
    story = told("0 member Alice added, 1 arrives, 2 joins support, 3 rings Alice")
    alone = e.Channel("one", "one", "PJSIP/trunk-one")
    story.feed(
        e.CallerListed(pos=story.position(), at=NOON + 4000, channel=alone, queue="support", position=1, waited_s=2)
    )
    story.feed(e.QueuesListed(pos=story.position(), at=NOON + 4100))
    for event in story_events("5 answers Alice", story.position):
        story.feed(event)
    before = story.call
    for listed in (channel(), PHONE):
        story.feed(e.ChannelListed(pos=story.position(), at=NOON + 6000, channel=listed, age_s=3, bridge=BRIDGE))
    story.feed(e.ChannelsListed(pos=story.position(), at=NOON + 6000))
    assert story.call == before and story.rejects == []


def test_a_caller_whom_the_queue_had_connected_is_not_connected_again() -> None:
    gap = AfterGap(f"{ARRIVES}, 0 member Bob added, 3 rings Alice, 5 answers Alice")
    bob = channel("one-Bob", f"{interface('Bob')}-one")
    gap.bridge("other")
    gap.channel(channel(), 159, bridge="other", queue="support", interface=interface("Alice"), waited_ms=3000)
    gap.channel(bob, 20, bridge="other")
    gap.member("Alice")
    gap.member("Bob")
    call = gap.done().call
    assert [(stint.queue, stint.agent, stint.left_at) for stint in call.stints] == [("support", "Alice", NOON + 5000)]
    assert [(leg.agent, leg.stint, leg.answered_at, leg.ended_at) for leg in call.legs] == [
        ("Alice", 0, NOON + 5000, LOST),
        ("Bob", None, BACK - 20_000, None),
    ]


def test_in_a_bridge_that_is_listed_as_holding_nobody_is_connected_or_talks() -> None:
    gap = AfterGap(ARRIVES)
    gap.bridge("lot", holding=True)
    gap.channel(channel(), 159, bridge="lot", queue="support")
    gap.channel(PHONE, 30, bridge="lot")
    gap.waiting(channel(), 158)
    gap.member("Alice")
    call = gap.done().call
    assert (call.legs, call.answered_at, call.stints[0].left_at) == ((), None, None)
    assert [party.bridge for party in call.parties] == ["", ""]


def test_in_a_bridge_that_is_listed_as_a_conference_all_talk_and_each_call_stays_its_own() -> None:
    gap = AfterGap("0 member Alice added")
    gap.bridge("room", conference=True)
    gap.channel(channel(), 30, bridge="room")
    gap.channel(channel("two", f"{interface('Alice')}-two", call="two"), 20, bridge="room")
    gap.member("Alice")
    carl, alice = gap.done().calls()
    assert (carl.merged_into, carl.legs, carl.answered_at) == (None, (), BACK - 20_000)
    assert [(leg.agent, leg.stint, leg.answered_at) for leg in alice.legs] == [("Alice", None, BACK - 20_000)]
    assert [party.conference for call in (carl, alice) for party in call.parties] == [True, True]


def test_a_bridge_of_which_no_list_tells_makes_nobody_one() -> None:
    gap = AfterGap()
    gap.channel(channel(), 30, bridge="room")
    gap.channel(channel("two", "PJSIP/trunk-two", call="two"), 20, bridge="room")
    assert [(call.merged_into, call.answered_at) for call in gap.done().calls()] == [(None, None)] * 2


def test_what_was_listed_of_bridges_is_forgotten_with_a_list_that_broke_off() -> None:
    gap = AfterGap(ARRIVES)
    gap.bridge("lot", holding=True)
    assert [it.bridge for it in gap.told.state.resync.bridges] == ["lot"]
    gap.told.feed(e.PbxBooted(pos=e.Position("ami", "test", 3, 1), at=BACK, uptime_s=10_000))
    assert gap.told.state.resync.bridges == ()


def test_two_agents_who_talk_have_a_leg_each() -> None:
    gap = AfterGap("0 member Alice added, 0 member Bob added")
    gap.channel(channel("b", f"{interface('Bob')}-1", call="a"), 4, bridge="x")
    gap.channel(channel("a", f"{interface('Alice')}-1", call="a"), 9, bridge="x")
    call = gap.done().call
    assert (call.direction, sorted(leg.agent for leg in call.legs)) == ("internal", ["Alice", "Bob"])


def test_who_left_the_bridge_is_out_of_it() -> None:
    gap = AfterGap(f"{ARRIVES}, 3 rings Alice, 5 answers Alice")
    gap.channel(channel(), 159)
    gap.member("Alice")
    call = gap.done().call
    assert (call.legs[0].ended_at, [party.bridge for party in call.parties]) == (LOST, [""])


def test_one_who_left_the_queue_and_is_still_there() -> None:
    gap = AfterGap(ARRIVES)
    gap.channel(channel(), 159)
    call = gap.done().call
    assert (call.ended_at, call.stints[0].left_at, call.stints[0].outcome) == (None, LOST, None)


def test_a_member_that_is_not_listed_is_one_no_more() -> None:
    gap = AfterGap("0 member Alice added, 0 member Bob added, 0 member Alice added sales")
    gap.member("Alice")
    agents = gap.done().state.agents
    assert [sorted(agents[interface(name)].queues) for name in ("Alice", "Bob")] == [["support"], []]


def test_what_began_after_the_login_is_not_missed_in_the_list() -> None:
    gap = AfterGap()
    gap.told.feed(e.Newchannel(pos=gap.pos(), at=BACK, channel=channel()))
    gap.told.feed(e.QueueCallerJoin(pos=gap.pos(), at=BACK, channel=channel(), queue="support", position=1))
    call = gap.done().call
    assert (call.ended_at, call.stints[0].left_at) == (None, None)


def test_a_list_that_broke_off_counts_for_nothing() -> None:
    gap = AfterGap(ARRIVES)
    gap.channel(channel("other", call="other"), 5)
    gap.told.feed(e.PbxBooted(pos=e.Position("ami", "test", 3, 1), at=BACK, uptime_s=10_000))
    assert (gap.told.state.resync.listed, gap.told.state.resync.channels) == ((), ("one",))
    assert gap.told.call.ended_at is None


def test_without_a_word_about_the_link_what_is_gone_ended_when_the_list_said_so() -> None:
    story = told(ARRIVES)
    story.feed(e.ChannelsListed(pos=e.Position("ami", "test", 2, 1), at=BACK))
    assert story.call.ended_at == BACK
