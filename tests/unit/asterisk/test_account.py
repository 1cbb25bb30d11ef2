"""Settings of a connection: the secret stays hidden, waits grow and are spread."""

import pytest

from asterisk.account import Account, Timing


def test_the_secret_is_not_shown() -> None:
    account = Account("pbx.example", 5038, "lab", "s3cret")
    assert "s3cret" not in repr(account)
    assert account.address == "pbx.example:5038"


@pytest.mark.parametrize(
    ("failures", "roll", "delay"),
    [(0, 0.0, 0.25), (0, 0.5, 0.1875), (1, 0.0, 0.5), (4, 0.0, 4.0), (5, 0.0, 5.0), (10**9, 0.0, 5.0), (9, 1.0, 2.5)],
)
def test_the_wait_doubles_up_to_a_limit_and_chance_takes_off_half_at_most(
    failures: int, roll: float, delay: float
) -> None:
    assert Timing().retry_delay(failures, roll) == pytest.approx(delay)


def test_a_dead_line_is_noticed_in_ten_seconds() -> None:
    assert Timing().ping_every + Timing().ping_timeout <= 10
