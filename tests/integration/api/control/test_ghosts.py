"""api/control/ghosts.py: what begins too late is hung up, and nothing else."""

import uuid

from api_parts import until
from control_parts import FakePbx, Layer, command, linked

from api.control.commands import CommandStatus, mark_of
from api.control.ghosts import Ghosts


async def test_a_call_that_begins_after_it_was_given_up_is_hung_up(pbx: FakePbx) -> None:
    layer, number = Layer(await linked(pbx)), uuid.uuid4()
    ghosts = Ghosts(layer.store, layer.links)
    layer.store.rows[number] = command("dial", CommandStatus.FAILED, id=number)
    live = uuid.uuid4()
    layer.store.rows[live] = command("dial", CommandStatus.CONFIRMED, id=live)
    for each in (live, number):
        pbx.channels[mark_of(each)] = ("PJSIP/Alice-00000002", "0", "")
        pbx.tell("Newchannel", Uniqueid=mark_of(each))
    pbx.tell("Newchannel", Uniqueid="tl-nonsense")
    await until(lambda: bool(pbx.asked_for("Hangup")))
    assert [asked.get("Channel") for asked in pbx.asked_for("Hangup")] == [mark_of(number)]
    await ghosts.close()
    await layer.links.close()
