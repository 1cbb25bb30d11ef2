"""An attended transfer sounds as the recordings of a real Asterisk do, and queue_log has it as Asterisk writes it."""

from simulated import Lab, header_lists, heard, packets, recorded, streams

from asterisk.simulator import consultation, endings
from asterisk.simulator.attended import attended_transfer
from asterisk.simulator.world import Call, Queue


def transferred(lab: Lab, *queues: Queue) -> Call:
    """Carl is handed over to Carol."""
    call, asked = lab.asks(*queues)
    consultation.target_answers(lab.pbx, asked)
    lab.after(2)
    attended_transfer(lab.pbx, call, asked)
    lab.after(3)
    return call


def test_it_sounds_as_recorded_when_the_caller_hangs_up() -> None:
    lab = Lab()
    call = transferred(lab, lab.q2001, lab.q2002)
    endings.complete_by_caller(lab.pbx, call)
    said = heard(lab.pbx)
    assert streams(said) == streams(recorded("s08a"))
    assert header_lists(said) <= header_lists(recorded("s08a") + recorded("s24"))
    assert not lab.pbx.channels


def test_it_sounds_as_recorded_when_the_other_agent_hangs_up() -> None:
    lab = Lab(busy_at_one=False)
    call = transferred(lab, lab.q2001, lab.q2002, lab.q2003)
    endings.complete_by_agent(lab.pbx, call)
    assert streams(heard(lab.pbx)) == streams(recorded("s08i"))
    assert not lab.pbx.channels


def test_queue_log_has_the_first_agents_part_and_nothing_of_the_others() -> None:
    lab = Lab()
    call = transferred(lab, lab.q2001)
    bridge = call.caller.bridge
    assert bridge is not None
    endings.complete_by_caller(lab.pbx, call)
    verbs = [line.decode().split("|")[3:] for line in lab.pbx.take().queue_log]
    assert [line[1] for line in verbs] == ["ENTERQUEUE", "CONNECT", "ATTENDEDTRANSFER"]
    assert verbs[-1] == ["Alice", "ATTENDEDTRANSFER", "BRIDGE", bridge.uniqueid, "0", "5", "1"]


def test_the_other_agents_channel_moves_to_the_callers_linkedid() -> None:
    lab = Lab()
    call = transferred(lab, lab.q2001)
    said = packets(lab.pbx.take().events)
    told = next(packet for packet in said if packet.name == "AttendedTransfer")
    assert told.get("TransferTargetLinkedid") == told.get("SecondTransfererUniqueid")
    assert call.agent_channel.linkedid == call.caller.uniqueid
    assert (call.caller.connected_num, call.agent_channel.connected_num) == ("1003", "5551234")


def test_the_first_agent_is_free_and_the_other_talks() -> None:
    lab = Lab(busy_at_one=False)
    call = transferred(lab, lab.q2001)
    carol = call.handed_to
    assert carol is not None
    assert (lab.alice.device, carol.device) == ("NOT_INUSE", "INUSE")
    assert (lab.alice.calls_taken, carol.calls_taken) == (1, 0)
    endings.complete_by_agent(lab.pbx, call)
    assert (carol.device, carol.calls_taken) == ("NOT_INUSE", 0)
