"""api/control/runner.py: written once or not at all, and always settled."""

import uuid

import pytest
from api_parts import principal, until
from control_parts import SHORT, FakePbx, Layer, command, linked, logged_in, plan_of
from msgspec.structs import replace

from api.control import confirm
from api.control.commands import Command, CommandStatus, mark_of
from api.control.evidence import NOT_MADE
from api.control.plan import Plan, Target, dial
from api.control.runner import NOT_SENT, Runner
from api.errors import BadRequest
from api.roles import Role

ME = principal(Role.AGENT)


def dialling(number: uuid.UUID) -> Plan:
    """A dial for Alice."""
    return dial(number, "pbx", "PJSIP/Alice", Target("out", "555"), "555", {})


class Given:
    """Counts what is given back."""

    def __init__(self) -> None:
        self.back = 0

    async def __call__(self) -> None:
        self.back += 1


async def begun(layer: Layer, plan: Plan, number: uuid.UUID | None = None, unsent: Given | None = None) -> Command:
    """The command of a plan, settled."""
    return await layer.settled(await layer.runner.begin(ME, plan, number, None, unsent))


async def test_an_answer_that_says_all_confirms(pbx: FakePbx) -> None:
    layer = Layer(await linked(pbx))
    made = await layer.runner.begin(ME, plan_of())
    assert made.status is CommandStatus.ACCEPTED
    assert (await layer.settled(made)).status is CommandStatus.CONFIRMED
    assert pbx.asked_for("Hangup")[0].action_id == mark_of(made.id)
    await layer.links.close()


async def test_an_event_confirms_or_refutes_and_none_in_time_is_said(pbx: FakePbx) -> None:
    layer = Layer(await linked(pbx))
    watched = plan_of(watch=confirm.answers("u1"), within_s=0.2, late="late")
    for event, status, detail in (
        ({"event": "Newstate", "ChannelState": "6"}, CommandStatus.CONFIRMED, ""),
        ({"event": "Hangup"}, CommandStatus.FAILED, confirm.GONE),
        (None, CommandStatus.FAILED, "late"),
    ):
        made = await layer.runner.begin(ME, watched)
        if event is not None:
            number = len(layer.store.rows)
            await until(lambda number=number: len(pbx.asked_for("Hangup")) == number)  # type: ignore[misc]
            pbx.tell(event["event"], Uniqueid="u1", **{key: it for key, it in event.items() if key != "event"})
        settled = await layer.settled(made)
        assert (settled.status, settled.detail) == (status, detail)
    await layer.links.close()


async def test_what_the_pbx_refuses_failed_and_what_it_has_already_is_well(pbx: FakePbx) -> None:
    layer, given = Layer(await linked(pbx)), Given()
    pbx.refused["Hangup"] = "No such channel"
    settled = await begun(layer, plan_of(), unsent=given)
    assert (settled.status, settled.detail) == (CommandStatus.FAILED, "The PBX refused it: No such channel")
    assert given.back == 1
    (step,) = plan_of().steps
    forgiving = plan_of(steps=(type(step)(step.action, ("No such",)),), watch=confirm.hangs_up("u1"))
    assert (await begun(layer, forgiving)).status is CommandStatus.CONFIRMED
    await layer.links.close()


async def test_what_cannot_be_sent_is_not_sent_and_counts_no_more(pbx: FakePbx) -> None:
    layer, given = Layer(await linked(pbx)), Given()
    await pbx.stop()
    await until(lambda: not next(iter(layer.links)).is_up)
    settled = await begun(layer, plan_of(), unsent=given)
    assert settled.status is CommandStatus.FAILED and settled.detail.startswith("It was not sent")
    assert given.back == 1
    await layer.links.close()


async def test_a_second_dial_for_an_agent_is_refused_and_given_back(pbx: FakePbx) -> None:
    layer, given, number = Layer(await linked(pbx)), Given(), uuid.uuid4()
    await layer.runner.begin(ME, dialling(number), number)
    with pytest.raises(BadRequest, match="already on a call"):
        await layer.runner.begin(ME, dialling(uuid.uuid4()), None, None, given)
    assert given.back == 1
    await layer.runner.close()
    await layer.links.close()


async def test_the_same_key_is_carried_out_once(pbx: FakePbx) -> None:
    layer, given = Layer(await linked(pbx)), Given()
    first = await layer.runner.begin(ME, plan_of(), None, ("key", b"hash"))
    again = await layer.runner.begin(ME, plan_of(), None, ("key", b"hash"), given)
    assert (again.id, given.back) == (first.id, 1)
    assert (await layer.runner.earlier(ME, "key", b"hash")) is not None
    await layer.settled(first)
    assert len(pbx.asked_for("Hangup")) == 1
    await layer.links.close()


async def test_a_dial_whose_answer_is_lost_is_looked_for_and_never_repeated(pbx: FakePbx) -> None:
    layer, given, number = Layer(await linked(pbx)), Given(), uuid.uuid4()
    link = layer.links.of("pbx")
    pbx.silent = {"Originate"}
    made = await layer.runner.begin(ME, dialling(number), number, None, given)
    await until(lambda: bool(pbx.asked_for("Originate")))
    pbx.hang_up()
    await logged_in(link, 2)
    settled = await layer.settled(made)
    assert (settled.status, settled.detail) == (CommandStatus.FAILED, NOT_MADE)
    await until(lambda: given.back == 1)
    # One that was made all the same.
    number = uuid.uuid4()
    pbx.channels[mark_of(number)] = ("PJSIP/Alice-00000002", "6", "")
    made = await layer.runner.begin(ME, dialling(number), number)
    await until(lambda: len(pbx.asked_for("Originate")) == 2)
    pbx.hang_up()
    assert (await layer.settled(made)).status is CommandStatus.CONFIRMED
    assert len(pbx.asked_for("Originate")) == 2
    await layer.links.close()


async def test_what_a_dead_process_left_is_settled_by_another(pbx: FakePbx) -> None:
    layer = Layer(await linked(pbx))
    dead = Runner(layer.store, layer.links, SHORT)
    first, second = (_left(layer, dead, status) for status in (CommandStatus.ACCEPTED, CommandStatus.SENT))
    del pbx.channels["u1"]
    await layer.runner.sweep()
    told = [await layer.settled(each) for each in (first, second)]
    assert (told[0].status, told[0].detail) == (CommandStatus.FAILED, NOT_SENT)
    assert told[1].status is CommandStatus.CONFIRMED
    assert pbx.asked_for("Hangup") == []
    await layer.links.close()


def _left(layer: Layer, dead: Runner, status: CommandStatus) -> Command:
    number = uuid.uuid4()
    layer.store.rows[number] = command("hangup", status, id=number)
    layer.store.owners[number] = dead.owner
    return layer.store.rows[number]


async def test_a_call_that_another_process_confirmed_goes_on(pbx: FakePbx) -> None:
    layer, given, number = Layer(await linked(pbx)), Given(), uuid.uuid4()
    pbx.silent = {"Originate"}
    made = await layer.runner.begin(ME, dialling(number), number, None, given)
    await until(lambda: bool(pbx.asked_for("Originate")))
    # This one takes the call for not made, and was too slow: another has seen it answered.
    row = replace(layer.store.rows[made.id], status=CommandStatus.CONFIRMED)
    layer.store.rows[made.id] = row
    pbx.hang_up()
    await until(lambda: not layer.runner._tasks)
    assert (pbx.asked_for("Hangup"), given.back, layer.store.rows[made.id]) == ([], 0, row)
    await layer.links.close()
