"""api/texts.py: several texts at once where the server takes them, one by one where it does not."""

from typing import Any

import pytest
from websockets.frames import Frame, Opcode

from api.texts import TEXTS, framed, send_texts

HERE = {TEXTS: {"write": lambda texts: True}}


@pytest.mark.parametrize(
    ("extensions", "texts", "sent"),
    [
        (HERE, ["a", "b"], [{"type": TEXTS, "texts": ["a", "b"]}]),
        (HERE, [], []),
        ({}, ["a", "b"], [{"type": "websocket.send", "bytes": None, "text": each} for each in "ab"]),
        (None, [], []),
    ],
)
async def test_how_texts_are_sent(extensions: Any, texts: list[str], sent: list[Any]) -> None:
    told: list[Any] = []

    async def send(message: Any) -> None:
        told.append(message)

    await send_texts({"extensions": extensions}, send, texts)
    assert told == sent


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 100_000])
def test_a_frame_is_as_the_library_makes_it(size: int) -> None:
    text = "x" * size
    assert framed(text) == Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


def test_a_frame_has_the_length_of_its_bytes() -> None:
    assert framed("é" * 63) == Frame(Opcode.TEXT, ("é" * 63).encode()).serialize(mask=False)
