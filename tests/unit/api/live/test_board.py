"""api/live/board.py: the newest value stays, and changes are told once."""

import random
from typing import Any

import msgspec
from api_parts import NOON, agent, busy, changed_call, contact, queue
from msgspec import UNSET
from msgspec.structs import replace

from api.contacts.callers import Calling, Known
from api.live.board import CALL_VERSIONS, Board, agent_key, queue_key
from api.live.rooms import ALL, EVERYTHING
from calls.live import AgentLive
from calls.presence import Presence, PresenceState

DAY = NOON - 12 * 3_600_000
RINGS = ("presence:update", "call:incoming")
ANA = Calling("default", "pbx:1", "+493012345")


def told(board: Board, tenant: str = "default") -> list[tuple[str, int | None]]:
    """What is to be told everybody of a tenant: event and version, in order."""
    return [(each.event, each.version) for each in board.take(NOON, DAY).get(tenant, []) if ALL in each.rooms]


def test_a_changed_agent_tells_of_itself_and_of_its_queues() -> None:
    board = Board()
    board.put_queue(queue())
    board.put_agent(agent())
    assert told(board) == [("presence:update", 1), ("queue:update", 1)]
    assert not board.changed and told(board) == []


def test_the_newest_stays_whatever_the_order() -> None:
    versions = list(range(1, 30)) * 2
    random.Random(1).shuffle(versions)
    board = Board()
    for version in versions:
        board.put_agent(agent(version=version))
        board.put_queue(queue(version=version))
        board.put_call(changed_call(version))
    assert sorted(told(board)) == [
        ("call:ended", 29), ("call:state:changed", 29), ("presence:update", 29), ("queue:update", 29),
    ]  # fmt: skip


def test_a_burst_is_told_once() -> None:
    board = Board()
    for version in range(1, 100):
        board.put_queue(queue(version=version))
    assert told(board) == [("queue:update", 99)]


def test_an_old_word_changes_nothing() -> None:
    board = Board()
    board.put_agent(busy(version=2))
    board.put_call(changed_call(5))
    board.take(NOON, DAY)
    board.put_agent(agent(version=1))
    board.put_call(changed_call(4))
    board.put_call(changed_call(5))
    assert not board.changed


def test_a_queue_that_an_agent_left_is_told_too() -> None:
    board = Board()
    board.put_queue(queue("support"))
    board.put_queue(queue("sales"))
    board.put_agent(agent(queues=["support"]))
    board.take(NOON, DAY)
    board.put_agent(agent(version=2, queues=["sales"]))
    assert [event for event, _ in told(board)] == ["presence:update", "queue:update", "queue:update"]


def test_tenants_are_told_of_their_own_only() -> None:
    board = Board()
    board.put_agent(agent())
    board.put_queue(queue("theirs", tenant="other"))
    board.put_call(changed_call(tenant="other"))
    by_tenant = board.take(NOON, DAY)
    assert [each.event for each in by_tenant["default"]] == ["presence:update", "agent:status:updated"]
    assert [each.event for each in by_tenant["other"]] == ["queue:update", "call:state:changed", "call:ended"]
    queues, agents = board.shown("other", EVERYTHING, NOON, DAY)
    assert ([each.queue_id for each in queues], agents) == (["theirs"], [])


def test_a_part_is_shown_by_its_rooms() -> None:
    board = Board()
    board.replace([agent(), agent("Bob", queues=["sales"])], [queue(), queue("sales"), queue("theirs", tenant="other")])

    def shown(*rooms: str) -> tuple[list[str], list[str]]:
        queues, agents = board.shown("default", frozenset(rooms), NOON, DAY)
        return [each.queue_id for each in queues], [each.name for each in agents]

    assert shown("all") == (["sales", "support"], ["Alice", "Bob"])
    assert shown("queue:pbx:sales") == (["sales"], [])
    assert shown("queue:pbx:sales", "members:pbx:sales") == (["sales"], ["Bob"])
    assert shown("agent:pbx:PJSIP/Alice") == ([], ["Alice"])
    assert shown("queue:pbx:theirs", "members:pbx:theirs", "agent:pbx:nobody", "queue:other:support") == ([], [])


def test_the_members_of_a_queue_are_its_agents_of_now() -> None:
    board = Board()
    board.replace([agent()], [queue()])
    board.put_agent(busy("Bob"))
    board.put_agent(agent(version=2, queues=[]))
    ((shown,), _) = board.shown("default", EVERYTHING, NOON, DAY)
    assert shown.states == {"on_call": 1}


def test_an_end_is_told_once() -> None:
    board = Board()
    board.put_call(changed_call(1))
    assert told(board) == [("call:state:changed", 1), ("call:ended", 1)]
    board.put_call(changed_call(2))
    assert told(board) == [("call:state:changed", 2)]


def test_a_snapshot_replaces_what_was_there() -> None:
    board = Board()
    board.put_agent(agent("Gone", version=99))
    board.put_call(changed_call(99))
    board.take(NOON, DAY)
    board.replace([agent(version=3)], [queue(version=3)])
    assert told(board) == [("presence:update", 3), ("queue:update", 3)]
    assert list(board.agents) == ["pbx:PJSIP/Alice"]
    # Its PBX may have begun to count anew.
    board.put_call(changed_call(1))
    assert told(board) == [("call:state:changed", 1)]


def test_who_is_gone_is_gone() -> None:
    board = Board()
    board.put_queue(queue())
    board.put_agent(agent())
    board.take(NOON, DAY)
    board.drop_agent(agent_key(agent()))
    assert told(board) == [("queue:update", 1)]
    board.drop_queue(queue_key(queue()))
    board.drop_agent("pbx:nobody")
    assert (told(board), board.queues, board.agents) == ([], {}, {})


def test_what_time_alone_ended_is_known() -> None:
    wrap_up = Presence(PresenceState.WRAP_UP, NOON, until=NOON + 5_000, then=PresenceState.AVAILABLE)
    board = Board()
    board.put_agent(agent(presence=wrap_up))
    board.put_agent(agent("Bob"))
    assert board.turned(NOON, NOON + 4_999) == []
    assert board.turned(NOON + 4_999, NOON + 5_000) == ["pbx:PJSIP/Alice"]
    assert board.turned(NOON + 5_000, NOON + 9_999) == []


def test_the_pbxs_of_a_tenant() -> None:
    board = Board()
    board.replace([agent(pbx="a")], [queue(pbx="b"), queue(pbx="c", tenant="other")])
    assert (board.pbxs_of("default"), board.pbxs_of("other")) == ({"a", "b"}, {"c"})


def test_ended_calls_do_not_fill_the_memory() -> None:
    board = Board()
    board._call_versions.update({str(number): 1 for number in range(CALL_VERSIONS)})
    board.put_call(changed_call())
    assert len(board._call_versions) == CALL_VERSIONS
    assert "0" not in board._call_versions


class FakeBook:
    """Callers as told; UNSET until then."""

    def __init__(self) -> None:
        self.known: Known = UNSET

    def of(self, calling: Calling) -> Known:
        return self.known


def ringing(version: int = 2) -> AgentLive:
    """An agent at whom Ana's call rings."""
    return replace(busy(version=version), presence=Presence(PresenceState.RINGING, NOON, call_id="1"))


def events(board: Board) -> list[tuple[str, Any]]:
    """What is to be told of agents: the event and its data."""
    every = board.take(NOON, DAY).get("default", [])
    return [(each.event, msgspec.json.decode(each.data)) for each in every if each.event in RINGS]


def test_a_ring_waits_until_it_is_known_who_calls() -> None:
    book = FakeBook()
    board = Board(book)
    board.put_agent(ringing())
    assert [event for event, _ in events(board)] == ["presence:update"]
    book.known = contact()
    board.met({ANA: contact()})
    assert board.changed
    (_, presence), (_, incoming) = events(board)
    assert presence["currentCall"]["contactName"] == "Ana Lind"
    assert (incoming["contactId"], incoming["contactName"]) == ("7", "Ana Lind")
    assert incoming["contact"]["company"] == "Lind AG"
    assert not board.changed


def test_a_caller_who_is_no_contact_rings_once_and_changes_nothing_else() -> None:
    book = FakeBook()
    board = Board(book)
    board.put_agent(ringing())
    board.take(NOON, DAY)
    book.known = None
    board.met({ANA: None, ANA._replace(tenant="other"): contact()})
    ((event, incoming),) = events(board)
    assert (event, incoming["contactName"], "contact" in incoming) == ("call:incoming", "Ana", False)
    board.met({ANA: None})
    assert events(board) == []


def test_a_ring_that_is_over_before_is_not_told() -> None:
    book = FakeBook()
    board = Board(book)
    board.put_agent(ringing())
    board.take(NOON, DAY)
    board.put_agent(agent(version=3))
    book.known = contact()
    board.met({ANA: contact()})
    assert [event for event, _ in events(board)] == ["presence:update"]


def test_what_is_shown_has_the_contacts_name() -> None:
    book = FakeBook()
    board = Board(book)
    board.put_agent(ringing())
    book.known = contact()
    _, (alice,) = board.shown("default", EVERYTHING, NOON, DAY)
    assert alice.current_call is not None and alice.current_call.contact_name == "Ana Lind"
