"""The error tree: whose fault it is, whether the action may have been done, and that no value leaks."""

import pytest

from asterisk import errors


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (errors.InvalidAction("Exten", "has a line end"), errors.OurFault, "Exten: has a line end"),
        (errors.NotConnected("connect first"), errors.OurFault, "connect first"),
        (errors.ActionRefused("QueueAdd", "Already there"), errors.AsteriskFault, "refused QueueAdd: Already there"),
        (errors.ActionTimedOut("Originate"), errors.AsteriskFault, "Originate"),
        (errors.ConnectionLost("Originate"), errors.AsteriskFault, "Originate"),
        (errors.LoginRefused("check the secret"), errors.AsteriskFault, "check the secret"),
        (errors.OversizedPacket("9 bytes"), errors.AsteriskFault, "9 bytes"),
    ],
)
def test_an_error_names_the_side_at_fault(error: errors.AmiError, kind: type[errors.AmiError], text: str) -> None:
    assert isinstance(error, kind)
    assert text in str(error)


def test_a_line_that_is_not_understood_is_kept() -> None:
    error = errors.LineError(b"rubbish", "no fields")
    assert (error.line, error.reason, str(error)) == (b"rubbish", "no fields", "no fields")
