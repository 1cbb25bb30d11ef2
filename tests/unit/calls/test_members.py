"""Members, settings and the PBX itself."""

from stories import NOON, story_events, told

from calls import events as e
from calls.members import HANDLERS
from calls.reducer import advance
from calls.settings import QueueSettings, Settings
from calls.state import AgentChanged, CallChanged, QueueChanged, State
from calls.transitions import TRANSITIONS


def test_an_event_is_of_a_call_or_of_these() -> None:
    assert not set(HANDLERS) & set(TRANSITIONS)


def test_a_queue_is_known_by_its_parameters_or_its_first_member() -> None:
    told_ = told("0 member Alice added sales")
    told_.feed(e.QueueParams(pos=told_.position(), at=NOON, queue="empty", service_level_s=20))
    told_.feed(e.QueueParams(pos=told_.position(), at=NOON, queue="empty", service_level_s=20))
    assert sorted(told_.state.queues) == ["empty", "sales"]
    assert sum(isinstance(c, QueueChanged) and c.queue.queue_id == "empty" for c in told_.changes) == 1


def test_removing_who_is_no_member_is_a_reject() -> None:
    (reject,) = told("0 member Alice removed").rejects
    assert "is not a member of queue support" in reject.reason


def test_a_member_listed_as_paused_is_so_since_it_paused() -> None:
    event = e.Member(
        pos=e.Position("ami", "a", 1, 1), at=NOON, queue="q", interface="PJSIP/1", name="A", status=1, paused=True,
        reason="Lunch", last_pause=NOON // 1000 - 600,
    )  # fmt: skip
    state, _ = advance(State(pbx="p"), event)
    assert state.agents["PJSIP/1"].presence.since == NOON - 600_000


def test_new_settings_are_published_for_everything_that_is_live() -> None:
    told_ = told("0 member Alice added")
    settings = Settings(queues={"support": QueueSettings(name="Support")})
    place = e.Position("settings", "a", 1, 0)
    _, changes = advance(told_.state, e.SettingsChanged(pos=place, at=NOON, settings=settings))
    assert {type(change) for change in changes} == {AgentChanged, QueueChanged}


def test_a_login_to_a_pbx_that_never_went_down_changes_nothing() -> None:
    told_ = told("0 boots, 1 member Alice added, 2 arrives, 3 joins support")
    before = told_.state.calls
    told_.feed(e.PbxBooted(pos=told_.position(), at=NOON + 60_500, uptime_s=60))
    assert told_.state.calls == before


def test_a_pbx_that_says_it_stops_ends_what_is_open() -> None:
    told_ = told("0 arrives, 1 joins support")
    told_.feed(e.PbxStopped(pos=told_.position(), at=NOON + 5000))
    assert (told_.call.outcome, told_.state.calls) == ("failed", {})


def test_calls_after_a_restart_are_not_cut_off_by_it() -> None:
    told_ = told("0 boots, 1 arrives")
    for event in story_events("9 boots, 10 two: arrives", told_.position):
        told_.feed(event)
    assert [call.outcome for call in told_.calls()] == ["failed", None]


def test_a_restart_cuts_off_even_a_call_that_began_seconds_before() -> None:
    """The PBX came up at second 61 and was last heard before: nothing that was open can have survived."""
    told_ = told("0 boots, 59.5 arrives, 60 joins support")
    told_.hears(63, e.PbxBooted, uptime_s=2)
    (call,) = told_.calls()
    assert (call.outcome, call.ended_at, told_.state.calls) == ("failed", NOON + 61_000, {})


def test_what_a_restart_cut_off_ended_when_the_pbx_came_up() -> None:
    told_ = told("0 boots, 1 arrives")
    told_.hears(63, e.PbxBooted, uptime_s=10)
    last = [change for change in told_.changes if isinstance(change, CallChanged)][-1]
    assert (last.call.ended_at, last.event.at) == (NOON + 53_000, NOON + 53_000)


def test_a_call_that_began_after_the_pbx_came_up_is_not_cut_off_by_a_late_word_about_it() -> None:
    told_ = told("0 boots, 1 arrives, 59 two: arrives, 62 two: joins support")
    told_.hears(63, e.PbxBooted, uptime_s=10)
    assert [call.outcome for call in told_.calls()] == ["failed", None]


def test_a_login_a_second_later_is_no_restart() -> None:
    told_ = told("0 boots, 1 arrives")
    told_.hears(61, e.PbxBooted, uptime_s=60)
    assert told_.state.calls
