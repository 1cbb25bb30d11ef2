"""A person in texts: found however the number is written, and nobody else with them."""

import pytest

from calls.erasure import NAME, Eraser, Person, pattern_of, person_of, stand_in, word_for
from calls.errors import NoCaller

NATIONAL = "1712345678"
INSTEAD = stand_in(NATIONAL, b"key")
ERASER = Eraser([Person(NATIONAL, INSTEAD, pattern_of(49, NATIONAL), ("Zoë Ä", "Max"))])


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
    nameless = Eraser([Person(NATIONAL, INSTEAD, pattern_of(0, NATIONAL))])
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


def test_a_person_is_made_of_a_number_however_it_is_written_and_refused_where_it_is_none() -> None:
    written = ["+49 171 2345678", "01712345678", "1712345678", "00491712345678", "901712345678"]
    people = {person_of(number, 49, b"key", lambda _: False) for number in written}
    assert len(people) == 1
    (one,) = people
    assert (one.national, one.stand_in) == (NATIONAL, INSTEAD)
    other = person_of(written[0], 49, b"key", lambda digits: digits == INSTEAD)
    assert other.stand_in == stand_in(NATIONAL, b"key", 1)
    for number, why in (("anonymous", "no phone number"), ("2001", "fewer than 6"), (f"+49{INSTEAD}", "stands in")):
        with pytest.raises(NoCaller, match=why):
            person_of(number, 49, b"key", lambda _: False)
    with pytest.raises(NoCaller, match="no stand-in left"):
        person_of("123456", 49, b"key", lambda _: True)


def test_the_same_digits_in_another_country_are_somebody_elses() -> None:
    abroad = person_of(f"+31{NATIONAL}", 49, b"key", lambda _: False)
    cleaned = Eraser([abroad]).cleaned(f"+31{NATIONAL} 0{NATIONAL} +49{NATIONAL} 90031{NATIONAL}".encode()).decode()
    assert cleaned == f"+31{abroad.stand_in} 0{NATIONAL} +49{NATIONAL} 90031{abroad.stand_in}"


def test_of_many_each_is_found_by_how_the_number_ends() -> None:
    people = [person_of(f"0171{n:07}", 49, b"key", lambda _: False) for n in range(300)]
    eraser = Eraser(people)
    assert eraser.cleaned(b"CallerIDNum: +491710000017\r\n") == f"CallerIDNum: +49{people[17].stand_in}\r\n".encode()
    # It ends alike, and is somebody else's.
    raw = b"CallerIDNum: +491720000017\r\nUniqueid: 1792800000.1"
    assert eraser.cleaned(raw) is raw
