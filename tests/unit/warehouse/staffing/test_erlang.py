"""warehouse/staffing/erlang.py: against published and independently reckoned figures, and its own limits."""

import math
from itertools import pairwise

import pytest
from msgspec.structs import replace

from warehouse.staffing.erlang import Fare, Load, erlang_b, fare, fewest

# Call Centre Helper's worked example: 100 calls in 30 min, 180 s, target 20 s.
HELPER = Load(100, 1800, 180, 20)
MITAN = Load(360, 1800, 240, 15)
# Garnett, Mandelbaum, Reiman 2002, table 1: 48 a minute, 1 min, 50 agents.
GARNETT = Load(48, 60, 60, 20)
# A. Herzog's Callcenter-Simulator, ErlangCTest.java.
HERZOG = Load(3.5, 60, 180, 20)


def patient(load: Load, patience_s: float) -> Load:
    return Load(load.calls, load.interval_s, load.aht_s, load.target_s, patience_s)


@pytest.mark.parametrize(
    ("load", "agents", "told"),
    [
        (HELPER, 11, (0.682118, 0.389614, 122.781277, 0.909091)),
        (HELPER, 12, (0.449388, 0.640158, 40.444940, 0.833333)),
        (HELPER, 13, (0.285270, 0.795595, 17.116227, 0.769231)),
        (HELPER, 14, (0.174132, 0.888350, 7.835937, 0.714286)),
        (HELPER, 15, (0.102042, 0.941453, 3.673525, 0.666667)),
        (MITAN, 55, (0.238701, 0.845883, 8.184032, 0.872727)),
        (GARNETT, 50, (0.694456, 0.643455, 20.833668, 0.960000)),
        (HERZOG, 13, (0.368846, None, 26.556886, 0.807692)),
    ],
)
def test_erlang_c_gives_the_published_figures(
    load: Load, agents: int, told: tuple[float, float | None, float, float]
) -> None:
    found = fare(load, agents)
    numbers = (found.p_wait, found.service_level, found.asa_s, found.occupancy)
    for number, expected in zip(numbers, told, strict=True):
        assert expected is None or number == pytest.approx(expected, abs=6e-7)


@pytest.mark.parametrize(
    ("load", "agents", "told"),
    [
        (patient(GARNETT, 120), 50, (0.467774, 3.709470, 0.930324, 0.030912)),
        (patient(HERZOG, 300), 13, (0.281255, 9.912803, 0.781004, 0.033043)),
        (patient(HERZOG, 300), 9, (0.789839, 56.618435, 0.946484, 0.188728)),
        (patient(HELPER, 300), 14, (0.145260, 4.195123, 0.704297, 0.013984)),
    ],
)
def test_erlang_a_gives_the_published_figures(load: Load, agents: int, told: tuple[float, float, float, float]) -> None:
    found = fare(load, agents)
    numbers = (found.p_wait, found.asa_s, found.occupancy, found.p_abandon)
    for number, expected in zip(numbers, told, strict=True):
        assert number == pytest.approx(expected, abs=6e-7)


@pytest.mark.parametrize(
    ("load", "agents", "queue"),
    [
        (GARNETT, 50, 16.666935),
        (patient(GARNETT, 120), 50, 2.967576),
        (HERZOG, 13, 1.549152),
        (patient(HERZOG, 300), 13, 0.578247),
        (patient(HERZOG, 300), 9, 3.302742),
        (patient(HELPER, 300), 14, 0.233062),
    ],
)
def test_so_many_wait_on_average_as_is_published(load: Load, agents: int, queue: float) -> None:
    asa = fare(load, agents).asa_s
    assert asa is not None and load.rate * asa == pytest.approx(queue, abs=6e-7)


def test_the_service_level_of_erlang_a_is_of_offered() -> None:
    found = fare(patient(HELPER, 300), 14)
    assert found.service_level == pytest.approx(0.916792, abs=6e-7)
    assert found.p_abandon is not None
    # The other definitions of the published table follow from it.
    assert found.service_level / (1 - found.p_abandon) == pytest.approx(0.929794, abs=6e-7)
    assert waited_at_most(patient(HELPER, 300), 14, 20) == pytest.approx((0.918714, 0.923956), abs=6e-7)


def test_nine_of_ten_wait_no_longer_than_is_published() -> None:
    assert found_level(GARNETT, 58.05) < 0.9 < found_level(GARNETT, 58.15)
    patient_ones = patient(GARNETT, 120)
    assert waited_at_most(patient_ones, 50, 12.35)[1] < 0.9 < waited_at_most(patient_ones, 50, 12.45)[1]


def found_level(load: Load, seconds: float) -> float:
    level = fare(replace(load, target_s=seconds), 50).service_level
    assert level is not None
    return level


def waited_at_most(load: Load, agents: int, seconds: float) -> tuple[float, float]:
    """The share whose wait would be over by then if they never hung up, and the share whose wait is, by whatever end.

    Those answered at an instant are those whose turn came then and who had not hung up before.
    """
    assert load.patience_s is not None
    levels = [fare(replace(load, target_s=seconds * n / 200), agents).service_level or 0.0 for n in range(201)]
    stayed = (math.exp(seconds * (n + 0.5) / 200 / load.patience_s) for n in range(200))
    virtual = levels[0] + sum(
        (after - before) * it for (before, after), it in zip(pairwise(levels), stayed, strict=True)
    )
    return virtual, 1 - (1 - virtual) * math.exp(-seconds / load.patience_s)


def test_both_are_what_they_come_to_at_their_limits() -> None:
    assert fare(Load(2, 1, 1, 0), 3).p_wait == pytest.approx(4 / 9)
    assert fare(Load(0.5, 1, 1, 0), 1).p_wait == pytest.approx(0.5)
    endless, c = fare(patient(HELPER, 1e6), 14), fare(HELPER, 14)
    assert endless.p_wait == pytest.approx(c.p_wait, abs=1e-4)
    assert endless.service_level == pytest.approx(c.service_level, abs=1e-4)
    # As impatient as calls are short: as many are there as a Poisson variable says.
    busy = 1 - sum(math.exp(-10) * 10**k / math.factorial(k) for k in range(14))
    assert fare(patient(HELPER, 180), 14).p_wait == pytest.approx(busy)


def test_nobody_hangs_up_in_time_for_a_target_of_nothing() -> None:
    impatient = Load(100, 1800, 180, 0, 300)
    found = fare(impatient, 14)
    assert found.p_wait is not None and found.service_level == pytest.approx(1 - found.p_wait)


@pytest.mark.parametrize("agents", [0, 5, 10])
def test_more_than_they_can_take_waits_without_end(agents: int) -> None:
    assert fare(HELPER, agents) == Fare(agents, 1.0, 0.0, None, 1.0 if agents else None, 0.0)


def test_the_impatient_leave_where_nobody_answers() -> None:
    assert fare(patient(HELPER, 300), 0) == Fare(0, 1.0, 0.0, pytest.approx(300), None, pytest.approx(1))


def test_where_nothing_comes_nothing_is_defined() -> None:
    nothing = Load(0, 1800, 180, 20)
    assert fare(nothing, 3) == Fare(3, None, None, None, 0.0, None)
    assert fewest(nothing, 0.8) == Fare(0, None, None, None, None, None)


@pytest.mark.parametrize("load", [HELPER, patient(HELPER, 300), MITAN, Load(1, 3600, 5, 20)])
@pytest.mark.parametrize("target", [0.5, 0.8, 0.99])
def test_the_fewest_are_enough_and_one_less_is_not(load: Load, target: float) -> None:
    found = fewest(load, target)
    assert (found.service_level or 0) >= target
    assert found.agents == 0 or (fare(load, found.agents - 1).service_level or 0) < target


def test_many_agents_are_no_trouble() -> None:
    crowd = fare(Load(36_000, 3600, 300, 20, 600), 3000)
    assert crowd.service_level is not None and 0.9 < crowd.service_level < 1
    assert erlang_b(2000, 1.0) == 0.0 and fare(patient(HELPER, 300), 2000).service_level == 1.0
