"""A person in texts: found however the number is written, and nobody else with them."""

import pytest

from calls.erasure import NAME, Eraser, Person, pattern_of, stand_in, word_for

NATIONAL = "1712345678"
INSTEAD = stand_in(NATIONAL, b"key")
ERASER = Eraser(Person(NATIONAL, INSTEAD, pattern_of(49, NATIONAL), ("Zoë Ä", "Max")))


@pytest.mark.parametrize(
    "before", ["", "+49", "49", "0049", "01149", "0", "9", "90", "90049", "sip:+49", "Local/90", "%2B49", "<0"]
)
def test_a_number_is_found_behind_whatever_is_dialled_before_it_which_stays(before: str) -> None:
    assert ERASER.cleaned(f"Exten: {before}{NATIONAL}\r\n".encode()) == f"Exten: {before}{INSTEAD}\r\n".encode()


@pytest.mark.parametrize(
    "raw", [f"5{NATIONAL}", f"{NATIONAL}9", f"Uniqueid: {NATIONAL}.12", f"1.{NATIONAL}", f"+31{NATIONAL}", "Max"]
)
def test_other_numbers_times_and_names_alone_are_left(raw: str) -> None:
    plain = raw.encode()
    assert ERASER.cleaned(plain) is plain


def test_names_go_where_a_caller_is_named_beside_the_number() -> None:
    raw = f'CallerIDName: Max\r\nCallerIDNum: 0{NATIONAL}\r\nMemberName: Max\r\nCallerID: "Zoë Ä" <0{NATIONAL}>\r\n'
    cleaned = ERASER.cleaned(raw.encode()).decode()
    wanted = raw.replace("CallerIDName: Max", f"CallerIDName: {NAME}").replace("Zoë Ä", NAME)
    assert cleaned == wanted.replace(NATIONAL, INSTEAD)
    nameless = Eraser(Person(NATIONAL, INSTEAD, pattern_of(0, NATIONAL)))
    assert nameless.cleaned(f'"Max" <{NATIONAL}>'.encode()) == f'"Max" <{INSTEAD}>'.encode()
    assert nameless.touches(NATIONAL.encode())


def test_a_stand_in_is_as_long_nobodys_and_another_with_each_key_and_attempt() -> None:
    found = {stand_in(NATIONAL, key, attempt) for key in (b"key", b"other") for attempt in range(3)}
    assert len(found) == 6
    assert {len(it) for it in found} == {len(NATIONAL)}
    assert all(it.startswith("000") for it in found)
    assert len(stand_in("123456", b"key")) == 6
    assert word_for(NATIONAL, b"key") != word_for(NATIONAL, b"other")
    assert len(word_for(NATIONAL, b"key")) == 16
