"""Several ingesters of one PBX: whose events count, who waits for whom, and what becomes of it when one is no more."""

from ingesters import Pbx, two
from stories import NOON, interface

from calls import events as e
from calls.listeners import MOST_HELD, PATIENCE_MS, UNNUMBERED
from calls.state import Gap, Resync, Stage


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


def test_what_is_held_when_the_other_one_dies_counts_as_soon_as_that_is_known() -> None:
    """The PBX was quiet since the login of the second: nothing showed that it had joined, though it missed nothing."""
    pbx = two()
    pbx.loses("b", NOON + 100)
    pbx.logs_in("b", NOON + 2000)
    pbx.lists_nothing("b", NOON + 2000)
    pbx.says(2, "b", at=NOON + 9100)
    assert (pbx.begun, pbx.stage("b")) == (["c1"], Stage.WAITING)
    pbx.loses("a", NOON + 9000)
    assert (pbx.begun, pbx.stage("b"), pbx.gaps) == (["c1", "c2"], Stage.JOINED, [])


def test_who_takes_over_does_not_tell_again_what_the_lost_one_told() -> None:
    """By their clocks it is not sure that one was logged in before the other was lost: there may be a gap, or none."""
    pbx = two()
    pbx.loses("b", NOON + 100)
    pbx.logs_in("b", NOON + 3000)
    pbx.says_of_bridge((3, 2), "a", at=NOON + 3500)
    pbx.loses("a", NOON + 4000)
    assert pbx.gaps == [Gap("ami", "the cable", NOON + 4000, NOON + 4000)]
    told = pbx.counted
    pbx.says_of_bridge((3, 2), "b", at=NOON + 3500)
    assert pbx.counted == told
    pbx.says_of_bridge((4, 5), "b", at=NOON + 4500)
    assert pbx.counted == told + 2


def test_who_logs_in_alone_does_not_tell_again_what_the_lost_one_told() -> None:
    """In the order of Kafka the login comes after the loss, though it was before."""
    pbx = Pbx("a")
    pbx.says(1, "a")
    pbx.says_of_bridge((3, 2), "a", at=NOON + 50)
    pbx.loses("a", NOON + 100)
    pbx.logs_in("b", NOON + 20)
    told = pbx.counted
    pbx.says_of_bridge((3, 2), "b", at=NOON + 50)
    assert pbx.counted == told
    pbx.says_of_bridge((4, 5), "b", at=NOON + 150)
    assert pbx.counted == told + 2


def test_after_a_boot_nothing_that_was_told_can_come_again_whatever_the_clock_says() -> None:
    pbx = Pbx("a")
    pbx.says(5, "a", at=NOON + 60_000)
    pbx.loses("a", NOON + 61_000)
    pbx.logs_in("b", NOON + 70_000, uptime_s=5)
    pbx.says(2, "b", at=NOON + 50_000)
    assert pbx.begun == ["c5", "c2"]


def test_one_that_joins_behind_the_others_is_not_taken_to_be_as_far() -> None:
    """It was seen among what was told, but has not come to the last of that."""
    pbx = Pbx("a", "b")
    pbx.says(1, "b")
    pbx.says(2, "a")
    assert (pbx.stage("b"), pbx.state.told.ahead) == (Stage.JOINED, ("a",))
    counted = pbx.counted
    pbx.says(2, "b")
    assert (pbx.counted, pbx.state.told.ahead) == (counted, ("a", "b"))


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
