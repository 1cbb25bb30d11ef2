"""api/live/client.py: a numbered, bounded outbox."""

import json

from api_parts import principal

from api.live.client import SIGNED_OUT, TOO_SLOW, Client
from api.live.messages import ERROR, ErrorData, message

HELLO = message(ERROR, ErrorData("hello", "there"), 5)


async def test_frames_are_numbered_from_one_in_order() -> None:
    client = Client(principal())
    assert client.tell(HELLO) and client.tell(HELLO)
    frames = [json.loads(await client.next_frame()) for _ in range(2)]
    assert [frame["seq"] for frame in frames] == [1, 2]
    assert frames[0] == {"event": "error", "data": {"code": "hello", "detail": "there"}, "seq": 1, "version": 5}


async def test_a_full_outbox_closes_and_never_waits() -> None:
    client = Client(principal(), room=3)
    assert [client.tell(HELLO) for _ in range(5)] == [True, True, True, False, False]
    assert (client.closing.is_set(), client.close_code) == (True, TOO_SLOW)


async def test_the_first_reason_stays() -> None:
    client = Client(principal())
    client.close(SIGNED_OUT)
    client.close(TOO_SLOW)
    assert (client.close_code, client.tell(HELLO)) == (SIGNED_OUT, False)
