"""api/post/letters.py: what a letter looks like on the wire, and that nothing in it can be another header."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from msgspec.structs import replace

from api.post.account import MailAccount
from api.post.letters import Attachment, Letter, written

NOW = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)
ACCOUNT = MailAccount("smtp.example.com", 587, "reports@example.com", frozenset({"example.com"}), "Zürich, Reports")
LETTER = Letter(
    id="0f",
    subject="Queues, Größe – yesterday",
    recipients=("ann@example.com", "bob@example.com"),
    paragraphs=("Queues of 26 Nov 2026.", "Sent late."),
    figures=(("Offered", "1,204"), ("<b>Answered & more</b>", "81.6%")),
    footer="From the contact centre.",
    attachments=(Attachment("queues.csv", "text/csv; charset=utf-8", b"a,b\r\n" + "ü".encode() * 2000),),
)


def read_again(letter: Letter) -> EmailMessage:
    """The letter as a reader's program has it."""
    raw = written(letter, ACCOUNT, NOW).as_bytes()
    assert raw.isascii() and max(map(len, raw.split(b"\r\n"))) <= 998
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_it_has_text_a_page_and_its_files() -> None:
    message = read_again(LETTER)
    assert message["subject"] == LETTER.subject
    assert message["from"] == '"Zürich, Reports" <reports@example.com>'
    assert message["to"] == "ann@example.com, bob@example.com"
    assert message["message-id"] == "<0f@example.com>"
    assert message["auto-submitted"] == "auto-generated"
    assert message["date"].datetime == NOW
    plain, page = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None and page is not None
    assert "Offered                 1,204\n" in plain.get_content().replace("\r\n", "\n")
    assert plain.get_content().replace("\r\n", "\n").endswith("-- \nFrom the contact centre.\n")
    assert "&lt;b&gt;Answered &amp; more&lt;/b&gt;" in page.get_content() and "<b>" not in page.get_content()
    (file,) = message.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("queues.csv", "text/csv")
    assert file.get_payload(decode=True) == LETTER.attachments[0].body


def test_the_same_sending_has_the_same_id_whenever_it_is_written() -> None:
    later = written(LETTER, ACCOUNT, datetime(2026, 11, 28, tzinfo=UTC))
    assert later["message-id"] == written(LETTER, ACCOUNT, NOW)["message-id"]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\0", "\x85"])
def test_what_ends_a_header_is_refused(end: str) -> None:
    evil = f"a{end}Bcc: eve@evil.example"
    file = Attachment(evil, "text/csv", b"")
    wrong = [
        replace(LETTER, subject=evil),
        replace(LETTER, id=evil),
        replace(LETTER, recipients=(f"ann@example.com{end}",)),
        replace(LETTER, attachments=(file,)),
        replace(LETTER, attachments=(Attachment("a", f"text/csv{end}X: y", b""),)),
    ]
    for letter in wrong:
        with pytest.raises(ValueError, match=r"printed|no address"):
            written(letter, ACCOUNT, NOW)
