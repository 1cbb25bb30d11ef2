"""api/control/words.py and forms.py: nothing that another reader takes for a line's end or another word gets in."""

import msgspec
import pytest

from api.control.words import AgentId, CallId, Code, ContactId, Notes, Number, Reason

EVIL = ["\r", "\n", "\r\n", "\0", "\x1f", "\x7f", "\x85", "\u2028", "\u2029", "\u202e"]


@pytest.mark.parametrize("kind", [AgentId, CallId, Code, ContactId, Number, Reason])
@pytest.mark.parametrize("evil", EVIL)
def test_no_text_has_control_characters(kind: type[str], evil: str) -> None:
    for text in (evil, f"1{evil}", f"1{evil}2", f"{evil}1"):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(text, kind)


@pytest.mark.parametrize("evil", [each for each in EVIL if each != "\n"])
def test_notes_have_lines_and_nothing_else_that_is_not_seen(evil: str) -> None:
    assert msgspec.convert("a red one,\n\tor a blue one\n", Notes)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(f"1{evil}2", Notes)


@pytest.mark.parametrize("number", ["", "+", "1" * 21, "12 34", "1&2", "1/2", "1@2", "1,2", "a", "++1", "１"])
def test_a_number_is_what_one_dials(number: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(number, Number)


def test_what_is_fine_is_fine() -> None:
    assert [msgspec.convert(each, Number) for each in ("+15551234", "*72#", "1002")]
    assert msgspec.convert("pbx1:pbx1-1795360534.16", CallId)
    assert msgspec.convert("Äpfel, 3 kg", Notes) and msgspec.convert("", Notes) == ""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert("a|b", Reason)
