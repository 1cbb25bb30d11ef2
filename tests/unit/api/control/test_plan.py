"""api/control/plan.py: each command comes to the actions that were found right on a real Asterisk."""

from uuid import UUID

from api.control import plan
from api.control.plan import Leg, Target
from asterisk.actions import QueueAdd, QueuePause, QueueRemove
from asterisk.encoding import encode_action

LEG = Leg("pbx", "pbx:1", "PJSIP/1001", "u1", "b1")
INSIDE, QUEUE = Target("pbx-internal", "1002"), Target("pbx-internal", "2001", "2001")


def written(wanted: plan.Plan) -> list[list[str]]:
    """The lines of its actions, without the action's id."""
    packets = [encode_action(step.action, "id").decode().split("\r\n") for step in wanted.steps]
    return [[line for line in lines if line and not line.startswith("ActionID")] for lines in packets]


def test_a_call_is_dialled_under_a_name_that_is_known_before() -> None:
    number = UUID(int=1)
    wanted = plan.dial(number, "pbx", "PJSIP/1001", Target("pbx-outbound", "15551234567"), "15551234567", {"a": 1})
    (lines,) = written(wanted)
    assert lines == [
        *("Action: Originate", "Async: true", "Channel: PJSIP/1001", "Context: pbx-outbound", "Exten: 15551234567"),
        *("Priority: 1", "CallerID: 15551234567", "Timeout: 30000", f"ChannelId: tl-{number}"),
    ]
    assert (wanted.call_id, wanted.channel) == (f"pbx:tl-{number}", f"tl-{number}")
    assert wanted.within_s * 1000 > plan.RING_MS


def test_what_is_done_to_an_agents_part_of_a_call() -> None:
    made = {
        "answer": (plan.answer(LEG), ["Action: PJSIPNotify", "Channel: u1", "Variable: Event=talk"]),
        "hold": (plan.hold(LEG, hold=True), ["Action: PJSIPNotify", "Channel: u1", "Variable: Event=hold"]),
        "unhold": (plan.hold(LEG, hold=False), ["Action: PJSIPNotify", "Channel: u1", "Variable: Event=talk"]),
        "hangup": (plan.hangup(LEG), ["Action: Hangup", "Channel: u1", "Cause: 16"]),
        "mute": (plan.mute(LEG, muted=True), ["Action: MuteAudio", "Channel: u1", "Direction: in", "State: on"]),
        "transfer:complete": (plan.complete(LEG), ["Action: Hangup", "Channel: u1", "Cause: 16"]),
        "transfer:cancel": (plan.cancel(LEG), ["Action: CancelAtxfer", "Channel: u1"]),
        "recording:start": (
            plan.record(LEG, "/spool/x.wav"),
            ["Action: MixMonitor", "Channel: u1", "File: /spool/x.wav"],
        ),
        "recording:stop": (plan.stop_recording(LEG), ["Action: StopMixMonitor", "Channel: u1"]),
    }
    for name, (wanted, lines) in made.items():
        assert (wanted.name, written(wanted), wanted.call_id, wanted.channel) == (name, [lines], "pbx:1", "u1")
    assert made["mute"][0].watch is None
    assert made["transfer:cancel"][0].rest_s > 0


def test_where_calls_are_sent() -> None:
    where = ["Channel: u1", "Context: pbx-internal", "Exten: 1002"]
    assert written(plan.transfer(LEG, INSIDE, attended=False)) == [["Action: BlindTransfer", *where]]
    assert written(plan.transfer(LEG, INSIDE, attended=True)) == [["Action: Atxfer", *where]]
    assert written(plan.redirect(LEG, INSIDE)) == [["Action: Redirect", *where, "Priority: 1"]]
    watch = plan.redirect(LEG, QUEUE).watch
    assert watch is not None and watch.wanted[0].event == "QueueCallerJoin"
    other = Leg("pbx", "pbx:2", "", "u2")
    joined = plan.bridge(LEG, "PJSIP/1001-00000001", other, "PJSIP/trunk-00000002")
    assert written(joined) == [
        ["Action: Bridge", "Channel1: PJSIP/1001-00000001", "Channel2: PJSIP/trunk-00000002", "Tone: no"]
    ]


def test_agents_and_queues() -> None:
    add = plan.join_queue("pbx", "2001", "PJSIP/1001", "Alice", 2, paused=True)
    assert written(add) == [
        [
            *("Action: QueueAdd", "Queue: 2001", "Interface: PJSIP/1001", "Penalty: 2", "Paused: true"),
            "MemberName: Alice",
        ]
    ]
    assert written(plan.leave_queue("pbx", "2001", "PJSIP/1001")) == [
        ["Action: QueueRemove", "Queue: 2001", "Interface: PJSIP/1001"]
    ]
    assert written(plan.pause("pbx", "2001", "PJSIP/1001", "lunch", paused=True)) == [
        ["Action: QueuePause", "Interface: PJSIP/1001", "Paused: true", "Queue: 2001", "Reason: lunch"]
    ]


def test_a_status_is_seen_by_all_of_its_steps() -> None:
    steps = (plan.Step(QueueAdd("a", "I")), plan.Step(QueuePause("I", False)), plan.Step(QueueRemove("b", "I")))
    wanted = plan.status("pbx", "I", steps, "AVAILABLE", [])
    assert wanted.watch is not None and len(wanted.watch.wanted) == 3
    assert plan.status("pbx", "I", (), "OFFLINE", ["a"]).watch is None
