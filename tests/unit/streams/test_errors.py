"""What follows from each error."""

import pytest

from streams.errors import (
    Fatal,
    Fenced,
    LogCut,
    NoPartitions,
    NotPublished,
    OtherCluster,
    PoisonRecord,
    Retry,
    RowsRefused,
    Unavailable,
    Unfit,
)


@pytest.mark.parametrize("kind", [Fenced, Unavailable])
def test_what_is_tried_again(kind: type[Exception]) -> None:
    assert issubclass(kind, Retry) and not issubclass(kind, Fatal)


@pytest.mark.parametrize("kind", [RowsRefused, NotPublished])
def test_what_somebody_must_decide(kind: type[Exception]) -> None:
    assert not issubclass(kind, Retry | Fatal)


def test_each_end_has_its_own_exit_code() -> None:
    assert [kind.exit_code for kind in (PoisonRecord, LogCut, OtherCluster, NoPartitions, Unfit)] == [
        70,
        71,
        72,
        75,
        78,
    ]


def test_a_poisonous_record_says_which_it_is() -> None:
    error = PoisonRecord(3, 17, "ValueError: no")
    assert str(error) == "the record at offset 17 of partition 3 cannot be applied: ValueError: no"


def test_a_cut_log_says_what_to_do() -> None:
    assert "delete its rows in sink_offsets" in str(LogCut(0, 50, 3))
