"""What listening and conferences come to on the PBX."""

from uuid import UUID

from api.control import confirm
from api.control.plan import Leg, Step, Target
from api.phone.supervise import GONE, joining, supervising
from asterisk.actions import AnsweredOriginate, Hangup, Originate

ID = UUID(int=3)
MARK = f"tl-{ID}"
LEG = Leg("pbx", "pbx:1", "PJSIP/1001", "u1", "b1", "user")


def test_the_supervisors_page_answers_by_itself_and_hears_the_agents_channel() -> None:
    plan = supervising(ID, LEG, "PJSIP/1103", "whisper", None)
    (step,) = plan.steps
    action = step.action
    assert isinstance(action, AnsweredOriginate)
    assert (action.channel, action.context, action.exten, action.channel_id) == (
        *("PJSIP/1103", "phone-supervise", "whisper", MARK),
    )
    assert action.variables == (("SUPERVISED", "u1"),)
    assert (plan.call_id, plan.channel, plan.arguments) == ("pbx:1", MARK, {"mode": "whisper"})


def test_what_was_listened_by_before_ends_first() -> None:
    first, second = supervising(ID, LEG, "PJSIP/1103", "barge", "tl-before").steps
    assert first == Step(Hangup("tl-before"), GONE) and second.action.name == "Originate"


def test_a_third_party_is_dialled_by_the_dialplan_and_let_in() -> None:
    plan = joining(ID, LEG, Target("outside", "5551234"))
    (step,) = plan.steps
    assert isinstance(step.action, Originate)
    assert (step.action.channel, step.action.context) == ("Local/5551234@outside/n", "phone-join")
    assert step.action.variables == (("JOINED", "u1"),)
    assert plan.watch == confirm.all_of(confirm.dials(MARK), confirm.enters_a_bridge(MARK))
