"""What the doctor asks is written as it is meant, and changes nothing."""

from asterisk.encoding import encode_action
from infra.doctor import questions as q


def test_questions_are_what_they_say() -> None:
    assert encode_action(q.ModuleCheck("app_queue.so"), "1") == (
        b"Action: ModuleCheck\r\nActionID: 1\r\nModule: app_queue.so\r\n\r\n"
    )
    assert b"UserEvent: TrunklineDoctor\r\nNonce: n" in encode_action(q.OwnEvent("n"), "1")


def test_none_changes_a_call_a_queue_or_a_phone() -> None:
    asked = (q.CoreSettings, q.ListCommands, q.ShowWholeDialPlan, q.ModuleCheck, q.PJSIPShowEndpoints, q.OwnEvent)
    assert not [action.name for action in asked if action.changes_state]
