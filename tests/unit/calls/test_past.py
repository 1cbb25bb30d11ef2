"""calls/past.py: what is told of the past is what is read of it."""

import msgspec
from api_parts import NOON, agent, queue

from calls.past import PastBoard, PastMoment, Reel, Unheard


def test_a_reel_arrives_as_it_was_told() -> None:
    board = PastBoard([agent()], [queue()], [Unheard("pbx1", NOON, "the cable")])
    told = Reel([PastMoment(NOON, board), PastMoment(NOON + 5, PastBoard())], NOON + 10)
    assert msgspec.json.decode(msgspec.json.encode(told), type=Reel) == told
