"""What a page may send: its own extension, calls it is in, and nothing that two readers could read differently."""

import pytest

from api.phone.sip import Refused, Sent, checked, is_registered, refusal


def request(
    start: str,
    who: str = "<sip:1101@trunkline>;tag=a",
    whom: str = "<sip:600@trunkline>",
    *more: str,
) -> str:
    """A SIP request."""
    method = start.split()[0]
    lines = (
        start,
        "Via: SIP/2.0/WS x;branch=z9hG4bK1",
        f"From: {who}",
        f"To: {whom}",
        "Call-ID: c",
        f"CSeq: 1 {method}",
    )
    return "\r\n".join([*lines, *more, "Content-Length: 0", "", ""])


INVITE = "INVITE sip:600@trunkline SIP/2.0"
REGISTER = "REGISTER sip:trunkline SIP/2.0"
OWN = "<sip:1101@trunkline>"


def refused(text: str) -> int:
    """The status of a refusal."""
    with pytest.raises(Refused) as error:
        checked(text, "1101")
    return error.value.status


def test_answers_and_signs_of_life_go_on() -> None:
    assert checked("\r\n\r\n", "1101") is None
    assert checked("SIP/2.0 200 OK\r\nFrom: a\r\nTo: b\r\nCall-ID: c\r\nCSeq: 1 BYE\r\n\r\n", "1101") is None


def test_a_call_says_whom_it_is_for() -> None:
    assert checked(request(INVITE), "1101") == Sent("INVITE", "600")
    named = '"A <sip:1102@x> name" <sip:1101@trunkline>;tag=a'
    assert checked(request(INVITE, named), "1101") == Sent("INVITE", "600")
    assert checked(request(INVITE, "sip:1101@trunkline;tag=a"), "1101") == Sent("INVITE", "600")
    assert checked(request(REGISTER, OWN, OWN), "1101") == Sent("REGISTER")


@pytest.mark.parametrize(
    ("start", "who", "whom"),
    [
        (INVITE, "<sip:1102@trunkline>;tag=a", "<sip:600@trunkline>"),
        (INVITE, '"<sip:1101@trunkline>" <sip:1102@trunkline>;tag=a', "<sip:600@trunkline>"),
        (REGISTER, OWN, "<sip:1102@trunkline>"),
        (REGISTER, "<sip:1102@trunkline>", OWN),
        # A tag in To does not make a registration one within a call.
        (REGISTER, "<sip:1102@trunkline>;tag=a", "<sip:1102@trunkline>;tag=b"),
        ("OPTIONS sip:600@trunkline SIP/2.0", "<sip:1102@trunkline>", "<sip:600@trunkline>"),
    ],
)
def test_another_extension_is_refused(start: str, who: str, whom: str) -> None:
    assert refused(request(start, who, whom)) == 403


def test_within_a_call_from_is_the_address_that_the_phone_gave_itself() -> None:
    within = request("BYE sip:600@x SIP/2.0", "<sip:k3j9@abc.invalid>;tag=a", "<sip:600@trunkline>;tag=b")
    assert checked(within, "1101") == Sent("BYE")
    again = request(INVITE, "<sip:k3j9@abc.invalid>;tag=a", "<sip:600@trunkline>;tag=b")
    assert checked(again, "1101") == Sent("INVITE")
    assert refused(request("BYE sip:600@x SIP/2.0")) == 481


def test_a_transfer_says_to_whom() -> None:
    def refer(*more: str) -> str:
        return request("REFER sip:x@y SIP/2.0", OWN, "<sip:600@trunkline>;tag=b", *more)

    assert checked(refer("Refer-To: <sip:2001@trunkline>"), "1101") == Sent("REFER", "2001")
    assert checked(refer("r: <sip:1002@t?Replaces=a%3Bb>"), "1101") == Sent("REFER", "1002")
    assert refused(refer()) == 400
    assert refused(refer("Refer-To: <sip:1002@t>", "r: <sip:9900@t>")) == 400
    assert refused(refer("Refer-To: <tel:+49900>")) == 400


@pytest.mark.parametrize(
    "text",
    [
        request(INVITE).replace("From: ", "From : x\r\nFrom: "),
        request(INVITE).replace("From: ", "f: <sip:1101@t>\r\nFrom: "),
        request(INVITE).replace("Call-ID: c", "Call-ID: c\r\n folded"),
        request(INVITE).replace("Call-ID: c", "Call-ID: c\nFrom: <sip:1102@t>"),
        request(INVITE).replace("To: ", "X: "),
        request("INVITE sip:60%30@trunkline SIP/2.0"),
        request("INVITE sip:600@trunkline sip:9@t SIP/2.0"),
        request("INVITE sip:600;x=9@trunkline SIP/2.0"),
        request("invite sip:600@trunkline SIP/2.0"),
        request("INVITE tel:600 SIP/2.0"),
        "GET / HTTP/1.1\r\n\r\n",
        "INVITE",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(text: str) -> None:
    assert refused(text) == 400


@pytest.mark.parametrize("method", ["MESSAGE", "SUBSCRIBE", "PUBLISH"])
def test_what_no_phone_needs_is_refused(method: str) -> None:
    assert refused(request(f"{method} sip:600@trunkline SIP/2.0")) == 405


def test_a_registration_is_one_with_a_contact() -> None:
    answer = "SIP/2.0 200 OK\r\nCSeq: 2 REGISTER\r\nContact: <sip:x@y>;expires=600\r\n\r\n"
    assert is_registered(answer)
    assert not is_registered(answer.replace("Contact: <sip:x@y>;expires=600\r\n", ""))
    assert not is_registered(answer.replace("200 OK", "401 Unauthorized"))
    assert not is_registered(answer.replace("REGISTER", "INVITE"))


def test_a_refusal_is_an_answer_to_the_request() -> None:
    answer = refusal(request(INVITE), Refused(403, "Not Your Extension"))
    assert answer is not None and answer.startswith("SIP/2.0 403 Not Your Extension\r\nVia: SIP/2.0/WS x")
    assert "\r\nTo: <sip:600@trunkline>;tag=trunkline\r\n" in answer and answer.endswith("Content-Length: 0\r\n\r\n")
    assert refusal(request("ACK sip:600@t SIP/2.0"), Refused(403, "No")) is None
