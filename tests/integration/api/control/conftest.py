"""A PBX that answers as told, for the command layer."""

from collections.abc import AsyncIterator

import pytest
from control_parts import FakePbx


@pytest.fixture
async def pbx() -> AsyncIterator[FakePbx]:
    """A PBX with one channel: Alice's, in conversation."""
    server = FakePbx()
    server.channels["u1"] = ("PJSIP/Alice-00000001", "6", "b1")
    await server.listen()
    yield server
    await server.stop()
