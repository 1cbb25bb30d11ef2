"""api/live/client.py: a numbered, bounded outbox."""

import asyncio
import json

from api_parts import principal

from api.live.client import SIGNED_OUT, TOO_SLOW, Client
from api.live.messages import ERROR, ErrorData, message

HELLO = message(ERROR, ErrorData("hello", "there"), 5)


async def test_frames_are_numbered_from_one_in_order() -> None:
    client = Client(principal())
    assert client.tell([HELLO]) + client.tell([HELLO]) == 2
    await client.until_frames()
    frames = [json.loads(frame) for frame in client.take_frames()]
    assert [frame["seq"] for frame in frames] == [1, 2]
    data = {"code": "hello", "detail": "there", "event": None}
    assert frames[0] == {"event": "error", "data": data, "seq": 1, "version": 5}


async def test_a_full_outbox_closes_and_never_waits() -> None:
    client = Client(principal(), room=3)
    assert [client.tell([HELLO]) for _ in range(5)] == [1, 1, 1, 0, 0]
    assert (client.closing.is_set(), client.close_code) == (True, TOO_SLOW)


async def test_who_has_read_everything_is_not_slow_however_much_comes_at_once() -> None:
    client = Client(principal(), room=3)
    assert client.tell([HELLO] * 10) == 10
    assert len(client.take_frames()) == 10
    assert client.tell([HELLO] * 4) == 4
    assert (client.tell([HELLO]), client.close_code, client.take_frames()) == (0, TOO_SLOW, [])


async def test_the_first_reason_stays() -> None:
    client = Client(principal())
    client.close(SIGNED_OUT)
    client.close(TOO_SLOW)
    assert (client.close_code, client.tell([HELLO])) == (SIGNED_OUT, 0)


async def told_at_once(client: Client, written: list[list[str]]) -> None:
    """Give a client what writes at once, into a list, and let it have sent what it had."""
    client.write_now = lambda frames: written.append(frames) is None
    sending = asyncio.ensure_future(client.until_frames())
    await asyncio.sleep(0)
    sending.cancel()


async def test_who_waits_for_nothing_is_told_at_once() -> None:
    client, written = Client(principal()), list[list[str]]()
    await told_at_once(client, written)
    assert client.tell([HELLO, HELLO]) == 2
    assert ([json.loads(frame)["seq"] for frame in written[0]], client.has_frames) == ([1, 2], False)


async def test_nothing_overtakes_what_is_under_way() -> None:
    client, written = Client(principal()), list[list[str]]()
    await told_at_once(client, written)
    client.write_now = lambda frames: False
    client.tell([HELLO])
    taken = client.take_frames()
    second = list[list[str]]()
    client.write_now = lambda frames: second.append(frames) is None
    client.tell([HELLO])
    assert (written, second, client.has_frames) == ([], [], True)
    assert [json.loads(frame)["seq"] for frame in (*taken, *client.take_frames())] == [1, 2]
