"""What pages send is checked, and a secret is not shown."""

import msgspec
import pytest

from api.phone.forms import ConferenceBody, QualityBody, ResultBody, SessionBody, Sip, SuperviseBody

PAGE = "0123456789abcdefABCDEF_-"


def test_a_secret_is_not_shown() -> None:
    assert "s3cret" not in repr(Sip("sip:1101@trunkline", "1101", "s3cret", "/sip"))


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (SessionBody, {"pageId": PAGE}, {"pageId": "short"}),
        (SessionBody, {"pageId": PAGE}, {"pageId": PAGE + "\n"}),
        (SuperviseBody, {"mode": "listen"}, {"mode": "record"}),
        (ConferenceBody, {"target": "1001"}, {"target": "1001&PJSIP/x"}),
        (ResultBody, {"done": True}, {"done": True, "why": "a\nb"}),
        (QualityBody, {"callId": "p:1", "mos": 4.1, "lossRatio": 0, "jitterMs": 3}, {"callId": "p:1", "mos": 9}),
    ],
)
def test_a_body_is_taken_or_not(kind: type[msgspec.Struct], good: object, bad: object) -> None:
    msgspec.convert(good, kind)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(bad, kind)
