"""api/texts.py: several texts at once where the server takes them, one by one where it does not."""

from typing import Any

import pytest

from api.texts import TEXTS, send_texts


@pytest.mark.parametrize(
    ("extensions", "texts", "sent"),
    [
        ({TEXTS: {}}, ["a", "b"], [{"type": TEXTS, "texts": ["a", "b"]}]),
        ({TEXTS: {}}, ["a"], [{"type": "websocket.send", "bytes": None, "text": "a"}]),
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
