"""api/throttle.py: so many tries at once, then one each so often."""

from api import throttle
from api.throttle import Throttle


class Watch:
    """A clock in seconds."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_so_many_at_once_then_one_each_so_often() -> None:
    watch = Watch()
    brake = Throttle(tries=3, every_s=6.0, clock=watch)
    assert [brake.take("a") for _ in range(4)] == [0, 0, 0, 6.0]
    watch.now += 4
    assert brake.take("a") == 2.0
    watch.now += 2
    assert [brake.take("a"), brake.take("a")] == [0, 6.0]


def test_each_key_has_its_own_tries() -> None:
    brake = Throttle(1, 6.0, Watch())
    assert [brake.take("a"), brake.take("b"), brake.take("a")] == [0, 0, 6.0]


def test_a_flood_of_keys_does_not_fill_the_memory() -> None:
    brake = Throttle(1, 6.0, Watch())
    for key in range(throttle.MAX_KEYS + 10):
        brake.take(key)
    assert len(brake._left) == throttle.MAX_KEYS
