"""queue_log's lines among CEL's records: each stands where the same thing happened, and has its time."""

import pytest
from msgspec.structs import replace
from stories import NOON
from written import ALICE, MUSIC, Filed, Page

from calls.evidence import Evidence
from calls.file_events import ChannelLogged, QueueLogged
from calls.queue_account import SLACK_MS, QueueLines

NAMES = {ALICE: "Alice"}


class Files:
    """Records and lines, in whose order they are told."""

    def __init__(self) -> None:
        self._place = Filed().place
        self.records: list[ChannelLogged] = []
        self.lines: list[QueueLogged] = []

    def page(self, second: float) -> Page:
        return Page("one", NOON + round(second * 1000), self._place)

    def record(self, second: float, kind: str, agent: str = "", app: str = "Queue", name: str = "") -> "Files":
        page = self.page(second)
        self.records.append(page.cel(kind, page.phone(agent) if agent else page.caller, app, name))
        return self

    def line(self, second: float, verb: str, agent: str = "NONE", **values: str) -> "Files":
        self.lines.append(self.page(second).line(verb, "support", agent, **values))
        return self

    def waits(self) -> "Files":
        """A caller who has entered the queue."""
        self.record(0, "CHAN_START").record(1.2, "STREAM_BEGIN", name=MUSIC)
        return self.line(1, "ENTERQUEUE", position="1")

    def told(self, names: dict[str, str] = NAMES) -> list[tuple[int, str, int]]:
        """Before which record each event stands, what it is, and its time in the story, ms."""
        lines = QueueLines(Evidence("one", tuple(self.records), tuple(self.lines)), names)
        return [
            (index, type(event).__name__, event.at - NOON)
            for index in range(len(self.records) + 1)
            for event in lines.before(index)
        ]


def test_a_caller_enters_where_the_music_begins() -> None:
    assert Files().waits().told() == [(1, "QueueCallerJoin", 1200)]


def test_without_music_a_caller_enters_where_the_first_phone_is_called() -> None:
    files = Files().record(0, "CHAN_START").record(1.3, "CHAN_START", "Alice", "AppQueue")
    assert files.line(1, "ENTERQUEUE", position="1").told() == [(1, "QueueCallerJoin", 1300)]


def test_a_line_that_no_record_shows_stands_by_its_whole_second() -> None:
    files = Files().record(0, "CHAN_START").record(9, "HANGUP").line(4, "ENTERQUEUE", position="1")
    assert files.told() == [(1, "QueueCallerJoin", 4000)]


def test_behind_the_last_record_there_may_be_lines() -> None:
    assert Files().waits().line(40, "EXITWITHKEY").told()[1:] == [(2, "QueueCallerLeave", 40_000)]


@pytest.mark.parametrize(("late_ms", "found"), [(999 + SLACK_MS, True), (1000 + SLACK_MS, False)])
def test_a_record_that_is_too_far_away_is_another_thing(late_ms: int, found: bool) -> None:
    files = Files().record(0, "CHAN_START").record(1 + late_ms / 1000, "STREAM_BEGIN", name=MUSIC)
    (_, _, at) = files.line(1, "ENTERQUEUE", position="1").told()[0]
    assert (at == 1000 + late_ms) is found


def test_a_missed_ring_ends_where_the_phone_is_gone() -> None:
    files = Files().waits().record(2, "CHAN_START", "Alice", "AppQueue").record(7.1, "HANGUP", "Alice", "AppQueue")
    assert files.line(7, "RINGNOANSWER", "Alice", ring_ms="5000").told()[1:] == [(3, "AgentRingNoAnswer", 7100)]


def test_two_rings_that_end_at_once_are_two_records() -> None:
    files = Files().waits()
    for agent in ("Alice", "Bob"):
        files.record(2, "CHAN_START", agent, "AppQueue")
    for agent in ("Bob", "Alice"):
        files.record(7.1, "HANGUP", agent, "AppQueue").line(7, "RINGNOANSWER", agent, ring_ms="5000")
    assert [place for place, what, _ in files.told() if what == "AgentRingNoAnswer"] == [4, 5]


def connected() -> Files:
    """A caller whom Alice talks to."""
    files = Files().waits().record(2, "CHAN_START", "Alice", "AppQueue")
    files.record(4.4, "BRIDGE_ENTER", "Alice", "AppQueue").record(4.5, "BRIDGE_ENTER")
    return files.line(4, "CONNECT", "Alice", wait_s="3", agent_uniqueid="one-Alice", ring_s="2")


def test_an_agent_is_connected_where_the_first_of_both_enters_the_bridge() -> None:
    assert connected().told()[1:] == [(3, "AgentConnect", 4400)]


@pytest.mark.parametrize("verb", ["COMPLETECALLER", "COMPLETEAGENT"])
def test_a_conversation_is_complete_before_the_first_is_gone(verb: str) -> None:
    files = connected().record(64.2, "HANGUP", "Alice", "AppQueue").record(64.3, "HANGUP")
    assert files.line(64, verb, "Alice").told()[2:] == [(5, "AgentComplete", 64_200)]


def test_a_transfer_stands_behind_its_record() -> None:
    files = connected().record(20.3, "BLINDTRANSFER", "Alice").record(20.4, "HANGUP", "Alice", "AppQueue")
    assert files.line(20, "BLINDTRANSFER", "Alice", extension="7").told()[2:] == [(6, "AgentComplete", 20_400)]


def test_the_end_of_a_conversation_that_never_began_says_nothing() -> None:
    assert Files().waits().line(20, "COMPLETEAGENT", "Alice").told()[1:] == []


@pytest.mark.parametrize("verb", ["ABANDON", "EXITWITHTIMEOUT", "EXITEMPTY", "WITHDRAW"])
def test_a_wait_ends_where_its_music_does(verb: str) -> None:
    files = Files().waits().record(9.1, "STREAM_END", name="MOH_STREAM_END").line(9, verb)
    three = ("QueueCallerAbandon", "QueueCallerLeave", "QueueStatusSet")
    assert files.told()[1:] == [(2, what, 9100) for what in three]


def test_a_key_ends_a_wait_without_the_word_for_it() -> None:
    files = Files().waits().record(9.1, "STREAM_END", name="MOH_STREAM_END").line(9, "EXITWITHKEY")
    assert files.told()[1:] == [(2, "QueueCallerLeave", 9100)]


def test_lines_of_one_caller_keep_their_order() -> None:
    files = Files().waits().record(1.4, "STREAM_END", name="MOH_STREAM_END").line(1, "EXITWITHKEY")
    assert [what for _, what, _ in files.told()] == ["QueueCallerJoin", "QueueCallerLeave"]


def test_a_new_channel_of_a_queue_is_for_the_one_who_waits() -> None:
    files = Files().waits()
    lines = QueueLines(Evidence("one", tuple(files.records), tuple(files.lines)), NAMES)
    alice = files.page(2).phone("Alice")
    assert lines.waiting(alice) is None
    assert list(lines.before(1)) and lines.waiting(alice) == ("one", "support")


def test_lines_name_agents_whom_nobody_knew() -> None:
    files = connected()
    lines = QueueLines(Evidence("one", tuple(files.records), tuple(files.lines)), {})
    assert lines.learned == {ALICE: "Alice"}


def test_a_local_members_interface_is_told_by_the_lines() -> None:
    files = Files().waits().line(7, "RINGNOANSWER", "Local/1004@agents/n", ring_ms="5000")
    names = {"Local/1004@agents/n": "Local/1004@agents/n"}
    lines = QueueLines(Evidence("one", tuple(files.records), tuple(files.lines)), names)
    channel = files.page(2).phone("Alice")
    assert lines.interface_of(channel) == ALICE
    assert lines.interface_of(replace(channel, name="Local/1004@agents-0001;1")) == "Local/1004@agents/n"


def test_who_of_two_that_hang_up_at_once_asked_is_the_queues_word() -> None:
    files = connected().record(64.2, "HANGUP", "Alice", "AppQueue").line(64, "COMPLETECALLER", "Alice")
    lines = QueueLines(Evidence("one", tuple(files.records), tuple(files.lines)), NAMES)
    list(map(list, map(lines.before, range(6))))
    assert lines.asked("one-Alice", NOON + 64_300) == "one"
    assert lines.asked("one-Alice", NOON + 70_000) == "one-Alice"
