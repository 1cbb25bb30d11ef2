"""warehouse/mart_trust.py: gaps one by one within a range, and how fresh each PBX is."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from made_calls import START, queue_call
from made_lake import NOW, publish_calls
from msgspec.structs import replace

from calls.call import Status
from calls.form import iso
from warehouse.marts import Marts, open_marts

GAP = {"pbx": "pbx1", "source": "ami", "cause": "closed"}


def at(second: int) -> datetime:
    return datetime.fromtimestamp(START / 1000 + second, UTC)


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Marts:
    folder: Path = tmp_path_factory.mktemp("data")
    calls = [queue_call(n, at=START + n * 60_000) for n in range(3)]
    over = [
        replace(call, status=Status.ENDED, ended_at=call.started_at + 64_000, certainty=certainty)
        for call, certainty in zip(calls, ("final", "provisional", "provisional"), strict=True)
    ]
    spans = [(1, 10, 40), (2, 100, 5_000), (3, 6_000, None)]
    gaps = [
        GAP | {"id": n, "started_at": iso(START + a * 1000), "ended_at": None if b is None else iso(START + b * 1000)}
        for n, a, b in spans
    ]
    publish_calls(folder, over, more={"gaps": gaps})
    return open_marts(folder, "default")


def test_gaps_of_a_range_newest_first_each_for_its_part_of_it(marts: Marts) -> None:
    found = marts.gaps(at(20), at(600)).to_dicts()
    assert [(gap["started_at"], gap["ended_at"], gap["seconds"]) for gap in found] == [
        (at(100), at(5_000), 500.0), (at(10), at(40), 20.0),
    ]  # fmt: skip
    assert marts.gaps(at(40), at(100)).is_empty()
    assert marts.gaps(at(0), at(7_000), most=1).height == 1


def test_a_gap_that_lasts_counts_up_to_the_last_load(marts: Marts) -> None:
    (lasts,) = marts.gaps(at(5_500), at(10_000_000)).to_dicts()
    assert (lasts["ended_at"], lasts["seconds"]) == (None, (NOW - at(6_000)).total_seconds())


def test_how_fresh_a_pbx_is(marts: Marts) -> None:
    assert marts.freshness().to_dicts() == [
        {
            "pbx": "pbx1", "last_call_at": at(120), "last_confirmed_at": at(64), "provisional": 2,
            "silent_since": at(6_000),
        }
    ]  # fmt: skip
