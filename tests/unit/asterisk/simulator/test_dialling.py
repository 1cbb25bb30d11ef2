"""Dialling an extension: the other one's phone is called, rings, and is bridged when it is answered."""

from simulated import Lab, heard, names

from asterisk.simulator import dialling


def test_a_dialled_phone_rings_and_is_answered() -> None:
    lab = Lab(busy_at_one=False)
    caller = lab.pbx.new_channel("PJSIP/1001", "1001", "Alice", "pbx-internal")
    lab.works(lab.bob, lab.q2001)
    leg = dialling.dial(lab.pbx, caller, lab.bob, {"__CALL_DIRECTION": "internal"})
    assert leg.linkedid == caller.uniqueid and leg.variables["CALL_DIRECTION"] == "internal"
    dialling.rings(lab.pbx, caller, leg, lab.bob)
    states: list[str] = [lab.bob.device]
    dialling.answers(lab.pbx, caller, leg, lab.bob)
    dialling.meet(lab.pbx, caller, leg)
    assert [*states, lab.bob.device] == ["RINGING", "INUSE"] and caller.bridge is leg.bridge is not None
    said = [name for name in names(heard(lab.pbx)) if name.startswith(("Dial", "Bridge"))]
    assert said == ["DialBegin", "DialState", "DialEnd", "BridgeCreate", "BridgeEnter", "BridgeEnter"]


def test_dial_rings_for_so_long_and_no_longer() -> None:
    assert dialling.dial_data(Lab().bob) == f"PJSIP/1002,{dialling.RING_S},tTxXkK"
