"""A letter as the wire has it: plain text, the same as a small page, and files. Pure.

Nothing that a letter is made of can end a header: what cannot be printed is refused by name, and the library refuses
line ends once more.
"""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from msgspec import Struct

from api.post.account import MailAccount
from api.post.addresses import domain_of, read_address

# For servers without 8BITMIME.
_POLICY = SMTP.clone(cte_type="7bit")
_LONGEST_SUBJECT = 200
_CELL = "padding:4px 16px 4px 0;border-bottom:1px solid #d9dce1;"


class Attachment(Struct, frozen=True):
    """A file: its name, its media type `main/sub`, its bytes."""

    name: str
    media: str
    body: bytes


class Letter(Struct, frozen=True):
    """What somebody is sent. `id` makes the Message-ID: the same sending has the same one, however often it is tried.

    `paragraphs` come first, then `figures` as a table of names and values, then `footer` in small print.
    """

    id: str
    subject: str
    recipients: tuple[str, ...]
    paragraphs: tuple[str, ...]
    figures: tuple[tuple[str, str], ...] = ()
    footer: str = ""
    attachments: tuple[Attachment, ...] = ()


def written(letter: Letter, account: MailAccount, now: datetime) -> EmailMessage:
    """The message. `now` must be aware. Raises ValueError for what no header may have."""
    message = EmailMessage(_POLICY)
    message["Subject"] = _line("subject", letter.subject)[:_LONGEST_SUBJECT]
    message["From"] = Address(_line("sender", account.sender_name), addr_spec=account.sender)
    message["To"] = tuple(Address(addr_spec=read_address(each)) for each in letter.recipients)
    message["Date"] = now
    message["Message-ID"] = f"<{_line('id', letter.id)}@{domain_of(account.sender)}>"
    # RFC 3834: so that nobody's holiday answers a machine.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_plain(letter))
    message.add_alternative(_page(letter), subtype="html")
    for file in letter.attachments:
        main, _, sub = _line("media type", file.media).partition(";")[0].partition("/")
        message.add_attachment(file.body, main, sub, filename=_line("file", file.name))
    return message


def _line(what: str, text: str) -> str:
    if not text.isprintable():
        raise ValueError(f"The {what} {text!r} has characters that cannot be printed.")
    return text


def _plain(letter: Letter) -> str:
    width = max((len(name) for name, _ in letter.figures), default=0)
    table = "\n".join(f"{name:<{width}}  {value}" for name, value in letter.figures)
    footer = f"-- \n{letter.footer}" if letter.footer else ""
    return "\n\n".join(part for part in (*letter.paragraphs, table, footer) if part) + "\n"


def _page(letter: Letter) -> str:
    paragraphs = "".join(f"<p>{escape(each)}</p>" for each in letter.paragraphs)
    rows = "".join(
        f'<tr><th scope="row" style="{_CELL}text-align:left;font-weight:400">{escape(name)}</th>'
        f'<td style="{_CELL}text-align:right;font-weight:600">{escape(value)}</td></tr>'
        for name, value in letter.figures
    )
    table = f'<table style="border-collapse:collapse">{rows}</table>' if rows else ""
    footer = f'<p style="color:#5b6472;font-size:13px">{escape(letter.footer)}</p>' if letter.footer else ""
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{escape(letter.subject)}</title></head>'
        '<body style="font:15px/1.5 system-ui,Arial,sans-serif;color:#1b1f27;background:#ffffff">'
        f"{paragraphs}{table}{footer}</body></html>\n"
    )
