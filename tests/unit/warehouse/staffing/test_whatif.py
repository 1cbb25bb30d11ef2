"""warehouse/staffing/whatif.py: what each change does, told by small days."""

from made_days import caller, day

from calls.call import StintOutcome
from warehouse.staffing.day import Day
from warehouse.staffing.whatif import Change, play

ABANDONED = StintOutcome.ABANDONED
# Ana is with the first caller until 100; the second waits for her, the third gives up.
BUSY = day(
    caller("one", 0, 5, agent="ana", busy=95),
    caller("two", 10, 105, agent="ana", busy=60),
    caller("three", 20, 50, ABANDONED),
    delivery=5,
)


def told(recorded: Day, change: Change) -> dict[str, tuple[int | None, str | None]]:
    """When each left, seconds, and with whom."""
    ended = play(recorded, change).callers
    return {it.key: (None if it.left_at is None else it.left_at // 1000, it.agent) for it in ended}


def test_nothing_changed_is_the_record() -> None:
    assert play(BUSY).callers == BUSY.callers
    assert play(BUSY).there == BUSY.there


def test_an_agent_more_takes_who_would_have_waited_and_who_gave_up() -> None:
    more = told(BUSY, Change(added=((0, 60_000),)))
    # The record is as quick for the first; the second is delivered within five seconds, and then nobody is left.
    assert more == {"one": (5, "ana"), "two": (15, "added 1"), "three": (50, None)}
    two_more = told(BUSY, Change(added=((0, 60_000), (0, 60_000))))
    assert two_more["three"] == (25, "added 2")


def test_who_is_added_for_a_while_is_not_there_before_and_after() -> None:
    assert told(BUSY, Change(added=((30_000, 31_000),)))["two"] == (35, "added 1")
    assert told(BUSY, Change(added=((300_000, 301_000),))) == told(BUSY, Change())


def test_a_shorter_call_frees_its_agent_for_who_waits() -> None:
    assert told(BUSY, Change(handle=0.2))["two"] == (29, "ana")


def test_a_longer_call_makes_the_next_wait_for_its_agent() -> None:
    # 5 + 114 s, and the delivery.
    assert told(BUSY, Change(handle=1.2))["two"] == (124, "ana")


def test_without_their_agent_callers_take_who_is_there_or_wait_for_ever() -> None:
    alone = told(BUSY, Change(removed=frozenset({"ana"})))
    assert {agent for _, agent in alone.values()} == {None}
    both = day(*BUSY.callers, caller("four", 0, 1, agent="bob", busy=30), delivery=5)
    assert told(both, Change(removed=frozenset({"ana"})))["one"] == (36, "bob")


def test_more_patience_waits_for_the_agent_and_less_gives_up_sooner() -> None:
    assert told(BUSY, Change(patience=0.5))["three"] == (35, None)
    assert told(BUSY, Change(patience=10))["three"] == (170, "ana")


def test_fewer_calls_leave_their_agents_free_and_more_come_beside_them() -> None:
    many = day(*(caller(f"c{n}", n * 60, n * 60 + 1, agent="ana", busy=30) for n in range(100)))
    fewer, more = (play(many, Change(calls=factor)).callers for factor in (0.9, 1.5))
    assert 80 <= len(fewer) <= 97
    assert 135 <= len(more) <= 165
    assert play(many, Change(calls=1.5, seed=2)).callers != more
    assert {it.outcome for it in fewer} == {StintOutcome.ANSWERED}


def test_who_leaves_by_a_key_does_so_unless_taken_before() -> None:
    left = day(caller("one", 0, 60, StintOutcome.EXIT_KEY), caller("two", 100, 130, StintOutcome.JOIN_EMPTY))
    assert told(left, Change(handle=0.5)) == {"one": (60, None), "two": (130, None)}
    assert told(left, Change(added=((10_000, 200_000),))) == {"one": (10, "added 1"), "two": (130, None)}


def answered(recorded: Day, change: Change) -> int:
    return sum(it.outcome is StintOutcome.ANSWERED for it in play(recorded, change).callers)


def test_in_a_queue_that_is_too_much_for_one_an_agent_more_answers_more() -> None:
    """One agent takes each second caller, the others give up after a minute."""
    gave_up = [caller(f"b{n}", n * 60 + 1, n * 60 + 61, ABANDONED) for n in range(50)]
    full = day(*(caller(f"a{n}", n * 60, n * 60 + 1, agent="ana", busy=59) for n in range(50)), *gave_up, delivery=1)
    assert (answered(full, Change()), answered(full, Change(added=((0, 86_400_000),)))) == (50, 100)


def test_but_it_need_not() -> None:
    """The helper takes one call, so Ana begins a long one that could have waited, and short ones are lost."""
    short = [caller(f"c{n}", n, n, agent="ana", busy=10) for n in range(40, 200, 10)]
    hasty = [caller(f"h{n}", 900 + n, 901 + n, ABANDONED) for n in range(40)]
    patient = caller("long", 5, 500, agent="ana", busy=190)
    told_day = day(caller("one", 0, 20, agent="ana", busy=10), patient, *short, *hasty)
    helped = Change(added=((3_000, 4_000),))
    assert answered(told_day, Change()) > answered(told_day, helped)
