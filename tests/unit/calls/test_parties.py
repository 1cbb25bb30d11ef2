"""Who talks to whom: bridges, and pipes between them."""

from phone_calls import ALICE, BOB, CARL, FAR, NEAR, bridged, call_of

from calls.call import Call, Party
from calls.events import Channel
from calls.parties import conversation, new_party, party_of, phone_behind, talking, talking_to

# Both ends of a pipe that begins where the other ends.
SECOND = [Channel(f"second{end}", "carl", f"Local/9@agents-00000006;{end}") for end in (1, 2)]


def names(parties: list[Party]) -> list[str]:
    """Whose channels they are."""
    return [party.uniqueid for party in parties]


def piped() -> Call:
    """Carl is in a bridge with the near end of a pipe, Bob in another with the far one."""
    call = call_of(CARL, NEAR, FAR, BOB)
    return bridged(bridged(call, 1000, "x", CARL, NEAR), 1000, "y", FAR, BOB)


def piped_twice() -> Call:
    """Carl is in a bridge with one pipe, which leads to another, which leads to Bob."""
    call = bridged(call_of(CARL, NEAR, FAR, *SECOND, BOB), 1000, "x", CARL, NEAR)
    return bridged(bridged(call, 1000, "y", FAR, SECOND[0]), 1000, "z", SECOND[1], BOB)


def test_both_ends_of_a_pipe_name_the_same_pipe_and_a_phone_names_none() -> None:
    assert [new_party(it).pipe for it in (NEAR, FAR)] == ["Local/1002@agents-00000005"] * 2
    assert [new_party(it).pipe for it in (BOB, Channel("u", "l", "PJSIP/odd;1-00000001"))] == ["", ""]
    assert (new_party(BOB).interface, new_party(BOB).number) == ("PJSIP/1002", "1002")


def test_a_party_is_found_by_its_channel() -> None:
    call = call_of(CARL, ALICE)
    assert party_of(call, "alice") is call.parties[1]
    assert party_of(call, "bob") is None


def test_those_in_one_bridge_talk_and_no_bridge_is_none() -> None:
    call = bridged(call_of(CARL, ALICE, BOB), 1000, "x", CARL, ALICE)
    assert (names(talking(call, "x")), names(talking(call, "y")), talking(call, "")) == (["carl", "alice"], [], [])
    assert names(talking_to(call, "carl")) == ["alice"]
    assert (talking_to(call, "bob"), talking_to(call, "nobody")) == ([], [])


def test_a_pipe_joins_two_bridges_and_is_nobody() -> None:
    call = piped()
    assert names(talking(call, "x")) == names(talking(call, "y")) == ["carl", "bob"]
    assert names(talking_to(call, "bob")) == ["carl"]


def test_one_pipe_may_lead_into_another() -> None:
    call = piped_twice()
    assert names(talking(call, "x")) == ["carl", "bob"]
    assert conversation(call)


def test_a_pipe_that_ends_nowhere_leads_nowhere() -> None:
    call = bridged(call_of(CARL, NEAR, FAR, BOB), 1000, "x", CARL, NEAR)
    assert names(talking(call, "x")) == ["carl"]


def test_a_conversation_takes_two_people() -> None:
    call = call_of(CARL, ALICE)
    assert not conversation(call)
    assert not conversation(bridged(call, 1000, "x", CARL))
    assert not conversation(bridged(bridged(call, 1000, "x", CARL), 1000, "y", ALICE))
    assert conversation(bridged(call, 1000, "x", CARL, ALICE))


def test_to_be_in_a_bridge_with_a_pipe_alone_is_no_conversation() -> None:
    call = bridged(call_of(CARL, NEAR, FAR), 1000, "x", CARL, NEAR)
    assert not conversation(call)
    assert conversation(piped())


def test_the_phone_behind_a_pipe() -> None:
    call = piped()
    assert [it and it.uniqueid for it in (phone_behind(call, "near"), phone_behind(call, "far"))] == ["bob", "carl"]
    assert (phone_behind(call, "bob"), phone_behind(call, "nobody")) == (None, None)


def test_of_several_or_no_phones_behind_a_pipe_none_is_meant() -> None:
    crowd = bridged(bridged(call_of(CARL, NEAR, FAR, BOB, ALICE), 1000, "x", CARL, NEAR), 1000, "y", FAR, BOB, ALICE)
    assert phone_behind(crowd, "near") is None
    assert phone_behind(call_of(CARL, NEAR, FAR), "near") is None


def test_the_phone_behind_a_pipe_in_a_pipe() -> None:
    call = piped_twice()
    behind = {end.uniqueid: phone_behind(call, end.uniqueid) for end in (NEAR, FAR, *SECOND)}
    assert {end: it and it.uniqueid for end, it in behind.items()} == {
        "near": "bob", "far": "carl", "second1": "bob", "second2": "carl"
    }  # fmt: skip


def test_behind_pipes_that_lead_back_to_where_they_began_is_nobody() -> None:
    call = bridged(call_of(NEAR, FAR, *SECOND), 1000, "x", NEAR, SECOND[1])
    call = bridged(call, 1000, "y", FAR, SECOND[0])
    assert [phone_behind(call, end.uniqueid) for end in (NEAR, FAR, *SECOND)] == [None] * 4


def test_a_pipe_with_both_ends_in_one_bridge_leads_to_whoever_is_there() -> None:
    call = bridged(call_of(CARL, NEAR, FAR), 1000, "x", NEAR, FAR)
    assert phone_behind(call, "near") is None
    behind = phone_behind(bridged(call, 2000, "x", CARL), "near")
    assert behind is not None and behind.uniqueid == "carl"
