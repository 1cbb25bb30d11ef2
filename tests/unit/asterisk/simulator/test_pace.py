"""Simulated time."""

from asterisk.simulator.pace import Pace


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def test_time_passes_so_many_times_faster() -> None:
    clock = Clock()
    pace = Pace(10, clock)
    pace.begin(5_000_000)
    clock.at += 2
    assert pace.now_us() == 25_000_000 and pace.running


def test_at_full_speed_it_is_never_too_early() -> None:
    pace = Pace(None, Clock())
    pace.begin(5)
    assert pace.now_us() is None


async def test_what_is_due_is_not_waited_for() -> None:
    pace = Pace(1, Clock())
    pace.begin(1_000_000)
    await pace.wait(500_000)
    fast = Pace(None, Clock())
    await fast.wait(10**15)
    assert pace.now_us() == 1_000_000
