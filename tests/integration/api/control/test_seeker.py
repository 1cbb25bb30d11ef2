"""api/control/seeker.py: what came of a command is looked for, in several places, for as long as it makes sense."""

import asyncio

from control_parts import SHORT, FakePbx, Layer, command, linked

from api.control.commands import Verdict
from api.control.evidence import GIVEN_UP, UNKNOWN
from api.control.links import Links
from api.control.seeker import Seeker
from api.control.store import CallEnd


async def test_a_pbx_that_stays_away_is_given_up() -> None:
    layer = Layer(Links())
    seeker = Seeker(layer.store, layer.links, SHORT)
    assert await seeker.seek(command("dial")) == Verdict(False, GIVEN_UP)
    assert await seeker.seek(command("hold")) == Verdict(False, UNKNOWN)


async def test_the_record_of_a_call_tells_of_it_when_the_channel_is_gone(pbx: FakePbx) -> None:
    layer = Layer(await linked(pbx))
    layer.store.calls["pbx:1"] = CallEnd(answered=True, over=True)
    seeker = Seeker(layer.store, layer.links, SHORT)
    assert await seeker.seek(command("dial", channel="u9")) == Verdict(True)
    told: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
    told.set_result(Verdict(False, "told"))
    assert await seeker.seek(command("dial"), told) == Verdict(False, "told")
    await layer.links.close()
