"""Agents who become known while they are in calls."""

from msgspec.structs import replace
from stories import NOON, Told, told

from calls import events as e
from calls.settings import AgentSettings, Settings

ALICE = e.Channel("one", "one", "PJSIP/alice-1", "1001", exten="1002")
BOB = e.Channel("bob", "one", "PJSIP/bob-1", "1002")
TRUNK = e.Channel("trunk", "one", "PJSIP/trunk-1")


def dialled(far: e.Channel, *, conference: bool = False) -> Told:
    """Alice dials somebody at 1, is in the bridge at 3 and meets them there at 4; nobody is known to be an agent."""
    story = Told()
    story.hears(1, e.Newchannel, channel=ALICE)
    story.hears(2, e.Newchannel, channel=far)
    story.hears(3, e.BridgeEnter, channel=ALICE, bridge="x", conference=conference)
    story.hears(4, e.BridgeEnter, channel=far, bridge="x", conference=conference)
    return story


def legs(story: Told, linkedid: str = "one") -> list[tuple[str, int]]:
    """Whose legs the call has, and since which ms of the story."""
    call = next(call for call in story.calls() if call.linkedid == linkedid)
    return [(leg.agent, leg.answered_at - NOON) for leg in call.legs]


def test_an_agent_who_becomes_known_in_a_conversation_has_a_leg_since_it_began() -> None:
    story = dialled(TRUNK)
    assert (story.call.direction, legs(story)) == ("inbound", [])
    story.goes_on("7 member Alice added")
    assert (story.call.direction, legs(story)) == ("outbound", [("Alice", 4000)])
    assert story.presences("Alice")[-1] == "on_call"
    assert story.rejects == []


def test_agents_at_both_ends_make_the_call_internal_whoever_becomes_known_first() -> None:
    for first, second in (("Alice", "Bob"), ("Bob", "Alice")):
        story = dialled(BOB)
        story.goes_on(f"7 member {first} added, 8 member {second} added")
        assert (story.call.direction, sorted(legs(story))) == ("internal", [("Alice", 4000), ("Bob", 4000)])


def test_an_agent_who_becomes_known_while_alone_has_no_leg() -> None:
    story = Told()
    story.hears(1, e.Newchannel, channel=ALICE)
    story.hears(3, e.BridgeEnter, channel=ALICE, bridge="x")
    story.goes_on("7 member Alice added")
    assert (story.call.direction, legs(story)) == ("outbound", [])


def test_in_a_conference_those_of_other_calls_are_somebody_too() -> None:
    story = dialled(e.Channel("zoe", "zoe", "PJSIP/trunk-2"), conference=True)
    story.goes_on("7 member Alice added")
    assert (legs(story), legs(story, "zoe")) == ([("Alice", 4000)], [])


def test_a_member_who_is_a_pipe_has_no_leg_of_the_pipe() -> None:
    story = dialled(e.Channel("near", "one", "Local/1003@agents-1;1"))
    story.hears(5, e.BridgeEnter, channel=TRUNK, bridge="x")
    story.hears(7, e.Member, queue="q", interface="Local/1003@agents", name="Carol", status=1, paused=False)
    assert legs(story) == []


def test_a_direction_that_the_dialplan_told_stays() -> None:
    story = Told()
    story.hears(1, e.Newchannel, channel=replace(ALICE, direction="inbound"))
    story.goes_on("7 member Alice added")
    assert story.call.direction == "inbound"


def test_an_agent_who_was_known_is_no_newcomer_to_another_queue() -> None:
    story = told("0 member Alice added")
    changes = len(story.changes)
    story.goes_on("1 arrives, 2 member Alice added sales")
    assert legs(story) == [] and len(story.changes) > changes


def test_agents_who_are_named_in_settings_become_known_by_them() -> None:
    story = dialled(TRUNK)
    settings = Settings(agents={"PJSIP/alice": AgentSettings(name="Alice")})
    story.feed(e.SettingsChanged(pos=e.Position("settings", "a", 1, 0), at=NOON + 7000, settings=settings))
    assert (story.call.direction, legs(story)) == ("outbound", [("Alice", 4000)])
