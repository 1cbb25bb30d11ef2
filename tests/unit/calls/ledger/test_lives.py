"""Channels' lives by CEL: where they were, with whom, and which calls they were part of."""

from told_lines import AGENT, CALLER, cel, in_bridge, ms, usual_files

from calls.ledger.lives import FOREVER, Stay, length, lives


def test_a_life_has_its_beginning_its_end_and_its_stays() -> None:
    told = lives(usual_files().cel or ())
    caller = told.channels[CALLER]
    assert (caller.start, caller.end, caller.cause) == (ms(0), ms(65.2), 16)
    assert caller.stays == [Stay("b1", ms(5.2), ms(65.2))]
    assert [life.phone for life in told.calls[CALLER]] == ["trunk", "1001"]
    assert told.together(told.channels[AGENT]) == [(ms(5.2), ms(65.2))]


def test_time_together_is_counted_once_however_many_are_there() -> None:
    others = [*in_bridge(2, 6, "x2"), *in_bridge(4, 8, "x3"), *in_bridge(9, 10, "x3"), *in_bridge(0, 9, "x4", "b2")]
    told = lives([*in_bridge(0, 10, CALLER), *others])
    spans = told.together(told.channels[CALLER])
    assert spans == [(ms(2), ms(8)), (ms(9), ms(10))]
    assert length(spans) == 7000
    assert told.together(told.channels[CALLER], ms(3), ms(5)) == [(ms(3), ms(5))]


def test_a_moment_too_short_for_milliseconds_is_together_all_the_same() -> None:
    told = lives([*in_bridge(0, 10, CALLER), *in_bridge(5, 5, AGENT)])
    assert told.together(told.channels[AGENT]) == [(ms(5), ms(5))]
    met = lives([*in_bridge(0, 5, CALLER), *in_bridge(5, 9, AGENT)])
    assert met.together(met.channels[AGENT]) == []


def test_nobody_talks_to_an_announcement_or_in_a_parking_lot() -> None:
    announcer = cel(0, "BRIDGE_ENTER", "x9", name="CBAnn/3000-1;2", bridge_id="b1", bridge_technology="softmix")
    parked = cel(0, "BRIDGE_ENTER", AGENT, bridge_id="b1", bridge_technology="holding_bridge")
    told = lives([*in_bridge(0, 10, CALLER), announcer, parked, cel(3, "PARK_START", AGENT)])
    assert told.together(told.channels[CALLER]) == []
    assert set(told.channels) == {CALLER, AGENT}
    assert told.channels[AGENT].parked == [ms(3)]


def test_a_channel_that_changed_calls_was_part_of_both() -> None:
    told = lives([cel(0, "CHAN_START", AGENT, "lab1-9"), cel(5, "HANGUP", AGENT, CALLER)])
    assert told.calls == {CALLER: [told.channels[AGENT]]}
    assert told.parts == {"lab1-9": [told.channels[AGENT]], CALLER: [told.channels[AGENT]]}


def test_a_stay_without_an_end_lasts() -> None:
    told = lives(in_bridge(1, 2, CALLER)[:1])
    assert told.channels[CALLER].stays == [Stay("b1", ms(1), FOREVER)]
