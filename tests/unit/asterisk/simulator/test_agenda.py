"""Steps come in their time, and in order."""

from asterisk.simulator.agenda import Agenda
from asterisk.simulator.pbx import Options, Pbx


def test_steps_run_at_their_time_and_equal_ones_in_their_order() -> None:
    pbx = Pbx(Options(), 0)
    agenda, ran = Agenda(pbx), list[tuple[str, int]]()
    for name, seconds in (("late", 2.0), ("first", 1.0), ("second", 1.0)):
        agenda.after(seconds, lambda name=name: ran.append((name, pbx.now_us)))  # type: ignore[misc]
    assert agenda.run_until(1_500_000)
    assert ran == [("first", 1_000_000), ("second", 1_000_000)]
    assert agenda.next_us == 2_000_000


def test_a_step_may_put_in_more() -> None:
    pbx = Pbx(Options(), 0)
    agenda, ran = Agenda(pbx), list[int]()
    agenda.after(1, lambda: agenda.after(1, lambda: ran.append(pbx.now_us)))
    assert agenda.run_until(5_000_000)
    assert ran == [2_000_000] and agenda.next_us is None


def test_no_more_steps_run_than_were_asked_for() -> None:
    pbx = Pbx(Options(), 0)
    agenda, ran = Agenda(pbx), list[int]()
    for _ in range(3):
        agenda.after(1, lambda: ran.append(1))
    assert not agenda.run_until(1_000_000, most=2)
    assert ran == [1, 1]
