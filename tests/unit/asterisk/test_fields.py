"""asterisk/fields.py: the values of headers, as events hold them."""

import pytest

from asterisk.ami import parse_packet
from asterisk.fields import channel, clean, decimal, need_channel, number, unescape, word
from calls.errors import BadEvent

PACKET = parse_packet(
    b"Event: Newchannel\r\nChannel: PJSIP/1-0000000a\r\nUniqueid: lab-1.1\r\nLinkedid: lab-1.0\r\n"
    b"CallerIDNum: <unknown>\r\n"
    b'CallerIDName: q\\\\\\"uote\r\nChanVariable: CUSTOMER_ID=7\r\n'
    b"ChanVariable: CALL_DIRECTION=outbound\r\nCount: 12\r\nRTT: 0.0503\r\nEndless: inf\r\nOdd: nan\r\nEmpty: \r\n"
    b"Text: 12 apples"
)


def test_a_channel_is_what_its_snapshot_tells() -> None:
    found = need_channel(PACKET)
    assert (found.uniqueid, found.linkedid, found.interface) == ("lab-1.1", "lab-1.0", "PJSIP/1")
    assert (found.number, found.caller_name, found.direction) == ("", 'q\\"uote', "outbound")


def test_without_a_uniqueid_there_is_no_channel() -> None:
    assert channel(PACKET, "Dest") is None
    with pytest.raises(BadEvent, match="Newchannel without DestUniqueid"):
        need_channel(PACKET, "Dest")


def test_a_number_is_checked() -> None:
    assert (number(PACKET, "Count"), number(PACKET, "Nothing", 5)) == (12, 5)
    for key in ("Nothing", "Text"):
        with pytest.raises(BadEvent, match=f"{key} is not a number"):
            number(PACKET, key)


def test_a_decimal_is_checked_and_finite() -> None:
    assert (decimal(PACKET, "RTT"), decimal(PACKET, "Count")) == (0.0503, 12.0)
    assert (decimal(PACKET, "Nothing", 0.5), decimal(PACKET, "Empty", 0.5)) == (0.5, 0.5)
    for key in ("Nothing", "Text", "Endless", "Odd"):
        with pytest.raises(BadEvent, match=f"Newchannel: {key} is not a number"):
            decimal(PACKET, key)


def test_a_word_must_be_there() -> None:
    assert word(PACKET, "Text") == "12 apples"
    with pytest.raises(BadEvent, match="Newchannel without Nothing"):
        word(PACKET, "Nothing")


@pytest.mark.parametrize(
    ("given", "kept"), [("<unknown>", ""), ("a\x00b", "a�b"), ("\udcff", "�"), ("Müller", "Müller"), ("plain", "plain")]
)
def test_text_is_fit_for_any_store(given: str, kept: str) -> None:
    assert clean(given) == kept


@pytest.mark.parametrize(("given", "meant"), [(r"tab\there", "tab\there"), ("plain", "plain"), ("end\\", "end\\")])
def test_escapes_are_undone(given: str, meant: str) -> None:
    assert unescape(given) == meant
