"""api/door/crowd.py: how much one peer and one user may ask of this process."""

import pytest

from api.door.crowd import Crowd, Rates
from api.errors import TooManyTries


def test_a_peer_and_a_user_have_ten_seconds_worth_at_once() -> None:
    now = [0.0]
    crowd = Crowd(Rates(peer=2, user=1), lambda: now[0])
    for _ in range(20):
        crowd.peer_asks("a")
    for _ in range(10):
        crowd.user_asks("a")
    for ask in (crowd.peer_asks, crowd.user_asks):
        with pytest.raises(TooManyTries):
            ask("a")
        ask("b")
    now[0] += 0.5
    crowd.peer_asks("a")
    with pytest.raises(TooManyTries):
        crowd.user_asks("a")


def test_a_peer_has_so_many_open_sockets() -> None:
    crowd = Crowd(Rates(sockets=1))
    with crowd.socket_of("a"), crowd.socket_of("b"), pytest.raises(TooManyTries, match="open sockets"):
        crowd.socket_of("a").__enter__()
    with crowd.socket_of("a"):
        pass
    assert not crowd._sockets
