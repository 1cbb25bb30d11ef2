"""api/control/forms.py: bodies as the reference guide has them; what is not known is refused."""

import msgspec
import pytest

from api.control import forms

BODIES = {
    forms.StatusBody: {"status": "AVAILABLE"},
    forms.DialBody: {"phoneNumber": "15551234567", "contactId": "c"},
    forms.OfCall: {"callId": "pbx:1"},
    forms.HoldBody: {"callId": "pbx:1"},
    forms.MuteBody: {"callId": "pbx:1", "muted": True},
    forms.TransferBody: {"callId": "pbx:1", "target": "1002", "type": "attended"},
    forms.NotesBody: {"callId": "pbx:1", "notes": "a red one,\nor a blue one", "disposition": "SOLD"},
}


@pytest.mark.parametrize("body", BODIES)
def test_the_guides_bodies_are_taken_and_others_are_not(body: type[forms.Body]) -> None:
    made = msgspec.convert(BODIES[body], body)
    assert msgspec.to_builtins(made).items() >= BODIES[body].items()
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**BODIES[body], "more": 1}, body)


def test_hold_means_hold_unless_it_says_otherwise() -> None:
    assert (forms.HoldBody().hold, msgspec.convert({"hold": False}, forms.HoldBody).hold) == (True, False)
