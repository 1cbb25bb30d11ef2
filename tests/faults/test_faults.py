"""One seed of each fault: nothing is lost, nothing is there twice, nothing is otherwise than the log says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.catalogue import FAULTS, Fault
from faults.rounds import run_round
from streamed.centre import Centre, own_centre

SEED, CALLS, PACE = 1, 120, 20.0


@pytest.fixture(scope="module")
def centre(server_folder: Path) -> Iterator[Centre]:
    """Three workers that all tests of this file share: each fault leaves them as it found them."""
    with own_centre(server_folder / "faults") as running:
        yield running


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_what_is_stored_equals_the_replay_of_the_log(centre: Centre, fault: Fault) -> None:
    row = run_round(centre, fault, SEED, CALLS, PACE)
    assert row.verdict.exact, row.verdict.first
    # What is said while an ingester is dead nobody hears: a few calls are missing from its log too.
    assert row.verdict.calls > CALLS / 2
