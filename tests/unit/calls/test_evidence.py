"""What the files said, kept by groups of channels: who belongs together, and when all of it is over."""

from typing import Any

from stories import NOON

from calls.events import Channel, Position
from calls.evidence import Evidence, Groups, Linked, linked_of, with_entry, with_record, without
from calls.file_events import CEL, QUEUE_LOG, ChannelLogged, QueueLogged


class Desk:
    """Groups that are told records, `CHAN_START a in x`: the channel and its Linkedid; and lines, by their channel."""

    def __init__(self, *records: str) -> None:
        self.groups: Groups = {}
        self.linked: Linked = {}
        self._seq = 0
        for record in records:
            self.record(record)

    def record(self, words: str, marks: int = 0, application: str = "", **extra: Any) -> "Desk":
        kind, who, _, linkedid = words.split()
        self._seq += 1
        record = ChannelLogged(
            pos=Position(CEL, "a", 1, self._seq), at=NOON + self._seq, channel=Channel(who, linkedid), kind=kind,
            application=application, extra=extra,
        )  # fmt: skip
        return self._kept(*with_record(self.groups, self.linked, record, marks))

    def line(self, callid: str, linkedid: str, marks: int = 0) -> "Desk":
        self._seq += 1
        place = Position(QUEUE_LOG, "a", 1, self._seq)
        entry = QueueLogged(pos=place, at=NOON, callid=callid, queue="q", agent="NONE", verb="ABANDON")
        return self._kept(*with_entry(self.groups, self.linked, entry, linkedid, marks))

    def _kept(self, groups: Groups, linked: Linked) -> "Desk":
        self.groups, self.linked = groups, linked
        assert linked == linked_of(groups.values())
        return self

    @property
    def only(self) -> Evidence:
        (group,) = self.groups.values()
        return group


def test_channels_of_one_linkedid_are_one_group() -> None:
    group = Desk("CHAN_START a in a", "CHAN_START b in a").only
    assert (group.linkedid, group.alive, len(group.records), group.over) == ("a", ("a", "b"), 2, set())


def test_a_group_is_over_when_each_channel_is_gone() -> None:
    desk = Desk("CHAN_START a in a", "CHAN_START b in a", "HANGUP b in a", "CHAN_END b in a")
    assert (desk.only.alive, desk.only.over) == (("a",), set())
    assert desk.record("HANGUP a in a").only.over == {"a"}


def test_a_word_between_hangup_and_end_does_not_bring_a_channel_back() -> None:
    assert Desk("CHAN_START a in a", "HANGUP a in a", "STREAM_END a in a", "LINKEDID_END a in a").only.alive == ()


def test_a_channel_that_joins_another_call_makes_one_group_of_both() -> None:
    desk = Desk("CHAN_START a in a", "CHAN_START b in b").line("b", "b")
    group = desk.record("BRIDGE_ENTER b in a").only
    assert (group.linkedid, group.alive, set(desk.linked.values())) == ("a", ("a", "b"), {"a"})
    assert [it.pos.seq for it in group.records] == [1, 2, 4] and len(group.entries) == 1


def test_an_absorbed_call_is_over_when_its_last_channel_is_in_another() -> None:
    desk = Desk("CHAN_START a in a", "CHAN_START b in b", "BRIDGE_ENTER b in a", "HANGUP a in a")
    assert desk.only.over == set()
    assert desk.record("HANGUP b in a").only.over == {"a"}


def test_who_meets_in_a_conference_is_one_group_and_may_be_over_alone() -> None:
    desk = Desk("CHAN_START a in a", "CHAN_START b in b")
    desk.record("BRIDGE_ENTER a in a", application="ConfBridge", bridge_id="room")
    desk.record("BRIDGE_ENTER b in b", application="ConfBridge", bridge_id="room")
    assert desk.record("HANGUP b in b").only.over == {"b"}


def test_who_meets_in_another_bridge_is_told_by_the_linkedid() -> None:
    desk = Desk("CHAN_START a in a", "CHAN_START b in b")
    for who in "ab":
        desk.record(f"BRIDGE_ENTER {who} in {who}", application="Dial", bridge_id="one")
    assert list(desk.groups) == ["a", "b"]


def test_a_line_belongs_to_the_channel_that_waits() -> None:
    assert len(Desk("CHAN_START a in a", "CHAN_START b in a").line("b", "b").only.entries) == 1


def test_a_line_may_come_before_its_channel() -> None:
    assert len(Desk().line("a", "a").record("CHAN_START a in a").only.entries) == 1


def test_a_line_of_a_channel_that_only_ami_knows_belongs_to_its_call() -> None:
    assert len(Desk("CHAN_START a in a").line("surrogate", "a").only.entries) == 1


def test_the_end_of_what_nothing_was_said_of_begins_no_group() -> None:
    assert Desk("HANGUP a in a", "CHAN_END a in a", "LINKEDID_END a in a").groups == {}


def test_each_word_takes_the_group_off_the_list_of_what_is_due() -> None:
    desk = Desk("CHAN_START a in a")
    desk.groups["a"] = Evidence("a", desk.only.records, alive=("a",), due=4)
    group = desk.record("ANSWER a in a", marks=7).only
    assert (group.due, group.heard) == (0, 7)
    assert desk.line("a", "a", marks=9).only.heard == 9


def test_what_is_final_stays_so_when_groups_become_one() -> None:
    desk = Desk("CHAN_START a in a", "CHAN_START b in b")
    desk.groups["b"] = Evidence("b", desk.groups["b"].records, alive=("b",), settled=("old",))
    assert desk.record("BRIDGE_ENTER b in a").only.settled == ("old",)


def test_one_group_may_be_forgotten() -> None:
    desk = Desk("CHAN_START a in a", "CHAN_START b in b")
    groups, linked = without(desk.groups, desk.linked, "a")
    assert (list(groups), linked) == (["b"], {"b": "b"})


def test_the_last_word_has_a_time() -> None:
    assert Desk("CHAN_START a in a", "ANSWER a in a").only.last_at == NOON + 2
    assert Evidence("a").last_at == 0


def test_the_name_of_a_group_that_nothing_in_it_has_goes_with_it() -> None:
    desk = Desk("CHAN_START a in a").line("q", "c").record("HANGUP b in q").record("STREAM_END b in a")
    assert (desk.only.linkedid, set(desk.linked)) == ("a", {"a", "b", "q"})
